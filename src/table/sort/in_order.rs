//! Rows brought into the order of the numbers in their last column, in as much memory as is granted.

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
    by: [Part; 1],
}

impl InOrder {
    /// No rows yet of `width` columns, the last of which holds whole numbers.
    pub(in crate::table) fn new(ctx: &Context, width: usize) -> InOrder {
        let means = Arc::new(Packed::new((0..width).collect(), width));
        let by = [Part { column: width.saturating_sub(1), ignore_case: false, descending: false }];
        InOrder { runs: Runs::new(ctx, means), by }
    }

    /// Takes rows.
    ///
    /// # Errors
    /// Those of temporary files, and stops.
    pub(in crate::table) fn push(&mut self, ctx: &Context, batch: Batch) -> Result<()> {
        let means = self.runs.means();
        let chunk = Chunk::of(ctx, batch, &self.by, &means.columns, &means.beside)?;
        // Whole numbers always have an order as bytes.
        self.runs.push(ctx, chunk).map(|_| ())
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
