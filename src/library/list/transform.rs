//! Lists of what a function gives for the items of others.

use std::sync::Arc;

use super::mapped::{Given, Mapped, Mapping};
use super::stream::{as_list, counted, stream};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Chunk, Enumerate, Items, Iterate, List, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Transform",
        "(list as list, transform as function) as list",
        "The list of what the function gives for each item. An item is computed when it is read.",
        &[
            example("List.Transform({1, 2}, each _ * 10)", "{10, 20}"),
            example("List.First(List.Transform({1, error \"unread\"}, each _ * 10))", "10"),
        ],
        transform,
    ),
    native(
        "List.TransformMany",
        "(list as list, collectionTransform as function, resultTransform as function) as list",
        "Makes a list from each item, and one item of the result from each pair of an item and a member of its list.",
        &[example("List.TransformMany({1, 2}, each {0 .. _}, (x, y) => x * 10 + y)", "{10, 11, 20, 21, 22}")],
        transform_many,
    ),
    native(
        "List.Zip",
        "(lists as list) as list",
        "Makes a list of the first items, a list of the second items, and so on. Short lists are filled with null.",
        &[example("List.Zip({{1, 2}, {\"a\"}})", "{{1, \"a\"}, {2, null}}")],
        zip,
    ),
    native(
        "List.Positions",
        "(list as list) as list",
        "The positions of the items, from 0 on.",
        &[example("List.Positions({\"x\", \"y\"})", "{0, 1}")],
        positions,
    ),
    native(
        "List.ReplaceValue",
        "(list as list, oldValue as any, newValue as any, replacer as function) as list",
        "Gives each item with the old and the new value to a replacer.",
        &[example(
            "List.ReplaceValue({1, 2, 1}, 1, 9, (item, old, new) => if item = old then new else item)",
            "{9, 2, 9}",
        )],
        replace_value,
    ),
];

fn transform(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, function) = (arguments.list(0)?, arguments.function(1)?);
    Ok(Value::List(Arc::new(List::Lazy(Box::new(Transformed(Arc::new(Mapping::new(list, function))))))))
}

struct Transformed(Arc<Mapping>);

impl Enumerate for Transformed {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Transforming(self.0.items()))
    }

    fn count(&self) -> Option<usize> {
        self.0.list.known_count()
    }

    fn has_chunks(&self) -> bool {
        self.0.has_chunks()
    }
}

struct Transforming(Mapped);

impl Iterate for Transforming {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        Ok(self.0.next_given(ctx)?.map(|given| match given {
            Given::Result(result) => Member::Ready(result),
            Given::Item(item) => self.0.later(item),
        }))
    }

    fn next_evaluated(&mut self, ctx: &Context) -> Result<Option<Value>> {
        match self.0.next_given(ctx)? {
            Some(Given::Result(result)) => Ok(Some(result)),
            Some(Given::Item(item)) => ctx.call1(self.0.function(), item.into_value(ctx)?).map(Some),
            None => Ok(None),
        }
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        self.0.next_results(ctx, most)
    }
}

fn transform_many(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, collection, result) = (arguments.list(0)?, arguments.function(1)?, arguments.function(2)?);
    Ok(stream(move || {
        let (mut outer, collection, result) = (list.items(), Arc::clone(&collection), Arc::clone(&result));
        let mut inner: Option<(Value, Items)> = None;
        move |ctx: &Context| {
            loop {
                if let Some((item, members)) = &mut inner {
                    if let Some(member) = members.next(ctx)? {
                        let (item, result) = (item.clone(), Arc::clone(&result));
                        return Ok(Some(Member::lazy(move |ctx| {
                            ctx.call2(&result, item.clone(), member.force_with_metadata(ctx)?)
                        })));
                    }
                    inner = None;
                }
                let Some(item) = outer.next(ctx)? else { return Ok(None) };
                let item = item.force_with_metadata(ctx)?;
                let members = as_list(&ctx.call1(&collection, item.clone())?)?;
                inner = Some((item, members.items()));
            }
        }
    }))
}

fn zip(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let lists: Vec<Arc<List>> = arguments.list(0)?.values(ctx)?.iter().map(as_list).collect::<Result<_>>()?;
    let counts: Option<Vec<usize>> = lists.iter().map(|list| list.known_count()).collect();
    let count = counts.map(|counts| counts.into_iter().max().unwrap_or(0));
    Ok(counted(count, move || {
        let mut all: Vec<Items> = lists.iter().map(List::items).collect();
        move |ctx: &Context| {
            let mut any = false;
            let mut row = Vec::with_capacity(all.len());
            for items in &mut all {
                let item = items.next(ctx)?;
                any |= item.is_some();
                row.push(item.unwrap_or(Member::Ready(Value::Null)));
            }
            Ok(any.then(|| Member::Ready(Value::List(Arc::new(List::Items(row))))))
        }
    }))
}

fn positions(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    if let Some(count) = list.known_count() {
        return Ok(Value::List(Arc::new(List::Range { from: 0, count: count as u64 })));
    }
    Ok(stream(move || {
        let (mut items, mut at) = (list.items(), 0i64);
        move |ctx: &Context| {
            let position = items.next(ctx)?.map(|_| Member::Ready(Value::Int64(at)));
            at += 1;
            Ok(position)
        }
    }))
}

fn replace_value(_: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let (list, replacer) = (arguments.list(0)?, arguments.function(3)?);
    let (old, new) = (arguments.take(1), arguments.take(2));
    Ok(counted(list.known_count(), move || {
        let (mut items, replacer, old, new) = (list.items(), Arc::clone(&replacer), old.clone(), new.clone());
        move |ctx: &Context| {
            let Some(item) = items.next(ctx)? else { return Ok(None) };
            let (replacer, old, new) = (Arc::clone(&replacer), old.clone(), new.clone());
            Ok(Some(Member::lazy(move |ctx| {
                ctx.call(&replacer, &[item.force_with_metadata(ctx)?, old.clone(), new.clone()])
            })))
        }
    }))
}
