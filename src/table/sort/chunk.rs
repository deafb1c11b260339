//! The rows of one batch, sorted: what a thread makes of a batch.

use super::key::{KeyWriter, Kinds, Part};
use super::run::Unsorted;
use crate::eval::Context;
use crate::table::packed::{Beside, Packer};
use crate::table::{Batch, Column};
use crate::value::Result;

/// So many rows tell how long the others may be: room that is made at once need not be copied as it grows.
const FIRST: usize = 64;

/// What became of a batch.
pub(super) enum Chunk {
    /// Its rows, sorted, with the kinds of numbers among their keys.
    Sorted { bytes: Vec<u8>, kinds: Kinds },
    /// The batch, since its keys cannot be sorted as bytes.
    Batch(Batch),
}

impl Chunk {
    /// Sorts the rows of a batch, of which the columns `kept` are kept.
    ///
    /// # Errors
    /// Those of the key's cells.
    pub(super) fn of(
        ctx: &Context,
        batch: Batch,
        parts: &[Part],
        kept: &[usize],
        beside: &Beside,
    ) -> Result<Chunk> {
        let columns = kept.iter().filter_map(|at| batch.settled(ctx, *at).transpose());
        let columns = columns.collect::<Result<Vec<&Column>>>()?;
        let keys = parts.iter().map(|part| Ok((part, batch.settled(ctx, part.column)?.map(Column::cells))));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        ctx.steps(batch.len())?;
        let mut packer = Packer::new(&columns, beside);
        let mut writer = KeyWriter::default();
        let mut rows = Unsorted::default();
        let mut key = Vec::new();
        for row in 0..batch.len() {
            key.clear();
            if !writer.write(ctx, &keys, row, &mut key)? {
                drop(packer);
                return Ok(Chunk::Batch(batch));
            }
            rows.push(&key, &mut packer, row);
            if row + 1 == FIRST {
                rows.expect(batch.len() - FIRST);
            }
        }
        Ok(Chunk::Sorted { bytes: rows.sorted(), kinds: writer.kinds() })
    }
}
