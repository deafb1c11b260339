//! Steps with hardly any memory against the same steps with enough.

use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::Engine;
use crate::eval::Limits;
use crate::host::LocalHost;
use crate::table::{Batch, Column, Demand, Table, from_batches};
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
    named(["n", "a", "b"], batches, failing_key)
}

fn named(names: [&str; 3], batches: &Rows, failing_key: Option<usize>) -> Table {
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
    from_batches(Arc::new(Shape::new(names.map(Text::new))), batches.collect())
}

fn outcome(memory: Option<u64>, table: Table, text: &str) -> Vec<String> {
    joined(memory, table, named(["m", "c", "d"], &Vec::new(), None), text)
}

/// All rows, and the error that follows them.
fn joined(memory: Option<u64>, left: Table, right: Table, text: &str) -> Vec<String> {
    let engine = Engine::new()
        .with_limits(Limits {
            rows_memory: memory,
            threads: if memory.is_none() { 3 } else { 1 },
            ..Limits::default()
        })
        .with_host(LocalHost::new("."))
        .with_value("T", Value::Table(Arc::new(left)))
        .with_value("U", Value::Table(Arc::new(right)));
    let query = engine.compile("test", text).unwrap();
    let ctx = query.start();
    let table = match query.evaluate(&ctx) {
        Ok(Value::Table(table)) => table,
        other => return vec![format!("{other:?}")],
    };
    let shown = |member: Member| match member.force(&ctx) {
        Ok(value) => literal_text(&ctx, &value).unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    };
    let mut rows = Vec::new();
    let mut batches = table.operator().open(&ctx, &Demand::all()).unwrap();
    loop {
        match batches.next(&ctx) {
            Ok(Some(batch)) => rows.extend((0..batch.len()).map(|row| {
                batch.columns().iter().map(|column| shown(column.get(row)) + " | ").collect::<String>()
            })),
            Ok(None) => return rows,
            Err(error) => {
                rows.push(error.to_string());
                return rows;
            }
        }
    }
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
            "Table.Pivot(T, {\"\", \"a\", \"A\", \"aa\"}, \"a\", \"n\", List.Sum)".to_owned(),
            "Table.Pivot(T, {\"a text of 1 bytes or so\", \"A\", \"b\"}, \"b\", \"n\")".to_owned(),
            "Table.SelectColumns(Table.Pivot(Table.AddColumn(T, \"c\", each Number.Mod([n], 7)), {\"\", \"aa\"}, \
             \"b\", \"n\", (values) => List.Count(values) + 1), {\"aa\", \"c\"})".to_owned(),
            "Table.Group(T, {\"a\"}, {{\"count\", Table.RowCount}, {\"sum\", each List.Sum([n])}, \
             {\"max\", each List.Max([n])}})".to_owned(),
            "Table.Group(T, {\"b\", \"a\"}, {{\"average\", each List.Average([n])}})".to_owned(),
        ] {
            let expected = outcome(None, table(&batches, failing_key), &text);
            prop_assert_eq!(outcome(Some(memory), table(&batches, failing_key), &text), expected, "{}", text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn memory_changes_no_join(
        left in batches(),
        right in batches(),
        failing in prop::option::weighted(0.2, 0usize..200),
        failing_right in prop::option::weighted(0.05, 0usize..200),
        blind in any::<bool>(),
        kind in 0usize..8,
        memory in prop_oneof![Just(700u64), Just(3000)],
    ) {
        let comparer = if blind { "Comparer.OrdinalIgnoreCase" } else { "Comparer.Ordinal" };
        let kind = ["Inner", "LeftOuter", "RightOuter", "FullOuter", "LeftAnti", "RightAnti", "LeftSemi", "RightSemi"][kind];
        for text in [
            format!("Table.Join(T, {{\"a\"}}, U, {{\"c\"}}, JoinKind.{kind})"),
            format!("Table.SelectColumns(Table.Join(T, {{\"a\", \"b\"}}, U, {{\"c\", \"d\"}}, JoinKind.{kind}, null, \
                     {{{comparer}, {comparer}}}), {{\"m\", \"n\"}})"),
            "Table.ExpandTableColumn(Table.NestedJoin(T, \"b\", U, \"c\", \"x\"), \"x\", {\"m\"})".to_owned(),
            // Right rows with a key each of their own are looked up elsewhere.
            format!("Table.Join(T, {{\"b\"}}, Table.Distinct(U, {{\"c\"}}), {{\"c\"}}, JoinKind.{kind})"),
            format!("Table.SelectColumns(Table.Join(Table.AddColumn(T, \"l\", each [n] & [b]), {{\"b\", \"a\"}}, \
                     Table.Distinct(U, {{\"c\", \"d\"}}), {{\"c\", \"d\"}}, JoinKind.{kind}), {{\"m\", \"l\"}})"),
        ] {
            let sides = || (named(["n", "a", "b"], &left, failing), named(["m", "c", "d"], &right, failing_right));
            let outcome = |memory| { let (left, right) = sides(); joined(memory, left, right, &text) };
            prop_assert_eq!(outcome(Some(memory)), outcome(None), "{}", text);
        }
    }
}

/// Joins and pivots ask for a file once memory is full.
#[test]
fn joins_and_pivots_are_parted_where_memory_is_short() {
    let rows: Vec<_> = (0..300).map(|row| (Value::Int64(row), Value::text("x"))).collect();
    let batches: Rows = rows.chunks(10).map(<[_]>::to_vec).collect();
    for text in ["Table.Join(T, \"a\", U, \"c\")", "Table.Pivot(T, {\"x\"}, \"b\", \"n\", List.Sum)"] {
        let engine = Engine::new()
            .with_limits(Limits { rows_memory: Some(700), ..Limits::default() })
            .with_value("T", Value::Table(Arc::new(table(&batches, None))))
            .with_value("U", Value::Table(Arc::new(named(["m", "c", "d"], &batches, None))));
        let query = engine.compile("test", &format!("Table.RowCount({text})")).unwrap();
        let error = query.evaluate(&query.start()).unwrap_err();
        assert!(error.to_string().contains("Access to temporary files isn't granted."), "{error}");
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
