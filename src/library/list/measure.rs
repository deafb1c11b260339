//! What can be said of a list.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::mapped::Mapping;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Member, Part, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Count",
        "(list as list) as number",
        "The number of items. Evaluates none of them.",
        &[example("List.Count({1, null, 3})", "3"), example("List.Count({error \"unread\"})", "1")],
        count,
    ),
    native(
        "List.NonNullCount",
        "(list as list) as number",
        "The number of items that are not null.",
        &[example("List.NonNullCount({1, null, 3})", "2")],
        non_null_count,
    ),
    native(
        "List.IsEmpty",
        "(list as list) as logical",
        "Whether the list has no item.",
        &[example("List.IsEmpty({})", "true"), example("List.IsEmpty({null})", "false")],
        is_empty,
    ),
    native(
        "List.AllTrue",
        "(list as list) as logical",
        "Whether no item is false.",
        &[example("List.AllTrue({true, 1 < 2})", "true"), example("List.AllTrue({})", "true")],
        all_true,
    ),
    native(
        "List.AnyTrue",
        "(list as list) as logical",
        "Whether an item is true.",
        &[example("List.AnyTrue({false, 1 < 2})", "true"), example("List.AnyTrue({})", "false")],
        any_true,
    ),
    native(
        "List.MatchesAll",
        "(list as list, condition as function) as logical",
        "Whether the condition holds for every item.",
        &[example("List.MatchesAll({2, 4}, each _ > 3)", "false")],
        matches_all,
    ),
    native(
        "List.MatchesAny",
        "(list as list, condition as function) as logical",
        "Whether the condition holds for some item.",
        &[example("List.MatchesAny({2, 4}, each _ > 3)", "true")],
        matches_any,
    ),
];

fn count(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    arguments.list(0)?.count(ctx).map(|count| Value::Int64(count as i64))
}

fn non_null_count(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut count = 0;
    arguments.list(0)?.each_part(ctx, |part| {
        count += match part {
            Part::Column(column) => column.count_there(ctx)?,
            Part::Members(items) => there(ctx, items)?,
        };
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Value::Int64(count as i64))
}

/// How many items are not `null`.
fn there(ctx: &Context, items: &[Member]) -> Result<usize> {
    let (mut nulls, mut hidden) = (0, 0);
    for item in items {
        nulls += usize::from(matches!(item, Member::Ready(Value::Null)));
        hidden += usize::from(matches!(item, Member::Lazy(_) | Member::Ready(Value::Meta(_))));
    }
    if hidden == 0 {
        return Ok(items.len() - nulls);
    }
    let mut count = 0;
    for item in items {
        count += usize::from(!item.force(ctx)?.is_null());
    }
    Ok(count)
}

fn is_empty(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Logical(arguments.list(0)?.items().next(ctx)?.is_none()))
}

/// Whether an item is `wanted`; reads no further than the first.
fn any_is(ctx: &Context, arguments: &Arguments<'_>, wanted: bool) -> Result<bool> {
    let mut found = false;
    arguments.list(0)?.each_value(ctx, |value| match value {
        Value::Logical(logical) => {
            found = *logical == wanted;
            Ok(if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        }
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Logical)))),
    })?;
    Ok(found)
}

fn all_true(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Logical(!any_is(ctx, &arguments, false)?))
}

fn any_true(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Logical(any_is(ctx, &arguments, true)?))
}

/// Whether the condition comes out as `wanted` for an item; reads no further than the first.
fn any_matches(ctx: &Context, arguments: &Arguments<'_>, wanted: bool) -> Result<bool> {
    Arc::new(Mapping::new(arguments.list(0)?, arguments.function(1)?)).items().any_holds(ctx, wanted)
}

fn matches_all(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Logical(!any_matches(ctx, &arguments, false)?))
}

fn matches_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Logical(any_matches(ctx, &arguments, true)?))
}
