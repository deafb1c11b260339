//! Order: sorting, the least and the greatest.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::bound::Bound;
use crate::criteria::{ComparisonCriteria, Keys, Over};
use crate::eval::{Arguments, Context, apply};
use crate::library::{Declaration, example, native};
use crate::table::Fold;
use crate::value::{List, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Sort",
        "(list as list, optional comparisonCriteria as any) as list",
        "The items in order. Items of equal rank stay as they were.",
        &[
            example("List.Sort({2, 3, 1})", "{1, 2, 3}"),
            example("List.Sort({2, 3, 1}, Order.Descending)", "{3, 2, 1}"),
            example("List.Sort({1, 3, 2}, {each 1 / _, Order.Descending})", "{1, 2, 3}"),
        ],
        sort,
    ),
    native(
        "List.Max",
        "(list as list, optional default as any, optional comparisonCriteria as any, optional includeNulls as nullable logical) as any",
        "The greatest item, or the default if there is none. Nulls do not count unless they are included.",
        &[example("List.Max({1, 7, null, 3})", "7"), example("List.Max({}, -1)", "-1")],
        max,
    ),
    native(
        "List.Min",
        "(list as list, optional default as any, optional comparisonCriteria as any, optional includeNulls as nullable logical) as any",
        "The least item, or the default if there is none. Nulls do not count unless they are included.",
        &[example("List.Min({7, null, 3})", "3"), example("List.Min({-7, 3}, null, each _ * _)", "3")],
        min,
    ),
    native(
        "List.MaxN",
        "(list as list, countOrCondition as any, optional comparisonCriteria as any, optional includeNulls as nullable logical) as list",
        "The greatest items from the greatest on: a number of them, or while a condition holds.",
        &[example("List.MaxN({5, 1, 9, 3}, 2)", "{9, 5}")],
        max_n,
    ),
    native(
        "List.MinN",
        "(list as list, countOrCondition as any, optional comparisonCriteria as any, optional includeNulls as nullable logical) as list",
        "The least items from the least on: a number of them, or while a condition holds.",
        &[example("List.MinN({5, 1, 9, 3}, each _ < 4)", "{1, 3}")],
        min_n,
    ),
];

/// The items of a list in order. A failing item ends it.
fn sorted(
    ctx: &Context,
    list: &Arc<List>,
    criteria: &ComparisonCriteria,
    nulls: bool,
    falling: bool,
) -> Result<Vec<Member>> {
    let room = list.known_count().unwrap_or(0).min(1 << 20);
    let mut values = Vec::with_capacity(room);
    list.take_values(ctx, |value| {
        if nulls || !value.is_null() {
            values.push(value);
        }
        Ok(())
    })?;
    Ok(criteria.arrange(ctx, values, falling)?.into_iter().map(Member::Ready).collect())
}

fn sort(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(1), Over::Items)?;
    Ok(Value::List(Arc::new(List::Items(sorted(ctx, &arguments.list(0)?, &criteria, true, false)?))))
}

/// The first of the items that no other one beats in the sense of `better`.
fn extreme(ctx: &Context, mut arguments: Arguments<'_>, better: Ordering) -> Result<Value> {
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(2), Over::Items)?;
    let nulls = arguments.optional_logical(3)?.unwrap_or(false);
    let list = arguments.list(0)?;
    if criteria.is_plain() && !nulls {
        let mut fold = if better.is_gt() { Fold::Max(Value::Null) } else { Fold::Min(Value::Null) };
        list.each_part(ctx, |part| fold.push_part(ctx, part).map(ControlFlow::Continue))?;
        return Ok(match fold.finish(ctx, apply)? {
            Value::Null => arguments.take(1),
            best => best,
        });
    }
    let mut best: Option<(Value, Keys)> = None;
    list.take_values(ctx, |value| {
        if value.is_null() && !nulls {
            return Ok(());
        }
        let keys = criteria.keys(ctx, &value)?;
        let wins = match &best {
            Some((_, known)) => criteria.compare_keys(ctx, &keys, known)? == better,
            None => true,
        };
        if wins {
            best = Some((value, keys));
        }
        Ok(())
    })?;
    Ok(best.map_or_else(|| arguments.take(1), |(value, _)| value))
}

fn max(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    extreme(ctx, arguments, Ordering::Greater)
}

fn min(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    extreme(ctx, arguments, Ordering::Less)
}

fn extremes(ctx: &Context, arguments: &Arguments<'_>, falling: bool) -> Result<Value> {
    let bound = Bound::read(arguments, 1, None)?;
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(2), Over::Items)?;
    let nulls = arguments.optional_logical(3)?.unwrap_or(false);
    let mut items = sorted(ctx, &arguments.list(0)?, &criteria, nulls, falling)?;
    let mut count = 0;
    for item in &items {
        if !bound.admits(ctx, count, item)? {
            break;
        }
        count += 1;
    }
    items.truncate(count);
    Ok(Value::List(Arc::new(List::Items(items))))
}

fn max_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    extremes(ctx, &arguments, true)
}

fn min_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    extremes(ctx, &arguments, false)
}
