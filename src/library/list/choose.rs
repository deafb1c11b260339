//! Some of the items of a list.

use std::collections::VecDeque;
use std::sync::Arc;

use super::bound::Bound;
use super::kept::kept;
use super::mapped::{Mapped, Mapping};
use super::part::part;
use super::stream::{counted, stream};
use crate::eval::{Arguments, Context, not_enough_elements, too_many_elements};
use crate::library::{Declaration, example, native};
use crate::value::{Chunk, Enumerate, Iterate, List, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.First",
        "(list as list, optional defaultValue as any) as any",
        "The first item, or the default if there is none.",
        &[example("List.First({3, 4})", "3"), example("List.First({}, -1)", "-1")],
        first,
    ),
    native(
        "List.FirstN",
        "(list as list, countOrCondition as any) as any",
        "The first items: a number of them, or those before the first that fails a condition.",
        &[
            example("List.FirstN({3, 4, -1, 7}, 2)", "{3, 4}"),
            example("List.FirstN({3, 4, -1, 7}, each _ > 0)", "{3, 4}"),
        ],
        first_n,
    ),
    native(
        "List.Last",
        "(list as list, optional defaultValue as any) as any",
        "The last item, or the default if there is none.",
        &[example("List.Last({3, 4})", "4"), example("List.Last({}, -1)", "-1")],
        last,
    ),
    native(
        "List.LastN",
        "(list as list, optional countOrCondition as any) as any",
        "The last items: a number of them, or those after the last that fails a condition.",
        &[
            example("List.LastN({3, 4, -1, 7}, 2)", "{-1, 7}"),
            example("List.LastN({3, -1, 7, 8}, each _ > 0)", "{7, 8}"),
        ],
        last_n,
    ),
    native(
        "List.Skip",
        "(list as list, optional countOrCondition as any) as list",
        "The items without the first one, without a number of them, or from the first on that fails a condition.",
        &[
            example("List.Skip({1 .. 5}, 3)", "{4, 5}"),
            example("List.Skip({5, 4, 2, 6}, each _ > 3)", "{2, 6}"),
        ],
        skip,
    ),
    native(
        "List.RemoveFirstN",
        "(list as list, optional countOrCondition as any) as list",
        "The items without the first one, without a number of them, or from the first on that fails a condition.",
        &[example("List.RemoveFirstN({1, 2, 3})", "{2, 3}")],
        skip,
    ),
    native(
        "List.RemoveLastN",
        "(list as list, optional countOrCondition as any) as list",
        "The items without the last one, without a number of them, or up to the last that fails a condition.",
        &[
            example("List.RemoveLastN({1, 2, 3}, 2)", "{1}"),
            example("List.RemoveLastN({5, 2, 6, 4}, each _ > 3)", "{5, 2}"),
        ],
        remove_last_n,
    ),
    native(
        "List.Single",
        "(list as list) as any",
        "The only item; an error if there are more or none.",
        &[
            example("List.Single({7})", "7"),
            example(
                "List.Single({1, 2})",
                "error: Expression.Error: There were too many elements in the enumeration to complete the operation.",
            ),
        ],
        single,
    ),
    native(
        "List.SingleOrDefault",
        "(list as list, optional default as any) as any",
        "The only item, or the default if there is none; an error if there are more.",
        &[example("List.SingleOrDefault({}, -1)", "-1")],
        single_or_default,
    ),
    native(
        "List.Select",
        "(list as list, selection as function) as list",
        "The items for which the condition holds.",
        &[example("List.Select({1, -3, 4}, each _ > 0)", "{1, 4}")],
        select,
    ),
    native(
        "List.FindText",
        "(list as list, text as text) as list",
        "The texts that contain the text, and the records with a field that does. Upper and lower case differ.",
        &[example("List.FindText({\"apple\", \"plum\", \"APPLE\"}, \"pp\")", "{\"apple\"}")],
        find_text,
    ),
    native(
        "List.RemoveNulls",
        "(list as list) as list",
        "The items that are not null.",
        &[example("List.RemoveNulls({1, null, 2})", "{1, 2}")],
        remove_nulls,
    ),
    native(
        "List.Alternate",
        "(list as list, count as number, optional repeatInterval as nullable number, optional offset as nullable number) as list",
        "Keeps `offset` items, then by turns skips `count` items and keeps `repeatInterval` items (all if not given).",
        &[example("List.Alternate({1 .. 10}, 1, 2, 1)", "{1, 3, 4, 6, 7, 9, 10}")],
        alternate,
    ),
];

