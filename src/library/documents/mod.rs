//! Csv.Document, Json.*, and other documents read from binary values.

mod csv;
mod json;
mod source;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
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
                "#table(type table [Column1 = nullable text, Column2 = nullable text], {{\"a\", \"b\"}, {\"1\", \"x, y\"}})",
            ),
            example(
                "Csv.Document(\"1|2|3#(lf)4\", [Delimiter = \"|\", Columns = {\"x\", \"y\"}])",
                "#table(type table [x = nullable text, y = nullable text], {{\"1\", \"2\"}, {\"4\", null}})",
            ),
            example(
                "Csv.Document(\"AB12#(lf)CD34\", 2, {0, 2})",
                "#table(type table [Column1 = nullable text, Column2 = nullable text], {{\"AB\", \"12\"}, {\"CD\", \"34\"}})",
            ),
        ],
        csv::document,
    ),
    native(
        "Json.Document",
        "(jsonText as any, optional encoding as nullable number) as any",
        "Reads JSON (a text or a binary value): objects become records, arrays lists. Texts that look like dates stay \
         texts; of several fields with one name the last one counts.",
        &[
            example(
                "Json.Document(\"{\"\"a\"\": [1, 2.5, null], \"\"b\"\": {}}\")",
                "[a = {1, 2.5, null}, b = []]",
            ),
            example("Json.Document(#binary({34, 195, 169, 34}))", "\"\u{e9}\""),
            example(
                "Json.Document(\"[1] 2\")",
                "error: DataFormat.Error: We found extra characters at the end of JSON input.",
            ),
        ],
        json::document,
    ),
    native(
        "Json.FromValue",
        "(value as any, optional encoding as nullable number) as binary",
        "Writes a value as JSON: lists as arrays, records as objects, tables as arrays of objects, dates, times and \
         durations as ISO 8601 texts, binary values as base 64. Numbers that JSON lacks become null.",
        &[
            example(
                "Json.Document(Json.FromValue([a = {1, true, \"3\"}, b = #date(2012, 3, 25)]))",
                "[a = {1, true, \"3\"}, b = \"2012-03-25\"]",
            ),
            example("Json.FromValue({#infinity}) = #binary({91, 110, 117, 108, 108, 93})", "true"),
        ],
        json::from_value,
    ),
];
