//! Lists as sets and as bags, in which an item may be more than once.

use std::borrow::Borrow;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::kept::kept;
use super::stream::{as_list, stream};
use crate::criteria::{EqualityIndex, EquationCriteria, Over};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::table;
use crate::value::{List, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Distinct",
        "(list as list, optional equationCriteria as any) as list",
        "The items without those that equal an earlier one.",
        &[
            example("List.Distinct({1, 2, 1, 3, 2})", "{1, 2, 3}"),
            example("List.Distinct({1, -1, 2}, each _ * _)", "{1, 2}"),
        ],
        distinct,
    ),
    native(
        "List.IsDistinct",
        "(list as list, optional equationCriteria as any) as logical",
        "Whether no two items are equal.",
        &[example("List.IsDistinct({1, 2, 1})", "false")],
        is_distinct,
    ),
    native(
        "List.Union",
        "(lists as list, optional equationCriteria as any) as list",
        "Each item as often as the list has it that has it most often.",
        &[example("List.Union({{1, 2, 2}, {2, 3}})", "{1, 2, 2, 3}")],
        union,
    ),
    native(
        "List.Intersect",
        "(lists as list, optional equationCriteria as any) as list",
        "Each item as often as the list has it that has it least often.",
        &[example("List.Intersect({{1, 2, 2, 3}, {2, 2, 4}})", "{2, 2}")],
        intersect,
    ),
    native(
        "List.Difference",
        "(list1 as list, list2 as list, optional equationCriteria as any) as list",
        "The items of the first list, but for one item for each equal item of the second.",
        &[example("List.Difference({1, 2, 2, 3}, {2})", "{1, 2, 3}")],
        difference,
    ),
    native(
        "List.RemoveItems",
        "(list1 as list, list2 as list) as list",
        "The items of the first list that equal none of the second.",
        &[example("List.RemoveItems({1, 2, 2, 3}, {2})", "{1, 3}")],
        remove_matching_items,
    ),
    native(
        "List.RemoveMatchingItems",
        "(list1 as list, list2 as list, optional equationCriteria as any) as list",
        "The items of the first list that equal none of the second.",
        &[example("List.RemoveMatchingItems({1, 2, 3}, {-2}, each _ * _)", "{1, 3}")],
        remove_matching_items,
    ),
];

/// How often items are there, by criteria.
struct Bag<I = EqualityIndex> {
    index: I,
    counts: Vec<usize>,
}

impl Bag {
    fn new(criteria: &EquationCriteria) -> Bag {
        Bag { index: EqualityIndex::new(criteria.clone()), counts: Vec::new() }
    }

    fn of(ctx: &Context, list: &Arc<List>, criteria: &EquationCriteria) -> Result<Bag> {
        let mut bag = Bag::new(criteria);
        list.all_values(ctx, |item| bag.put(ctx, item))?;
        Ok(bag)
    }

    fn put(&mut self, ctx: &Context, item: &Value) -> Result<()> {
        let (number, new) = self.index.insert(ctx, item)?;
        if new {
            self.counts.push(1);
        } else if let Some(count) = self.counts.get_mut(number) {
            *count += 1;
        }
        Ok(())
    }
}

impl<I: Borrow<EqualityIndex>> Bag<I> {
    /// Takes one of the items equal to `item` out; `false` if there is none left.
    fn take(&mut self, ctx: &Context, item: &Value) -> Result<bool> {
        let Some(number) = self.index.borrow().find(ctx, item)? else { return Ok(false) };
        match self.counts.get_mut(number) {
            Some(count) if *count > 0 => {
                *count -= 1;
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

fn distinct(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    let criteria = EquationCriteria::parse(ctx, arguments.value(1), Over::Items)?;
    if let Some((table, position)) =
        list.as_column().filter(|_| criteria.is_plain() && !ctx.limits().row_wise)
    {
        return Ok(Value::List(Arc::new(table::distinct_cells(table, position)?)));
    }
    Ok(kept(list, !criteria.is_plain(), move || {
        let mut seen = EqualityIndex::new(criteria.clone());
        move |ctx: &Context, item: &Value| Ok(seen.insert(ctx, item)?.1)
    }))
}

fn is_distinct(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(1), Over::Items)?;
    let (mut seen, mut distinct) = (EqualityIndex::new(criteria), true);
    arguments.list(0)?.each_value(ctx, |item| {
        distinct = seen.insert(ctx, item)?.1;
        Ok(if distinct { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(Value::Logical(distinct))
}

/// The lists of a list of lists.
fn lists(ctx: &Context, arguments: &Arguments<'_>) -> Result<Vec<Arc<List>>> {
    arguments.list(0)?.values(ctx)?.iter().map(as_list).collect()
}

fn items_of(items: Vec<Member>) -> Value {
    Value::List(Arc::new(List::Items(items)))
}

fn union(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(1), Over::Items)?;
    let lists: Arc<[Arc<List>]> = lists(ctx, &arguments)?.into();
    Ok(stream(move || {
        let (lists, criteria) = (Arc::clone(&lists), criteria.clone());
        let (mut next, mut current) = (0, None);
        // What was given already counts against the items of the next list.
        let (mut given, mut there): (Vec<Value>, Bag) = (Vec::new(), Bag::new(&criteria));
        move |ctx: &Context| loop {
            let Some(items) = &mut current else {
                let Some(list) = lists.get(next) else { return Ok(None) };
                (next, there, current) = (next + 1, Bag::new(&criteria), Some(list.items()));
                for item in &given {
                    ctx.step()?;
                    there.put(ctx, item)?;
                }
                continue;
            };
            let Some(item) = items.next(ctx)? else {
                current = None;
                continue;
            };
            let value = item.force(ctx)?;
            if !there.take(ctx, &value)? {
                if next < lists.len() {
                    given.push(value);
                }
                return Ok(Some(item));
            }
        }
    }))
}

fn intersect(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(1), Over::Items)?;
    let lists = lists(ctx, &arguments)?;
    let Some((first, rest)) = lists.split_first() else { return Ok(items_of(Vec::new())) };
    let mut others = Vec::with_capacity(rest.len());
    for list in rest {
        let Bag { index, counts } = Bag::of(ctx, list, &criteria)?;
        others.push((Arc::new(index), counts));
    }
    Ok(kept(Arc::clone(first), !criteria.is_plain(), move || {
        let bag = |(index, counts): &(Arc<EqualityIndex>, _)| Bag {
            index: Arc::clone(index),
            counts: Vec::clone(counts),
        };
        let mut others: Vec<_> = others.iter().map(bag).collect();
        move |ctx: &Context, item: &Value| {
            for there in &mut others {
                if !there.take(ctx, item.as_plain())? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }))
}

fn difference(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(2), Over::Items)?;
    let list = arguments.list(0)?;
    let removed = Bag::of(ctx, &arguments.list(1)?, &criteria)?;
    let index = Arc::new(removed.index);
    Ok(kept(list, !criteria.is_plain(), move || {
        let mut removed = Bag { index: Arc::clone(&index), counts: removed.counts.clone() };
        move |ctx: &Context, item: &Value| Ok(!removed.take(ctx, item.as_plain())?)
    }))
}

fn remove_matching_items(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(2), Over::Items)?;
    let list = arguments.list(0)?;
    let removed = Arc::new(Bag::of(ctx, &arguments.list(1)?, &criteria)?.index);
    Ok(kept(list, !criteria.is_plain(), move || {
        let removed = Arc::clone(&removed);
        move |ctx: &Context, item: &Value| Ok(removed.find(ctx, item)?.is_none())
    }))
}
