//! From the rows that leave a query to the destination, each to exactly one outcome.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::cells;
use super::failure::{DESTINATION, FROZEN, Failure, MAPPING_FIELD};
use super::fault::{self, Point};
use super::key;
use super::plan::{Action, Planned};
use super::progress::Progress;
use super::task::{Ended, Order};
use super::track::{Memory, Tracking};
use crate::destinations::{
    Cell, Destination, DestinationError, Entity, Mode, Outcome, Rejection, RejectionCode, Row, UpsertWriter,
    WriteOptions,
};
use crate::eval::Context;
use crate::project::history::{Findings, Hash, QuarantinedRow, RowError, Step, TaskCounts};
use crate::project::leg::Leg;
use crate::project::mapping::{Binding, FieldProblem, Mapper, RefusedRow};
use crate::project::model::SchemaPolicy;
use crate::table::{Batch, Demand, Table};
use crate::value::{Error, Text};

/// How many rows go to the destination at a time before it says how many it likes; and how many deletions.
const ROWS: usize = 1000;
/// A checkpoint is not worth its while before so many rows ...
const CHECKPOINT_ROWS: usize = 2000;
/// ... and this long after the last one,
const CHECKPOINT_EVERY: Duration = Duration::from_millis(200);
/// or this many times as long as the last one took, so that a slow disk is not kept busy with nothing else:
const CHECKPOINT_SHARE: u32 = 10;
/// but after this long it is, however few the rows are.
const CHECKPOINT_LATEST: Duration = Duration::from_secs(5);

/// Where rows go.
pub(super) struct Target<'a> {
    pub(super) store: &'a dyn Destination,
    pub(super) entity: Entity,
    pub(super) options: WriteOptions,
}

/// Maps the rows of one task and writes them.
pub(super) struct Delivery<'a> {
    leg: &'a Leg<'a>,
    mapper: &'a Mapper,
    /// The names of the fields that leave the query.
    names: Vec<Text>,
    target: Target<'a>,
    tracking: Option<Tracking<'a>>,
    order: &'a Order<'a>,
    /// Opened with the first rows, so that a query that fails before them leaves no trace.
    writer: Option<Box<dyn UpsertWriter>>,
    progress: &'a Progress,
    counts: TaskCounts,
    /// Rows that left the query.
    position: u64,
    /// Those of them that are to be delivered.
    left: u64,
    /// Whether there was a row whose key cannot be told.
    has_unknown_key: bool,
    /// Rows that wait until there are as many as the destination likes to get at a time, and the batches they are of.
    pending: Vec<Row>,
    sent: Vec<Sent>,
    batches: Vec<Batch>,
    rows_at_once: usize,
    last_write: Instant,
    since_checkpoint: usize,
    last_checkpoint: Instant,
    /// How long the last checkpoint took.
    checkpoint_took: Duration,
    findings: Findings,
    planned: Vec<Planned>,
}

/// A row on its way, and what is to be noted of it once it is delivered.
struct Sent {
    /// Which of the batches at hand it is of, and where it stands there.
    batch: usize,
    at: usize,
    key: Option<String>,
    hash: Option<Hash>,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(
        leg: &'a Leg<'a>,
        mapper: &'a Mapper,
        table: &Table,
        target: Target<'a>,
        tracking: Option<Tracking<'a>>,
        order: &'a Order<'a>,
        progress: &'a Progress,
    ) -> Self {
        Self {
            leg,
            mapper,
            names: table.names().to_vec(),
            target,
            tracking,
            order,
            writer: None,
            progress,
            counts: TaskCounts::default(),
            position: 0,
            left: 0,
            has_unknown_key: false,
            pending: Vec::new(),
            sent: Vec::new(),
            batches: Vec::new(),
            rows_at_once: fault::batch_rows().unwrap_or(ROWS),
            last_write: Instant::now(),
            since_checkpoint: 0,
            last_checkpoint: Instant::now(),
            checkpoint_took: Duration::ZERO,
            findings: Findings::default(),
            planned: Vec::new(),
        }
    }

    fn plans(&self) -> bool {
        self.target.options.mode == Mode::Plan
    }

    /// Whether anything is asked of keys besides writing.
    fn needs_keys(&self) -> bool {
        self.tracking.is_some() || self.order.only.is_some() || !self.order.waiting.is_empty() || self.plans()
    }

