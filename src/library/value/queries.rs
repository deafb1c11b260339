//! Value functions about where values come from. In memory nothing folds: plans and versions have plain answers.

use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::table;
use crate::value::{Error, Result, Shape, Text, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Value.Optimize",
        "(value as any) as any",
        "The value itself: what is in memory has no better plan.",
        &[example("Value.Optimize(1)", "1")],
        |_, mut arguments| Ok(arguments.take(0)),
    ),
    native(
        "Value.Expression",
        "(value as any) as nullable record",
        "The expression a value stands for, as a record: the constant itself for values in memory.",
        &[example("Value.Expression(1)", "[Kind = \"Constant\", Value = 1]")],
        |_, mut arguments| {
            Ok(Value::record([("Kind", Value::text("Constant")), ("Value", arguments.take(0))]))
        },
    ),
    native(
        "Value.Alternates",
        "(alternates as list) as any",
        "The first of several plans for one value.",
        &[example("Value.Alternates({1, 2})", "1")],
        alternates,
    ),
    native(
        "Value.VersionIdentity",
        "(value as any) as any",
        "The version of a value; null, as values in memory have none.",
        &[example("Value.VersionIdentity(1)", "null")],
        |_, _| Ok(Value::Null),
    ),
    native(
        "Value.Versions",
        "(value as any) as table",
        "The versions of a value: none, as values in memory have none.",
        &[example("Value.Versions(1)", "#table({\"Version\", \"Published\", \"Data\", \"Modified\"}, {})")],
        |_, _| Ok(empty_table(&["Version", "Published", "Data", "Modified"])),
    ),
    native(
        "Value.Traits",
        "(value as any) as table",
        "What is known of a value beside its type: nothing.",
        &[example("Value.Traits(1)", "#table({\"Name\", \"Value\"}, {})")],
        |_, _| Ok(empty_table(&["Name", "Value"])),
    ),
    native(
        "Value.Lineage",
        "(value as any) as any",
        "Where a value comes from; null, as this is not recorded.",
        &[example("Value.Lineage(1)", "null")],
        |_, _| Ok(Value::Null),
    ),
    native(
        "Value.NativeQuery",
        "(target as any, query as text, optional parameters as any, optional options as nullable record) as any",
        "Runs a query in the language of a data source; values in memory take none.",
        &[example(
            "Value.NativeQuery(1, \"select 1\")",
            "error: Expression.Error: Native queries aren't supported by this value.",
        )],
        native_query,
    ),
    native(
        "Value.ViewError",
        "(errorRecord as record) as record",
        "The error record that a view raises: the record itself.",
        &[example("Value.ViewError([Reason = \"a\"])", "[Reason = \"a\"]")],
        |_, mut arguments| Ok(arguments.take(0)),
    ),
    native(
        "Value.ViewFunction",
        "(function as function) as function",
        "A function that views may handle: outside of a view the function itself.",
        &[example("Value.ViewFunction((a) => a + 1)(1)", "2")],
        |_, mut arguments| Ok(arguments.take(0)),
    ),
];

fn alternates(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    match list.items().next(ctx)? {
        Some(first) => first.force_with_metadata(ctx),
        None => Err(crate::eval::not_enough_elements().with_detail(Value::List(list))),
    }
}

fn empty_table(columns: &[&str]) -> Value {
    let shape = Arc::new(Shape::new(columns.iter().map(|name| Text::new(name))));
    Value::Table(Arc::new(table::from_batches(shape, Vec::new())))
}

fn native_query(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Err(Error::expression("Native queries aren't supported by this value.")
        .with_detail(arguments.full(0).clone()))
}
