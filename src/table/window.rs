//! Rows by their position from the start: skip, first, range, alternate rows, splice, repeat.

use std::sync::Arc;

use super::plan::{Explanation, How};
use super::{Batch, Batches, Demand, Morsel, Morsels, Operator, RowTest, Staged, Table};
use crate::eval::Context;
use crate::value::{Error, Result};

/// The rows from `offset` on, at most `count` of them. Reads no further than that.
pub fn slice(input: &Arc<Table>, offset: usize, count: Option<usize>) -> Table {
    input.with_operator(Arc::new(Slice { input: Arc::clone(input), offset, count }))
}

struct Slice {
    input: Arc<Table>,
    offset: usize,
    count: Option<usize>,
}

impl Operator for Slice {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let left = self.count.unwrap_or(usize::MAX).min(demand.limit.unwrap_or(usize::MAX));
        let mut below = demand.unlimited();
        if left < usize::MAX {
            below.limit = Some(self.offset.saturating_add(left));
        }
        let input = if left == 0 { None } else { Some(self.input.operator().open(ctx, &below)?) };
        Ok(Box::new(Slicing { input, skip: self.offset, left }))
    }

    fn morsels(&self, ctx: &Context, demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        if self.count.is_some() || demand.limit.is_some() {
            return Ok(None);
        }
        let input = self.input.operator().morsels(ctx, demand)?;
        Ok(input.map(|input| Box::new(Skipping { input, skip: self.offset }) as Box<dyn Morsels>))
    }

    fn known_rows(&self) -> Option<usize> {
        if self.count == Some(0) {
            return Some(0);
        }
        let rows = self.input.operator().known_rows()?.saturating_sub(self.offset);
        Some(self.count.map_or(rows, |count| rows.min(count)))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let left = self.count.unwrap_or(usize::MAX).min(demand.limit.unwrap_or(usize::MAX));
        let mut below = demand.unlimited();
        if left < usize::MAX {
            below.limit = Some(self.offset.saturating_add(left));
        }
        let detail = match (self.offset, self.count) {
            (0, Some(count)) => format!("the first {count}"),
            (offset, None) => format!("all but the first {offset}"),
            (offset, Some(count)) => format!("{count} after the first {offset}"),
        };
        Ok(Explanation::over(&self.input, below).detail(detail).how(How::Nothing))
    }

    fn name(&self) -> &'static str {
        "range"
    }
}

struct Slicing {
    /// `None` once nothing more is needed: the source is let go.
    input: Option<Box<dyn Batches>>,
    skip: usize,
    left: usize,
}

impl Batches for Slicing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while let Some(input) = &mut self.input {
            let Some(batch) = input.next(ctx)? else { break };
            if self.skip >= batch.len() {
                self.skip -= batch.len();
                continue;
            }
            let batch = batch.slice(self.skip, self.left);
            self.skip = 0;
            self.left -= batch.len();
            if self.left == 0 {
                self.input = None;
            }
            return Ok(Some(batch));
        }
        self.input = None;
        Ok(None)
    }
}

/// All but the first rows, in pieces: where rows are skipped, a piece is a batch already.
struct Skipping {
    input: Box<dyn Morsels>,
    skip: usize,
}

impl Morsels for Skipping {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        while self.skip > 0 {
            let Some(morsel) = self.input.next(ctx)? else { return Ok(None) };
            let Staged { batch, failed } = morsel.batch(ctx)?;
            if self.skip < batch.len() {
                let skip = std::mem::take(&mut self.skip);
                let batch = batch.slice(skip, batch.len());
                return Ok(Some(Box::new(Staged { batch, failed })));
            }
            self.skip -= batch.len();
            if let Some(error) = failed {
                return Err(error);
            }
        }
        self.input.next(ctx)
    }
}

/// The rows up to the first that fails the test, or from it on.
pub fn while_passing(input: &Arc<Table>, test: RowTest, keep: bool) -> Table {
    input.with_operator(Arc::new(While { input: Arc::clone(input), test: Arc::new(test), keep }))
}

struct While {
    input: Arc<Table>,
    test: Arc<RowTest>,
    keep: bool,
}

impl Operator for While {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let mut below = demand.unlimited();
        below.add_reads(self.test.reads());
        if self.keep {
            below.limit = demand.limit;
        }
        let input = Some(self.input.operator().open(ctx, &below)?);
        Ok(Box::new(Passing {
            input,
            test: Arc::clone(&self.test),
            keep: self.keep,
            passed: false,
            failed: None,
        }))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let mut below = demand.unlimited();
        below.add_reads(self.test.reads());
        if self.keep {
            below.limit = demand.limit;
        }
        let how = How::RowWise("stops at a row, so that none is looked at before its turn".to_owned());
        Ok(Explanation::over(&self.input, below).detail(self.test.text()).how(how))
    }

    fn name(&self) -> &'static str {
        if self.keep { "first rows while" } else { "skip rows while" }
    }
}

struct Passing {
    input: Option<Box<dyn Batches>>,
    test: Arc<RowTest>,
    keep: bool,
    /// Whether a row has failed the test.
    passed: bool,
    /// The error the test raised, to be raised after the rows before it.
    failed: Option<Error>,
}

