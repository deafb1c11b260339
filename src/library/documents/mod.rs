//! Csv.Document, Json.*, and other documents read from binary values.

mod csv;
mod source;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[native(
    "Csv.Document",
    "(source as any, optional columns as any, optional delimiter as any, optional extraValues as nullable number, optional encoding as nullable number) as table",
    "Reads delimited text (a binary or a text value) as a table of texts. `columns` is a number of columns, a list of \
     names, a table type, or a record of options: Delimiter, Columns, Encoding, CsvStyle, QuoteStyle, ExtraValues. \
     Without it the first row says how many columns there are. The delimiter is a text, a list of texts any of which \
     separates, a list of positions where the cells of each line start, or \"\" for runs of white space. A byte order \
     mark goes before the encoding. Short rows are filled with null; extra cells are left out unless `extraValues` \
     says otherwise. A quote that is never closed is an error, and so is reading a cell that isn't text in the \
     document's encoding.",
    &[
        example(
            "Csv.Document(\"a,b#(lf)1,\"\"x, y\"\"\")",
            "#table({\"Column1\", \"Column2\"}, {{\"a\", \"b\"}, {\"1\", \"x, y\"}})",
        ),
        example(
            "Csv.Document(\"1|2|3#(lf)4\", [Delimiter = \"|\", Columns = {\"x\", \"y\"}])",
            "#table({\"x\", \"y\"}, {{\"1\", \"2\"}, {\"4\", null}})",
        ),
        example(
            "Csv.Document(\"AB12#(lf)CD34\", 2, {0, 2})",
            "#table({\"Column1\", \"Column2\"}, {{\"AB\", \"12\"}, {\"CD\", \"34\"}})",
        ),
    ],
    csv::document,
)];
