//! Rows in another order.

mod by_keys;
mod key;
mod run;
mod runs;
#[cfg(test)]
mod tests;
mod top;

use std::sync::Arc;

use super::gather::Picking;
use super::keys::{KeyColumns, with_keys};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Demand, Foldable, Operator, Table};
use crate::criteria::{ComparisonCriteria, Rule};
use crate::eval::Context;
use crate::value::Result;
use by_keys::ByKeys;
use key::Part;
use runs::{Merging, Runs};
use top::Top;

/// The rows of a table, sorted; rows that compare equal keep their order. Where only the first rows are asked
/// for, no more than a multiple of their number is held.
///
/// # Errors
/// The criteria name a column that is not there.
pub fn sort(table: &Arc<Table>, criteria: ComparisonCriteria) -> Result<Table> {
    let keys = KeyColumns::of_comparison(table, &criteria)?;
    let folds = table.operator().may_fold();
    let operator = Sort { input: Arc::clone(table), criteria: Arc::new(criteria), keys, folds };
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
    folds: bool,
}

impl Sort {
    /// The columns of the order, if that is all there is to it.
    fn parts(&self) -> Option<Arc<[Part]>> {
        let columns = self.keys.columns()?.iter();
        let part = |(&column, (rule, descending)): (&usize, (&Rule, bool))| match rule {
            Rule::Plain => Some(Part { column, ignore_case: false, descending }),
            Rule::IgnoreCase => Some(Part { column, ignore_case: true, descending }),
            Rule::Collation(_) | Rule::Function(_) => None,
        };
        columns.zip(self.criteria.rules()).map(part).collect()
    }
}

/// Up to this many rows the first ones are picked while the rows pass.
const FEW: usize = 100_000;

impl Operator for Sort {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        if let Some(rows) = self.foldable(ctx)? {
            return rows.operator().open(ctx, demand);
        }
        let width = self.input.width();
        let below = with_keys(demand, width, self.keys.columns());
        let by_keys = ByKeys {
            shape: Arc::clone(self.input.shape()),
            criteria: Arc::clone(&self.criteria),
            keys: self.keys.clone(),
            demand: demand.clone(),
        };
        let collecting = match (self.parts(), demand.limit) {
            (Some(parts), Some(limit)) if limit <= FEW => {
                Collecting::Top(Top::new(parts, width, below.clone(), limit))
            }
            (Some(parts), _) => {
                let columns = (0..width).filter(|at| below.wants(*at)).collect();
                Collecting::Runs(Runs::new(ctx, parts, columns, width))
            }
            (None, _) => Collecting::Rest(Vec::new()),
        };
        Ok(Box::new(Sorting {
            input: self.input.operator().open(ctx, &below)?,
            by_keys,
            state: State::Collecting(collecting),
            left: demand.limit.unwrap_or(usize::MAX),
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn sorted(&self) -> Option<Sorted> {
        Some(Sorted { input: Arc::clone(&self.input), criteria: Arc::clone(&self.criteria) })
    }

    fn foldable(&self, ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        let parts = if self.folds { self.parts() } else { None };
        let Some(parts) = parts.filter(|parts| parts.iter().all(|part| !part.ignore_case)) else {
            return Ok(None);
        };
        let columns: Vec<(usize, bool)> = parts.iter().map(|part| (part.column, part.descending)).collect();
        Ok(self.input.operator().foldable(ctx)?.and_then(|rows| rows.sorted(&columns)))
    }

    fn may_fold(&self) -> bool {
        self.folds
    }

    fn explain(&self, ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let detail = plan::columns(&self.input, self.keys.columns().unwrap_or_default());
        if let Some(rows) = self.foldable(ctx)? {
            let rows = Arc::new(self.input.with_operator(rows.operator()));
            return Ok(Explanation::over(&rows, demand.clone()).detail(detail).how(How::PushedDown));
        }
        let below = with_keys(demand, self.input.width(), self.keys.columns());
        let first = self.parts().is_some() && demand.limit.is_some_and(|limit| limit <= FEW);
        let holds = if first { "the first rows" } else { "all rows" };
        Ok(Explanation::over(&self.input, below).detail(detail).holds(holds))
    }

    fn name(&self) -> &'static str {
        "sort"
    }
}

struct Sorting {
    input: Box<dyn Batches>,
    by_keys: ByKeys,
    state: State,
    /// How many rows may still be asked for.
    left: usize,
}

enum State {
    Collecting(Collecting),
    /// Runs that are merged.
    Merging(Box<Merging>),
    /// Rows in order.
    Picking(Picking),
    Ended,
}

/// Rows being collected: in the first two ways as long as their keys can be sorted as bytes.
enum Collecting {
    Top(Top),
    Runs(Runs),
    /// The rows so far, to be sorted by comparing, with those that are left in the input.
    Rest(Vec<Batch>),
}

impl Sorting {
    fn collect(&mut self, ctx: &Context, mut collecting: Collecting) -> Result<State> {
        loop {
            if let Collecting::Rest(batches) = collecting {
                return self.by_keys.sort(ctx, batches, &mut *self.input).map(State::Picking);
            }
            let Some(batch) = self.input.next(ctx)? else { break };
            let taken = match &mut collecting {
                Collecting::Top(top) => top.push(ctx, &batch)?,
                Collecting::Runs(runs) => runs.push(ctx, &batch)?,
                Collecting::Rest(_) => true,
            };
            if !taken {
                let mut batches = match collecting {
                    Collecting::Top(top) => top.unsorted(),
                    Collecting::Runs(runs) => runs.unsorted(ctx)?,
                    Collecting::Rest(batches) => batches,
                };
                batches.push(batch);
                collecting = Collecting::Rest(batches);
            }
        }
        Ok(match collecting {
            Collecting::Top(top) => {
                let (batches, places) = top.finish();
                State::Picking(self.by_keys.picking(batches, places))
            }
            Collecting::Runs(runs) => State::Merging(Box::new(runs.merged(ctx)?)),
            Collecting::Rest(_) => State::Ended,
        })
    }
}

impl Batches for Sorting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Collecting(collecting) => self.state = self.collect(ctx, collecting)?,
                State::Merging(mut merging) => {
                    let batch = merging.next(ctx, self.left)?;
                    if let Some(batch) = &batch {
                        self.left -= batch.len();
                        self.state = State::Merging(merging);
                    }
                    return Ok(batch);
                }
                State::Picking(mut picking) => {
                    let batch = picking.next(ctx)?;
                    self.state = State::Picking(picking);
                    return Ok(batch);
                }
                State::Ended => return Ok(None),
            }
        }
    }
}
