//! Rows that differ from all before them.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::keys::{KeyColumns, with_keys};
use super::numbering::Numbering;
use super::plan::{self, Explanation};
use super::{Batch, Batches, Demand, Operator, Table, parallel, sort};
use crate::criteria::{EquationCriteria, Keys, ValueKey};
use crate::eval::Context;
use crate::value::{Error, Result, Shape};

/// The rows of a table that differ from all before them, as the criteria see it. Before means in the source: a sort
/// that comes directly before is done after it, as Power Query does it.
///
/// # Errors
/// The criteria name a column that is not there.
pub fn distinct(table: &Arc<Table>, criteria: EquationCriteria) -> Result<Table> {
    if let Some(sorted) = table.operator().sorted().filter(|sorted| sorted.input.names() == table.names()) {
        let source = Arc::new(distinct(&sorted.input, criteria)?);
        let operator = Arc::clone(sort(&source, (*sorted.criteria).clone())?.operator());
        return Ok(table.with_operator(operator));
    }
    let keys = KeyColumns::of_equation(table, &criteria)?;
    let operator = Distinct { input: Arc::clone(table), criteria: Arc::new(criteria), keys };
    Ok(table.with_operator(Arc::new(operator)))
}

/// Whether no row equals one before it; reads no further than the first that does.
pub fn is_distinct(ctx: &Context, table: &Arc<Table>, criteria: EquationCriteria) -> Result<bool> {
    let keys = KeyColumns::of_equation(table, &criteria)?;
    let below = with_keys(&Demand::count_only(table.width()), table.width(), keys.columns());
    let mut input = table.operator().open(ctx, &below)?;
    let mut seen = Seen::new(Arc::new(criteria), keys, Arc::clone(table.shape()));
    let mut new_rows = Vec::new();
    while let Some(batch) = input.next(ctx)? {
        let batch = Arc::new(batch);
        new_rows.clear();
        let looked_at = seen.look_at(ctx, &batch, &mut new_rows);
        match looked_at {
            Looked::All if new_rows.len() == batch.len() => {}
            Looked::Until(rows, error) if new_rows.len() == rows => return Err(error),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

struct Distinct {
    input: Arc<Table>,
    criteria: Arc<EquationCriteria>,
    keys: KeyColumns,
}

impl Operator for Distinct {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let below = with_keys(demand, self.input.width(), self.keys.columns());
        let keys = self.keys.columns().unwrap_or_default().to_vec();
        Ok(Box::new(Differing {
            input: parallel::settled(ctx, &**self.input.operator(), &below, keys)?,
            seen: Seen::new(Arc::clone(&self.criteria), self.keys.clone(), Arc::clone(self.input.shape())),
            failed: None,
        }))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let below = with_keys(demand, self.input.width(), self.keys.columns());
        let detail = plan::columns(&self.input, self.keys.columns().unwrap_or_default());
        Ok(Explanation::over(&self.input, below).detail(detail).holds("each key once"))
    }

    fn name(&self) -> &'static str {
        "distinct"
    }
}

/// The keys of the rows so far.
struct Seen {
    criteria: Arc<EquationCriteria>,
    keys: KeyColumns,
    shape: Arc<Shape>,
    known: Known,
}

enum Known {
    /// Keys that are cells of some columns.
    Cells(Numbering, Vec<usize>),
    /// Keys that functions make of whole rows.
    Hashed(FxHashSet<ValueKey>),
    /// Keys that functions compare: all must be looked through.
    Listed(Vec<Keys>),
}

/// How far a batch was looked at.
enum Looked {
    All,
    /// The key of a row could not be told.
    Until(usize, Error),
}

impl Seen {
    fn new(criteria: Arc<EquationCriteria>, keys: KeyColumns, shape: Arc<Shape>) -> Seen {
        let numbering = Numbering::new(criteria.rules());
        let known = match (keys.columns(), numbering) {
            (Some(columns), Some(numbering)) => Known::Cells(numbering, columns.to_vec()),
            _ if criteria.is_hashable() => Known::Hashed(FxHashSet::default()),
            _ => Known::Listed(Vec::new()),
        };
        Seen { criteria, keys, shape, known }
    }

    /// Adds the rows whose keys are new to `new_rows`.
    fn look_at(&mut self, ctx: &Context, batch: &Arc<Batch>, new_rows: &mut Vec<u32>) -> Looked {
        if let Known::Cells(numbering, columns) = &mut self.known {
            let (mut next, mut numbers) = (numbering.len(), Vec::new());
            let result = numbering.number(ctx, batch, columns, &mut numbers);
            for (row, &number) in numbers.iter().enumerate() {
                if number as usize == next {
                    new_rows.push(row as u32);
                    next += 1;
                }
            }
            return match result {
                Ok(()) => Looked::All,
                Err(error) => Looked::Until(numbers.len(), error),
            };
        }
        for row in 0..batch.len() {
            match self.is_new(ctx, batch, row) {
                Ok(true) => new_rows.push(row as u32),
                Ok(false) => {}
                Err(error) => return Looked::Until(row, error),
            }
        }
        Looked::All
    }

    fn is_new(&mut self, ctx: &Context, batch: &Arc<Batch>, row: usize) -> Result<bool> {
        ctx.step()?;
        let keys = self.keys.keys(ctx, &self.shape, batch, row, |row| self.criteria.keys(ctx, row))?;
        match &mut self.known {
            Known::Cells(..) => Ok(true),
            Known::Hashed(known) => Ok(known.insert(self.criteria.hash_keys(ctx, &keys)?)),
            Known::Listed(known) => {
                for other in known.iter() {
                    ctx.step()?;
                    if self.criteria.equal_keys(ctx, other, &keys)? {
                        return Ok(false);
                    }
                }
                known.push(keys);
                Ok(true)
            }
        }
    }
}

struct Differing {
    input: Box<dyn Batches>,
    seen: Seen,
    failed: Option<Error>,
}

impl Batches for Differing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while let Some(batch) = self.input.next(ctx)? {
            let batch = Arc::new(batch);
            let mut kept = Vec::new();
            match self.seen.look_at(ctx, &batch, &mut kept) {
                Looked::All => {}
                Looked::Until(_, error) if error.is_stop() || kept.is_empty() => return Err(error),
                Looked::Until(_, error) => self.failed = Some(error),
            }
            if kept.len() == batch.len() {
                return Ok(Some((*batch).clone()));
            }
            if !kept.is_empty() {
                return Ok(Some(batch.take(&kept)));
            }
        }
        Ok(None)
    }
}
