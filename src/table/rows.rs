//! Tables whose rows come from values: lists of rows, columns, or batches at hand.

use std::sync::Arc;

use super::plan::Explanation;
use super::{Batch, Batches, Column, Demand, Operator, Table};
use crate::eval::Context;
use crate::value::{Error, Member, Result, Shape, Value};

/// How many rows a batch made of values has at most; the first ones are smaller, so that little is read for nothing.
const ROWS: usize = 4096;
const FIRST_ROWS: usize = 64;

/// Yields rows one by one: what [`from_rows`] reads a table from.
pub trait RowSource: Send {
    /// The cells of the next row, as many as the table has columns; `None` past the last.
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>>;
}

struct FromRows<F> {
    width: usize,
    open: F,
    known: Option<usize>,
}

/// A table whose rows `open` starts yielding, each time the table is read.
pub fn from_rows<F>(shape: Arc<Shape>, known_rows: Option<usize>, open: F) -> Table
where
    F: Fn() -> Box<dyn RowSource> + Send + Sync + 'static,
{
    let operator = FromRows { width: shape.len(), open, known: known_rows };
    Table::untyped(shape, Arc::new(operator))
}

impl<F> Operator for FromRows<F>
where
    F: Fn() -> Box<dyn RowSource> + Send + Sync,
{
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(Box::new(RowBatches {
            rows: (self.open)(),
            width: self.width,
            left: demand.limit.unwrap_or(usize::MAX),
            size: FIRST_ROWS,
            failed: None,
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.known
    }

    fn name(&self) -> &'static str {
        "rows"
    }
}

struct RowBatches {
    rows: Box<dyn RowSource>,
    width: usize,
    left: usize,
    size: usize,
    failed: Option<Error>,
}

impl Batches for RowBatches {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let size = self.size.min(self.left);
        self.size = (self.size * 4).min(ROWS);
        let mut columns: Vec<Vec<Member>> = vec![Vec::with_capacity(size); self.width];
        let mut count = 0;
        while count < size {
            ctx.step()?;
            match self.rows.next(ctx) {
                Ok(Some(row)) => {
                    let mut cells = row.into_iter();
                    for column in &mut columns {
                        column.push(cells.next().unwrap_or(Member::Ready(Value::Null)));
                    }
                    count += 1;
                }
                Ok(None) => break,
                Err(error) if error.is_stop() || count == 0 => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        self.left -= count;
        if count == 0 {
            return Ok(None);
        }
        let columns = columns.into_iter().map(|cells| Arc::new(Column::any(cells))).collect();
        Ok(Some(Batch::new(columns, count)))
    }
}

struct FromBatches {
    batches: Arc<[Batch]>,
    rows: usize,
}

/// A table of batches at hand.
pub fn from_batches(shape: Arc<Shape>, batches: Vec<Batch>) -> Table {
    let rows = batches.iter().map(Batch::len).sum();
    Table::untyped(shape, Arc::new(FromBatches { batches: Arc::from(batches), rows }))
}

/// A table of whole columns at hand, `rows` long.
pub fn from_columns(shape: Arc<Shape>, columns: Vec<Column>, rows: usize) -> Table {
    let batch = Batch::new(columns.into_iter().map(Arc::new).collect(), rows);
    from_batches(shape, if rows == 0 { vec![] } else { vec![batch] })
}

impl Operator for FromBatches {
    fn open(&self, _ctx: &Context, _demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(Box::new(AtHand { batches: Arc::clone(&self.batches), at: 0 }))
    }

    fn known_rows(&self) -> Option<usize> {
        Some(self.rows)
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        Ok(Explanation::source(format!("{} rows in memory", self.rows)))
    }

    fn name(&self) -> &'static str {
        "buffer"
    }
}

struct AtHand {
    batches: Arc<[Batch]>,
    at: usize,
}

impl Batches for AtHand {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        let batch = self.batches.get(self.at).cloned();
        self.at += 1;
        Ok(batch)
    }
}
