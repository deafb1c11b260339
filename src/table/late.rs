//! Columns that are computed when the first of their cells is read, for the rows that are still there by then.
//!
//! A filter above conversions and added columns takes rows of what they are computed *from*; a column that nobody
//! reads is never computed. Reading a cell knows of no evaluation, so that a late column holds a weak reference to
//! the one it belongs to; where that has ended or is told to stop, the cells are left unevaluated instead, and whoever
//! evaluates them brings an evaluation along.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::plan::{self, Observer};
use super::{Batch, Column, Compute};
use crate::eval::{Context, Evaluation};
use crate::value::{Error, Member, Result};

/// A computation and the rows it is made for, shared by the columns it gives.
pub(super) struct Late {
    computation: Arc<dyn Compute>,
    /// The step that puts the computation off.
    observer: Option<Observer>,
    len: usize,
    /// How many late columns stand one on the other.
    depth: u32,
    evaluation: Weak<Evaluation>,
    /// What is computed from; gone once that has happened.
    input: Mutex<Option<Arc<Batch>>>,
    done: OnceLock<Vec<Column>>,
}

/// Longer chains of late columns are computed from below, to spare the stack.
const DEEPEST: u32 = 64;

impl Late {
    /// Puts off a computation over `batch`, of which only the columns it reads are kept.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn new(ctx: &Context, computation: &Arc<dyn Compute>, batch: &Batch) -> Result<Late> {
        let input = match computation.reads() {
            Some(reads) => {
                let unread = Arc::new(Column::unread(batch.len()));
                let kept = batch.columns().iter().enumerate().map(|(at, column)| {
                    let column = if reads.contains(&at) { column } else { &unread };
                    Arc::clone(column)
                });
                Arc::new(batch.with_columns(kept.collect()))
            }
            None => Arc::new(batch.clone()),
        };
        let mut depth = 1 + input.columns().iter().map(|column| column.late_depth()).max().unwrap_or(0);
        if depth > DEEPEST {
            for column in input.columns() {
                column.settle(ctx)?;
            }
            depth = 1;
        }
        Ok(Late {
            computation: Arc::clone(computation),
            observer: plan::current(),
            len: batch.len(),
            depth,
            evaluation: Arc::downgrade(ctx.evaluation()),
            input: Mutex::new(Some(input)),
            done: OnceLock::new(),
        })
    }

    /// The same for other rows, if it has not been computed.
    pub(super) fn with_rows(&self, rows: impl FnOnce(&Batch) -> Batch) -> Option<Late> {
        let input = rows(&*self.input()?);
        Some(Late {
            computation: Arc::clone(&self.computation),
            observer: self.observer.clone(),
            len: input.len(),
            depth: self.depth,
            evaluation: Weak::clone(&self.evaluation),
            input: Mutex::new(Some(Arc::new(input))),
            done: OnceLock::new(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn depth(&self) -> u32 {
        if self.done.get().is_some() { 0 } else { self.depth }
    }

    fn input(&self) -> Option<Arc<Batch>> {
        if self.done.get().is_some() {
            return None;
        }
        self.input.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The column, computed as a part of the evaluation.
    ///
    /// # Errors
    /// Only a stop; the column stays to be computed.
    pub(super) fn settle(&self, ctx: &Context, part: usize) -> Result<Option<&Column>> {
        if let Some(input) = self.input() {
            let columns = ctx.nested(|| self.compute(ctx, &input))?;
            self.publish(columns);
        }
        Ok(self.done.get().and_then(|columns| columns.get(part)))
    }

    /// The column, computed if need be; its cells are unevaluated where that cannot be done now.
    pub(super) fn column(&self, part: usize) -> Option<&Column> {
        if let Some(input) = self.input() {
            let computed = self.evaluation.upgrade().map(|evaluation| {
                let ctx = Context::new(evaluation);
                ctx.nested(|| self.compute(&ctx, &input))
            });
            self.publish(match computed {
                Some(Ok(columns)) => columns,
                _ => self.unevaluated(&input),
            });
        }
        self.done.get().and_then(|columns| columns.get(part))
    }

    fn publish(&self, columns: Vec<Column>) {
        self.done.get_or_init(|| columns);
        let spent = self.input.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(spent);
    }

    fn compute(&self, ctx: &Context, input: &Arc<Batch>) -> Result<Vec<Column>> {
        let columns = match plan::under(self.observer.as_ref(), || self.computation.compute(ctx, input)) {
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => vec![Column::same(Member::failed(error), self.len); self.computation.parts()],
            Ok(columns) => columns,
        };
        columns.into_iter().map(|column| column.settled_by(ctx)).collect()
    }

    /// Columns of cells that are evaluated, all of a column at once, when one of them is.
    fn unevaluated(&self, input: &Arc<Batch>) -> Vec<Column> {
        let again = Arc::new(Late {
            computation: Arc::clone(&self.computation),
            observer: self.observer.clone(),
            len: self.len,
            depth: self.depth,
            evaluation: Weak::new(),
            input: Mutex::new(Some(Arc::clone(input))),
            done: OnceLock::new(),
        });
        let cell = |part: usize, row: usize| {
            let late = Arc::clone(&again);
            Member::lazy(move |ctx: &Context| match late.settle(ctx, part)? {
                Some(column) => column.get(row).force_with_metadata(ctx),
                None => Err(Error::expression("The column wasn't computed.")),
            })
        };
        let column = |part: usize| (0..self.len).map(|row| cell(part, row)).collect();
        (0..self.computation.parts()).map(|part| Column::any(column(part))).collect()
    }
}

impl std::fmt::Debug for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.done.get() {
            Some(columns) => write!(f, "{columns:?}"),
            None => f.write_str("..."),
        }
    }
}

/// Which rows are taken.
#[derive(Clone, Copy)]
pub(super) enum Pick<'r> {
    /// Those at these positions, in that order.
    Rows(&'r [u32]),
    /// So many from a position on, all of which are there.
    Range(usize, usize),
}

/// Takes rows of several columns that may share what they are computed from: each thing is taken once.
pub(super) struct Taking<'r> {
    pick: Pick<'r>,
    columns: Vec<(Arc<Column>, Arc<Column>)>,
    lates: Vec<(Arc<Late>, Arc<Late>)>,
}

impl<'r> Taking<'r> {
    pub(super) fn new(pick: Pick<'r>) -> Taking<'r> {
        Taking { pick, columns: Vec::new(), lates: Vec::new() }
    }

    /// The rows of a batch.
    pub(super) fn batch(&mut self, batch: &Batch) -> Batch {
        let columns = batch.columns().iter().map(|column| self.column(column)).collect();
        let len = match self.pick {
            Pick::Rows(rows) => rows.len(),
            Pick::Range(_, len) => len,
        };
        Batch::new(columns, len)
    }

    /// The rows of a column.
    pub(super) fn column(&mut self, column: &Arc<Column>) -> Arc<Column> {
        if let Some((_, taken)) = self.columns.iter().find(|(from, _)| Arc::ptr_eq(from, column)) {
            return Arc::clone(taken);
        }
        let late = column.as_late().and_then(|(late, part)| Some((self.late(late)?, part)));
        let taken = Arc::new(match late {
            Some((late, part)) => Column::late(late, part),
            None => match self.pick {
                Pick::Rows(rows) => column.take(rows),
                Pick::Range(start, len) => column.slice(start, len),
            },
        });
        self.columns.push((Arc::clone(column), Arc::clone(&taken)));
        taken
    }

    fn late(&mut self, late: &Arc<Late>) -> Option<Arc<Late>> {
        if let Some((_, taken)) = self.lates.iter().find(|(from, _)| Arc::ptr_eq(from, late)) {
            return Some(Arc::clone(taken));
        }
        let taken = Arc::new(late.with_rows(|input| self.batch(input))?);
        self.lates.push((Arc::clone(late), Arc::clone(&taken)));
        Some(taken)
    }
}
