//! Turning by all names at once, against finding the names first; and what either reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use crate::Engine;
use crate::eval::{Context, Limits};
use crate::host::LocalHost;
use crate::table::{Batch, Batches, Column, Demand, Operator, Plan, Table, from_batches};
use crate::value::{Error, Member, Record, Result, Shape, Text, Value, literal_text};

fn late(value: Value) -> Member {
    Member::lazy(move |_| Ok(value.clone()))
}

fn text_or(rare: u32) -> impl Strategy<Value = Member> {
    let text = prop_oneof![
        6 => "[abAé]{0,2}".prop_map(Value::from),
        2 => "a name of [0-3] bytes or so".prop_map(Value::from),
    ];
    let told = Arc::new(Record::from_fields([("m", Value::Int64(1))]));
    prop_oneof![
        300 => text.clone().prop_map(Member::Ready),
        rare => text.clone().prop_map(late),
        rare => text.prop_map(move |value| Member::Ready(value.with_metadata(Arc::clone(&told)))),
        1 => Just(Member::Ready(Value::Null)),
        1 => Just(Member::Ready(Value::Int64(7))),
        1 => Just(Member::failed(Error::expression("a name fails"))),
    ]
}

fn key(rare: u32) -> impl Strategy<Value = Member> {
    let plain = prop_oneof![
        8 => (0i64..12).prop_map(Value::Int64),
        2 => Just(Value::Null),
        2 => "[xy]{1,2}".prop_map(Value::from),
    ];
    prop_oneof![
        200 => plain.clone().prop_map(Member::Ready),
        rare => plain.prop_map(late),
        rare => (0i64..3).prop_map(|item| Member::Ready(Value::list([Value::Int64(item)]))),
        rare => Just(Member::failed(Error::expression("a key fails"))),
    ]
}

fn cell() -> impl Strategy<Value = Member> {
    prop_oneof![
        20 => (-9i64..9).prop_map(|whole| Member::Ready(Value::Int64(whole))),
        4 => Just(Member::Ready(Value::Null)),
        1 => (0i64..9).prop_map(|whole| late(Value::Int64(whole))),
        1 => Just(Member::Ready(Value::text("no number"))),
        1 => Just(Member::failed(Error::expression("a cell fails"))),
    ]
}

type Rows = Vec<Vec<(Member, Member, Member, Member)>>;

fn rows() -> impl Strategy<Value = Rows> {
    let batches = |rare: u32| {
        let row = (key(rare), text_or(rare), cell(), key(0));
        prop::collection::vec(prop::collection::vec(row, 1..30), 0..6)
    };
    prop_oneof![3 => batches(0), 1 => batches(1)]
}

fn table(rows: &Rows) -> Table {
    let batches = rows.iter().map(|rows| {
        let column = |of: fn(&(Member, Member, Member, Member)) -> &Member| -> Arc<Column> {
            Arc::new(rows.iter().map(|row| of(row).clone()).collect())
        };
        let columns =
            [column(|row| &row.0), column(|row| &row.1), column(|row| &row.2), column(|row| &row.3)];
        Batch::new(columns.to_vec(), rows.len())
    });
    from_batches(Arc::new(Shape::new(["k", "a", "v", "l"].map(Text::new))), batches.collect())
}

/// Names, types, number of rows and all cells, which are read twice; and the error that ends them.
fn outcome(rows: &Rows, limits: Limits, text: &str) -> Vec<String> {
    let engine = Engine::new()
        .with_limits(limits)
        .with_host(LocalHost::new("."))
        .with_value("T", Value::Table(Arc::new(table(rows))));
    let query = engine.compile("test", text).unwrap();
    let ctx = query.start();
    let table = match query.evaluate(&ctx) {
        Ok(Value::Table(table)) => table,
        Ok(other) => return vec![format!("{other:?}")],
        Err(error) => return vec![shown_error(&error)],
    };
    let types = table.types().iter().zip(table.names());
    let mut lines: Vec<String> = types.map(|(ty, name)| format!("{name}: {ty:?}")).collect();
    for _ in 0..2 {
        lines.extend(cells_of(&ctx, &table));
    }
    lines
}

fn cells_of(ctx: &Context, table: &Table) -> Vec<String> {
    let shown = |member: Member| match member.force(ctx) {
        Ok(value) => literal_text(ctx, &value).unwrap_or_else(|error| shown_error(&error)),
        Err(error) => shown_error(&error),
    };
    let mut lines = Vec::new();
    let mut batches = table.operator().open(ctx, &Demand::all()).unwrap();
    loop {
        match batches.next(ctx) {
            Ok(Some(batch)) => lines.extend((0..batch.len()).map(|row| {
                batch.columns().iter().map(|column| shown(column.get(row)) + " | ").collect::<String>()
            })),
            Ok(None) => return lines,
            Err(error) => {
                lines.push(shown_error(&error));
                return lines;
            }
        }
    }
}

