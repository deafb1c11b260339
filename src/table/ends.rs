//! Rows by their position from the end: last, all but the last, reversed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::plan::Explanation;
use super::{Batch, Batches, Demand, Operator, RowTest, Table, collect};
use crate::eval::Context;
use crate::value::Result;

/// How the end of a table is measured.
pub enum End {
    /// That many rows.
    Count(usize),
    /// The rows from the last one back that pass.
    While(Arc<RowTest>),
}

/// The rows at the end of the table.
pub fn last(input: &Arc<Table>, end: End) -> Table {
    input.with_operator(Arc::new(Last { input: Arc::clone(input), end }))
}

/// The rows before those at the end of the table.
pub fn without_last(input: &Arc<Table>, end: End) -> Table {
    input.with_operator(Arc::new(WithoutLast { input: Arc::clone(input), end }))
}

/// The rows from the last to the first.
pub fn reverse(input: &Arc<Table>) -> Table {
    input.with_operator(Arc::new(Reverse { input: Arc::clone(input) }))
}

struct Last {
    input: Arc<Table>,
    end: End,
}

impl Operator for Last {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let input = Arc::clone(&self.input);
        match &self.end {
            End::Count(count) => {
                let (count, demand) = (*count, demand.unlimited());
                Ok(put_off(move |ctx| last_rows(ctx, &input, count, &demand)))
            }
            End::While(test) => {
                let (test, demand) = (Arc::clone(test), demand.clone());
                Ok(put_off(move |ctx| {
                    let (mut rows, mut skip) = split_where(ctx, &input, &test, &demand)?;
                    let mut kept = VecDeque::new();
                    for batch in rows.drain(..) {
                        let from = skip.min(batch.len());
                        skip -= from;
                        if from < batch.len() {
                            kept.push_back(batch.slice(from, batch.len()));
                        }
                    }
                    Ok(kept)
                }))
            }
        }
    }

    fn known_rows(&self) -> Option<usize> {
        match &self.end {
            End::Count(count) => Some(self.input.operator().known_rows()?.min(*count)),
            End::While(_) => None,
        }
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let detail = match &self.end {
            End::Count(count) => format!("the last {count}"),
            End::While(test) => test.text(),
        };
        let holds = match &self.end {
            End::Count(_) => "the rows it gives",
            End::While(_) => "all rows",
        };
        let mut below = demand.unlimited();
        if let End::While(test) = &self.end {
            below.add_reads(test.reads());
        }
        Ok(Explanation::over(&self.input, below).detail(detail).holds(holds))
    }

    fn name(&self) -> &'static str {
        "last rows"
    }
}

fn last_rows(ctx: &Context, input: &Table, count: usize, demand: &Demand) -> Result<VecDeque<Batch>> {
    let mut kept: VecDeque<Batch> = VecDeque::new();
    let mut held = 0;
    if count == 0 {
        return Ok(kept);
    }
    let mut batches = input.operator().open(ctx, demand)?;
    while let Some(batch) = batches.next(ctx)? {
        held += batch.len();
        kept.push_back(batch);
        while let Some(first) = kept.front()
            && held - first.len() >= count
        {
            held -= first.len();
            kept.pop_front();
        }
    }
    if let Some(first) = kept.front_mut()
        && held > count
    {
        *first = first.slice(held - count, first.len());
    }
    Ok(kept)
}

/// All rows, and how many come before those at the end that pass.
fn split_where(ctx: &Context, input: &Table, test: &RowTest, demand: &Demand) -> Result<(Vec<Batch>, usize)> {
    let mut below = demand.unlimited();
    below.add_reads(test.reads());
    let batches = collect(ctx, input, &below)?;
    let mut before: usize = batches.iter().map(Batch::len).sum();
    'back: for batch in batches.iter().rev() {
        let batch = Arc::new(batch.clone());
        for row in (0..batch.len()).rev() {
            ctx.step()?;
            if !test.passes(ctx, &batch, row)? {
                break 'back;
            }
            before -= 1;
        }
    }
    Ok((batches, before))
}

