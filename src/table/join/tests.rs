//! Holding the left side of a join gives what holding the right one gives: rows, their order, and errors. A reading
//! with a limit always holds the right one.

use proptest::prelude::*;

use crate::Engine;
use crate::eval::Limits;
use crate::host::LocalHost;
use crate::table::Plan;
use crate::value::literal_text;

/// The rows of a table, each as text, and the error that ends them.
fn rows(text: &str, engine: &Engine) -> Vec<String> {
    let value = match engine.compile("test", text).unwrap().run().evaluate() {
        Ok(value) => value,
        Err(error) => return vec![error.to_string()],
    };
    let ctx = value.context();
    let mut all = Vec::new();
    for row in value.rows().unwrap() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                all.push(format!("error: {error}"));
                break;
            }
        };
        let cell = |cell: &crate::value::Result<_>| match cell {
            Ok(value) => literal_text(&ctx, value).unwrap_or_else(|error| error.to_string()),
            Err(error) => error.to_string(),
        };
        all.push(row.cells().iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
    all
}

fn engines() -> Vec<Engine> {
    let limits = |limits: Limits| {
        let host = LocalHost::new(".").without_network();
        Engine::new().with_host(host).with_limits(limits)
    };
    vec![
        Engine::new(),
        Engine::new().with_threads(2),
        limits(Limits { rows_memory: Some(1 << 20), ..Limits::default() }),
        limits(Limits { rows_memory: Some(1 << 12), ..Limits::default() }),
        limits(Limits { rows_memory: Some(1), ..Limits::default() }),
    ]
}

/// A cell of a key: few different ones, and rarely one that fails.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        30 => (0u8..9).prop_map(|number| number.to_string()),
        6 => Just("null".to_owned()),
        6 => Just("\"a\"".to_owned()),
        6 => Just("\"A\"".to_owned()),
        3 => Just("1.5".to_owned()),
        3 => Just("Decimal.From(3)".to_owned()),
        2 => Just("{1}".to_owned()),
        2 => Just("#date(2024, 1, 2)".to_owned()),
        1 => Just("...".to_owned()),
    ]
}

fn table(columns: [&'static str; 3], rows: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let number = prop_oneof![20 => Just(""), 1 => Just(" + \"x\"")];
    let row = (key(), key(), number);
    (prop::collection::vec(row, rows), 0u8..3, 0usize..200).prop_map(move |(rows, hidden, failing)| {
        let rows: Vec<String> = rows
            .into_iter()
            .enumerate()
            .map(|(at, (first, second, failing))| format!("{{{first}, {second}, {at}{failing}}}"))
            .collect();
        let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
        let table = format!("#table({{{}}}, {{{}}})", names.join(", "), rows.join(", "));
        match hidden {
            // A table that doesn't know how many rows it has,
            0 => format!("Table.SelectRows({table}, each true)"),
            // or whose enumeration may fail on the way.
            1 => format!("Table.SelectRows(Table.AddIndexColumn({table}, \"{}i\"), each [{}i] <> {failing} or (error \"row\"))", columns[0], columns[0]),
            _ => table,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn either_side_can_be_held(
        left in table(["a", "b", "c"], 0..8),
        right in table(["k", "l", "m"], 0..90),
        kind in 0u8..8,
        two_columns in any::<bool>(),
        form in 0u8..4,
    ) {
        let (one, other) = if two_columns { ("{\"a\", \"b\"}", "{\"k\", \"l\"}") } else { ("\"a\"", "\"k\"") };
        let nested = |rest: &str| format!(
            "Table.ExpandTableColumn(Table.NestedJoin(Left, {one}, Right, {other}, \"n\", {kind}{rest}), \"n\", {{\"m\", \"k\", \"z\"}})"
        );
        let join = match form {
            0 => format!("Table.Join(Left, {one}, Right, {other}, {kind})"),
            1 => nested(""),
            2 => nested(", {Comparer.OrdinalIgnoreCase, null}"),
            _ => format!("Table.SelectColumns({}, {{\"m\", \"c\"}})", nested("")),
        };
        let text = |result: &str| format!("let Left = {left}, Right = {right}, Join = {join} in {result}");
        for engine in engines() {
            let (free, limited) = (rows(&text("Join"), &engine), rows(&text("Table.FirstN(Join, 1000000)"), &engine));
            prop_assert_eq!(free, limited, "{}", text("Join"));
        }
    }
}

#[test]
fn a_key_that_fails_goes_before_rows_that_fail_after_it() {
    let join = |failing: &str| {
        let text = format!(
            "Table.Join(#table({{\"a\"}}, {{{{1}}}}), \"a\", Table.SelectRows(Table.AddColumn(Table.FromColumns({{{{1..20}}}}, {{\"n\"}}), \
             \"k\", each if [n] = 6 then error \"key\" else 1), each [n] <> {failing} or (error \"row\")), \"k\")"
        );
        rows(&text, &Engine::new())
    };
    assert_eq!(join("7"), ["error: Expression.Error: key"]);
    assert_eq!(join("5"), ["error: Expression.Error: row"]);
}

#[test]
fn plans_say_which_side_is_held() {
    let held = |left: usize, right: &str, kind: u8, result: &str, read: bool| {
        let text = format!(
            "let Left = Table.FromColumns({{{{1..{left}}}}}, {{\"a\"}}), Right = {right}, \
             Join = Table.Join(Left, \"a\", Right, \"b\", {kind}) in {result}"
        );
        let value = Engine::new().observed().compile("test", &text).unwrap().run().evaluate().unwrap();
        if read {
            value.rows().unwrap().for_each(drop);
        }
        let mut plan = Plan::of_value(&value.context(), value.value()).unwrap().remove(0);
        while plan.operator != "join" {
            plan = plan.inputs.remove(0);
        }
        plan.holds.unwrap()
    };
    let known = "Table.Buffer(Table.FromColumns({{1..40}}, {\"b\"}))";
    let unknown = "Table.SelectRows(Table.FromColumns({{1..40}}, {\"b\"}), each [b] > 0)";
    assert_eq!(held(3, unknown, 0, "Join", false), "the right table, or a much smaller left one");
    assert_eq!(held(3, unknown, 0, "Join", true), "the left table");
    let same = "Table.FromColumns({List.Repeat({1}, 40)}, {\"b\"})";
    assert_eq!(held(3, same, 0, "Join", true), "the right table");
    assert_eq!(held(3, same, 4, "Join", true), "the left table");
    assert_eq!(held(30, unknown, 0, "Join", true), "the right table");
    assert_eq!(held(3, unknown, 3, "Join", false), "the right table");
    assert_eq!(held(3, unknown, 1, "Table.FirstN(Join, 2)", false), "the right table");
    assert_eq!(held(3, known, 4, "Join", true), "the left table");
}