fn shown_error(error: &Error) -> String {
    format!("{error} {:?}", error.detail())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn names_found_on_the_way_are_those_found_before(
        rows in rows(),
        keys in prop::sample::select(vec!["{\"a\", \"v\"}", "{\"k\", \"a\", \"v\"}", "{\"v\", \"k\", \"l\", \"a\"}"]),
        aggregate in prop::sample::select(vec!["", ", List.Sum", ", List.Count", ", each List.Count(_) + 1"]),
        memory in prop::sample::select(vec![None, Some(700)]),
    ) {
        let text = |names: &str| format!(
            "let t = Table.SelectColumns(T, {keys}) in Table.Pivot(t, {names}, \"a\", \"v\"{aggregate})"
        );
        let limits = Limits { rows_memory: memory, ..Limits::default() };
        // A list of its own knows nothing of its origin.
        let expected = outcome(&rows, limits, &text("List.Transform(List.Distinct(t[a]), each _)"));
        let at_once = text("List.Distinct(t[a])");
        prop_assert_eq!(&outcome(&rows, limits, &at_once), &expected);
        let row_wise = Limits { row_wise: true, ..Limits::default() };
        prop_assert_eq!(&outcome(&rows, row_wise, &at_once), &expected);
    }
}

/// Counts its readings, and the rows of them.
struct Counted(Arc<Table>, Arc<AtomicUsize>);

impl Operator for Counted {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.operator().open(ctx, demand)
    }

    fn name(&self) -> &'static str {
        "counted"
    }
}

/// Evaluates M text over the source `T` with the columns k, a and v; gives the result and how often it was read.
fn counted(text: &str) -> (String, usize) {
    let row = |key: i64, name: &str, value: i64| {
        (Value::Int64(key).into(), Value::text(name).into(), Value::Int64(value).into(), Value::Null.into())
    };
    let rows = vec![vec![row(2, "x", 1), row(1, "y", 2)], vec![row(2, "x", 4), row(2, "z", 8)]];
    let (source, readings) = (Arc::new(table(&rows)), Arc::new(AtomicUsize::new(0)));
    let counted = source.with_operator(Arc::new(Counted(Arc::clone(&source), Arc::clone(&readings))));
    let engine = Engine::new().with_value("T", Value::Table(Arc::new(counted)));
    let text = format!("let t = Table.SelectColumns(T, {{\"k\", \"a\", \"v\"}}) in {text}");
    let query = engine.compile("test", &text).unwrap();
    let ctx = query.start();
    let result = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    (result.unwrap_or_else(|error| format!("error: {error}")), readings.load(Ordering::Relaxed))
}

#[test]
fn one_reading_finds_the_names_and_turns_the_rows() {
    const TURNED: &str =
        "#table(type table [k = any, x = any, y = any, z = any], {{1, null, 2, null}, {2, 5, null, 8}})";
    let cases = [
        ("Table.Pivot(t, List.Distinct(t[a]), \"a\", \"v\", List.Sum)", TURNED, 1),
        ("Table.Pivot(t, List.Distinct(Table.Column(t, \"a\")), \"a\", \"v\", List.Sum)", TURNED, 1),
        ("Table.RowCount(Table.Pivot(t, List.Distinct(t[a]), \"a\", \"v\", List.Sum))", "2", 1),
        (
            "Table.ColumnNames(Table.Pivot(t, List.Distinct(t[a]), \"a\", \"v\", List.Sum))",
            "{\"k\", \"x\", \"y\", \"z\"}",
            1,
        ),
        (
            "let p = Table.Pivot(t, List.Distinct(t[a]), \"a\", \"v\", List.Sum) in {Table.RowCount(p), p[y]}",
            "{2, {2, null}}",
            2,
        ),
        // Names of another column, of another step, or in another order are found before.
        ("Table.Pivot(t, {\"x\", \"y\", \"z\"}, \"a\", \"v\", List.Sum)", TURNED, 1),
        ("Table.Pivot(t, List.Distinct(Table.Skip(t, 0)[a]), \"a\", \"v\", List.Sum)", TURNED, 2),
        ("Table.Pivot(t, List.Sort(List.Distinct(t[a])), \"a\", \"v\", List.Sum)", TURNED, 2),
        (
            "Table.Pivot(t, List.Distinct(t[k]), \"a\", \"v\", List.Sum)",
            "error: Expression.Error: We cannot convert the value 2 to type Text.",
            1,
        ),
        // A key that must be evaluated is not, before somebody reads the rows.
        (
            "let w = Table.AddColumn(t, \"w\", each error \"no\") in \
             Table.ColumnNames(Table.Pivot(w, List.Distinct(w[a]), \"a\", \"v\", List.Sum))",
            "{\"k\", \"w\", \"x\", \"y\", \"z\"}",
            2,
        ),
        // Nor is a value.
        (
            "let w = Table.TransformColumns(t, {\"v\", each error \"no\"}) in \
             Table.ColumnNames(Table.Pivot(w, List.Distinct(w[a]), \"a\", \"v\", List.Sum))",
            "{\"k\", \"x\", \"y\", \"z\"}",
            1,
        ),
    ];
    for (text, expected, readings) in cases {
        assert_eq!(counted(text), (expected.to_owned(), readings), "{text}");
    }
}

#[test]
fn a_plan_says_that_the_names_are_found_on_the_way() {
    let text = "let t = #table({\"k\", \"a\", \"v\"}, {{1, \"x\", 2}, {1, \"y\", 3}}) in \
                Table.Pivot(t, List.Distinct(t[a]), \"a\", \"v\", List.Sum)";
    let value = Engine::new().observed().compile("test", text).unwrap().run().evaluate().unwrap();
    let ctx = value.context();
    crate::table::read_through(&ctx, value.table().unwrap()).unwrap();
    let plans = Plan::of_value(&ctx, value.value()).unwrap();
    let [plan] = plans.as_slice() else { panic!("{} plans", plans.len()) };
    assert_eq!(plan.detail, "a, v; all names, found by the first reading");
    assert_eq!(plan.inputs[0].figures.map(|figures| figures.readings), Some(1));
}
