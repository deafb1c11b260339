//! Sorting by keys that must be compared: what functions give, and values whose order bytes cannot have.

use std::sync::Arc;

use crate::criteria::{ComparisonCriteria, Keys};
use crate::eval::Context;
use crate::table::gather::{Picking, Place, gather};
use crate::table::keys::KeyColumns;
use crate::table::{Batch, Batches, Demand};
use crate::value::{Result, Shape};

/// Rows held beyond what a limit asks for, before those that cannot be among the first are dropped.
const SLACK: usize = 4096;

/// How rows are sorted.
pub(super) struct ByKeys {
    pub shape: Arc<Shape>,
    pub criteria: Arc<ComparisonCriteria>,
    pub keys: KeyColumns,
    pub demand: Demand,
}

impl ByKeys {
    /// Sorts the rows of `first` and of `input`.
    pub(super) fn sort(&self, ctx: &Context, first: Vec<Batch>, input: &mut dyn Batches) -> Result<Picking> {
        let limit = self.demand.limit.unwrap_or(usize::MAX);
        let mut batches: Vec<Batch> = Vec::new();
        let mut rows: Vec<(Keys, Place)> = Vec::new();
        let mut first = first.into_iter();
        loop {
            let batch = match first.next() {
                Some(batch) => Arc::new(batch),
                None => match input.next(ctx)? {
                    Some(batch) => Arc::new(batch),
                    None => break,
                },
            };
            let number = batches.len() as u32;
            for row in 0..batch.len() {
                ctx.step()?;
                let keys =
                    self.keys.keys(ctx, &self.shape, &batch, row, |row| self.criteria.keys(ctx, row))?;
                rows.push((keys, Place { batch: number, row: row as u32 }));
            }
            batches.push((*batch).clone());
            if rows.len() > limit.saturating_mul(2).saturating_add(SLACK) {
                rows = self.first(ctx, rows, limit)?;
                (rows, batches) = self.compact(rows, &batches);
            }
        }
        let rows = self.first(ctx, rows, limit)?;
        Ok(self.picking(batches, rows.into_iter().map(|(_, place)| place).collect()))
    }

    /// Yields rows in an order that was found.
    pub(super) fn picking(&self, batches: Vec<Batch>, places: Vec<Place>) -> Picking {
        Picking {
            batches: Arc::from(batches),
            width: self.shape.len(),
            places: places.into(),
            demand: self.demand.clone(),
            at: 0,
        }
    }

    fn first(&self, ctx: &Context, rows: Vec<(Keys, Place)>, limit: usize) -> Result<Vec<(Keys, Place)>> {
        let mut rows = self.criteria.sort(ctx, rows, |(keys, _)| keys, false)?;
        rows.truncate(limit);
        Ok(rows)
    }

    /// The same rows in one batch of their own, so that the batches they came from can go.
    fn compact(&self, rows: Vec<(Keys, Place)>, batches: &[Batch]) -> (Vec<(Keys, Place)>, Vec<Batch>) {
        let places: Vec<Place> = rows.iter().map(|(_, place)| *place).collect();
        let columns = gather(batches, self.shape.len(), &places, &self.demand);
        let columns = columns.iter().map(|column| Arc::new(column.compact())).collect();
        let batch = Batch::new(columns, places.len());
        let rows = rows.into_iter().enumerate();
        (rows.map(|(at, (keys, _))| (keys, Place { batch: 0, row: at as u32 })).collect(), vec![batch])
    }
}
