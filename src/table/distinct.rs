//! Rows that differ from all before them.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::keys::{KeyColumns, with_keys};
use super::numbering::{NONE, Numbering};
use super::overflow::{DEEPEST, Overflow, numbered, without_numbers};
use super::plan::{self, Explanation};
use super::{Batch, Batches, Demand, Operator, Table, parallel, sort};
use crate::criteria::{EquationCriteria, Keys, ValueKey};
use crate::eval::{Context, RowsHeld};
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
        let width = self.input.width();
        let rows = Rows {
            criteria: Arc::clone(&self.criteria),
            keys: self.keys.clone(),
            shape: Arc::clone(self.input.shape()),
            kept: (0..width).filter(|at| below.wants(*at)).collect(),
        };
        let input = parallel::settled(ctx, &**self.input.operator(), &below, keys)?;
        Ok(Box::new(Differing::new(ctx, input, Arc::new(rows), 0)))
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

/// What is read.
struct Rows {
    criteria: Arc<EquationCriteria>,
    keys: KeyColumns,
    shape: Arc<Shape>,
    /// The columns that are there.
    kept: Vec<usize>,
}

/// One reading. Once memory is full, rows with keys that are not known are put off.
struct Differing {
    input: Box<dyn Batches>,
    rows: Arc<Rows>,
    seen: Seen,
    /// In how many parts of parts the input is; the rows of a part have their numbers in a last column.
    level: u32,
    /// How many rows were read.
    count: u64,
    held: RowsHeld,
    overflow: Option<Overflow>,
    /// What the rows that were put off come to.
    rest: Option<Box<dyn Batches>>,
    ended: bool,
    /// The error that follows.
    failed: Option<Error>,
}

impl Differing {
    fn new(ctx: &Context, input: Box<dyn Batches>, rows: Arc<Rows>, level: u32) -> Differing {
        Differing {
            input,
            seen: Seen::new(Arc::clone(&rows.criteria), rows.keys.clone(), Arc::clone(&rows.shape)),
            rows,
            level,
            count: 0,
            held: ctx.rows_held(),
            overflow: None,
            rest: None,
            ended: false,
            failed: None,
        }
    }

    /// The rows of a batch that are new.
    fn new_rows(&mut self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<u32>> {
        let mut kept = Vec::new();
        if let (Some(overflow), Known::Cells(known, keys)) = (&mut self.overflow, &self.seen.known) {
            let mut numbers = Vec::new();
            let found = known.find(ctx, batch, keys, &mut numbers);
            let mut unknown = Vec::new();
            for (row, _) in numbers.iter().enumerate().filter(|(_, number)| **number == NONE) {
                unknown.push((row as u32, known.hash(ctx, batch, row, keys)?));
            }
            match self.level {
                0 => overflow.push(ctx, &numbered(batch, self.count), unknown)?,
                _ => overflow.push(ctx, batch, unknown)?,
            }
            self.fail(found)?;
        } else {
            match self.seen.look_at(ctx, batch, &mut kept) {
                Looked::All => {}
                Looked::Until(_, error) => self.fail(Err(error))?,
            }
            self.look_at_memory(ctx)?;
        }
        self.count += batch.len() as u64;
        Ok(kept)
    }

    /// Notes an error that comes after all rows.
    fn fail(&mut self, outcome: Result<()>) -> Result<()> {
        match outcome {
            Err(error) if error.is_stop() => Err(error),
            Err(error) => {
                self.failed = Some(error);
                self.ended = true;
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Takes no more keys if the steps hold more than they may.
    fn look_at_memory(&mut self, ctx: &Context) -> Result<()> {
        let Known::Cells(known, _) = &self.seen.known else { return Ok(()) };
        let Some(held) = known.held() else { return Ok(()) };
        self.held.set(held);
        if self.level < DEEPEST && self.held.must_spill() {
            let columns = self.rows.kept.clone();
            self.overflow = Some(Overflow::new(ctx, columns, self.rows.shape.len(), self.level)?);
        }
        Ok(())
    }

    /// What the rows that were put off come to.
    fn rest(&mut self, ctx: &Context, overflow: Overflow) -> Result<Box<dyn Batches>> {
        let rows = &self.rows;
        self.seen = Seen::new(Arc::clone(&rows.criteria), rows.keys.clone(), Arc::clone(&rows.shape));
        self.held.set(0);
        let level = self.level + 1;
        overflow.finish(ctx, rows.shape.len() + 1, |part| {
            Ok(Box::new(Differing::new(ctx, part, Arc::clone(rows), level)))
        })
    }
}

impl Batches for Differing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while !self.ended {
            let batch = match self.input.next(ctx) {
                Ok(Some(batch)) => Arc::new(batch),
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(error) => {
                    self.fail(Err(error))?;
                    break;
                }
            };
            let kept = self.new_rows(ctx, &batch)?;
            if kept.len() == batch.len() {
                return Ok(Some((*batch).clone()));
            }
            if !kept.is_empty() {
                return Ok(Some(batch.take(&kept)));
            }
        }
        if let Some(overflow) = self.overflow.take() {
            self.rest = Some(self.rest(ctx, overflow)?);
        }
        if let Some(rest) = &mut self.rest
            && let Some(batch) = rest.next(ctx)?
        {
            return Ok(Some(if self.level == 0 { without_numbers(&batch) } else { batch }));
        }
        self.rest = None;
        self.failed.take().map_or(Ok(None), Err)
    }
}
