//! Rows read once and kept.

use std::sync::{Arc, OnceLock};

use super::plan::Explanation;
use super::{Batch, Batches, ColumnBuilder, Demand, Operator, Table, collect};
use crate::eval::Context;
use crate::value::{Member, Result};

/// The table with its rows read at the first reading, and never again. Cells are evaluated then, one level deep: a
/// list in a cell keeps its items as they are. A cell that fails is kept as such.
pub fn buffer(input: &Arc<Table>) -> Table {
    input.with_operator(Arc::new(Buffer { input: Arc::clone(input), rows: OnceLock::new() }))
}

struct Buffer {
    input: Arc<Table>,
    rows: OnceLock<Arc<[Batch]>>,
}

impl Buffer {
    fn rows(&self, ctx: &Context) -> Result<Arc<[Batch]>> {
        if let Some(rows) = self.rows.get() {
            return Ok(Arc::clone(rows));
        }
        let batches = collect(ctx, &self.input, &Demand::all())?;
        let settled = batches.iter().map(|batch| settled(ctx, batch)).collect::<Result<Vec<_>>>()?;
        Ok(Arc::clone(self.rows.get_or_init(|| settled.into())))
    }
}

fn settled(ctx: &Context, batch: &Batch) -> Result<Batch> {
    let mut columns = Vec::with_capacity(batch.columns().len());
    for column in batch.columns() {
        if column.as_text().is_some() || column.as_double().is_some() || column.as_whole().is_some() {
            columns.push(Arc::clone(column));
            continue;
        }
        let mut cells = ColumnBuilder::with_capacity(column.len());
        for row in 0..column.len() {
            ctx.step()?;
            cells.push(match column.get(row) {
                Member::Lazy(cell) => Member::settled(cell.force(ctx))?,
                ready => ready,
            });
        }
        columns.push(Arc::new(cells.finish()));
    }
    Ok(batch.with_columns(columns))
}

impl Operator for Buffer {
    fn open(&self, ctx: &Context, _demand: &Demand) -> Result<Box<dyn Batches>> {
        let rows = self.rows(ctx)?;
        Ok(super::put_off(move |_| Ok(rows.iter().cloned().collect())))
    }

    fn known_rows(&self) -> Option<usize> {
        match self.rows.get() {
            Some(rows) => Some(rows.iter().map(Batch::len).sum()),
            None => self.input.operator().known_rows(),
        }
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        Ok(Explanation::over(&self.input, Demand::all()).holds("all rows"))
    }

    fn name(&self) -> &'static str {
        "buffer"
    }
}
