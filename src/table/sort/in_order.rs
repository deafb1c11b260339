//! Rows brought into the order of some of their columns, in as much memory as is granted.

use std::sync::Arc;

use super::chunk::Chunk;
use super::key::Part;
use super::runs::{Merging, Packed, Runs};
use crate::eval::Context;
use crate::table::{Batch, Batches};
use crate::value::Result;

/// Rows on their way into order.
pub(in crate::table) struct InOrder {
    runs: Runs,
    by: Vec<Part>,
}

impl InOrder {
    /// No rows yet of `width` columns, the last of which holds whole numbers: their order.
    pub(in crate::table) fn new(ctx: &Context, width: usize) -> InOrder {
        InOrder::by(ctx, width, &[width.saturating_sub(1)])
    }

    /// No rows yet of `width` columns, to be ordered by the cells of these columns.
    pub(in crate::table) fn by(ctx: &Context, width: usize, columns: &[usize]) -> InOrder {
        let means = Arc::new(Packed::new((0..width).collect(), width));
        let part = |column: &usize| Part { column: *column, ignore_case: false, descending: false };
        InOrder { runs: Runs::new(ctx, means), by: columns.iter().map(part).collect() }
    }

    /// Takes rows. Gives them back if bytes cannot have the order of their cells beside those that came before; whole
    /// numbers always have one.
    ///
    /// # Errors
    /// Those of the cells and of temporary files, and stops.
    pub(in crate::table) fn push(&mut self, ctx: &Context, batch: Batch) -> Result<Option<Vec<Batch>>> {
        let means = self.runs.means();
        let chunk = Chunk::of(ctx, batch, &self.by, &means.columns, &means.beside)?;
        self.runs.push(ctx, chunk)
    }

    /// The rows that were taken, in any order.
    ///
    /// # Errors
    /// Those of temporary files.
    pub(in crate::table) fn unsorted(self, ctx: &Context) -> Result<Vec<Batch>> {
        self.runs.unsorted(ctx)
    }

    /// The rows in their order.
    ///
    /// # Errors
    /// Those of temporary files.
    pub(in crate::table) fn finish(self, ctx: &Context) -> Result<impl Batches + 'static> {
        struct Ordered(Merging);
        impl Batches for Ordered {
            fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
                Ok(self.0.next(ctx, usize::MAX)?.map(|rows| rows.unpack()))
            }
        }
        self.runs.merged(ctx).map(Ordered)
    }
}
