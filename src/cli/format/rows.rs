//! Tables row by row, batch by batch, up to a limit.

use std::io;
use std::sync::Arc;

use pqm::eval::Context;
use pqm::table::parallel::{Pipeline, map};
use pqm::table::{Batch, Batches, Column, Demand, Spare, Table};
use pqm::value::{Member, Result, Value};

use super::cells::Cells;
use super::{Place, Stopped};

/// One reading of a table.
pub struct RowReader {
    batches: Box<dyn Batches>,
    batch: Option<Arc<Batch>>,
    at: usize,
    left: u64,
}

/// Writes the rows of a batch, each as a whole or not at all, in the place of what the vector holds; the rows of places
/// count from 1 in the batch.
pub type Encode =
    dyn Fn(&mut Cells<'_>, &Batch, &mut Vec<u8>) -> std::result::Result<(), Stopped> + Send + Sync;

/// What was written of a batch.
struct Encoded {
    bytes: Vec<u8>,
    rows: u64,
    errors: u64,
    stopped: Option<Stopped>,
}

/// Encodes at most `limit` rows of a table, batch by batch, on as many threads as may be used, and writes what comes
/// out in the order of the rows.
pub fn encode(
    cells: &mut Cells<'_>,
    table: &Table,
    limit: Option<u64>,
    encode: Box<Encode>,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> std::result::Result<(), Stopped> {
    let (ctx, policy) = (cells.ctx(), cells.policy());
    let spare = Spare::<Vec<u8>>::default();
    let written = spare.clone();
    let make = move |ctx: &Context, batch: Batch| {
        let mut cells = Cells::new(ctx, policy);
        let mut bytes = spare.take();
        let stopped = encode(&mut cells, &batch, &mut bytes).err();
        Encoded { bytes, rows: batch.len() as u64, errors: cells.errors(), stopped }
    };
    let mut passed = 0;
    let mut take = |encoded: Encoded| {
        write(&encoded.bytes)?;
        // Bytes that are there need not be cleared before they are written over.
        written.give(encoded.bytes);
        cells.count(encoded.errors);
        match encoded.stopped {
            Some(Stopped::Cell(error, place)) => {
                Err(Stopped::Cell(error, Place { row: place.row + passed, ..place }))
            }
            Some(stopped) => Err(stopped),
            None => {
                passed += encoded.rows;
                Ok(())
            }
        }
    };
    if limit.is_some() {
        let mut rows = RowReader::open(ctx, table, limit)?;
        while let Some(batch) = rows.next_batch(ctx)? {
            take(make(ctx, batch))?;
        }
        return Ok(());
    }
    let pipeline = Pipeline::of(ctx, &**table.operator(), &Demand::all())?;
    let mut batches = map(pipeline, make);
    while let Some(encoded) = batches.next(ctx)? {
        take(encoded)?;
    }
    Ok(())
}

/// The columns of a batch, all computed.
pub fn settled<'b>(ctx: &Context, batch: &'b Batch) -> Result<Vec<&'b Column>> {
    batch.columns().iter().map(|column| column.settle(ctx)).collect()
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