fn first(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    match arguments.list(0)?.items().next(ctx)? {
        Some(item) => item.force_with_metadata(ctx),
        None => Ok(arguments.take(1)),
    }
}

fn first_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, bound) = (arguments.list(0)?, Bound::read(&arguments, 1, None)?);
    if let Bound::Count(count) = bound
        && let Some(part) = part(ctx, &list, 0, count)?
    {
        return Ok(part);
    }
    let count = match (&bound, list.known_count()) {
        (Bound::Count(count), Some(known)) => Some(known.min(*count)),
        (Bound::Count(0), None) => Some(0),
        _ => None,
    };
    Ok(counted(count, move || {
        let (mut items, bound, mut read) = (list.items(), bound.clone(), 0);
        let mut done = false;
        move |ctx: &Context| {
            // Not even the item after the last one is asked for.
            if done || matches!(bound, Bound::Count(count) if read >= count) {
                return Ok(None);
            }
            match items.next(ctx)? {
                Some(item) if bound.admits(ctx, read, &item)? => {
                    read += 1;
                    Ok(Some(item))
                }
                _ => {
                    done = true;
                    Ok(None)
                }
            }
        }
    }))
}

fn last_member(ctx: &Context, list: &Arc<List>) -> Result<Option<Member>> {
    if let List::Items(items) = &**list {
        return Ok(items.last().cloned());
    }
    let (mut items, mut last) = (list.items(), None);
    while let Some(item) = items.next(ctx)? {
        last = Some(item);
    }
    Ok(last)
}

fn last(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    match last_member(ctx, &arguments.list(0)?)? {
        Some(item) => item.force_with_metadata(ctx),
        None => Ok(arguments.take(1)),
    }
}

/// How many items at the end satisfy the bound.
fn from_end(ctx: &Context, items: &[Member], bound: &Bound) -> Result<usize> {
    let mut count = 0;
    for item in items.iter().rev() {
        ctx.step()?;
        if !bound.admits(ctx, count, item)? {
            break;
        }
        count += 1;
    }
    Ok(count)
}

fn last_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, bound) = (arguments.list(0)?, Bound::read(&arguments, 1, None)?);
    if let (Bound::Count(count), Some(known)) = (&bound, list.known_count())
        && let Some(part) = part(ctx, &list, known.saturating_sub(*count), usize::MAX)?
    {
        return Ok(part);
    }
    let kept: Vec<Member> = match bound {
        Bound::Count(count) => {
            let (mut items, mut kept) = (list.items(), VecDeque::new());
            while let Some(item) = items.next(ctx)? {
                kept.push_back(item);
                if kept.len() > count {
                    kept.pop_front();
                }
            }
            kept.into()
        }
        bound => {
            let mut items = list.members(ctx)?;
            let count = from_end(ctx, &items, &bound)?;
            items.split_off(items.len() - count)
        }
    };
    Ok(Value::List(Arc::new(List::Items(kept))))
}

fn skip(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, bound) = (arguments.list(0)?, Bound::read(&arguments, 1, Some(1))?);
    if let Bound::Count(count) = bound
        && let Some(part) = part(ctx, &list, count, usize::MAX)?
    {
        return Ok(part);
    }
    let count = match (&bound, list.known_count()) {
        (Bound::Count(count), Some(known)) => Some(known.saturating_sub(*count)),
        _ => None,
    };
    Ok(counted(count, move || {
        let (mut items, bound, mut skipping, mut skipped) = (list.items(), bound.clone(), true, 0);
        move |ctx: &Context| {
            while skipping {
                match items.next(ctx)? {
                    Some(item) if bound.admits(ctx, skipped, &item)? => skipped += 1,
                    other => {
                        skipping = false;
                        return Ok(other);
                    }
                }
            }
            items.next(ctx)
        }
    }))
}

