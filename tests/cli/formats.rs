//! How values are written in each format.

use crate::program::{pqm, pqm_reading, value_of};

const TABLE: &str = "#table(type table [Name = text, Amount = nullable number], \
                     {{\"Contoso\", 1.5}, {\"Müller, \"\"Söhne\"\"\", null}, {\"\", 12}})";
const BROKEN: &str = "#table({\"a\", \"b\"}, {{1, \"x\"}, {2, error \"bad\"}, {3, \"z\"}})";

#[test]
fn eval_prints_m_literals() {
    assert_eq!(value_of(&["\"a\" & \"b\""]), "\"ab\"\n");
    assert_eq!(
        value_of(&["{1, null, #date(2024, 1, 31), [a = true]}"]),
        "{1, null, #date(2024, 1, 31), [a = true]}\n"
    );
    assert_eq!(value_of(&["--raw", "\"a#(lf)b\""]), "a\nb\n");
    assert_eq!(value_of(&["--limit", "2", "{1..1000}"]), "{1, 2}\n");
    assert_eq!(
        value_of(&["--limit", "1", "#table({\"a\"}, {{1}, {2}})"]),
        "#table(type table [a = any], {{1}})\n"
    );
    assert_eq!(value_of(&["-1"]), "-1\n");
}

#[test]
fn csv_has_a_header_and_quotes_what_needs_it() {
    let out = value_of(&[TABLE, "--format", "csv"]);
    assert_eq!(out, "Name,Amount\nContoso,1.5\n\"Müller, \"\"Söhne\"\"\",\n\"\",12\n");
    assert_eq!(value_of(&["{1, {2, 3}, [a = 1]}", "-f", "csv"]), "Value\n1\n\"[2,3]\"\n\"{\"\"a\"\":1}\"\n");
    assert_eq!(value_of(&["[a = 1, b = null]", "-f", "csv"]), "Name,Value\na,1\nb,\n");
    assert_eq!(value_of(&["#duration(1, 2, 3, 4)", "-f", "csv"]), "Value\n1.02:03:04\n");
}

#[test]
fn json_is_one_document_with_a_row_a_line() {
    assert_eq!(
        value_of(&[TABLE, "-f", "json"]),
        "[\n{\"Name\":\"Contoso\",\"Amount\":1.5},\n{\"Name\":\"Müller, \\\"Söhne\\\"\",\"Amount\":null},\n{\"Name\":\"\",\"Amount\":12}\n]\n"
    );
    assert_eq!(value_of(&["{}", "-f", "json"]), "[]\n");
    let parsed: serde_json::Value = serde_json::from_str(&value_of(&[TABLE, "-f", "json"])).unwrap();
    assert_eq!(parsed.as_array().unwrap().len(), 3);
}

