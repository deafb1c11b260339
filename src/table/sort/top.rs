//! The first rows in an order, of which only as many are kept as may still be among them.

use std::sync::Arc;

use super::key::{KeyWriter, Part};
use crate::eval::Context;
use crate::table::gather::{Place, gather};
use crate::table::{Batch, Column, Demand};
use crate::value::Result;

/// Rows held beyond the limit before those that cannot be among the first are dropped.
const SLACK: usize = 4096;

/// The first rows so far.
pub(super) struct Top {
    parts: Arc<[Part]>,
    width: usize,
    demand: Demand,
    limit: usize,
    writer: KeyWriter,
    rows: Vec<(Box<[u8]>, Place)>,
    batches: Vec<Batch>,
    /// The key of the last row that is among the first so far, once there are enough: a row that is not before it
    /// is not one of them.
    last: Option<Box<[u8]>>,
}

impl Top {
    /// `demand` says which columns are kept.
    pub(super) fn new(parts: Arc<[Part]>, width: usize, demand: Demand, limit: usize) -> Top {
        Top {
            parts,
            width,
            demand,
            limit,
            writer: KeyWriter::default(),
            rows: Vec::new(),
            batches: Vec::new(),
            last: None,
        }
    }

    /// Takes the rows of a batch. `false`, and none of them, if they have no keys that could be sorted as bytes.
    ///
    /// # Errors
    /// Those of the key's cells.
    pub(super) fn push(&mut self, ctx: &Context, batch: &Batch) -> Result<bool> {
        let parts =
            self.parts.iter().map(|part| Ok((part, batch.settled(ctx, part.column)?.map(Column::cells))));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let (known, number) = (self.rows.len(), self.batches.len() as u32);
        let mut kept: Vec<u32> = Vec::new();
        let mut key = Vec::new();
        for row in 0..batch.len() {
            ctx.step()?;
            key.clear();
            if !self.writer.write(ctx, &parts, row, &mut key)? {
                self.rows.truncate(known);
                return Ok(false);
            }
            if self.last.as_ref().is_none_or(|last| key.as_slice() < &**last) {
                self.rows.push((key.as_slice().into(), Place { batch: number, row: kept.len() as u32 }));
                kept.push(row as u32);
            }
        }
        if !kept.is_empty() {
            let wanted: Vec<usize> = (0..self.width).filter(|at| self.demand.wants(*at)).collect();
            self.batches.push(batch.keep(&wanted, &kept));
        }
        if self.rows.len() > self.limit.saturating_mul(2).saturating_add(SLACK) {
            self.drop_others();
        }
        Ok(true)
    }

    /// Keeps the first rows only, in one batch of their own.
    fn drop_others(&mut self) {
        self.rows.sort_by(|(left, _), (right, _)| left.cmp(right));
        self.rows.truncate(self.limit);
        self.last = self.rows.last().map(|(key, _)| key.clone());
        let places: Vec<Place> = self.rows.iter().map(|(_, place)| *place).collect();
        let columns = gather(&self.batches, self.width, &places, &self.demand);
        let columns: Vec<Arc<Column>> = columns.iter().map(|column| Arc::new(column.compact())).collect();
        self.batches = vec![Batch::new(columns, places.len())];
        for (row, (_, place)) in self.rows.iter_mut().enumerate() {
            *place = Place { batch: 0, row: row as u32 };
        }
    }

    /// The rows that are kept, as they came.
    pub(super) fn unsorted(mut self) -> Vec<Batch> {
        // Rows that were dropped need not be told apart any more; the first of the kept batches may be in the order
        // already, in which equal rows stand as they came.
        self.drop_others();
        self.batches
    }

    /// The first rows, in their order.
    pub(super) fn finish(mut self) -> (Vec<Batch>, Vec<Place>) {
        self.drop_others();
        (self.batches, self.rows.into_iter().map(|(_, place)| place).collect())
    }
}
