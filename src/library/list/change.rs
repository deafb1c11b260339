//! Whole lists put together, repeated, turned round, held.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::part::reversed;
use super::stream::{as_list, counted};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::table::{self, Column, RowSource, Table};
use crate::value::types::{FieldType, RecordType, TableType};
use crate::value::{Chunk, Enumerate, Items, Iterate, List, Member, Part, Result, Shape, Text, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Combine",
        "(lists as list) as list",
        "The items of all lists, one list after the other.",
        &[example("List.Combine({{1, 2}, {3}})", "{1, 2, 3}")],
        combine,
    ),
    native(
        "List.Repeat",
        "(list as list, count as number) as list",
        "The list `count` times over.",
        &[example("List.Repeat({1, 2}, 2)", "{1, 2, 1, 2}")],
        repeat,
    ),
    native(
        "List.Reverse",
        "(list as list) as list",
        "The items from the last to the first.",
        &[example("List.Reverse({1, 2, 3})", "{3, 2, 1}")],
        reverse,
    ),
    native(
        "List.Buffer",
        "(list as list) as list",
        "A copy held in memory: each item is evaluated once. An item that fails does so when it is read.",
        &[
            example("List.Buffer({1, 1 + 1})", "{1, 2}"),
            example("List.Buffer({1, error \"unread\"}){0}", "1"),
        ],
        buffer,
    ),
    native(
        "List.ConformToPageReader",
        "(list as list, optional options as nullable record) as table",
        "A table of one-cell tables, one for each item.",
        &[example("List.ConformToPageReader({1, 2}){1}[Result]{0}[Value]", "2")],
        conform_to_page_reader,
    ),
];

fn combine(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::List(Arc::new(List::Lazy(Box::new(Combined(arguments.list(0)?))))))
}

struct Combined(Arc<List>);

impl Enumerate for Combined {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Combining { lists: self.0.items(), items: None })
    }

    fn has_chunks(&self) -> bool {
        true
    }
}

struct Combining {
    lists: Items,
    items: Option<Items>,
}

impl Combining {
    /// The first thing that `read` reads of a list, from the current one on.
    fn first<T>(
        &mut self,
        ctx: &Context,
        read: impl Fn(&mut Items) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        loop {
            if let Some(items) = &mut self.items
                && let Some(first) = read(items)?
            {
                return Ok(Some(first));
            }
            let Some(list) = self.lists.next(ctx)? else { return Ok(None) };
            self.items = None;
            self.items = Some(as_list(&list.force(ctx)?)?.items());
        }
    }
}

impl Iterate for Combining {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        self.first(ctx, |items| items.next(ctx))
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        self.first(ctx, |items| items.next_chunk(ctx, most))
    }
}

fn repeat(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (list, count) = (arguments.list(0)?, arguments.count(1, "count")?);
    let known = list.known_count().and_then(|known| known.checked_mul(count));
    Ok(counted(known, move || {
        let (list, mut items, mut left) = (Arc::clone(&list), list.items(), count);
        // An empty list would be started over for nothing.
        let mut any = false;
        move |ctx: &Context| {
            while left > 0 {
                if let Some(item) = items.next(ctx)? {
                    any = true;
                    return Ok(Some(item));
                }
                left = if any { left - 1 } else { 0 };
                items = list.items();
            }
            Ok(None)
        }
    }))
}

fn reverse(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    if let Some(reversed) = reversed(&list) {
        return Ok(reversed);
    }
    let mut items = list.members(ctx)?;
    items.reverse();
    Ok(Value::List(Arc::new(List::Items(items))))
}

fn buffer(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    /// How many items are held unevaluated at most.
    const MOST: usize = 256;
    let list = arguments.list(0)?;
    if let List::Items(items) = &*list
        && items.iter().all(|item| matches!(item, Member::Ready(_)))
    {
        return Ok(Value::List(list));
    }
    let mut items = list.items();
    let mut held = Vec::new();
    if list.has_chunks() {
        while let Some(chunk) = items.next_chunk(ctx, MOST)? {
            match chunk {
                Chunk::Members(members) => hold(ctx, &mut held, members)?,
                chunk => match chunk.part() {
                    Part::Members(members) => hold(ctx, &mut held, members.iter().cloned())?,
                    Part::Column(column) => hold_column(ctx, &mut held, column)?,
                },
            }
        }
    } else {
        while let Some(item) = items.next(ctx)? {
            hold(ctx, &mut held, [item])?;
        }
    }
    Ok(Value::List(Arc::new(List::Items(held))))
}

/// Puts items behind others, evaluated; those that fail keep their error.
fn hold(ctx: &Context, held: &mut Vec<Member>, items: impl IntoIterator<Item = Member>) -> Result<()> {
    for item in items {
        held.push(match item {
            Member::Ready(value) => Member::Ready(value),
            lazy => Member::settled(lazy.force_with_metadata(ctx))?,
        });
    }
    Ok(())
}

fn hold_column(ctx: &Context, held: &mut Vec<Member>, column: &Column) -> Result<()> {
    let before = held.len();
    let read = column.each_value(ctx, |value| {
        held.push(Member::Ready(value));
        Ok(ControlFlow::Continue(()))
    });
    match read {
        // From the first cell on that fails, each by itself.
        Err(error) if !error.is_stop() => {
            let cells = (held.len() - before..column.len()).map(|at| column.get(at));
            hold(ctx, held, cells)
        }
        read => read.map(|_| ()),
    }
}

/// A table of one row and one column called `Value`.
fn page(value: Value) -> Table {
    let name = Text::new("Value");
    let shape = Arc::new(Shape::new([name.clone()]));
    let ty = crate::library::value::type_of(&value);
    let row = RecordType { fields: vec![FieldType { name, ty, optional: false }], open: false };
    let table = table::from_rows(shape, Some(1), move || Box::new(Once(Some(value.clone()))));
    table.with_type(&TableType { row: Arc::new(row), keys: Vec::new() })
}

struct Once(Option<Value>);

impl RowSource for Once {
    fn next(&mut self, _: &Context) -> Result<Option<Vec<Member>>> {
        Ok(self.0.take().map(|value| vec![Member::Ready(value)]))
    }
}

fn conform_to_page_reader(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    let shape = Arc::new(Shape::new([Text::new("Result")]));
    let known = list.known_count();
    Ok(Value::Table(Arc::new(table::from_rows(shape, known, move || Box::new(Pages(list.items()))))))
}

struct Pages(Items);

impl RowSource for Pages {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        let Some(value) = self.0.next_value(ctx)? else { return Ok(None) };
        Ok(Some(vec![Member::Ready(Value::Table(Arc::new(page(value))))]))
    }
}