#[test]
fn json_has_a_rule_for_each_kind_of_value() {
    for (expression, expected) in [
        ("null", "null"),
        ("true", "true"),
        ("9007199254740993", "9007199254740993"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1e300", "1E+300"),
        ("#nan", "null"),
        ("-#infinity", "null"),
        ("#date(2024, 1, 31)", "\"2024-01-31\""),
        ("#time(1, 2, 3.5)", "\"01:02:03.5\""),
        ("#datetime(2024, 1, 31, 1, 2, 3)", "\"2024-01-31T01:02:03\""),
        ("#datetimezone(2024, 1, 31, 1, 2, 3, -5, -30)", "\"2024-01-31T01:02:03-05:30\""),
        ("#duration(1, 2, 3, 4.5)", "\"P1DT2H3M4.5S\""),
        ("#binary({1, 2, 3})", "\"AQID\""),
        ("\"\"\"#(lf)\"", "\"\\\"\\n\""),
        ("type text", "\"type text\""),
        ("(x) => x", "\"type function (x as any) as any\""),
        (
            "[a = {1, [b = 2]}, c = #table({\"x\"}, {{1}, {2}})]",
            "{\"a\":[1,{\"b\":2}],\"c\":[{\"x\":1},{\"x\":2}]}",
        ),
        ("1 meta [a = 1]", "1"),
    ] {
        assert_eq!(value_of(&[expression, "-f", "json"]), format!("{expected}\n"), "{expression}");
    }
}

#[test]
fn json_lines_have_a_line_for_each_row_or_item() {
    assert_eq!(value_of(&["{1, \"a\"}", "-f", "jsonl"]), "1\n\"a\"\n");
    assert_eq!(value_of(&["#table({\"a\"}, {})", "-f", "jsonl"]), "");
    assert_eq!(value_of(&["#table({\"a\"}, {{1}, {2}})", "-f", "jsonl", "--limit", "1"]), "{\"a\":1}\n");
}

#[test]
fn a_cell_with_an_error_ends_data_formats_with_its_place() {
    for (format, before) in [("csv", "a,b\n1,x\n"), ("jsonl", "{\"a\":1,\"b\":\"x\"}\n")] {
        let ran = pqm(&["eval", BROKEN, "--format", format]);
        assert_eq!((ran.code, ran.out.as_str()), (1, before), "{format}");
    }
    let ran = pqm(&["eval", BROKEN, "--format", "csv"]);
    assert!(ran.err.contains("in: row 2, column 'b'"), "{}", ran.err);
    let ran = pqm(&["eval", BROKEN, "--format", "jsonl"]);
    let told: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(told["cell"], serde_json::json!({ "row": 2, "column": "b" }));
}

#[test]
fn errors_in_cells_can_be_replaced_and_are_counted() {
    let ran = pqm(&["eval", BROKEN, "-f", "csv", "--errors", "null"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "a,b\n1,x\n2,\n3,z\n"));
    assert_eq!(ran.err, "note: 1 error was written as --errors says.\n");
    let ran = pqm(&["eval", BROKEN, "-f", "jsonl", "--errors", "text", "--limit", "2"]);
    assert_eq!(ran.out, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"error: Expression.Error: bad\"}\n");
    assert_eq!(ran.err, "{\"severity\":\"note\",\"replacedErrors\":1}\n");
}

#[test]
fn tables_are_previewed_with_types_nulls_and_errors() {
    let table = "#table(type table [Name = text, Amount = nullable number, More = any], \
                 {{\"Contoso\", 1.5, {1, 2}}, {\"日本\", null, error \"bad\"}, {\"null\", 12, [a = 1]}})";
    let ran = pqm_reading(table, &["run", "-"]);
    let expected = "\
Name      Amount  More
text     number?  any
───────  ───────  ──────────
Contoso      1.5  {1, 2}
日本        null  Error: bad
\"null\"        12  [a = 1]
3 rows, 3 columns
1 error in row 2, column 'More': Expression.Error: bad
";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected));
}

#[test]
fn long_and_wide_tables_are_elided() {
    let table = "let names = {\"one\", \"two\", \"three\", \"four\", \"five\"} in \
                 #table(names, {{1, 2, 3, 4, 5}, {1, 2, 3, 4, \"a text of some length here\"}, {1, 2, 3, 4, 5}})";
    let ran = pqm_reading(table, &["run", "-", "--width", "24", "--limit", "2"]);
    let expected = "\
one  two  three  four  …
any  any    any   any  …
───  ───  ─────  ────  ─
  1    2      3     4  …
  1    2      3     4  …
2 of 3 rows, 4 of 5 columns
not shown: five
";
    assert_eq!(ran.out, expected);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 27));
    let ran = pqm_reading("#table({\"a\"}, {{1}, {2}})", &["run", "-", "--limit", "1"]);
    assert!(ran.out.ends_with("1 of 2 rows, 1 column\n"), "{}", ran.out);
}

#[test]
fn lists_records_and_scalars_are_previewed() {
    assert_eq!(value_of(&["-f", "table", "{1..30}", "--limit", "2"]), "0  1\n1  2\n2 of 30 items\n");
    assert_eq!(value_of(&["-f", "table", "[Name = \"x\", N = null]"]), "Name  x\nN     null\n");
    assert_eq!(value_of(&["-f", "table", "\"plain#(lf)text\""]), "plain\ntext\n");
    assert_eq!(value_of(&["-f", "table", "#datetime(2024, 1, 31, 1, 2, 3)"]), "2024-01-31 01:02:03\n");
    assert_eq!(value_of(&["-f", "table", "null"]), "null\n");
    assert_eq!(value_of(&["-f", "table", "#binary({1, 255})"]), "Binary (2 bytes): 01 FF\n");
}

#[test]
fn colours_come_only_when_asked_for() {
    let plain = value_of(&["-f", "table", "[a = null]"]);
    assert!(!plain.contains('\u{1b}'));
    let coloured = value_of(&["-f", "table", "[a = null]", "--color", "always"]);
    assert!(coloured.contains("\u{1b}[2;3mnull\u{1b}[0m"), "{coloured:?}");
    assert!(pqm(&["eval", "error 1", "--color", "always"]).err.contains('\u{1b}'));
    assert!(!pqm(&["eval", "error 1"]).err.contains('\u{1b}'));
}

#[test]
fn nested_far_down_is_written_in_every_format() {
    let deep = "let f = (n) => if n = 0 then {} else {@f(n - 1)} in f(20000)";
    for format in ["m", "json", "jsonl", "csv", "table"] {
        assert_eq!(pqm(&["eval", deep, "-f", format]).code, 0, "{format}");
    }
}
