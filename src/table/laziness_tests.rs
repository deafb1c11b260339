//! What steps read of their inputs: columns asked for, rows yielded, functions called.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{
    Batch, Batches, Column, Compute, Demand, Operator, Origin, Table, compute, fields_read, is_simple,
};
use crate::Engine;
use crate::eval::Context;
use crate::value::{Member, Result, Shape, Text, Type, Value, literal_text};

/// What a source was asked for.
#[derive(Default)]
struct Asked {
    /// The columns, by name, of the last reading that was started.
    columns: Mutex<Vec<String>>,
    rows: AtomicUsize,
    touched: AtomicUsize,
}

/// Endless rows of the columns a, b, c, d, ten at a time; each cell is the number of its row.
struct Source(Arc<Asked>);

struct Reading(Arc<Asked>, Vec<bool>, i64);

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

impl Operator for Source {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let wanted: Vec<bool> = (0..4).map(|at| demand.wants(at)).collect();
        let names = NAMES.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
        *self.0.columns.lock().unwrap() = names.map(|(name, _)| (*name).to_owned()).collect();
        Ok(Box::new(Reading(Arc::clone(&self.0), wanted, 0)))
    }

    fn name(&self) -> &'static str {
        "endless"
    }
}

impl Batches for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        let rows = self.2..self.2 + 10;
        self.2 += 10;
        self.0.rows.fetch_add(10, Ordering::Relaxed);
        let column = |wanted: &bool| {
            Arc::new(match wanted {
                true => rows.clone().map(|row| Member::Ready(Value::Int64(row))).collect(),
                false => Column::unread(10),
            })
        };
        Ok(Some(Batch::new(self.1.iter().map(column).collect(), 10)))
    }
}

/// Evaluates M text over the source `T`, with a function `touch` that counts its calls, and prints the result.
fn run(text: &str) -> (String, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let shape = Arc::new(Shape::new(NAMES.map(Text::new)));
    let table = Table::untyped(shape, Arc::new(Source(Arc::clone(&asked))));
    let count = Arc::clone(&asked);
    let engine = Engine::new().with_value("T", Value::Table(Arc::new(table))).with_function(
        "touch",
        "(x as any) as any",
        move |_, mut arguments| {
            count.touched.fetch_add(1, Ordering::Relaxed);
            Ok(arguments.take(0))
        },
    );
    let query = engine.compile("test", text).unwrap();
    let ctx = query.start();
    let result = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    (result.unwrap_or_else(|error| format!("error: {error}")), asked)
}

fn columns(asked: &Asked) -> String {
    asked.columns.lock().unwrap().join(" ")
}

#[test]
fn steps_ask_only_for_the_columns_they_and_later_ones_read() {
    let cases = [
        ("Table.FirstN(T, 2)[b]", "b"),
        ("Table.FirstN(Table.SelectRows(T, each [a] > 3), 2)[b]", "a b"),
        ("Table.RowCount(Table.FirstN(Table.SelectRows(T, each [a] > 3), 2))", "a"),
        ("Table.FirstN(Table.AddColumn(T, \"n\", each [a] + [c]), 2)[n]", "a c"),
        ("Table.FirstN(Table.AddColumn(T, \"n\", each [a] + [c]), 2)[b]", "b"),
        ("Table.FirstN(Table.RemoveColumns(T, {\"d\"}), 1)", "a b c"),
        ("Table.FirstN(Table.TransformColumns(T, {{\"a\", each _ + 1}}), 2)[a]", "a"),
        ("Table.FirstN(Table.RenameColumns(T, {{\"a\", \"z\"}}), 2)[z]", "a"),
        ("Table.FirstN(Table.CombineColumns(T, {\"a\", \"b\"}, each _, \"m\"), 2)[m]", "a b"),
        ("Table.FirstN(Table.FillDown(T, {\"a\"}), 2)[b]", "b"),
        ("Table.FirstN(Table.AddIndexColumn(T, \"i\"), 2)[i]", ""),
        ("Table.MatchesAllRows(T, each [c] < 5)", "c"),
        ("Table.FirstN(Table.SelectRows(T, each Record.FieldCount(_) = 4), 2)[b]", "a b c d"),
    ];
    for (text, expected) in cases {
        let (result, asked) = run(text);
        assert!(!result.starts_with("error"), "{text}: {result}");
        assert_eq!(columns(&asked), expected, "{text}");
    }
}

