use super::{Ordered, Pipeline, map};
use crate::eval::Context;
use crate::table::{Batch, Batches, Demand, Operator};
use crate::value::Result;

/// Opens a step for a reader that needs the cells of some columns at once: late ones are computed on the threads that
/// make the batches. All rows are read: `demand` has no limit.
///
/// # Errors
/// What opening the step raises.
pub(in crate::table) fn settled(
    ctx: &Context,
    operator: &dyn Operator,
    demand: &Demand,
    columns: Vec<usize>,
) -> Result<Box<dyn Batches>> {
    Ok(settled_rows(Pipeline::of(ctx, operator, demand)?, columns))
}

/// [`settled()`] for a pipeline that was made.
pub(in crate::table) fn settled_rows(pipeline: Pipeline, columns: Vec<usize>) -> Box<dyn Batches> {
    Box::new(Settling(map(pipeline, move |ctx, batch| {
        let batch = settle(ctx, batch, &columns)?;
        make_views(&batch, &columns);
        Ok(batch)
    })))
}

/// Computes the cells of some columns.
///
/// # Errors
/// Only a stop.
pub(in crate::table) fn settle(ctx: &Context, batch: Batch, columns: &[usize]) -> Result<Batch> {
    for column in columns {
        batch.settled(ctx, *column)?;
    }
    Ok(batch)
}

/// Makes views of texts in computed columns that are compared.
pub(in crate::table) fn make_views(batch: &Batch, columns: &[usize]) {
    columns.iter().filter_map(|column| batch.column(*column)).for_each(|column| column.make_views());
}

struct Settling(Ordered<Result<Batch>>);

impl Batches for Settling {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        self.0.next(ctx)?.transpose()
    }
}
