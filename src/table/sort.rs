//! Rows in another order.

use std::sync::Arc;

use super::gather::{Picking, Place};
use super::keys::{KeyColumns, with_keys};
use super::{Batch, Batches, Demand, Operator, Table};
use crate::criteria::{ComparisonCriteria, Keys};
use crate::eval::Context;
use crate::value::{Result, Shape};

/// The rows of a table, sorted; rows that compare equal keep their order. Where only the first rows are asked
/// for, no more than a multiple of their number is held.
///
/// # Errors
/// The criteria name a column that is not there.
pub fn sort(table: &Arc<Table>, criteria: ComparisonCriteria) -> Result<Table> {
    let keys = KeyColumns::of_comparison(table, &criteria)?;
    let operator = Sort { input: Arc::clone(table), criteria: Arc::new(criteria), keys };
    Ok(table.with_operator(Arc::new(operator)))
}

/// A sort step seen from outside.
pub struct Sorted {
    /// The table that is sorted.
    pub input: Arc<Table>,
    /// The order.
    pub criteria: Arc<ComparisonCriteria>,
}

struct Sort {
    input: Arc<Table>,
    criteria: Arc<ComparisonCriteria>,
    keys: KeyColumns,
}

impl Operator for Sort {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let below = with_keys(demand, self.input.width(), self.keys.columns());
        Ok(Box::new(Sorting {
            input: self.input.operator().open(ctx, &below)?,
            shape: Arc::clone(self.input.shape()),
            criteria: Arc::clone(&self.criteria),
            keys: self.keys.clone(),
            demand: demand.clone(),
            sorted: None,
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn sorted(&self) -> Option<Sorted> {
        Some(Sorted { input: Arc::clone(&self.input), criteria: Arc::clone(&self.criteria) })
    }

    fn name(&self) -> &'static str {
        "sort"
    }
}

struct Sorting {
    input: Box<dyn Batches>,
    shape: Arc<Shape>,
    criteria: Arc<ComparisonCriteria>,
    keys: KeyColumns,
    demand: Demand,
    sorted: Option<Picking>,
}

/// Rows held beyond what a limit asks for, before those that cannot be among the first are dropped.
const SLACK: usize = 4096;

impl Sorting {
    fn sort(&mut self, ctx: &Context) -> Result<Picking> {
        let limit = self.demand.limit.unwrap_or(usize::MAX);
        let mut batches: Vec<Batch> = Vec::new();
        let mut rows: Vec<(Keys, Place)> = Vec::new();
        while let Some(batch) = self.input.next(ctx)? {
            let batch = Arc::new(batch);
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
        Ok(Picking {
            batches: Arc::from(batches),
            width: self.shape.len(),
            places: rows.into_iter().map(|(_, place)| place).collect(),
            demand: self.demand.clone(),
            at: 0,
        })
    }

    fn first(&self, ctx: &Context, rows: Vec<(Keys, Place)>, limit: usize) -> Result<Vec<(Keys, Place)>> {
        let mut rows = self.criteria.sort(ctx, rows, |(keys, _)| keys, false)?;
        rows.truncate(limit);
        Ok(rows)
    }

    /// The same rows in one batch of their own, so that the batches they came from can go.
    fn compact(&self, rows: Vec<(Keys, Place)>, batches: &[Batch]) -> (Vec<(Keys, Place)>, Vec<Batch>) {
        let places: Vec<Place> = rows.iter().map(|(_, place)| *place).collect();
        let columns = super::gather::gather(batches, self.shape.len(), &places, &self.demand);
        let batch = Batch::new(columns, places.len());
        let rows = rows.into_iter().enumerate();
        (rows.map(|(at, (keys, _))| (keys, Place { batch: 0, row: at as u32 })).collect(), vec![batch])
    }
}

impl Batches for Sorting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if self.sorted.is_none() {
            self.sorted = Some(self.sort(ctx)?);
        }
        match &mut self.sorted {
            Some(sorted) => sorted.next(ctx),
            None => Ok(None),
        }
    }
}
