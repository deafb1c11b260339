//! Sorting by bytes against sorting by comparing.

use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::Engine;
use crate::eval::Limits;
use crate::host::LocalHost;
use crate::table::{Batch, Column, Table, from_batches};
use crate::value::temporal::{Date, Time};
use crate::value::{Error, Member, Shape, Text, Value, literal_text};

fn keys() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (-4i64..4).prop_map(Value::Int64),
        3 => prop_oneof![Just(-0.0), Just(0.5), Just(f64::NAN), Just(f64::NEG_INFINITY), Just(-1.5)]
            .prop_map(Value::Double),
        6 => "[aAb\u{0}\u{1}é\u{ffff}\u{10000}]{0,3}".prop_map(Value::from),
        2 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Logical),
        2 => (0i32..3).prop_map(|days| Value::Date(Date(days))),
        1 => (0i64..3).prop_map(|ticks| Value::Time(Time(ticks))),
    ]
}

/// Keys that bytes cannot sort, or not beside each other.
fn rare() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => keys(),
        1 => prop_oneof![Just((1i64 << 53) + 1), Just(1i64 << 53), Just(i64::MIN)].prop_map(Value::Int64),
        1 => Just(Value::Double((1i64 << 53) as f64)),
        1 => (0i64..20).prop_map(|tenths| Value::from(Decimal::new(tenths, 1))),
    ]
}

type Rows = Vec<Vec<(Value, Value)>>;

fn batches() -> impl Strategy<Value = Rows> {
    let rows = |key: BoxedStrategy<Value>| {
        prop::collection::vec(prop::collection::vec((key.clone(), key), 1..40), 1..5)
    };
    prop_oneof![3 => rows(keys().boxed()), 1 => rows(rare().boxed())]
}

fn table(batches: &Rows) -> Table {
    let mut number = 0;
    let batches = batches.iter().map(|rows| {
        let column = |cells: Vec<Value>| Arc::new(cells.into_iter().map(Member::Ready).collect::<Column>());
        let numbers = rows.iter().map(|_| {
            number += 1;
            match number % 7 {
                0 => Member::failed(Error::expression("cell")),
                1 => Member::Ready(Value::list([Value::Int64(number)])),
                _ => Member::Ready(Value::Int64(number)),
            }
        });
        let numbers: Column = numbers.collect();
        let keys = rows.iter().map(|row| row.0.clone()).collect();
        let others = rows.iter().map(|row| row.1.clone()).collect();
        Batch::new(vec![Arc::new(numbers), column(keys), column(others)], rows.len())
    });
    from_batches(Arc::new(Shape::new(["n", "a", "b"].map(Text::new))), batches.collect())
}

fn outcome(batches: &Rows, text: &str) -> String {
    outcome_of(Engine::new(), batches, text)
}

/// An engine whose steps hold hardly any rows in memory.
fn without_memory() -> Engine {
    Engine::new().with_limits(Limits { rows_memory: Some(600), ..Limits::default() })
}

fn outcome_of(engine: Engine, batches: &Rows, text: &str) -> String {
    let engine = engine.with_value("T", Value::Table(Arc::new(table(batches))));
    let text =
        format!("List.Transform(Table.ToRows({text}), each {{try _{{0}} otherwise \"?\", _{{1}}, _{{2}}}})");
    let query = engine.compile("test", &text).unwrap();
    let ctx = query.start();
    query
        .evaluate(&ctx)
        .and_then(|value| literal_text(&ctx, &value))
        .unwrap_or_else(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn sorting_by_bytes_is_sorting_by_comparing(
        batches in batches(),
        falls in any::<(bool, bool)>(),
        blind in any::<bool>(),
        limit in prop::option::of(0usize..30),
    ) {
        let order = |falls: bool| if falls { "Order.Descending" } else { "Order.Ascending" };
        let rule = if blind { "Comparer.OrdinalIgnoreCase" } else { "Value.Compare" };
        let (first, second) = (order(falls.0), order(falls.1));
        let by_columns = format!("{{{{\"a\", {first}, {rule}}}, {{\"b\", {second}}}}}");
        let by_functions = format!("{{{{each [a], {first}, {rule}}}, {{each [b], {second}}}}}");
        let rows = |criteria: &str| match limit {
            Some(limit) => format!("Table.FirstN(Table.Sort(T, {criteria}), {limit})"),
            None => format!("Table.Sort(T, {criteria})"),
        };
        let expected = outcome(&batches, &rows(&by_functions));
        prop_assert_eq!(outcome(&batches, &rows(&by_columns)), expected.clone());
        let spilling = without_memory().with_host(LocalHost::new("."));
        prop_assert_eq!(outcome_of(spilling, &batches, &rows(&by_columns)), expected);
    }
}

#[test]
fn a_host_without_temporary_files_is_told_so() {
    let rows = (0..100).map(|row| (Value::Int64(row), Value::Null)).collect();
    let outcome = outcome_of(without_memory(), &vec![rows], "Table.Sort(T, \"a\")");
    assert!(outcome.contains("Access to temporary files isn't granted."), "{outcome}");
}

#[test]
fn the_first_of_many_rows_are_those_of_the_whole() {
    let engine = Engine::new();
    let rows = |first: &str| {
        format!(
            "let t = Table.FromList(List.Transform({{0..19999}}, each Number.Mod(_ * 7919, 6007)), (x) => {{x, x * 2}}, \
             {{\"a\", \"b\"}}) in Text.Combine(List.Transform({first}(Table.Sort(t, \"a\"), 50)[b], Text.From), \",\")"
        )
    };
    let run = |text: String| {
        let query = engine.compile("test", &text).unwrap();
        let ctx = query.start();
        query.evaluate(&ctx).unwrap().as_text().unwrap().to_owned()
    };
    let whole = run(rows("((x, n) => Table.FirstN(Table.ReverseRows(Table.ReverseRows(x)), n))"));
    assert_eq!(run(rows("Table.FirstN")), whole);
    assert!(whole.starts_with("0,0,0,0,2,2,2,"));
}