struct WithoutLast {
    input: Arc<Table>,
    end: End,
}

impl Operator for WithoutLast {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        match &self.end {
            End::Count(count) => {
                let mut below = demand.unlimited();
                below.limit = demand.limit.map(|limit| limit.saturating_add(*count));
                let input = self.input.operator().open(ctx, &below)?;
                Ok(Box::new(Holding { input, back: *count, held: VecDeque::new(), rows: 0 }))
            }
            End::While(test) => {
                let (input, test, demand) = (Arc::clone(&self.input), Arc::clone(test), demand.clone());
                Ok(put_off(move |ctx| {
                    let (rows, mut left) = split_where(ctx, &input, &test, &demand)?;
                    let mut kept = VecDeque::new();
                    for batch in &rows {
                        let batch = batch.slice(0, left);
                        left -= batch.len();
                        if !batch.is_empty() {
                            kept.push_back(batch);
                        }
                    }
                    Ok(kept)
                }))
            }
        }
    }

    fn known_rows(&self) -> Option<usize> {
        match &self.end {
            End::Count(count) => Some(self.input.operator().known_rows()?.saturating_sub(*count)),
            End::While(_) => None,
        }
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let detail = match &self.end {
            End::Count(count) => format!("all but the last {count}"),
            End::While(test) => test.text(),
        };
        let holds = match &self.end {
            End::Count(_) => "as many rows as it leaves out",
            End::While(_) => "all rows",
        };
        let mut below = demand.unlimited();
        if let End::While(test) = &self.end {
            below.add_reads(test.reads());
        }
        Ok(Explanation::over(&self.input, below).detail(detail).holds(holds))
    }

    fn name(&self) -> &'static str {
        "all but the last rows"
    }
}

/// Holds back the last rows read until more have come.
struct Holding {
    input: Box<dyn Batches>,
    back: usize,
    held: VecDeque<Batch>,
    rows: usize,
}

impl Batches for Holding {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            if let Some(first) = self.held.front_mut()
                && self.rows > self.back
            {
                let free = self.rows - self.back;
                let batch = if free >= first.len() {
                    self.held.pop_front()
                } else {
                    let free_rows = first.slice(0, free);
                    *first = first.slice(free, first.len());
                    Some(free_rows)
                };
                self.rows -= batch.as_ref().map_or(0, Batch::len);
                return Ok(batch);
            }
            let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
            self.rows += batch.len();
            self.held.push_back(batch);
        }
    }
}

struct Reverse {
    input: Arc<Table>,
}

impl Operator for Reverse {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let (input, demand) = (Arc::clone(&self.input), demand.unlimited());
        Ok(put_off(move |ctx| {
            let batches = collect(ctx, &input, &demand)?;
            let backwards = |batch: &Batch| {
                let rows: Vec<u32> = (0..batch.len() as u32).rev().collect();
                batch.take(&rows)
            };
            Ok(batches.iter().rev().map(backwards).collect())
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        Ok(Explanation::over(&self.input, demand.unlimited()).holds("all rows"))
    }

    fn name(&self) -> &'static str {
        "reverse rows"
    }
}

/// Batches that can be yielded only when all have been read: `read` runs when the first one is asked for.
pub fn put_off(read: impl FnMut(&Context) -> Result<VecDeque<Batch>> + Send + 'static) -> Box<dyn Batches> {
    Box::new(PutOff { read: Some(Box::new(read)), ready: VecDeque::new() })
}

type Read = dyn FnMut(&Context) -> Result<VecDeque<Batch>> + Send;

struct PutOff {
    read: Option<Box<Read>>,
    ready: VecDeque<Batch>,
}

impl Batches for PutOff {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        if let Some(mut read) = self.read.take() {
            self.ready = read(ctx)?;
        }
        Ok(self.ready.pop_front())
    }
}