impl Batches for Passing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if let Some(error) = self.failed.take() {
            self.input = None;
            return Err(error);
        }
        while let Some(input) = &mut self.input {
            let Some(batch) = input.next(ctx)? else { break };
            if self.passed {
                return Ok(Some(batch));
            }
            let batch = Arc::new(batch);
            let mut row = 0;
            while row < batch.len() {
                ctx.step()?;
                match self.test.passes(ctx, &batch, row) {
                    Ok(true) => row += 1,
                    Ok(false) => {
                        self.passed = true;
                        break;
                    }
                    Err(error) if error.is_stop() || row == 0 || !self.keep => return Err(error),
                    Err(error) => {
                        self.failed = Some(error);
                        return Ok(Some(batch.slice(0, row)));
                    }
                }
            }
            let rows = if self.keep { batch.slice(0, row) } else { batch.slice(row, batch.len()) };
            if self.keep && self.passed {
                self.input = None;
            }
            if !rows.is_empty() {
                return Ok(Some(rows));
            }
        }
        self.input = None;
        Ok(None)
    }
}

/// The first `offset` rows, then by turns `take` rows kept after `skip` rows left out.
pub fn alternate(input: &Arc<Table>, offset: usize, skip: usize, take: usize) -> Table {
    input.with_operator(Arc::new(Alternate { input: Arc::clone(input), offset, skip, take }))
}

struct Alternate {
    input: Arc<Table>,
    offset: usize,
    skip: usize,
    take: usize,
}

impl Operator for Alternate {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let input = self.input.operator().open(ctx, &demand.unlimited())?;
        let (offset, skip, take) = (self.offset, self.skip, self.take);
        Ok(Box::new(Alternating { input, at: 0, offset, skip, take }))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let detail = format!("after {}, {} left out and {} kept by turns", self.offset, self.skip, self.take);
        Ok(Explanation::over(&self.input, demand.unlimited()).detail(detail))
    }

    fn name(&self) -> &'static str {
        "alternate rows"
    }
}

struct Alternating {
    input: Box<dyn Batches>,
    at: usize,
    offset: usize,
    skip: usize,
    take: usize,
}

impl Batches for Alternating {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
            let period = self.skip.saturating_add(self.take);
            let mut kept = Vec::with_capacity(batch.len());
            for row in 0..batch.len() {
                ctx.step()?;
                let at = self.at + row;
                if at < self.offset || period == 0 || (at - self.offset) % period >= self.skip {
                    kept.push(row as u32);
                }
            }
            self.at += batch.len();
            if !kept.is_empty() {
                return Ok(Some(batch.take(&kept)));
            }
        }
    }
}

/// The rows with those from `offset` on, `count` of them, replaced by the rows of `between`, whose columns are
/// the same ones in the same order.
pub fn splice(input: &Arc<Table>, offset: usize, count: usize, between: Option<Arc<Table>>) -> Table {
    let before = Arc::new(slice(input, 0, Some(offset)));
    let after = Arc::new(slice(input, offset.saturating_add(count), None));
    let parts = std::iter::once(before).chain(between).chain(std::iter::once(after)).collect();
    append(input, parts)
}

/// The rows of `parts`, one after the other, which have the columns of `like`, in the same order.
pub fn append(like: &Table, parts: Vec<Arc<Table>>) -> Table {
    like.with_operator(Arc::new(Append { parts: parts.into() }))
}

/// The rows over and over, `count` times.
pub fn repeat(input: &Arc<Table>, count: usize) -> Table {
    input.with_operator(Arc::new(Repeat { input: Arc::clone(input), count }))
}

struct Append {
    parts: Arc<[Arc<Table>]>,
}

struct Repeat {
    input: Arc<Table>,
    count: usize,
}

impl Operator for Append {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let parts = Arc::clone(&self.parts);
        let part = move |at: usize| parts.get(at).cloned();
        Ok(Box::new(Following { part: Box::new(part), at: 0, demand: demand.clone(), reading: None }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.parts.iter().map(|part| part.operator().known_rows()).sum()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let inputs = self.parts.iter().map(|part| (Arc::clone(part), demand.clone())).collect();
        Ok(Explanation { inputs, ..Explanation::source("").how(How::Nothing) })
    }

    fn name(&self) -> &'static str {
        "append"
    }
}

impl Operator for Repeat {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let (input, count) = (Arc::clone(&self.input), self.count);
        let part = move |at: usize| (at < count).then(|| Arc::clone(&input));
        Ok(Box::new(Following { part: Box::new(part), at: 0, demand: demand.clone(), reading: None }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()?.checked_mul(self.count)
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let detail = format!("{} times", self.count);
        Ok(Explanation::over(&self.input, demand.clone()).detail(detail).how(How::Nothing))
    }

    fn name(&self) -> &'static str {
        "repeat"
    }
}

/// One table after the other.
struct Following {
    part: Box<dyn Fn(usize) -> Option<Arc<Table>> + Send>,
    at: usize,
    demand: Demand,
    reading: Option<Box<dyn Batches>>,
}

impl Batches for Following {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if self.demand.limit == Some(0) {
            return Ok(None);
        }
        loop {
            ctx.step()?;
            if let Some(reading) = &mut self.reading {
                if let Some(batch) = reading.next(ctx)? {
                    self.demand.limit = self.demand.limit.map(|limit| limit.saturating_sub(batch.len()));
                    return Ok(Some(batch));
                }
                self.reading = None;
            }
            let Some(part) = (self.part)(self.at) else { return Ok(None) };
            self.at += 1;
            self.reading = Some(part.operator().open(ctx, &self.demand)?);
        }
    }
}
