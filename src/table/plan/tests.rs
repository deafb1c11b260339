//! What plans say, and that observing changes nothing.

use super::*;
use crate::{Engine, Evaluated};

fn observed(text: &str) -> Evaluated {
    let engine = Engine::new().observed();
    engine.compile("test", text).unwrap().run().evaluate().unwrap()
}

/// A line for each step, inputs first: name, operator, how, columns, detail.
fn lines(plan: &Plan, all: &mut Vec<String>) {
    plan.inputs.iter().for_each(|input| lines(input, all));
    let names: Vec<&str> = plan.notes.iter().filter_map(|note| note.name.as_deref()).collect();
    let how = format!("{:?}", plan.how);
    let columns = plan.columns.join(" ");
    all.push(format!("{}: {} {} [{columns}] {}", names.join("+"), plan.operator, how, plan.detail));
}

fn plan_of(text: &str) -> Vec<String> {
    let value = observed(text);
    let plans = Plan::of_value(&value.context(), value.value()).unwrap();
    let mut all = Vec::new();
    plans.iter().for_each(|plan| lines(plan, &mut all));
    all
}

const SALES: &str = "Source = #table({\"k\", \"v\", \"w\"}, {{1, 2, 3}, {1, 5, 6}, {2, 8, 9}})";

#[test]
fn steps_say_what_they_read_and_how_they_run() {
    let text = format!(
        "let {SALES},
             Filtered = Table.SelectRows(Source, each [v] > 2),
             Added = Table.AddColumn(Filtered, \"d\", each [v] * 2),
             Renamed = Table.RenameColumns(Added, {{\"k\", \"key\"}}),
             Grouped = Table.Group(Renamed, {{\"key\"}}, {{{{\"n\", each List.Sum([d])}}}})
         in Table.Sort(Grouped, {{\"n\", Order.Descending}})"
    );
    assert_eq!(
        plan_of(&text),
        [
            "Source: rows Source [k v] ",
            "Filtered: select rows Vector [k v] each [v] > 2",
            "Added+Renamed: compute columns Vector [key d] d",
            "Grouped: group Batches [key n] by key",
            ": sort Batches [key n] n",
        ]
    );
}

#[test]
fn what_runs_row_by_row_says_why() {
    let of = |function: &str| {
        let text = format!(
            "let {SALES}, f = (n) => if n <= 0 then 0 else @f(n - 1) in Table.AddColumn(Source, \"d\", {function})"
        );
        plan_of(&text).pop().unwrap()
    };
    assert!(of("each f([v])").contains("RowWise(\"d calls itself\")"), "{}", of("each f([v])"));
    assert!(of("each [k = [v]]").contains("Vector"), "{}", of("each [k = [v]]"));
    let held = "each [k = Text.From([v])]";
    assert!(of(held).contains("makes a record"), "{}", of(held));
    assert!(
        of("each Record.FieldCount(_)").contains("d calls Record.FieldCount"),
        "{}",
        of("each Record.FieldCount(_)")
    );
    assert!(of("each [v] + [w]").contains("Vector"), "{}", of("each [v] + [w]"));
}

#[test]
fn both_sides_of_a_join_are_shown() {
    let text = format!(
        "let {SALES},
             Names = #table({{\"k\", \"name\", \"x\"}}, {{{{1, \"one\", 0}}}}),
             Merged = Table.NestedJoin(Source, {{\"k\"}}, Names, {{\"k\"}}, \"Names\", JoinKind.LeftOuter)
         in Table.ExpandTableColumn(Merged, \"Names\", {{\"name\"}})"
    );
    let plan = plan_of(&text);
    assert!(plan.contains(&"Names: rows Source [k name] ".to_owned()), "{plan:#?}");
    assert!(
        plan.iter().any(|line| line.starts_with("Merged: join ") && line.ends_with("left outer on k = k")),
        "{plan:#?}"
    );
}

#[test]
fn reading_counts_rows_of_each_step() {
    let text = format!(
        "let {SALES},
             Filtered = Table.SelectRows(Source, each [v] > 2),
             Added = Table.AddColumn(Filtered, \"d\", each error \"no\")
         in Table.FirstN(Added, 1)"
    );
    let value = observed(&text);
    let ctx = value.context();
    assert_eq!(read_through(&ctx, value.table().unwrap()).unwrap(), 1);
    let plan = Plan::of_value(&ctx, value.value()).unwrap().remove(0);
    let mut rows = Vec::new();
    let mut step = &plan;
    loop {
        rows.push((step.operator, step.figures.map(|figures| figures.rows)));
        let Some(below) = step.inputs.first() else { break };
        step = below;
    }
    let expected = [("range", 1), ("compute columns", 1), ("select rows", 1), ("rows", 3)];
    assert_eq!(rows, expected.map(|(operator, rows)| (operator, Some(rows))));
}

#[test]
fn tables_that_were_read_on_the_way_are_shown_too() {
    let plan = plan_of(&format!(
        "let {SALES}, Kept = Table.SelectRows(Source, each [v] > 2) in Table.RowCount(Kept)"
    ));
    assert_eq!(plan, ["Source: rows Source [k v w] ", "Kept: select rows Vector [k v w] each [v] > 2"]);
}

#[test]
fn observing_changes_no_value() {
    for text in [
        "let a = #table({\"x\"}, {{1}}) meta [m = 2] in Value.Metadata(a)[m]",
        "let a = Table.FromRecords({[x = 1], [x = 2]}), b = a, c = [t = b] in Table.RowCount(c[t])",
        "let a = Table.Buffer(#table({\"x\"}, {{3}, {1}})), s = Table.Sort(a, \"x\") in Table.Distinct(s, \"x\"){0}[x]",
        "let a = if true then #table({\"x\"}, {}) else null in Table.IsEmpty(a)",
        "Value.Is(#table({\"x\"}, {}), type table)",
    ] {
        let plain = Engine::new().compile("test", text).unwrap().run().evaluate().unwrap();
        assert_eq!(observed(text).literal().unwrap(), plain.literal().unwrap(), "{text}");
    }
}

#[test]
fn a_step_of_several_names_takes_the_time_of_all_of_them() {
    use std::time::Duration;
    let figures = |rows, time, bytes| Figures { readings: 1, rows, time: Duration::from_millis(time), bytes };
    assert_eq!(figures(7, 2, 100).around(figures(9, 40, 900)), figures(7, 42, 900));
}
