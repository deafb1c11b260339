//! From the rows that leave a query to the destination, each to exactly one outcome.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::cells;
use super::failure::{DESTINATION, Failure};
use super::progress::Progress;
use crate::destinations::{Cell, DestinationError, Entity, Outcome, Row, Store, UpsertWriter, open};
use crate::eval::Context;
use crate::project::history::{RowError, TaskCounts};
use crate::project::mapping::{Mapper, RefusedRow};
use crate::table::Batch;
use crate::value::Error;

/// How many rows go to the destination at a time.
const ROWS: usize = 1000;
/// A checkpoint is not worth its while before so many rows ...
const CHECKPOINT_ROWS: usize = 2000;
/// ... and this long after the last one,
const CHECKPOINT_EVERY: Duration = Duration::from_millis(200);
/// but after this long it is, however few the rows are.
const CHECKPOINT_LATEST: Duration = Duration::from_secs(5);

/// Where rows go.
pub(super) struct Target {
    pub(super) store: Store,
    pub(super) path: std::path::PathBuf,
    pub(super) entity: Entity,
}

/// Maps the rows of one task and writes them.
pub(super) struct Delivery<'a> {
    task: &'a str,
    mapper: &'a Mapper,
    target: Target,
    /// Opened with the first rows, so that a query that fails before them leaves no trace.
    writer: Option<Box<dyn UpsertWriter>>,
    progress: &'a Progress,
    counts: TaskCounts,
    /// Rows that left the query.
    left: u64,
    since_checkpoint: usize,
    last_checkpoint: Instant,
    errors: Vec<RowError>,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(task: &'a str, mapper: &'a Mapper, target: Target, progress: &'a Progress) -> Self {
        Self {
            task,
            mapper,
            target,
            writer: None,
            progress,
            counts: TaskCounts::default(),
            left: 0,
            since_checkpoint: 0,
            last_checkpoint: Instant::now(),
            errors: Vec::new(),
        }
    }

    /// Whether enough was written since the last checkpoint to make the next one worth its while: bringing rows
    /// to the disk takes far longer than writing them.
    pub(super) fn is_checkpoint_due(&self) -> bool {
        let passed = self.last_checkpoint.elapsed();
        self.since_checkpoint >= CHECKPOINT_ROWS && passed >= CHECKPOINT_EVERY
            || self.since_checkpoint > 0 && passed >= CHECKPOINT_LATEST
    }

    /// Takes some rows of a batch; they are not durable yet.
    pub(super) fn rows(&mut self, ctx: &Context, batch: &Batch, which: Range<usize>) -> Result<(), Failure> {
        self.since_checkpoint += which.len();
        let mut rows = Vec::with_capacity(which.len().min(ROWS));
        for at in which {
            self.left += 1;
            match self.map(ctx, batch, at).map_err(|stop| Failure::raised(&stop))? {
                Ok(cells) => rows.push(Row { number: self.left, cells }),
                Err(refused) => self.refuse(&refused),
            }
            if rows.len() == ROWS {
                self.write(&rows)?;
                rows.clear();
            }
        }
        self.write(&rows)
    }

    fn map(&self, ctx: &Context, batch: &Batch, at: usize) -> Result<Result<Vec<Cell>, RefusedRow>, Error> {
        let mut stop = None;
        let mapped = self.mapper.apply(|column| {
            let Some(column) = batch.column(column) else { return Ok(Cell::Null) };
            cells::cell(ctx, &column.get(at)).unwrap_or_else(|error| {
                stop = Some(error);
                Ok(Cell::Null)
            })
        });
        match stop {
            Some(error) => Err(error),
            None => Ok(mapped),
        }
    }

    fn refuse(&mut self, refused: &RefusedRow) {
        self.counts.rejected += 1;
        let key = key_text(&self.target.entity, |i| refused.cells.get(i).and_then(Option::as_ref));
        for problem in &refused.problems {
            self.errors.push(RowError {
                task: self.task.to_owned(),
                row: self.left,
                key: key.clone(),
                column: Some(problem.column.clone()),
                code: problem.code.as_str().to_owned(),
                reason: problem.reason.clone(),
            });
        }
    }

    fn write(&mut self, rows: &[Row]) -> Result<(), Failure> {
        if !rows.is_empty() {
            let outcomes = self.writer()?.write(rows).map_err(failed)?;
            for (row, outcome) in rows.iter().zip(outcomes) {
                match outcome {
                    Outcome::Inserted => self.counts.inserted += 1,
                    Outcome::Updated => self.counts.updated += 1,
                    Outcome::Unchanged => self.counts.unchanged += 1,
                    Outcome::Rejected(rejection) => {
                        self.counts.rejected += 1;
                        self.errors.push(RowError {
                            task: self.task.to_owned(),
                            row: row.number,
                            key: key_text(&self.target.entity, |i| row.cells.get(i)),
                            column: rejection.column,
                            code: rejection.code.as_str().to_owned(),
                            reason: rejection.reason,
                        });
                    }
                }
            }
        }
        self.progress.delivered(self.left, &self.counts);
        Ok(())
    }

    fn writer(&mut self) -> Result<&mut Box<dyn UpsertWriter>, Failure> {
        if self.writer.is_none() {
            self.writer = Some(self.open()?);
        }
        self.writer.as_mut().ok_or_else(|| Failure::plain(DESTINATION, "the destination is closed", None))
    }

    fn open(&self) -> Result<Box<dyn UpsertWriter>, Failure> {
        let Target { store, path, entity } = &self.target;
        open(store, path, entity.clone()).map_err(failed)
    }

    /// Makes durable what can be before the end. Answers the counts and row errors to record if everything
    /// written so far is durable now.
    pub(super) fn checkpoint(&mut self) -> Result<Option<(TaskCounts, Vec<RowError>)>, Failure> {
        self.since_checkpoint = 0;
        self.last_checkpoint = Instant::now();
        let durable = match &mut self.writer {
            Some(writer) => writer.checkpoint().map_err(failed)?,
            None => true,
        };
        Ok(durable.then(|| (self.recorded(0), self.take_errors())))
    }

    /// Makes everything durable and ends. Answers the final counts and the row errors not recorded yet.
    pub(super) fn finish(mut self) -> Result<(TaskCounts, Vec<RowError>), Failure> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            // Without a row the entity is created all the same.
            None => self.open()?,
        };
        writer.finish().map_err(failed)?;
        let filtered = self.progress.read().saturating_sub(self.left);
        Ok((self.recorded(filtered), self.take_errors()))
    }

    fn recorded(&self, filtered: u64) -> TaskCounts {
        TaskCounts { read: self.progress.read(), filtered, ..self.counts }
    }

    fn take_errors(&mut self) -> Vec<RowError> {
        let mut errors = std::mem::take(&mut self.errors);
        // Within a batch the mapping's refusals come before the destination's.
        errors.sort_by_key(|error| error.row);
        errors
    }
}

fn failed(error: DestinationError) -> Failure {
    Failure::plain(DESTINATION, error.to_string(), None)
}

/// The key as far as it is known; none if no part of it is.
fn key_text<'c>(entity: &Entity, cell: impl Fn(usize) -> Option<&'c Cell>) -> Option<String> {
    let parts: Vec<String> =
        entity.key_columns().map(|i| cell(i).map(ToString::to_string).unwrap_or_default()).collect();
    parts.iter().any(|part| !part.is_empty()).then(|| parts.join(", "))
}