    /// Whether enough was written since the last checkpoint to make the next one worth its while: bringing rows
    /// to the disk takes far longer than writing them.
    pub(super) fn is_checkpoint_due(&self) -> bool {
        let passed = self.last_checkpoint.elapsed();
        let due = CHECKPOINT_EVERY.max(self.checkpoint_took.saturating_mul(CHECKPOINT_SHARE));
        self.since_checkpoint >= CHECKPOINT_ROWS && passed >= due
            || self.since_checkpoint > 0 && (passed >= CHECKPOINT_LATEST || fault::batch_rows().is_some())
    }

    /// Takes some rows of a batch; they are not durable yet.
    pub(super) fn rows(&mut self, ctx: &Context, batch: &Batch, which: Range<usize>) -> Result<(), Failure> {
        self.since_checkpoint += which.len();
        self.batches.push(batch.clone());
        for at in which {
            self.position += 1;
            let mapped = self.map(ctx, batch, at).map_err(|stop| Failure::raised(&stop))?;
            match self.accept(ctx, batch, at, mapped)? {
                Some((cells, key, hash)) => {
                    self.pending.push(Row { number: self.position, cells });
                    self.sent.push(Sent { batch: self.batches.len() - 1, at, key, hash });
                }
                None => continue,
            }
            if self.pending.len() >= self.rows_at_once {
                let best = self.writer()?.rows_at_once();
                self.rows_at_once = fault::batch_rows().unwrap_or(best);
                if self.pending.len() >= self.rows_at_once {
                    self.flush(ctx)?;
                    self.batches.push(batch.clone());
                }
            }
        }
        if self.pending.is_empty() {
            self.batches.clear();
        }
        self.progress.delivered(self.left, &self.counts);
        Ok(())
    }

    /// The cells to deliver, or none if the row's outcome is known.
    #[expect(clippy::type_complexity, reason = "the parts of a row on its way")]
    fn accept(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        at: usize,
        mapped: Result<Vec<Cell>, RefusedRow>,
    ) -> Result<Option<(Vec<Cell>, Option<String>, Option<Hash>)>, Failure> {
        let needs_keys = self.needs_keys();
        let (cells, refused) = match mapped {
            Ok(cells) => (cells, None),
            Err(refused) => {
                let key = key::encode(&self.target.entity, |i| refused.cells.get(i).and_then(Option::as_ref));
                if self.is_left_out(key.as_deref()) {
                    return Ok(None);
                }
                self.freeze(&refused.problems)?;
                // Where only values are quarantined, the rest of the row goes on, as long as it can be found again.
                if self.leg.schema() != SchemaPolicy::QuarantineValue || key.is_none() {
                    self.left += 1;
                    self.counts.rejected += 1;
                    self.refuse(ctx, batch, at, &refused, key)?;
                    return Ok(None);
                }
                let cells = refused.cells.iter().map(|cell| cell.clone().unwrap_or(Cell::Null)).collect();
                (cells, Some((refused, key)))
            }
        };
        let key = if needs_keys { key::encode(&self.target.entity, |i| cells.get(i)) } else { None };
        if needs_keys && self.is_left_out(key.as_deref()) {
            return Ok(None);
        }
        self.left += 1;
        if let Some((refused, key)) = refused {
            self.refuse(ctx, batch, at, &refused, key)?;
        }
        let mut hash = None;
        if let Some(tracking) = &mut self.tracking {
            match &key {
                // The destination refuses a row without a key.
                None => self.has_unknown_key = true,
                Some(key) => match tracking.row(key, &cells)? {
                    Memory::Changed(now) => hash = Some(now),
                    Memory::Unchanged => {
                        self.counts.unchanged += 1;
                        self.settle(Some(key));
                        return Ok(None);
                    }
                    Memory::Duplicate => {
                        let reason = format!(
                            "an earlier row of this run has the same key ({}) and was kept",
                            key::readable(key)
                        );
                        let column = self.target.entity.key_columns().next();
                        let column = column.map(|i| self.target.entity.column_name(i).to_owned());
                        let rejection = Rejection { column, code: RejectionCode::KeyDuplicate, reason };
                        self.reject(ctx, batch, at, self.position, &cells, rejection)?;
                        return Ok(None);
                    }
                },
            }
        }
        Ok(Some((cells, key, hash)))
    }

