//! Aggregates that keep no rows, against the same ones written so that they are not recognised.

use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::Engine;
use crate::table::{Batch, Column, Table, from_batches};
use crate::value::temporal::{Date, DateTime, Duration};
use crate::value::{Error, Member, Shape, Text, Value, literal_text};

fn numbers() -> impl Strategy<Value = Member> {
    prop_oneof![
        10 => (-50i64..50).prop_map(Value::Int64),
        1 => prop_oneof![Just(i64::MAX), Just((1i64 << 53) - 1), Just(i64::MIN)].prop_map(Value::Int64),
        4 => prop_oneof![Just(0.1), Just(-0.0), Just(1e300), Just(f64::NAN), Just(f64::INFINITY)].prop_map(Value::Double),
        1 => (0i64..5).prop_map(|whole| Value::from(Decimal::new(whole, 1))),
        4 => Just(Value::Null),
    ]
    .prop_map(Member::Ready)
}

fn others() -> impl Strategy<Value = Member> {
    prop_oneof![
        4 => "[abé]{0,2}".prop_map(|text| Member::Ready(Value::from(text))),
        2 => (0i32..9).prop_map(|days| Member::Ready(Value::Date(Date(days)))),
        2 => (0i64..9).prop_map(|ticks| Member::Ready(Value::DateTime(DateTime(ticks)))),
        2 => (-9i64..9).prop_map(|ticks| Member::Ready(Value::Duration(Duration(ticks)))),
        1 => any::<bool>().prop_map(|logical| Member::Ready(Value::Logical(logical))),
        1 => Just(Member::Ready(Value::list([]))),
        1 => Just(Member::failed(Error::expression("a cell"))),
        1 => (0i64..9).prop_map(|whole| Member::lazy(move |_| Ok(Value::Int64(whole)))),
        1 => Just(Member::lazy(|_| Err(Error::expression("a late cell")))),
    ]
}

/// Columns mostly of one kind, as they are in life.
fn cells() -> impl Strategy<Value = Vec<Vec<Member>>> {
    let cell = prop_oneof![
        6 => numbers().boxed(),
        1 => prop_oneof![12 => numbers().boxed(), 1 => others().boxed()].boxed(),
    ];
    let mixed = prop::collection::vec(prop::collection::vec(cell, 1..20), 1..4);
    let other = prop::collection::vec(prop::collection::vec(others(), 1..8), 1..3);
    let dates = (0i32..900).prop_map(|days| Member::Ready(Value::Date(Date(days))));
    let dates = prop::collection::vec(prop::collection::vec(dates, 1..8), 1..3);
    prop_oneof![4 => mixed, 2 => other, 1 => dates]
}

fn table(batches: &[Vec<Member>]) -> Table {
    let batches = batches.iter().map(|cells| {
        let keys: Column = (0..cells.len()).map(|row| Member::Ready(Value::Int64(row as i64 % 3))).collect();
        let cells: Column = cells.iter().cloned().collect();
        let len = cells.len();
        Batch::new(vec![Arc::new(keys), Arc::new(cells)], len)
    });
    from_batches(Arc::new(Shape::new(["k", "c"].map(Text::new))), batches.collect())
}

fn outcome(batches: &[Vec<Member>], grouped: &str) -> String {
    let engine = Engine::new().with_value("T", Value::Table(Arc::new(table(batches))));
    let text = format!(
        "let g = {grouped}, names = Table.ColumnNames(g) in
         List.Transform(Table.ToRecords(g), (r) => List.Transform(names, (n) =>
            let t = try Record.Field(r, n) in
            if t[HasError] then {{t[Error][Message], t[Error][Reason]}} else t[Value]))"
    );
    let query = engine.compile("test", &text).unwrap();
    let ctx = query.start();
    query
        .evaluate(&ctx)
        .and_then(|value| literal_text(&ctx, &value))
        .unwrap_or_else(|error| error.to_string())
}

const AGGREGATES: [&str; 10] = [
    "List.Sum(@)",
    "List.Average(@)",
    "List.Min(@)",
    "List.Max(@)",
    "List.Count(@)",
    "List.NonNullCount(@)",
    "List.Sum(List.Transform(@, each _ * 2))",
    "List.Max(List.Transform(@, Text.Length))",
    "List.NonNullCount(List.Transform(@, each if _ = 1 then null else _ + 0.5))",
    "List.Average(List.Transform(@, each _ ?? 1))",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn streamed_aggregates_are_those_of_the_functions(batches in cells(), local in any::<bool>()) {
        let kind = if local { "GroupKind.Local" } else { "GroupKind.Global" };
        let grouped = |each: &dyn Fn(&str) -> String| {
            let all: Vec<String> = AGGREGATES.iter().enumerate()
                .map(|(at, text)| format!("{{\"a{at}\", {}}}", each(text)))
                .collect();
            format!("Table.Group(T, {{\"k\"}}, {{{}}}, {kind})", all.join(", "))
        };
        let streamed = grouped(&|text| format!("each {}", text.replace('@', "[c]")));
        let called = grouped(&|text| format!("(t) => let list = t[c] in {}", text.replace('@', "list")));
        prop_assert_eq!(outcome(&batches, &streamed), outcome(&batches, &called));
    }

    #[test]
    fn streamed_pivots_are_those_of_the_functions(batches in cells()) {
        let pivoted = |aggregate: &str| format!(
            "Table.Pivot(Table.AddColumn(T, \"n\", each if [k] = 2 then null else \"n\" & Text.From([k])), \
             {{\"n1\", \"n0\", \"n7\"}}, \"n\", \"c\", {aggregate})"
        );
        for text in AGGREGATES {
            let streamed = match text.strip_suffix("(@)") {
                Some(name) => name.to_owned(),
                None => format!("each {}", text.replace('@', "_")),
            };
            let called = format!("(x) => let list = x in {}", text.replace('@', "list"));
            prop_assert_eq!(outcome(&batches, &pivoted(&streamed)), outcome(&batches, &pivoted(&called)));
        }
    }
}

#[test]
fn a_sum_is_what_plus_gives_for_whole_numbers_that_are_no_doubles() {
    let text = "let a = Int64.From(\"-9223372036854775808\"), b = 9223372036854775807, l = {a, b}, \
                t = Table.FromColumns({{1, 1}, l}, {\"k\", \"c\"}) in \
                {a + b, List.Sum(l), List.Sum(List.Buffer(l)), List.Sum(t[c]), List.Average(l), \
                Table.Group(t, \"k\", {\"s\", each List.Sum([c])}){0}[s]}";
    let query = Engine::new().compile("test", text).unwrap();
    let ctx = query.start();
    let shown = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value)).unwrap();
    assert_eq!(shown, "{0, 0, 0, 0, 0, 0}");
}

#[test]
fn an_error_says_where_it_came_through() {
    let engine = Engine::new();
    let text =
        "Table.Group(#table({\"k\", \"c\"}, {{1, 2}, {1, \"x\"}}), \"k\", {\"s\", each List.Sum([c])}){0}[s]";
    let query = engine.compile("test", text).unwrap();
    let ctx = query.start();
    let error = query.evaluate(&ctx).unwrap_err();
    assert_eq!(error.to_string(), "Expression.Error: We cannot apply operator + to types Number and Text.");
    assert!(!error.trace().is_empty());
}
