//! The values of the new columns.

use std::sync::Arc;

use super::Turn;
use crate::eval::{Context, too_many_elements};
use crate::table::aggregate::{Aggregator, of_items};
use crate::table::{Batch, Column};
use crate::value::{List, Member, Result, Value};

/// The values of the new columns' cells, as these are numbered.
pub(super) enum Cells {
    /// What an aggregate that keeps no values makes of them.
    Streamed(Box<Aggregator>),
    /// The values themselves, and how many they are.
    Kept(Vec<Vec<Member>>, usize),
}

impl Cells {
    /// No cells yet.
    pub(super) fn new(turn: &Turn) -> Cells {
        let streamed = turn.aggregate.as_ref().and_then(|function| {
            let what = of_items(function)?;
            let function = Arc::clone(function);
            let call = move |ctx: &Context, items: Vec<Member>| {
                ctx.call1(&function, Value::List(Arc::new(List::Items(items))))
            };
            Some(Cells::Streamed(Box::new(Aggregator::new(what, Arc::new(call)))))
        });
        streamed.unwrap_or_else(|| Cells::Kept(Vec::new(), 0))
    }

    /// Takes the values of a batch: for each row the number of its cell, of `places` cells. Other numbers are of no
    /// cell.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn take(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        value: usize,
        numbers: &[u32],
        places: usize,
    ) -> Result<()> {
        let Some(values) = batch.column(value) else { return Ok(()) };
        match self {
            Cells::Streamed(aggregator) => {
                aggregator.grow(places);
                aggregator.take(ctx, values, None, numbers)
            }
            Cells::Kept(cells, kept) => {
                cells.resize(places, Vec::new());
                for (row, number) in numbers.iter().enumerate() {
                    if let Some(cell) = cells.get_mut(*number as usize) {
                        cell.push(values.get(row));
                        *kept += 1;
                    }
                }
                Ok(())
            }
        }
    }

    /// About how many bytes they take.
    pub(super) fn held(&self) -> usize {
        match self {
            Cells::Streamed(aggregator) => aggregator.held(),
            // A list of one value has room for four.
            Cells::Kept(cells, kept) => {
                cells.capacity() * size_of::<Vec<Member>>() + kept * 4 * size_of::<Member>()
            }
        }
    }

    /// Whether each cell without values has a value of its own: one that a function may give it when it is read.
    pub(super) fn differ_without_values(&self, turn: &Turn) -> bool {
        matches!(self, Cells::Kept(..)) && turn.aggregate.is_some()
    }

    /// The cells, of which there are so many.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn finish(self, ctx: &Context, turn: &Turn, places: usize) -> Result<Column> {
        match self {
            Cells::Streamed(mut aggregator) => {
                aggregator.grow(places);
                aggregator.finish(ctx, places)
            }
            Cells::Kept(mut cells, _) => {
                cells.resize(places, Vec::new());
                Ok(Column::any(cells.into_iter().map(|values| cell(turn, values)).collect()))
            }
        }
    }
}

fn cell(turn: &Turn, mut values: Vec<Member>) -> Member {
    if let Some(function) = &turn.aggregate {
        let (function, list) = (Arc::clone(function), Arc::new(List::Items(values)));
        return Member::lazy(move |ctx| ctx.call1(&function, Value::List(Arc::clone(&list))));
    }
    match (values.pop(), values.is_empty()) {
        (None, _) => Member::Ready(Value::Null),
        (Some(only), true) => only,
        (Some(last), false) => {
            values.push(last);
            let detail = Value::List(Arc::new(List::Items(values)));
            Member::failed(too_many_elements().with_detail(detail))
        }
    }
}
