//! Diagnostics as people see them: one snapshot each, 100 characters wide and without colour.

use crate::program::{pqm, pqm_in};

/// Draws what `arguments` print on standard error.
fn drawn(arguments: &[&str]) -> String {
    let ran = pqm(arguments);
    assert!(ran.code != 0 && ran.out.is_empty(), "{ran:?}");
    format!("{}exit code {}", ran.err, ran.code)
}

fn snapshot(name: &str, text: &str, shown: &str) {
    insta::with_settings!({
        snapshot_path => "diagnostics",
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => text,
    }, { insta::assert_snapshot!(name, shown) });
}

macro_rules! snapshots {
    ($($name:ident: $text:expr,)*) => {
        $(#[test]
        fn $name() {
            snapshot(stringify!($name), $text, &drawn(&["eval", $text]));
        })*
    };
}

snapshots! {
    // Mistakes in the text.
    comma_missing: "let\n    Source = {1, 2, 3}\n    Kept = List.Skip(Source)\nin\n    Kept",
    comma_left_over: "let\n    Source = 1,\nin\n    Source",
    bracket_never_closed: "let\n    Rows = Table.FromRows({{1, 2}, {3, 4},\n    Kept = Rows\nin\n    Kept",
    bracket_of_another_kind: "Record.Field([a = 1}, \"a\")",
    text_never_closed: "Text.Upper(\"abc)",
    comment_never_closed: "1 /* one",
    escape_unknown: "\"a#(newline)b\"",
    else_missing: "if 1 < 2 then \"yes\"",
    let_without_in: "let\n    a = 1,\n    b = 2",
    double_equals: "if 1 == 2 then 1 else 2",
    keyword_in_capitals: "IF true THEN 1 ELSE 2",
    single_quotes: "Text.Upper('abc')",
    blank_in_name: "let Unit Price = 1 in 2",
    name_twice: "let a = 1, b = 2, a = 3 in a",
    arrow_missing: "(x, y) x + y",
    nothing_at_all: "",
    unicode_before_the_mistake: "{\"日本語\", \"é\", 1 2}",
    several_at_once: "[a = , b = 1 ==  2, c = 'x']",
    section_without_semicolon: "section Sales;\nshared a = 1\nshared b = 2;",
    hash_name_unknown: "#today",
    type_not_primitive: "(x as Int64.Type) => x",
    // Names that mean nothing.
    library_name_misspelled: "Table.SelectRow(#table({\"a\"}, {}), each true)",
    variable_in_other_case: "let Source = 1 in source + 1",
    field_outside_of_each: "[Amount] > 100",
    several_unknown_names: "let a = foo, b = Text.Uper(\"x\") in a & b",
    // Errors that are raised.
    text_plus_number: "let\n    Price = 10,\n    Label = \"Price: \" & Price\nin\n    Label",
    field_missing: "let r = [Name = \"x\", Amount = 1] in r[Amuont]",
    raised_by_the_program: "error [Reason = \"Sales.Error\", Message = \"No rows for March.\", Detail = [Month = 3, Rows = {}]]",
    raised_through_calls: "let\n    check = (n) => if n < 0 then error \"negative\" else n,\n    twice = (n) => check(n) * 2\nin\n    twice(-1)",
    raised_far_down: "let f = (n) => if n = 0 then error \"bottom\" else 1 + @f(n - 1) in f(30)",
    called_what_is_no_function: "let x = 1 in x(2)",
    too_many_arguments: "((a) => a)(1, 2)",
    argument_of_another_type: "((a as text) => a)(1)",
    cyclic_reference: "let a = b, b = a in a",
    list_too_short: "{1, 2}{5}",
    condition_no_logical: "if 1 then 2 else 3",
    not_implemented: "...",
    // Limits.
    endless_recursion: "let f = (n) => 1 + @f(n + 1) in f(0)",
}

#[test]
fn too_many_steps() {
    let text = "let f = (n) => if n = 0 then 0 else 1 + @f(n - 1) in f(20000)";
    snapshot("too_many_steps", text, &drawn(&["eval", "--max-steps", "5000", text]));
}

#[test]
fn whole_trace() {
    let text = "let f = (n) => if n = 0 then error \"bottom\" else @g(n - 1), g = (n) => @f(n) in f(6)";
    snapshot("whole_trace", text, &drawn(&["eval", "--trace", text]));
}

#[test]
fn cell_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "let\n    Source = #table({\"Id\", \"Amount\"}, {{1, 10}, {2, error \"no amount\"}})\nin\n    Source";
    std::fs::write(folder.path().join("sales.pq"), text).unwrap();
    let ran = pqm_in(folder.path(), &["run", "sales.pq", "-o", "sales.csv"]);
    snapshot("cell_with_an_error", text, &format!("{}exit code {}", ran.err, ran.code));
}

#[test]
fn mistake_in_a_parameter() {
    let arguments = ["eval", "x", "--param", "x:=1 +"];
    snapshot("mistake_in_a_parameter", &arguments.join(" "), &drawn(&arguments));
}

#[test]
fn for_programs() {
    let text = "let a = (1 in a";
    let shown = drawn(&["eval", text, "--format", "json"]);
    let first = shown.lines().next().unwrap();
    let told: serde_json::Value = serde_json::from_str(first).unwrap();
    assert_eq!(told["code"], "M0116");
    assert_eq!(told["place"]["start"], serde_json::json!({ "line": 1, "column": 9, "offset": 8 }));
    snapshot("for_programs", text, &shown);
}