    /// Whether only other rows are to be delivered.
    fn is_left_out(&self, key: Option<&str>) -> bool {
        match (&self.order.only, key) {
            (Some(only), Some(key)) => !only.contains(key),
            (Some(_), None) => true,
            (None, _) => false,
        }
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

    /// With a frozen schema a row that shows drift ends the task.
    fn freeze(&self, problems: &[FieldProblem]) -> Result<(), Failure> {
        let drift = problems.iter().find(|field| field.problem.code.is_drift());
        let (SchemaPolicy::Freeze, Some(field)) = (self.leg.schema(), drift) else { return Ok(()) };
        let message = format!("row {}: {}: {}", self.position, field.column, field.problem.reason);
        let help = "correct the source, or set another schema policy; the schema is frozen";
        Err(Failure::plain(FROZEN, message, Some(help.to_owned())))
    }

    /// Records a row, or some of its values, that the mapping refuses.
    fn refuse(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        at: usize,
        refused: &RefusedRow,
        key: Option<String>,
    ) -> Result<(), Failure> {
        match (&mut self.tracking, &key) {
            (Some(tracking), Some(key)) if self.leg.schema() != SchemaPolicy::QuarantineValue => {
                tracking.note(key)?
            }
            (Some(_), None) => self.has_unknown_key = true,
            _ => {}
        }
        let readable = key_text(&self.target.entity, |i| refused.cells.get(i).and_then(Option::as_ref));
        if self.plans() {
            let reasons =
                refused.problems.iter().map(|p| format!("{}: {}", p.column, p.problem.reason)).collect();
            self.planned.push(Planned { key: readable, row: self.position, action: Action::Reject(reasons) });
            return Ok(());
        }
        for field in &refused.problems {
            self.findings.errors.push(RowError {
                task: self.leg.task.to_owned(),
                row: self.position,
                key: readable.clone(),
                column: Some(field.column.clone()),
                code: field.problem.code.as_str().to_owned(),
                reason: field.problem.reason.clone(),
                step: field.problem.code.step(),
                place: field.problem.place.clone(),
            });
        }
        self.quarantine(ctx, batch, at, self.position, key)
    }

    /// Records a row that the destination, or the memory of this run, refuses.
    fn reject(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        at: usize,
        number: u64,
        cells: &[Cell],
        rejection: Rejection,
    ) -> Result<(), Failure> {
        if self.leg.schema() == SchemaPolicy::Freeze && rejection.code == RejectionCode::NotStorable {
            let help = "correct the source, or set another schema policy; the schema is frozen";
            let message = format!("row {number}: {}", rejection.reason);
            return Err(Failure::plain(FROZEN, message, Some(help.to_owned())));
        }
        self.counts.rejected += 1;
        let key = key_text(&self.target.entity, |i| cells.get(i));
        if self.plans() {
            let action = Action::Reject(vec![rejection.reason]);
            self.planned.push(Planned { key, row: number, action });
            return Ok(());
        }
        self.findings.errors.push(RowError {
            task: self.leg.task.to_owned(),
            row: number,
            key,
            column: rejection.column,
            code: rejection.code.as_str().to_owned(),
            reason: rejection.reason,
            step: Step::Destination,
            place: None,
        });
        let key = match rejection.code {
            // The row that was kept has this key, so this one cannot be found again by it.
            RejectionCode::KeyDuplicate => None,
            _ => key::encode(&self.target.entity, |i| cells.get(i)),
        };
        self.quarantine(ctx, batch, at, number, key)
    }

    fn quarantine(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        at: usize,
        number: u64,
        key: Option<String>,
    ) -> Result<(), Failure> {
        // What waited from an earlier run waits anew from this one.
        self.settle(key.as_ref());
        let content = cells::content(ctx, &self.names, batch, at).map_err(|stop| Failure::raised(&stop))?;
        self.findings.quarantined.push(QuarantinedRow {
            task: self.leg.task.to_owned(),
            hop: self.leg.hop,
            run: self.order.run,
            row: number,
            key,
            content,
        });
        Ok(())
    }

    fn settle(&mut self, key: Option<&String>) {
        if let Some(key) = key.filter(|key| self.order.waiting.contains(*key)) {
            self.findings.state.settled.push(key.clone());
        }
    }

    /// Writes the rows that wait.
    pub(super) fn flush(&mut self, ctx: &Context) -> Result<(), Failure> {
        let batches = std::mem::take(&mut self.batches);
        let (mut rows, mut sent) = (std::mem::take(&mut self.pending), std::mem::take(&mut self.sent));
        if !rows.is_empty() {
            fault::at(Point::BeforeWrite);
            let outcomes = self.writer()?.write(&rows).map_err(|error| failed(&error))?;
            fault::at(Point::AfterWrite);
            self.last_write = Instant::now();
            for ((row, outcome), sent) in rows.iter().zip(outcomes).zip(sent.drain(..)) {
                let action = match outcome {
                    Outcome::Inserted => {
                        self.counts.inserted += 1;
                        Some(Action::Insert)
                    }
                    Outcome::Updated(changes) => {
                        self.counts.updated += 1;
                        Some(Action::Update(changes))
                    }
                    Outcome::Unchanged | Outcome::Deleted => {
                        self.counts.unchanged += 1;
                        None
                    }
                    Outcome::Rejected(rejection) => {
                        if let Some(batch) = batches.get(sent.batch) {
                            self.reject(ctx, batch, sent.at, row.number, &row.cells, rejection)?;
                        }
                        continue;
                    }
                };
                if self.plans() {
                    let key = key_text(&self.target.entity, |i| row.cells.get(i));
                    self.planned.extend(action.map(|action| Planned { key, row: row.number, action }));
                    continue;
                }
                self.settle(sent.key.as_ref());
                if let (Some(key), Some(hash)) = (sent.key, sent.hash) {
                    self.findings.state.delivered.push((key, hash));
                }
            }
        }
        // Their room is used again.
        rows.clear();
        (self.pending, self.sent) = (rows, sent);
        self.progress.delivered(self.left, &self.counts);
        Ok(())
    }

    /// Deletes what earlier runs delivered and this one did not see.
    pub(super) fn delete_gone(&mut self) -> Result<(), Failure> {
        if self.has_unknown_key {
            return Ok(());
        }
        let mut after = String::new();
        while let Some(tracking) = &self.tracking
            && let Some((gone, last)) = tracking.gone(&after, ROWS)?
        {
            after = last;
            self.delete(gone)?;
        }
        Ok(())
    }

    /// Deletes what a source that tracks changes says is gone.
    pub(super) fn tombstones(
        &mut self,
        ctx: &Context,
        table: &Table,
        leg: &Leg<'_>,
        mapper: &Mapper,
    ) -> Result<(), Failure> {
        let columns: Vec<String> = table.names().iter().map(|name| name.as_str().to_owned()).collect();
        let keys: Vec<&str> =
            self.target.entity.key_columns().map(|i| self.target.entity.column_name(i)).collect();
        let mappings: Vec<_> =
            leg.mappings.iter().filter(|m| keys.contains(&m.destination.as_str())).cloned().collect();
        let Ok(of_key) = Mapper::new(&mappings, &columns, &Binding::default()) else {
            let message = format!(
                "deletions of {} name the fields {}, from which the key of {} is not mapped",
                leg.source.entity,
                columns.join(", "),
                self.target.entity.name()
            );
            let help = "map the integration key from the source's own key, or drop deletes";
            return Err(Failure::plain(MAPPING_FIELD, message, Some(help.to_owned())));
        };
        let places: Vec<Option<usize>> = of_key
            .destination_columns()
            .map(|(name, _)| mapper.destination_columns().position(|(known, _)| known == name))
            .collect();
        let raised = |error| Failure::raised(&error);
        let mut batches = table.operator().open(ctx, &Demand::all()).map_err(raised)?;
        while let Some(batch) = batches.next(ctx).map_err(raised)? {
            let mut gone = Vec::with_capacity(batch.len());
            for row in 0..batch.len() {
                let mapped = of_key.apply(|column| match batch.column(column) {
                    Some(column) => cells::cell(ctx, &column.get(row)).unwrap_or(Ok(Cell::Null)),
                    None => Ok(Cell::Null),
                });
                let Ok(mapped) = mapped else { continue };
                let mut cells = vec![Cell::Null; self.target.entity.columns().len()];
                for (place, cell) in places.iter().zip(mapped) {
                    if let Some(to) = place.and_then(|place| cells.get_mut(place)) {
                        *to = cell;
                    }
                }
                gone.extend(key::encode(&self.target.entity, |i| cells.get(i)));
            }
            self.delete(gone)?;
        }
        Ok(())
    }

    fn delete(&mut self, gone: Vec<String>) -> Result<(), Failure> {
        let decoded: Vec<(String, Row)> = gone
            .into_iter()
            .filter_map(|key| {
                let cells = key::decode(&self.target.entity, &key)?;
                Some((key, Row { number: 0, cells }))
            })
            .collect();
        if decoded.is_empty() {
            return Ok(());
        }
        let rows: Vec<Row> = decoded.iter().map(|(_, row)| row.clone()).collect();
        let outcomes = self.writer()?.delete(&rows).map_err(|error| failed(&error))?;
        fault::at(Point::AfterDelete);
        for ((key, _), outcome) in decoded.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Rejected(rejection) => self.findings.errors.push(RowError {
                    task: self.leg.task.to_owned(),
                    row: 0,
                    key: Some(key::readable(&key)),
                    column: None,
                    code: "delete-refused".to_owned(),
                    reason: rejection.reason,
                    step: Step::Destination,
                    place: None,
                }),
                outcome => {
                    if outcome == Outcome::Deleted {
                        self.counts.deleted += 1;
                        if self.plans() {
                            let key = Some(key::readable(&key));
                            self.planned.push(Planned { key, row: 0, action: Action::Delete });
                        }
                    }
                    self.findings.state.removed.push(key);
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
        let Target { store, entity, options } = &self.target;
        store.open(entity.clone(), *options).map_err(|error| failed(&error))
    }

    /// Makes durable what can be before the end. Answers the counts and findings to record if everything
    /// written so far is durable now. Rows that wait go on waiting, if not for too long.
    pub(super) fn checkpoint(&mut self, ctx: &Context) -> Result<Option<(TaskCounts, Findings)>, Failure> {
        if self.last_write.elapsed() >= CHECKPOINT_LATEST {
            self.flush(ctx)?;
        }
        let began = Instant::now();
        let durable = match &mut self.writer {
            Some(writer) => writer.checkpoint().map_err(|error| failed(&error))?,
            None => true,
        };
        self.since_checkpoint = 0;
        self.checkpoint_took = began.elapsed();
        self.last_checkpoint = Instant::now();
        if durable {
            fault::at(Point::AfterCommit);
        }
        Ok(durable.then(|| (self.recorded(0), self.take_findings())))
    }

    /// Makes everything durable and ends. Answers the final counts and the findings not recorded yet.
    pub(super) fn finish(mut self) -> Result<Ended, Failure> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            // Without a row the entity is created all the same.
            None => self.open()?,
        };
        fault::at(Point::BeforeFinish);
        writer.finish().map_err(|error| failed(&error))?;
        fault::at(Point::AfterFinish);
        let filtered = self.progress.read().saturating_sub(self.left);
        let note = (self.leg.deletes && self.has_unknown_key).then(|| {
            "deletions were held back, as rows whose key cannot be told may be among those that seem to be gone".to_owned()
        });
        let planned = std::mem::take(&mut self.planned);
        Ok(Ended { counts: self.recorded(filtered), findings: self.take_findings(), note, planned })
    }

    fn recorded(&self, filtered: u64) -> TaskCounts {
        TaskCounts { read: self.progress.read(), filtered, ..self.counts }
    }

    fn take_findings(&mut self) -> Findings {
        let mut findings = std::mem::take(&mut self.findings);
        // Within a batch the mapping's refusals come before the destination's.
        findings.errors.sort_by_key(|error| error.row);
        findings.quarantined.sort_by_key(|row| row.row);
        findings
    }
}

pub(super) fn failed(error: &DestinationError) -> Failure {
    Failure::plain(DESTINATION, error.to_string(), None)
}

/// The key as far as it is known; none if no part of it is.
fn key_text<'c>(entity: &Entity, cell: impl Fn(usize) -> Option<&'c Cell>) -> Option<String> {
    let parts: Vec<String> =
        entity.key_columns().map(|i| cell(i).map(ToString::to_string).unwrap_or_default()).collect();
    parts.iter().any(|part| !part.is_empty()).then(|| parts.join(", "))
}
