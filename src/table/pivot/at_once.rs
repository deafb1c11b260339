//! Turning by all names that are there, which are found while the rows are turned.

use std::sync::Arc;

use super::{Names, Plan, Turn, made, turn};
use crate::eval::Context;
use crate::table::{Batch, Batches, Column, Demand, Table};
use crate::value::{Error, Result};

/// [`pivot`](super::pivot()) by the different names in the column of names, in the order in which they first appear.
/// One reading finds them and turns the rows; whoever first reads the table is given those.
///
/// `None` where that could be told from finding the names beforehand, without looking at anything else: where the
/// reading fails, or would evaluate cells of keys, and where a name is no text.
///
/// # Errors
/// A name is taken; and stops.
pub fn pivot_by_all(ctx: &Context, table: &Arc<Table>, turn: &Arc<Turn>) -> Result<Option<Table>> {
    let (mut names, keys) = (Names::unknown(), turn.keys(table));
    let plan = Plan::new(ctx, table, &keys, turn, &Demand::all());
    let rows = plan.open(ctx, table).and_then(|rows| {
        let mut rows = AtHand { rows, keys: &keys };
        turn::turn(ctx, &plan, &mut names, &mut rows)
    });
    match rows {
        Ok(rows) => made(table, Arc::clone(turn), names.into_texts(), Some(rows)).map(Some),
        Err(error) if error.is_stop() => Err(error),
        Err(_) => Ok(None),
    }
}

/// Rows whose keys can be compared without evaluating anything. Others end the reading.
struct AtHand<'k> {
    rows: Box<dyn Batches>,
    keys: &'k [usize],
}

impl Batches for AtHand<'_> {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.rows.next(ctx)? else { return Ok(None) };
        for &key in self.keys {
            if !batch.settled(ctx, key)?.is_none_or(Column::is_flat) {
                return Err(Error::expression("The keys aren't all at hand."));
            }
        }
        Ok(Some(batch))
    }
}
