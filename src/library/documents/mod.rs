//! Csv.Document, Json.*, and other documents read from binary values.

mod csv;
#[cfg(feature = "parquet")]
pub(super) mod delta;
#[cfg(feature = "excel")]
pub(super) mod excel;
mod html;
mod json;
#[cfg(test)]
mod markup_tests;
#[cfg(feature = "parquet")]
pub(super) mod parquet;
mod source;
mod xml;

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
        "Html.Table",
        "(html as any, columnNameSelectorPairs as list, optional options as nullable record) as table",
        "What CSS selectors find in an HTML page (a text or a binary value). Each item of `columnNameSelectorPairs` is a \
         list of a column name, a selector and, if wanted, a function; the function is given a record of TextContent \
         and Attributes, without it the cell is the text that a reader sees. With the option RowSelector each \
         element it finds begins a row, which takes the first find of each column up to the next row; without it the \
         finds of the columns stand side by side.",
        &[
            example(
                "Html.Table(\"<b>Ann</b><i>1</i><b>Bo</b>\", {{\"Name\", \"b\"}, {\"Score\", \"i\"}}, [RowSelector = \"b\"])",
                "#table({\"Name\", \"Score\"}, {{\"Ann\", \"1\"}, {\"Bo\", null}})",
            ),
            example(
                "Html.Table(\"<a href='/x'>see  <b>x</b></a>\", {{\"Text\", \"a\"}, {\"Link\", \"a\", each [Attributes][href]}})",
                "#table({\"Text\", \"Link\"}, {{\"see x\", \"/x\"}})",
            ),
        ],
        html::table,
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
    native(
        "Web.Page",
        "(html as any) as table",
        "The tables of an HTML page (a text or a binary value) as a table of Caption, Source, ClassName, Id and Data, and \
         as its last row the page itself: Data is then a table of Kind, Name, Children and Text. A first row of header \
         cells gives the names of the columns; cells over several rows or columns are repeated. Scripts are not run.",
        &[example(
            "Web.Page(\"<table><tr><th>a<th>b<tr><td>1<td>2</table>\"){0}[Data]",
            "#table(type table [a = nullable text, b = nullable text], {{\"1\", \"2\"}})",
        )],
        html::page,
    ),
    native(
        "Xml.Document",
        "(contents as any, optional encoding as nullable number) as table",
        "Reads an XML document (a text or a binary value) as a hierarchy: a table of Name, Namespace, Value and \
         Attributes, where Value is the text of an element or a table of what stands in it.",
        &[
            example("Xml.Document(\"<a><b>1</b></a>\"){0}[Value]{0}[Value]", "\"1\""),
            example(
                "Xml.Document(\"<a x='1'/>\"){0}[Attributes]",
                "#table(type table [Name = text, Namespace = text, Value = text], {{\"x\", \"\", \"1\"}})",
            ),
            example(
                "Xml.Document(\"<a>\")",
                "error: DataFormat.Error: Xml processing failed. Either the input is invalid or it isn't supported. \
                 (Internal error: The element 'a' is never closed. Line 1, position 4.)",
            ),
        ],
        xml::document,
    ),
    native(
        "Xml.Tables",
        "(contents as any, optional options as nullable record, optional encoding as nullable number) as table",
        "Reads an XML document (a text or a binary value) as tables in tables. The elements of one name become a table; \
         its columns are the names of their children, which are texts or, where a child is repeated or has parts of \
         its own, tables; then the attributes, as Attribute:name. Text beside attributes is in Element:Text. What \
         stands in another namespace is held by a table in a column that is called like the namespace. If all of the \
         document is one row of tables, it is given as a table of Name and Table.",
        &[
            example(
                "Xml.Tables(\"<d><r><a>1</a></r><r><a>2</a><b>x</b></r></d>\"){[Name = \"r\"]}[Table]",
                "#table({\"a\", \"b\"}, {{\"1\", null}, {\"2\", \"x\"}})",
            ),
            example(
                "Xml.Tables(\"<d version='2'><a>1</a></d>\")",
                "#table({\"a\", \"Attribute:version\"}, {{\"1\", \"2\"}})",
            ),
            example(
                "Xml.Tables(\"<d><n l='en'>one</n><n l='de'>eins</n></d>\"){0}[Table]",
                "#table({\"Element:Text\", \"Attribute:l\"}, {{\"one\", \"en\"}, {\"eins\", \"de\"}})",
            ),
        ],
        xml::tables,
    ),
];