#[test]
fn reading_stops_at_the_rows_that_are_needed() {
    let cases = [
        ("Table.FirstN(T, 3)[a]", 10),
        ("T{25}[a]", 30),
        ("Table.First(T)[a]", 10),
        ("Table.IsEmpty(T)", 10),
        ("Table.Range(T, 12, 3)[a]", 20),
        ("Table.FirstN(T, each [a] < 15)[a]", 20),
        ("Table.FirstN(Table.SelectRows(T, each [a] > 12), 2)[a]", 20),
        ("Table.FirstN(Table.Skip(T, each [a] < 15), 1)[a]", 20),
        ("Table.FirstN(Table.RemoveLastN(T, 5), 3)[a]", 10),
        ("Table.FirstN(Table.AlternateRows(T, 0, 1, 1), 5)[a]", 10),
        ("Table.FirstN(Table.InsertRows(T, 1, {[a = 0, b = 0, c = 0, d = 0]}), 2)[a]", 10),
        ("Table.FirstN(Table.Repeat(T, 2), 2)[a]", 10),
        ("Table.Contains(T, [a = 7])", 10),
        ("Table.PositionOf(T, [a = 17])", 20),
        ("Table.FirstN(Table.DemoteHeaders(T), 1)[Column1]", 0),
        ("List.FirstN(Table.ToRecords(T), 2)", 10),
    ];
    for (text, expected) in cases {
        let (result, asked) = run(text);
        assert!(!result.starts_with("error"), "{text}: {result}");
        assert_eq!(asked.rows.load(Ordering::Relaxed), expected, "{text}");
    }
}

#[test]
fn cells_are_evaluated_when_they_are_read_and_once() {
    let cases = [
        ("Table.RowCount(Table.AddColumn(Table.FirstN(T, 20), \"n\", each touch([a])))", 0),
        ("Table.FirstN(Table.AddColumn(T, \"n\", each touch([a])), 5)[b]", 0),
        ("Table.FirstN(Table.AddColumn(T, \"n\", each touch([a])), 5)[n]", 5),
        ("Table.AddColumn(T, \"n\", each touch([a])){3}[n]", 1),
        ("Table.TransformColumns(T, {{\"a\", touch}}){3}[b]", 0),
        ("let r = Table.TransformColumns(T, {{\"a\", touch}}){3} in r[a] + r[a]", 1),
        ("Table.SplitColumn(T, \"a\", each touch({_, _}), 2){3}[a.2]", 1),
        ("let r = Table.SplitColumn(T, \"a\", each touch({_, _}), 2){3} in r[a.1] + r[a.2]", 1),
        ("Table.RowCount(Table.ReplaceErrorValues(#table({\"a\"}, {{touch(1)}}), {{\"a\", 0}}))", 0),
        ("#table({\"a\", \"b\"}, {{touch(1), touch(2)}, {touch(3), touch(4)}})[b]", 2),
        ("let t = Table.Buffer(#table({\"a\"}, {{touch(1)}, {touch(2)}})) in {t[a], t[a], t{0}}", 2),
        ("let t = Table.Buffer(#table({\"a\"}, {{touch(1)}}), [BufferMode = BufferMode.Delayed]) in 0", 0),
        (
            "Table.FirstN(Table.FromRecords(List.Generate(() => 0, each true, each touch(_ + 1), each [n = _])), 3)",
            2,
        ),
    ];
    for (text, expected) in cases {
        let (result, asked) = run(text);
        assert!(!result.starts_with("error"), "{text}: {result}");
        assert_eq!(asked.touched.load(Ordering::Relaxed), expected, "{text} = {result}");
    }
}

#[test]
fn errors_stay_in_their_cells() {
    let cases = [
        (
            "Table.RemoveColumns(#table({\"a\", \"b\"}, {{1, error \"x\"}}), {\"b\"})",
            "#table(type table [a = any], {{1}})",
        ),
        (
            "Table.FirstN(Table.AddColumn(T, \"n\", each 1 + (if [a] = 0 then \"x\" else [a])), 2)[[n]]",
            "#table(type table [n = any], {{error: Expression.Error: We cannot apply operator + to types Number and Text. | Detail: [Operator = \"+\", Left = 1, Right = \"x\"]}, {2}})",
        ),
        ("Table.SelectRows(#table({\"a\"}, {{1}, {2}, {\"x\"}}), each [a] > 1){0}[a]", "2"),
        ("Table.FillDown(#table({\"a\"}, {{1}, {null}, {error \"x\"}}), {\"a\"}){1}[a]", "1"),
    ];
    for (text, expected) in cases {
        assert_eq!(run(text).0, expected, "{text}");
    }
}

#[test]
fn a_function_of_a_row_names_the_columns_it_reads() {
    let shape = Shape::new(NAMES.map(Text::new));
    let cases: [(&str, Option<&[usize]>, bool); 13] = [
        ("each [a] + [c]", Some(&[0, 2]), true),
        ("each 1", Some(&[]), true),
        ("each _[b]?", Some(&[1]), true),
        ("(r) => r[[a], [d]]", Some(&[0, 3]), false),
        ("each {[a], each [b]}", Some(&[0]), false),
        ("each let x = [a], f = () => [c] in x + f() + x", Some(&[0, 2]), false),
        ("(r) => List.Transform({1}, (i) => r[b] + i)", Some(&[1]), false),
        ("each Text.Combine({[a], Text.Upper([b])}, \"-\")", Some(&[0, 1]), true),
        ("each if [a] = null then \"\" else Text.Trim([a])", Some(&[0]), true),
        ("each [x = [d], y = x]", Some(&[3]), false),
        ("each Record.FieldValues(_)", None, false),
        ("each List.Transform({1}, (x) => _)", None, false),
        ("each [nowhere]", None, true),
    ];
    for (text, expected, simple) in cases {
        let query = Engine::new().compile("test", text).unwrap();
        let Value::Function(function) = query.evaluate(&query.start()).unwrap() else { panic!("{text}") };
        assert_eq!(fields_read(&function, &shape).as_deref(), expected, "{text}");
        assert_eq!(is_simple(&function), simple, "{text}");
    }
}

