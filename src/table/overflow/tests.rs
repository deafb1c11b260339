//! Steps with hardly any memory against the same steps with enough.

use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::Engine;
use crate::eval::Limits;
use crate::host::LocalHost;
use crate::table::{Batch, Column, Table, from_batches};
use crate::value::{Error, Member, Shape, Text, Value, literal_text};

fn keys() -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => (0i64..60).prop_map(Value::Int64),
        4 => (0i64..9).prop_map(|half| Value::Double(half as f64 / 2.0)),
        8 => "[aA]{0,3}".prop_map(Value::from),
        8 => "a text of [0-9] bytes or so".prop_map(Value::from),
        2 => Just(Value::Null),
    ]
}

/// Keys that have no codes.
fn rare() -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => keys(),
        1 => (0i64..20).prop_map(|tenths| Value::from(Decimal::new(tenths, 1))),
        1 => (0i64..3).prop_map(|item| Value::list([Value::Int64(item)])),
    ]
}

type Rows = Vec<Vec<(Value, Value)>>;

fn batches() -> impl Strategy<Value = Rows> {
    let rows = |key: BoxedStrategy<Value>| {
        prop::collection::vec(prop::collection::vec((key.clone(), key), 1..60), 1..8)
    };
    prop_oneof![4 => rows(keys().boxed()), 1 => rows(rare().boxed())]
}

fn table(batches: &Rows, failing_key: Option<usize>) -> Table {
    let mut number = 0;
    let batches = batches.iter().map(|rows| {
        let first = number;
        let others = rows.iter().map(|row| Member::Ready(row.1.clone()));
        let keys = rows.iter().zip(first..).map(|(row, number)| match failing_key {
            Some(failing) if failing == number => Member::failed(Error::expression("key")),
            _ => Member::Ready(row.0.clone()),
        });
        let numbers = rows.iter().map(|_| {
            number += 1;
            match number % 31 {
                0 => Member::failed(Error::expression("cell")),
                at if at % 2 == 0 => Member::Ready(Value::Double(0.1 * number as f64)),
                _ => Member::Ready(Value::Int64(number as i64)),
            }
        });
        let columns: [Column; 3] = [numbers.collect(), keys.collect(), others.collect()];
        Batch::new(columns.map(Arc::new).to_vec(), rows.len())
    });
    from_batches(Arc::new(Shape::new(["n", "a", "b"].map(Text::new))), batches.collect())
}

fn outcome(memory: Option<u64>, table: Table, text: &str) -> String {
    let engine = Engine::new()
        .with_limits(Limits { rows_memory: memory, ..Limits::default() })
        .with_host(LocalHost::new("."))
        .with_value("T", Value::Table(Arc::new(table)));
    // What was read before an error counts, too.
    let text = format!(
        "let r = {text}, rows = (at) => try Table.ToRows(Table.Range(r, at, 20)) otherwise null in \
         List.Transform({{0..12}}, (i) => let x = rows(i * 20) in if x = null then null else List.Transform(x, \
         each List.Transform(List.Positions(_), (c) => try _{{c}} otherwise \"?\")))"
    );
    let query = engine.compile("test", &text).unwrap();
    let ctx = query.start();
    query
        .evaluate(&ctx)
        .and_then(|value| literal_text(&ctx, &value))
        .unwrap_or_else(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn memory_changes_nothing(
        batches in batches(),
        failing_key in prop::option::weighted(0.2, 0usize..100),
        blind in any::<bool>(),
        memory in prop_oneof![Just(700u64), Just(3000)],
    ) {
        let comparer = if blind { "Comparer.OrdinalIgnoreCase" } else { "Comparer.Ordinal" };
        for text in [
            "Table.Distinct(T, {\"a\"})".to_owned(),
            format!("Table.Distinct(T, {{{{\"a\", {comparer}}}, \"b\"}})"),
            "Table.Group(T, {\"a\"}, {{\"count\", Table.RowCount}, {\"sum\", each List.Sum([n])}, \
             {\"max\", each List.Max([n])}})".to_owned(),
            "Table.Group(T, {\"b\", \"a\"}, {{\"average\", each List.Average([n])}})".to_owned(),
        ] {
            let expected = outcome(None, table(&batches, failing_key), &text);
            prop_assert_eq!(outcome(Some(memory), table(&batches, failing_key), &text), expected, "{}", text);
        }
    }
}

#[test]
fn rows_are_put_off_where_memory_is_short() {
    let rows: Vec<_> = (0..100).map(|row| (Value::Int64(row), Value::Null)).collect();
    let batches: Rows = rows.chunks(10).map(<[_]>::to_vec).collect();
    let engine = Engine::new()
        .with_limits(Limits { rows_memory: Some(700), ..Limits::default() })
        .with_value("T", Value::Table(Arc::new(table(&batches, None))));
    let query = engine.compile("test", "Table.RowCount(Table.Distinct(T, \"a\"))").unwrap();
    // A host that grants no files is asked for one.
    let error = query.evaluate(&query.start()).unwrap_err();
    assert!(error.to_string().contains("Access to temporary files isn't granted."), "{error}");
}
