//! Rows in another order.

mod by_keys;
mod chunk;
mod in_order;
mod key;
mod merge;
mod run;
mod runs;
#[cfg(test)]
mod tests;
mod top;

use std::sync::Arc;

use super::gather::Picking;
use super::keys::{KeyColumns, with_keys};
use super::parallel::{self, Morsel, Morsels, Pipeline};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Demand, Foldable, Operator, Table};
use crate::criteria::{ComparisonCriteria, Rule};
use crate::eval::Context;
use crate::value::Result;
use by_keys::ByKeys;
pub(super) use in_order::InOrder;
use key::Part;
use runs::{Chunks, Merging, PackedRows, Runs};
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

    fn sorting(&self, ctx: &Context, demand: &Demand) -> Result<Sorting> {
        let width = self.input.width();
        let below = with_keys(demand, width, self.keys.columns());
        let by_keys = ByKeys {
            shape: Arc::clone(self.input.shape()),
            criteria: Arc::clone(&self.criteria),
            keys: self.keys.clone(),
            demand: demand.clone(),
        };
        let input = &**self.input.operator();
        let collecting = match (self.parts(), demand.limit) {
            (Some(parts), Some(limit)) if limit <= FEW => {
                let keys = parts.iter().map(|part| part.column).collect();
                let rows = parallel::settled(ctx, input, &below, keys)?;
                Collecting::Top(Top::new(parts, width, below, limit), rows)
            }
            (Some(parts), _) => {
                let columns = (0..width).filter(|at| below.wants(*at)).collect();
                let pipeline = Pipeline::of(ctx, input, &below)?;
                let chunks = Chunks::new(pipeline, parts, columns, width);
                Collecting::Runs(Runs::new(ctx, Arc::clone(chunks.means())), chunks)
            }
            (None, _) => Collecting::Rest(Vec::new(), input.open(ctx, &below)?),
        };
        Ok(Sorting {
            by_keys,
            state: State::Collecting(collecting),
            left: demand.limit.unwrap_or(usize::MAX),
        })
    }
}

/// Up to this many rows the first ones are picked while the rows pass.
const FEW: usize = 100_000;

impl Operator for Sort {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        match self.foldable(ctx)? {
            Some(rows) => rows.operator().open(ctx, demand),
            None => Ok(Box::new(self.sorting(ctx, demand)?)),
        }
    }

    fn morsels(&self, ctx: &Context, demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        // A source that may sort by itself is asked when the step is opened.
        if self.folds { Ok(None) } else { Ok(Some(Box::new(self.sorting(ctx, demand)?))) }
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

/// Rows being collected, with those that are left: in the first two ways as long as their keys can be sorted as bytes.
enum Collecting {
    Top(Top, Box<dyn Batches>),
    Runs(Runs, Chunks),
    /// The rows so far, to be sorted by comparing.
    Rest(Vec<Batch>, Box<dyn Batches>),
}

/// Rows in their order.
enum Rows {
    Batch(Batch),
    Packed(PackedRows),
}

impl Sorting {
    fn collect(&mut self, ctx: &Context, mut collecting: Collecting) -> Result<State> {
        loop {
            collecting = match collecting {
                Collecting::Top(mut top, mut input) => {
                    let Some(batch) = input.next(ctx)? else {
                        let (batches, places) = top.finish();
                        return Ok(State::Picking(self.by_keys.picking(batches, places)));
                    };
                    if top.push(ctx, &batch)? {
                        Collecting::Top(top, input)
                    } else {
                        let mut batches = top.unsorted();
                        batches.push(batch);
                        Collecting::Rest(batches, input)
                    }
                }
                Collecting::Runs(mut runs, mut chunks) => {
                    let Some(chunk) = chunks.next(ctx)? else {
                        return Ok(State::Merging(Box::new(runs.merged(ctx)?)));
                    };
                    match runs.push(ctx, chunk)? {
                        None => Collecting::Runs(runs, chunks),
                        Some(rows) => {
                            let mut batches = runs.unsorted(ctx)?;
                            batches.extend(rows);
                            Collecting::Rest(batches, Box::new(chunks))
                        }
                    }
                }
                Collecting::Rest(batches, mut input) => {
                    return self.by_keys.sort(ctx, batches, &mut *input).map(State::Picking);
                }
            }
        }
    }

    fn rows(&mut self, ctx: &Context) -> Result<Option<Rows>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Collecting(collecting) => self.state = self.collect(ctx, collecting)?,
                State::Merging(mut merging) => {
                    let rows = merging.next(ctx, self.left)?;
                    if let Some(rows) = &rows {
                        self.left -= rows.rows;
                        self.state = State::Merging(merging);
                    }
                    return Ok(rows.map(Rows::Packed));
                }
                State::Picking(mut picking) => {
                    let batch = picking.next(ctx)?;
                    self.state = State::Picking(picking);
                    return Ok(batch.map(Rows::Batch));
                }
                State::Ended => return Ok(None),
            }
        }
    }
}

impl Batches for Sorting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        Ok(self.rows(ctx)?.map(|rows| match rows {
            Rows::Batch(batch) => batch,
            Rows::Packed(rows) => rows.unpack(),
        }))
    }
}

/// So that rows are unpacked by the threads that go on with them.
impl Morsels for Sorting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        Ok(self.rows(ctx)?.map(|rows| -> Box<dyn Morsel> {
            match rows {
                Rows::Batch(batch) => Box::new(batch),
                Rows::Packed(rows) => Box::new(rows),
            }
        }))
    }
}
