//! Parts of lists by position.

use std::sync::Arc;

use super::part::part;
use super::stream::{counted, stream};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Error, Items, List, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Range",
        "(list as list, offset as number, optional count as nullable number) as list",
        "The items from a position on, at most `count` of them.",
        &[
            example("List.Range({1 .. 10}, 6)", "{7, 8, 9, 10}"),
            example("List.Range({1 .. 10}, 6, 2)", "{7, 8}"),
        ],
        range,
    ),
    native(
        "List.InsertRange",
        "(list as list, index as number, values as list) as list",
        "The list with items put in before a position.",
        &[example("List.InsertRange({1, 2, 5}, 2, {3, 4})", "{1, 2, 3, 4, 5}")],
        insert_range,
    ),
    native(
        "List.RemoveRange",
        "(list as list, index as number, optional count as nullable number) as list",
        "The list without `count` items (one if not given) from a position on.",
        &[example("List.RemoveRange({1, 2, 3, 9, 9, 4}, 3, 2)", "{1, 2, 3, 4}")],
        remove_range,
    ),
    native(
        "List.ReplaceRange",
        "(list as list, index as number, count as number, replaceWith as list) as list",
        "The list with other items in place of `count` items from a position on.",
        &[example("List.ReplaceRange({1, 2, 7, 8, 5}, 2, 2, {3, 4})", "{1, 2, 3, 4, 5}")],
        replace_range,
    ),
    native(
        "List.Split",
        "(list as list, pageSize as number) as list",
        "The list cut into lists of `pageSize` items; the last may be shorter.",
        &[example("List.Split({1 .. 5}, 2)", "{{1, 2}, {3, 4}, {5}}")],
        split,
    ),
];

fn range(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, offset) = (arguments.list(0)?, arguments.count(1, "offset")?);
    let most = arguments.optional_count(2, "count")?;
    if let Some(part) = part(ctx, &list, offset, most.unwrap_or(usize::MAX))? {
        return Ok(part);
    }
    let known = list.known_count().map(|known| known.saturating_sub(offset).min(most.unwrap_or(usize::MAX)));
    Ok(counted(known, move || {
        let (mut items, mut skip, mut left) = (list.items(), offset, most.unwrap_or(usize::MAX));
        move |ctx: &Context| {
            if left == 0 {
                return Ok(None);
            }
            while skip > 0 {
                skip -= 1;
                if items.next(ctx)?.is_none() {
                    left = 0;
                    return Ok(None);
                }
            }
            left -= 1;
            items.next(ctx)
        }
    }))
}

fn insert_range(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    replaced(arguments.list(0)?, arguments.count(1, "index")?, 0, arguments.list(2)?)
}

fn remove_range(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let count = arguments.optional_count(2, "count")?.unwrap_or(1);
    replaced(arguments.list(0)?, arguments.count(1, "index")?, count, Arc::new(List::Items(Vec::new())))
}

fn replace_range(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (index, count) = (arguments.count(1, "index")?, arguments.count(2, "count")?);
    replaced(arguments.list(0)?, index, count, arguments.list(3)?)
}

/// `list` with the items of `new` in place of `count` items from `index` on.
fn replaced(list: Arc<List>, index: usize, count: usize, new: Arc<List>) -> Result<Value> {
    if list.known_count().is_some_and(|known| index > known) {
        return Err(out_of_range(index));
    }
    Ok(stream(move || {
        let mut part = Part::Before(index, new.items());
        let mut items = list.items();
        move |ctx: &Context| {
            loop {
                match &mut part {
                    Part::Before(0, new) => match new.next(ctx)? {
                        Some(item) => return Ok(Some(item)),
                        None => {
                            for _ in 0..count {
                                if items.next(ctx)?.is_none() {
                                    break;
                                }
                            }
                            part = Part::After;
                        }
                    },
                    Part::Before(left, _) => {
                        *left -= 1;
                        return items.next(ctx)?.map(Some).ok_or_else(|| out_of_range(index));
                    }
                    Part::After => return items.next(ctx),
                }
            }
        }
    }))
}

enum Part {
    /// Before the place, that many items; at the place, what is put in.
    Before(usize, Items),
    After,
}

fn out_of_range(index: usize) -> Error {
    Error::expression("The 'index' argument is out of range.").with_detail(Value::Int64(index as i64))
}

fn split(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, size) = (arguments.list(0)?, arguments.count(1, "pageSize")?);
    if size == 0 {
        return Err(
            Error::expression("The 'pageSize' argument is out of range.").with_detail(Value::Int64(0))
        );
    }
    let count = list.known_count().map(|count| count.div_ceil(size));
    Ok(counted(count, move || {
        let (list, mut items, mut at) = (Arc::clone(&list), list.items(), 0);
        move |ctx: &Context| {
            let known = list.known_count();
            if known.is_some_and(|known| at >= known) {
                return Ok(None);
            }
            if let Some(page) = part(ctx, &list, at, size)? {
                ctx.step()?;
                at = at.saturating_add(size);
                return Ok(Some(Member::Ready(page)));
            }
            let page = items.next_many(ctx, size)?;
            Ok((!page.is_empty()).then(|| Member::Ready(Value::List(Arc::new(List::Items(page))))))
        }
    }))
}