fn remove_last_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, bound) = (arguments.list(0)?, Bound::read(&arguments, 1, Some(1))?);
    match bound {
        Bound::Count(count) => {
            let known = list.known_count().map(|known| known.saturating_sub(count));
            if let Some(known) = known
                && let Some(part) = part(ctx, &list, 0, known)?
            {
                return Ok(part);
            }
            // Holding back that many items, the list can be read as it comes.
            Ok(counted(known, move || {
                let (mut items, mut held) = (list.items(), VecDeque::new());
                move |ctx: &Context| {
                    while let Some(item) = items.next(ctx)? {
                        held.push_back(item);
                        if held.len() > count {
                            return Ok(held.pop_front());
                        }
                    }
                    Ok(None)
                }
            }))
        }
        bound => {
            let mut items = list.members(ctx)?;
            let count = from_end(ctx, &items, &bound)?;
            items.truncate(items.len() - count);
            Ok(Value::List(Arc::new(List::Items(items))))
        }
    }
}

/// The only item, or `None` if there is none.
fn only(ctx: &Context, list: &Arc<List>) -> Result<Option<Member>> {
    let mut items = list.items();
    let only = items.next(ctx)?;
    if only.is_some() && items.next(ctx)?.is_some() {
        return Err(too_many_elements().with_detail(Value::List(Arc::clone(list))));
    }
    Ok(only)
}

fn single(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    match only(ctx, &list)? {
        Some(item) => item.force_with_metadata(ctx),
        None => Err(not_enough_elements().with_detail(Value::List(list))),
    }
}

fn single_or_default(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    match only(ctx, &arguments.list(0)?)? {
        Some(item) => item.force_with_metadata(ctx),
        None => Ok(arguments.take(1)),
    }
}

fn select(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, condition) = (arguments.list(0)?, arguments.function(1)?);
    Ok(Value::List(Arc::new(List::Lazy(Box::new(Selected(Arc::new(Mapping::new(list, condition))))))))
}

struct Selected(Arc<Mapping>);

impl Enumerate for Selected {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Selecting(self.0.items()))
    }

    fn has_chunks(&self) -> bool {
        self.0.has_chunks()
    }
}

struct Selecting(Mapped);

impl Iterate for Selecting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        self.0.next_holding(ctx)
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        self.0.next_chunk_holding(ctx, most)
    }
}

fn find_text(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, text) = (arguments.list(0)?, arguments.text(1)?);
    Ok(kept(list, false, move || {
        let text = text.clone();
        move |ctx: &Context, item: &Value| match item.as_plain() {
            Value::Text(item) => Ok(item.contains(text.as_str())),
            Value::Record(record) => {
                for member in record.members() {
                    if member.force(ctx)?.as_text().is_some_and(|field| field.contains(text.as_str())) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }))
}

fn remove_nulls(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(kept(arguments.list(0)?, false, || |_: &Context, item: &Value| Ok(!item.is_null())))
}

fn alternate(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    let skipped = arguments.count(1, "count")?;
    let kept = arguments.optional_count(2, "repeatInterval")?;
    let offset = arguments.optional_count(3, "offset")?.unwrap_or(0);
    Ok(stream(move || {
        let (mut items, mut at) = (list.items(), 0usize);
        move |ctx: &Context| {
            while let Some(item) = items.next(ctx)? {
                let place = at.checked_sub(offset);
                at += 1;
                let keep = match (place, kept) {
                    (None, _) => true,
                    (Some(place), None) => place >= skipped,
                    (Some(place), Some(kept)) => match skipped.saturating_add(kept) {
                        0 => true,
                        turn => place % turn >= skipped,
                    },
                };
                if keep {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        }
    }))
}
