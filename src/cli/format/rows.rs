//! Tables row by row, batch by batch, up to a limit.

use std::sync::Arc;

use pqm::eval::Context;
use pqm::table::{Batch, Batches, Demand, Table};
use pqm::value::{Member, Result, Value};

/// One reading of a table.
pub struct RowReader {
    batches: Box<dyn Batches>,
    batch: Option<Arc<Batch>>,
    at: usize,
    left: u64,
}

/// One row.
pub struct Row {
    batch: Arc<Batch>,
    at: usize,
}

impl RowReader {
    /// Starts reading at most `limit` rows.
    pub fn open(ctx: &Context, table: &Table, limit: Option<u64>) -> Result<RowReader> {
        let demand = match limit.and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit) => Demand::all().first(limit),
            None => Demand::all(),
        };
        let batches = table.operator().open(ctx, &demand)?;
        Ok(RowReader { batches, batch: None, at: 0, left: limit.unwrap_or(u64::MAX) })
    }

    /// The next rows.
    pub fn next_batch(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if self.left == 0 {
            return Ok(None);
        }
        ctx.step()?;
        let Some(batch) = self.batches.next(ctx)? else { return Ok(None) };
        let batch = batch.slice(0, usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= batch.len() as u64;
        Ok(Some(batch))
    }

    /// The next row.
    pub fn next(&mut self, ctx: &Context) -> Result<Option<Row>> {
        loop {
            if let Some(batch) = &self.batch
                && self.at < batch.len()
            {
                self.at += 1;
                ctx.step()?;
                return Ok(Some(Row { batch: Arc::clone(batch), at: self.at - 1 }));
            }
            match self.next_batch(ctx)? {
                Some(batch) => {
                    self.batch = Some(Arc::new(batch));
                    self.at = 0;
                }
                None => return Ok(None),
            }
        }
    }
}

impl Row {
    /// The cell in a column.
    pub fn cell(&self, column: usize) -> Member {
        self.batch.column(column).map_or(Member::Ready(Value::Null), |column| column.get(self.at))
    }
}
