//! Counting the rows that a query reads from its source.

use std::sync::Arc;

use super::progress::Progress;
use crate::eval::Context;
use crate::table::{Batch, Batches, Demand, Foldable, Operator, Table, fold_over};
use crate::value::Result;

/// The same table, whose readings are counted in `progress`.
///
/// A query may read its source several times, each time as far as it needs: the longest reading counts.
pub(super) fn counted(table: &Table, progress: &Arc<Progress>) -> Table {
    let (input, progress) = (Arc::clone(table.operator()), Arc::clone(progress));
    let operator = Counting { input, progress, width: table.width() };
    Table::new(Arc::clone(table.shape()), table.types().to_vec(), Arc::new(operator))
        .with_keys(table.keys().to_vec())
}

struct Counting {
    input: Arc<dyn Operator>,
    progress: Arc<Progress>,
    width: usize,
}

impl Operator for Counting {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let input = self.input.open(ctx, demand)?;
        Ok(Box::new(CountingBatches { input, rows: 0, progress: Arc::clone(&self.progress) }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.known_rows()
    }

    fn foldable(&self, ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        let (progress, width) = (Arc::clone(&self.progress), self.width);
        let over = move |input| {
            Arc::new(Counting { input, progress: Arc::clone(&progress), width }) as Arc<dyn Operator>
        };
        Ok(self.input.foldable(ctx)?.map(|rows| fold_over(rows, width, Arc::new(over))))
    }

    fn may_fold(&self) -> bool {
        self.input.may_fold()
    }

    fn name(&self) -> &'static str {
        "count rows"
    }
}

struct CountingBatches {
    input: Box<dyn Batches>,
    rows: u64,
    progress: Arc<Progress>,
}

impl Batches for CountingBatches {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let batch = self.input.next(ctx)?;
        if let Some(batch) = &batch {
            self.rows += batch.len() as u64;
            self.progress.rows_read(self.rows);
        }
        Ok(batch)
    }
}
