//! Items of lists handed over many at a time.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{List, Member, Result, Value};
use crate::eval::Context;
use crate::table::Column;

/// Items of a list that follow one another, as whoever makes them has them.
pub enum Chunk {
    /// Items that a list has at hand: the first, and the one after the last.
    Lent(Arc<List>, usize, usize),
    /// Items one by one.
    Members(Vec<Member>),
    /// Items that were computed together.
    Column(Column),
}

/// The items of a [`Chunk`], to be read.
#[derive(Clone, Copy)]
pub enum Part<'c> {
    /// Items one by one.
    Members(&'c [Member]),
    /// Items that were computed together.
    Column(&'c Column),
}

impl Chunk {
    /// The items.
    pub fn part(&self) -> Part<'_> {
        match self {
            Chunk::Lent(list, from, to) => {
                let items = list.as_items().unwrap_or_default();
                Part::Members(items.get(*from..*to).unwrap_or_default())
            }
            Chunk::Members(items) => Part::Members(items),
            Chunk::Column(column) => Part::Column(column),
        }
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.part().len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place; `null` past the last.
    pub fn member(&self, at: usize) -> Member {
        match self.part() {
            Part::Members(items) => items.get(at).cloned().unwrap_or(Member::Ready(Value::Null)),
            Part::Column(column) => column.get(at),
        }
    }

    /// The items as a column of the tightest form that holds them; those not evaluated stay so.
    pub fn to_column(&self) -> Column {
        match self.part() {
            Part::Members(items) => Column::of_members(items),
            Part::Column(column) => column.clone(),
        }
    }

    /// The items at these places.
    pub fn take(&self, places: &[u32]) -> Chunk {
        match self.part() {
            Part::Members(items) => {
                Chunk::Members(places.iter().filter_map(|at| items.get(*at as usize)).cloned().collect())
            }
            Part::Column(column) => Chunk::Column(column.take(places)),
        }
    }

    /// The items from a place on, up to another.
    pub fn slice(self, from: usize, to: usize) -> Chunk {
        match self {
            whole if from == 0 && to == whole.len() => whole,
            Chunk::Lent(list, start, _) => Chunk::Lent(list, start + from, start + to),
            Chunk::Members(mut items) => {
                items.truncate(to);
                Chunk::Members(items.split_off(from.min(items.len())))
            }
            Chunk::Column(column) => Chunk::Column(column.slice(from, to - from)),
        }
    }
}

impl Part<'_> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        match self {
            Part::Members(items) => items.len(),
            Part::Column(column) => column.len(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands the items on, evaluated and with their metadata, until one of them breaks: lent where they are at hand.
    ///
    /// # Errors
    /// Those of items, of `each`, and stops.
    #[inline]
    pub fn each(
        self,
        ctx: &Context,
        mut each: impl FnMut(&Value) -> Result<ControlFlow<()>>,
    ) -> Result<ControlFlow<()>> {
        match self {
            Part::Members(items) => {
                for item in items {
                    let flow = match item.ready() {
                        Some(value) => each(value)?,
                        None => each(&item.force_with_metadata(ctx)?)?,
                    };
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
            Part::Column(column) => column.each_value(ctx, |value| each(&value)),
        }
    }

    /// The same as [`Part::each`], the values given away.
    ///
    /// # Errors
    /// Those of items, of `take`, and stops.
    #[inline]
    pub fn take_each(self, ctx: &Context, mut take: impl FnMut(Value) -> Result<()>) -> Result<()> {
        match self {
            Part::Members(items) => {
                items.iter().try_for_each(|item| item.force_with_metadata(ctx).and_then(&mut take))
            }
            Part::Column(column) => {
                column.each_value(ctx, |value| take(value).map(ControlFlow::Continue)).map(|_| ())
            }
        }
    }

    /// Hands the items on, unevaluated ones left so.
    pub fn members(self, mut take: impl FnMut(Member)) {
        match self {
            Part::Members(items) => items.iter().cloned().for_each(take),
            Part::Column(column) => (0..column.len()).for_each(|at| take(column.get(at))),
        }
    }
}
