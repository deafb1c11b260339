//! Reading results piece by piece. Each stream holds its evaluation, counts what it yields against the limit on
//! rows, and ends after the first error.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};

use super::Row;
use crate::eval::Context;
use crate::table::arrow::{ArrowOptions, ArrowWriter};
use crate::table::{Batch, Batches, Demand, Table};
use crate::value::{Error, Items, List, Member, Result, Shape, Stop, Value};

/// How many rows or items may still come.
struct Allowance {
    limit: Option<u64>,
    yielded: u64,
}

impl Allowance {
    fn of(ctx: &Context) -> Allowance {
        Allowance { limit: ctx.limits().rows, yielded: 0 }
    }

    /// What is wanted of a table: one row past the limit tells that there are too many.
    fn demand(&self, demand: Demand) -> Demand {
        match self.limit {
            Some(limit) => demand.first(usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1)),
            None => demand,
        }
    }

    /// How many of `count` rows may still be yielded.
    fn take(&mut self, count: usize) -> usize {
        let left = self.limit.map_or(u64::MAX, |limit| limit - self.yielded);
        let taken = count.min(usize::try_from(left).unwrap_or(usize::MAX));
        self.yielded += taken as u64;
        taken
    }

    fn spent(&self) -> Error {
        Error::stop(Stop::Rows(self.limit.unwrap_or(self.yielded)))
    }
}

/// The batches of a table.
pub struct BatchStream {
    ctx: Context,
    batches: Box<dyn Batches>,
    allowance: Allowance,
    ended: bool,
    /// The error to come after the batch that reached the limit.
    after: Option<Error>,
}

impl BatchStream {
    pub(super) fn open(ctx: Context, table: &Table) -> Result<BatchStream> {
        BatchStream::open_for(ctx, table, Demand::all())
    }

    fn open_for(ctx: Context, table: &Table, demand: Demand) -> Result<BatchStream> {
        let allowance = Allowance::of(&ctx);
        let batches = table.operator().open(&ctx, &allowance.demand(demand))?;
        Ok(BatchStream { ctx, batches, allowance, ended: false, after: None })
    }

    /// The context the table is read with; cells of its batches are read with it too.
    pub fn context(&self) -> &Context {
        &self.ctx
    }

    fn next_batch(&mut self) -> Result<Option<Batch>> {
        if let Some(error) = self.after.take() {
            return Err(error);
        }
        let Some(batch) = self.batches.next(&self.ctx)? else { return Ok(None) };
        let taken = self.allowance.take(batch.len());
        if taken == batch.len() {
            return Ok(Some(batch));
        }
        if taken == 0 {
            return Err(self.allowance.spent());
        }
        self.after = Some(self.allowance.spent());
        Ok(Some(batch.slice(0, taken)))
    }
}

impl Iterator for BatchStream {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        if self.ended {
            return None;
        }
        let next = self.next_batch().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The rows of a table. A cell that fails is an error in its row; only what ends the reading is one of the stream.
pub struct RowStream {
    shape: Arc<Shape>,
    batches: BatchStream,
    batch: Option<(Batch, usize)>,
}

impl RowStream {
    pub(super) fn new(shape: Arc<Shape>, batches: BatchStream) -> RowStream {
        RowStream { shape, batches, batch: None }
    }

    fn row(&self, batch: &Batch, at: usize) -> Result<Row> {
        let ctx = self.batches.context();
        ctx.step()?;
        let mut cells = Vec::with_capacity(batch.columns().len());
        for column in batch.columns() {
            cells.push(match column.get(at).force(ctx) {
                Err(error) if error.is_stop() => return Err(error),
                cell => cell,
            });
        }
        Ok(Row { shape: Arc::clone(&self.shape), cells })
    }
}

impl Iterator for RowStream {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        loop {
            if let Some((batch, at)) = self.batch.take()
                && at < batch.len()
            {
                let row = self.row(&batch, at);
                match row {
                    Ok(_) => self.batch = Some((batch, at + 1)),
                    Err(_) => self.batches.ended = true,
                }
                return Some(row);
            }
            match self.batches.next()? {
                Ok(batch) => self.batch = Some((batch, 0)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The items of a list, evaluated. An item that fails is an error, and the next one can still be read.
pub struct ItemStream {
    ctx: Context,
    items: Items,
    allowance: Allowance,
    ended: bool,
}

impl ItemStream {
    pub(super) fn new(ctx: Context, list: &Arc<List>) -> ItemStream {
        ItemStream { items: list.items(), allowance: Allowance::of(&ctx), ctx, ended: false }
    }

    fn next_member(&mut self) -> Result<Option<Member>> {
        let Some(member) = self.items.next(&self.ctx)? else { return Ok(None) };
        if self.allowance.take(1) == 0 { Err(self.allowance.spent()) } else { Ok(Some(member)) }
    }
}

impl Iterator for ItemStream {
    type Item = Result<Value>;

    fn next(&mut self) -> Option<Result<Value>> {
        if self.ended {
            return None;
        }
        let item = match self.next_member() {
            Ok(Some(member)) => member.force(&self.ctx),
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        self.ended = item.as_ref().is_err_and(Error::is_stop);
        Some(item)
    }
}

/// The rows of a table as Arrow record batches, all of one schema.
pub struct RecordBatchStream {
    batches: BatchStream,
    writer: ArrowWriter,
    /// The batch that was read to see the types of columns.
    first: Option<Batch>,
}

impl RecordBatchStream {
    pub(super) fn open(ctx: Context, table: &Table, options: &ArrowOptions) -> Result<RecordBatchStream> {
        let demand = ArrowWriter::demand(table, options)?;
        let mut batches = BatchStream::open_for(ctx, table, demand)?;
        let first =
            if ArrowWriter::looks_at_rows(table, options) { batches.next().transpose()? } else { None };
        let writer = ArrowWriter::new(batches.context(), table, options, first.as_ref())?;
        Ok(RecordBatchStream { batches, writer, first })
    }

    /// The next record batch, or the error that ends the reading.
    pub fn next_batch(&mut self) -> Option<Result<RecordBatch>> {
        let batch = match self.first.take() {
            Some(batch) => batch,
            None => match self.batches.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(error)),
            },
        };
        let written = self.writer.write(self.batches.context(), &batch);
        if written.is_err() {
            self.batches.ended = true;
        }
        Some(written)
    }
}

impl Iterator for RecordBatchStream {
    type Item = std::result::Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_batch()?;
        Some(next.map_err(|error| ArrowError::ExternalError(Box::new(error))))
    }
}

impl RecordBatchReader for RecordBatchStream {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.writer.schema())
    }
}