/// Counts the rows it is computed for.
struct Counting(Arc<AtomicUsize>);

impl Compute for Counting {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![0])
    }

    fn compute(&self, _ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        self.0.fetch_add(batch.len(), Ordering::Relaxed);
        Ok(vec![batch.column(0).map_or_else(|| Column::unread(batch.len()), |column| (**column).clone())])
    }
}

/// Evaluates M text over the columns a, b, c, d of the endless source and a computed one, n; gives the result and for
/// how many rows the computed column was computed.
fn computed(text: &str) -> (String, usize) {
    let (asked, count) = (Arc::new(Asked::default()), Arc::new(AtomicUsize::new(0)));
    let shape = Arc::new(Shape::new(NAMES.map(Text::new)));
    let source = Arc::new(Table::untyped(shape, Arc::new(Source(asked))));
    let names = source.names().iter().cloned().chain([Text::new("n")]);
    let origins = (0..4).map(Origin::Input).chain([Origin::Computed(0, 0)]).collect();
    let computation: Arc<dyn Compute> = Arc::new(Counting(Arc::clone(&count)));
    let types = vec![Type::any(); 5];
    let table = compute(&source, Arc::new(Shape::new(names)), types, origins, vec![computation]);
    let engine = Engine::new().with_value("T", Value::Table(Arc::new(table)));
    let query = engine.compile("test", text).unwrap();
    let ctx = query.start();
    let result = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    (result.unwrap_or_else(|error| format!("error: {error}")), count.load(Ordering::Relaxed))
}

#[test]
fn a_computed_column_is_computed_for_the_rows_that_are_left_when_it_is_read() {
    let cases = [
        ("Table.FirstN(T, 10)[a]", "{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}", 0),
        ("Table.RowCount(Table.FirstN(T, 10))", "10", 0),
        ("Table.RowCount(Table.FirstN(Table.SelectRows(T, each [a] > 4), 10))", "10", 0),
        ("Table.FirstN(Table.SelectRows(T, each [a] > 6), 2)[n]", "{7, 8}", 2),
        ("Table.FirstN(Table.SelectRows(T, each [a] = 5 or [a] = 12), 2)[n]", "{5, 12}", 2),
        // The test reads it: computed once for the rows of the batch, and not again for those that pass.
        ("Table.FirstN(Table.SelectRows(T, each [n] > 6), 2)[n]", "{7, 8}", 10),
        ("Table.FirstN(Table.SelectRows(T, each [a] > 6 and [n] < 9), 2)[n]", "{7, 8}", 5),
        (
            "Table.FirstN(Table.AddColumn(Table.SelectRows(T, each [a] > 7), \"m\", each [n] * 2), 2)[m]",
            "{16, 18}",
            2,
        ),
        ("Table.RemoveColumns(Table.FirstN(T, 1), {\"n\", \"b\", \"c\", \"d\"}){0}[a]", "0", 0),
    ];
    for (text, expected, rows) in cases {
        assert_eq!(computed(text), (expected.to_owned(), rows), "{text}");
    }
}

#[test]
fn conversions_are_made_of_what_is_read() {
    let cases = [
        // A cell that fails to convert is an error of that cell, and of nothing that does not read it.
        (
            "Table.SelectRows(Table.TransformColumnTypes(#table({\"a\", \"b\"}, {{\"1\", \"x\"}, {\"2\", \"3\"}}), \
             {{\"a\", Int64.Type}, {\"b\", Int64.Type}}), each [a] = 2)[b]",
            "{3}",
        ),
        (
            "Table.RowCount(Table.TransformColumnTypes(#table({\"a\"}, {{error \"x\"}, {\"y\"}}), {{\"a\", Int64.Type}}))",
            "2",
        ),
        (
            "Table.RemoveColumns(Table.AddColumn(#table({\"a\"}, {{1}, {2}}), \"e\", each error \"never\"), {\"e\"})[a]",
            "{1, 2}",
        ),
        // The source fails in the third row, which nobody asks for.
        (
            "Table.FirstN(Table.FromRecords(List.Generate(() => 0, each true, each if _ = 1 then error \"fails\" else _ + 1, \
             each [n = _]), {\"n\"}), 2)[n]",
            "{0, 1}",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(run(text).0, expected, "{text}");
    }
}
