//! The rows of the result in the order of their first key cell; those that have none keep the order in which they
//! appear.

use std::cmp::Ordering;

use super::Plan;
use crate::criteria;
use crate::eval::{Context, compare};
use crate::table::gather::{Picking, gather_column};
use crate::table::overflow::Unnumbered;
use crate::table::sort::InOrder;
use crate::table::{Batch, Batches, Demand, Place};
use crate::value::{Result, Value};

/// Rows on their way into order. Where rows may have gone to a file they come with their numbers in a last column, and
/// not by first appearance.
pub(super) struct Ordered {
    /// How many columns a row has, without its number.
    width: usize,
    demand: Demand,
    has_key: bool,
    numbered: bool,
    rows: Rows,
}

enum Rows {
    /// In memory, to be compared.
    Kept(Vec<Batch>),
    /// With numbers, as long as bytes have the order of their keys.
    InOrder(InOrder),
}

impl Ordered {
    /// No rows yet, with cells of so many names.
    pub(super) fn new(ctx: &Context, plan: &Plan, names: usize) -> Ordered {
        let (width, has_key) = (plan.keys.len() + names, !plan.keys.is_empty());
        let rows = match plan.may_part && has_key {
            true => Rows::InOrder(InOrder::by(ctx, width + 1, &[0, width])),
            false => Rows::Kept(Vec::new()),
        };
        Ordered { width, demand: plan.demand.unlimited(), has_key, numbered: plan.may_part, rows }
    }

    /// Takes rows.
    ///
    /// # Errors
    /// Those of temporary files, and stops.
    pub(super) fn push(&mut self, ctx: &Context, batch: Batch) -> Result<()> {
        match &mut self.rows {
            Rows::Kept(batches) => batches.push(batch),
            Rows::InOrder(in_order) => {
                if let Some(rows) = in_order.push(ctx, batch)?
                    && let Rows::InOrder(in_order) = std::mem::replace(&mut self.rows, Rows::Kept(Vec::new()))
                {
                    let mut batches = in_order.unsorted(ctx)?;
                    batches.extend(rows);
                    self.rows = Rows::Kept(batches);
                }
            }
        }
        Ok(())
    }

    /// The rows in their order.
    ///
    /// # Errors
    /// Those of temporary files, and stops.
    pub(super) fn finish(self, ctx: &Context) -> Result<Box<dyn Batches>> {
        Ok(match self.rows {
            Rows::InOrder(in_order) => Box::new(Unnumbered(in_order.finish(ctx)?)),
            Rows::Kept(batches) => {
                let mut places = places(&batches, self.numbered.then_some(self.width));
                if self.has_key {
                    places = by_first_key(ctx, &batches, places)?;
                }
                let width = self.width + usize::from(self.numbered);
                let (batches, places) = (batches.into(), places.into());
                let rows = Picking { batches, width, places, demand: self.demand, at: 0 };
                if self.numbered { Box::new(Unnumbered(rows)) } else { Box::new(rows) }
            }
        })
    }
}

/// All rows, by the numbers in a column if there is one.
fn places(batches: &[Batch], numbers: Option<usize>) -> Vec<Place> {
    let mut places: Vec<(i64, Place)> = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        let numbers = numbers.and_then(|at| batch.column(at)?.as_whole());
        let number = |row: usize| numbers.and_then(|(_, numbers)| numbers.values().get(row).copied());
        let place = |row: usize| Place { batch: at as u32, row: row as u32 };
        places.extend((0..batch.len()).map(|row| (number(row).unwrap_or(0), place(row))));
    }
    places.sort_by_key(|(number, _)| *number);
    places.into_iter().map(|(_, place)| place).collect()
}

/// The rows by their first cell; those whose cells have no order stay where they are.
fn by_first_key(ctx: &Context, batches: &[Batch], places: Vec<Place>) -> Result<Vec<Place>> {
    let cells = gather_column(batches, 0, &places);
    let keyed = places.into_iter().enumerate();
    let keyed = keyed.map(|(row, place)| Ok((cells.get(row).force(ctx)?, place)));
    let keyed = keyed.collect::<Result<Vec<(Value, Place)>>>()?;
    let sorted = criteria::sort(keyed, |(left, _), (right, _)| match compare(ctx, left, right) {
        Err(error) if !error.is_stop() => Ok(Ordering::Equal),
        order => order,
    })?;
    Ok(sorted.into_iter().map(|(_, place)| place).collect())
}
