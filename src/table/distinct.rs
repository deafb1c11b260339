//! Rows that differ from all before them.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::keys::{KeyColumns, with_keys};
use super::{Batch, Batches, Demand, Operator, Table, sort};
use crate::criteria::{EquationCriteria, Keys, ValueKey};
use crate::eval::Context;
use crate::value::{Result, Shape};

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

/// Whether no row equals one before it; stops at the first that does.
pub fn is_distinct(ctx: &Context, table: &Arc<Table>, criteria: EquationCriteria) -> Result<bool> {
    let keys = KeyColumns::of_equation(table, &criteria)?;
    let below = with_keys(&Demand::count_only(table.width()), table.width(), keys.columns());
    let mut input = table.operator().open(ctx, &below)?;
    let mut seen = Seen::new(Arc::new(criteria));
    while let Some(batch) = input.next(ctx)? {
        let batch = Arc::new(batch);
        for row in 0..batch.len() {
            if !seen.is_new(ctx, &keys, table.shape(), &batch, row)? {
                return Ok(false);
            }
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
        Ok(Box::new(Differing {
            input: self.input.operator().open(ctx, &below)?,
            shape: Arc::clone(self.input.shape()),
            keys: self.keys.clone(),
            seen: Seen::new(Arc::clone(&self.criteria)),
        }))
    }

    fn name(&self) -> &'static str {
        "distinct"
    }
}

/// The keys of the rows so far.
struct Seen {
    criteria: Arc<EquationCriteria>,
    hashed: FxHashSet<ValueKey>,
    /// Where the criteria call functions, all keys must be looked through.
    listed: Vec<Keys>,
}

impl Seen {
    fn new(criteria: Arc<EquationCriteria>) -> Seen {
        Seen { criteria, hashed: FxHashSet::default(), listed: Vec::new() }
    }

    fn is_new(
        &mut self,
        ctx: &Context,
        keys: &KeyColumns,
        shape: &Arc<Shape>,
        batch: &Arc<Batch>,
        row: usize,
    ) -> Result<bool> {
        ctx.step()?;
        let keys = keys.keys(ctx, shape, batch, row, |row| self.criteria.keys(ctx, row))?;
        if self.criteria.is_hashable() {
            return Ok(self.hashed.insert(self.criteria.hash_keys(ctx, &keys)?));
        }
        for known in &self.listed {
            ctx.step()?;
            if self.criteria.equal_keys(ctx, known, &keys)? {
                return Ok(false);
            }
        }
        self.listed.push(keys);
        Ok(true)
    }
}

struct Differing {
    input: Box<dyn Batches>,
    shape: Arc<Shape>,
    keys: KeyColumns,
    seen: Seen,
}

impl Batches for Differing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while let Some(batch) = self.input.next(ctx)? {
            let batch = Arc::new(batch);
            let mut kept = Vec::new();
            for row in 0..batch.len() {
                if self.seen.is_new(ctx, &self.keys, &self.shape, &batch, row)? {
                    kept.push(row as u32);
                }
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
