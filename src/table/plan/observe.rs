//! Steps that know their names and note what reading them costs.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Explanation;
use crate::eval::{Context, bytes_taken};
use crate::ir::Note;
use crate::table::fold::{Filtered, Foldable};
use crate::table::parallel::{Morsel, Morsels, Stage, StageOver, Staged};
use crate::table::{Batch, Batches, Column, Condition, Demand, Operator, Sorted, Table};
use crate::value::{Member, Result, Text, Value};

/// What reading a step came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How often it was read.
    pub readings: u64,
    /// Rows it gave.
    pub rows: u64,
    /// Time in its own code and in M functions that it runs: not in the steps below.
    pub time: Duration,
    /// The most bytes that it and the steps below it held while it was at work.
    pub bytes: u64,
}

impl Figures {
    /// Those of a step that goes by several names, of which these are the outer one's: each measures what the ones inside
    /// of it do not.
    pub(super) fn around(self, inside: Figures) -> Figures {
        Figures { time: self.time + inside.time, bytes: self.bytes.max(inside.bytes), ..self }
    }
}

#[derive(Default)]
struct Counts {
    readings: AtomicU64,
    rows: AtomicU64,
    nanoseconds: AtomicU64,
    bytes: AtomicI64,
}

/// What the figures of a step go to.
pub(in crate::table) type Observer = Arc<Probe>;

/// A step's name and figures.
pub(in crate::table) struct Probe {
    note: Arc<Note>,
    counts: Counts,
}

/// Work that is being measured on a thread.
struct Frame {
    probe: Observer,
    /// What the thread held when the work began.
    held: i64,
}

thread_local! {
    static CURRENT: RefCell<Option<Frame>> = const { RefCell::new(None) };
    /// Nanoseconds of measured work inside of the one that is being measured.
    static INSIDE: Cell<u64> = const { Cell::new(0) };
}

impl Probe {
    /// Runs `work` and adds its time, without that of other measured work inside of it.
    fn measure<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        let (start, held) = (Instant::now(), bytes_taken());
        let outer = CURRENT.replace(Some(Frame { probe: Arc::clone(self), held }));
        let before = INSIDE.replace(0);
        let result = work();
        let spent = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let own = spent.saturating_sub(INSIDE.get());
        self.counts.nanoseconds.fetch_add(own, Relaxed);
        INSIDE.set(before.saturating_add(spent));
        let now = bytes_taken();
        self.counts.bytes.fetch_max(now.wrapping_sub(held), Relaxed);
        if let Some(frame) = &outer {
            frame.probe.counts.bytes.fetch_max(now.wrapping_sub(frame.held), Relaxed);
        }
        CURRENT.set(outer);
        result
    }

    fn gave(&self, batch: &Batch) {
        self.counts.rows.fetch_add(batch.len() as u64, Relaxed);
    }
}

/// The step whose work this thread does: work that is put off will be counted for it.
pub(in crate::table) fn current() -> Option<Observer> {
    CURRENT.with_borrow(|frame| frame.as_ref().map(|frame| Arc::clone(&frame.probe)))
}

/// Runs work that a step put off.
pub(in crate::table) fn under<T>(observer: Option<&Observer>, work: impl FnOnce() -> T) -> T {
    match observer {
        Some(probe) => probe.measure(work),
        None => work(),
    }
}

/// A step of a program, observed.
pub struct Observed {
    inner: Arc<dyn Operator>,
    probe: Observer,
}

impl Observed {
    fn around(&self, inner: Arc<dyn Operator>) -> Arc<dyn Operator> {
        Arc::new(Observed { inner, probe: Arc::clone(&self.probe) })
    }

    /// What the program calls it.
    pub fn note(&self) -> &Arc<Note> {
        &self.probe.note
    }

    /// The step itself.
    pub fn inside(&self) -> &Arc<dyn Operator> {
        &self.inner
    }

    /// What reading it came to so far.
    pub fn figures(&self) -> Figures {
        let counts = &self.probe.counts;
        Figures {
            readings: counts.readings.load(Relaxed),
            rows: counts.rows.load(Relaxed),
            time: Duration::from_nanos(counts.nanoseconds.load(Relaxed)),
            bytes: u64::try_from(counts.bytes.load(Relaxed)).unwrap_or(0),
        }
    }
}

/// The observed tables of an evaluation, in the order in which they were made.
#[derive(Default)]
pub(super) struct Made(Mutex<Vec<Arc<Table>>>);

impl Made {
    pub(super) fn tables(&self) -> Vec<Arc<Table>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The same value; a table notes from now on what reading it costs.
pub(crate) fn noted(ctx: &Context, value: Value, note: &Arc<Note>) -> Value {
    let Value::Table(table) = value.as_plain() else { return value };
    let probe = Arc::new(Probe { note: Arc::clone(note), counts: Counts::default() });
    let inner = Arc::clone(table.operator());
    let table = Arc::new(table.through(Arc::new(Observed { inner, probe })));
    ctx.kept::<Made>().0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&table));
    match value.metadata() {
        Some(metadata) => Value::Table(table).with_metadata(Arc::clone(metadata)),
        None => Value::Table(table),
    }
}

impl Operator for Observed {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        self.probe.counts.readings.fetch_add(1, Relaxed);
        let inner = self.probe.measure(|| self.inner.open(ctx, demand))?;
        Ok(Box::new(Reading { inner, probe: Arc::clone(&self.probe) }))
    }

    /// A stage, if all down to the next observed step are: what nobody observes counts for this one.
    fn stage(&self, ctx: &Context, demand: &Demand) -> Result<Option<StageOver>> {
        let Some(mut over) = self.inner.stage(ctx, demand)? else { return Ok(None) };
        let mut stages = vec![over.stage];
        while over.input.operator().observed().is_none() {
            let Some(below) = over.input.operator().stage(ctx, &over.demand)? else { return Ok(None) };
            stages.push(below.stage);
            (over.input, over.demand) = (below.input, below.demand);
        }
        stages.reverse();
        self.probe.counts.readings.fetch_add(1, Relaxed);
        let stage = Arc::new(Stages { stages, probe: Arc::clone(&self.probe) });
        Ok(Some(StageOver { input: over.input, demand: over.demand, stage }))
    }

    fn morsels(&self, ctx: &Context, demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        let Some(inner) = self.probe.measure(|| self.inner.morsels(ctx, demand))? else { return Ok(None) };
        self.probe.counts.readings.fetch_add(1, Relaxed);
        Ok(Some(Box::new(Pieces { inner, probe: Arc::clone(&self.probe) })))
    }

    fn known_rows(&self) -> Option<usize> {
        self.inner.known_rows()
    }

    fn expanded(&self, column: usize, names: &[Text]) -> Option<Arc<dyn Operator>> {
        self.inner.expanded(column, names).map(|expanded| self.around(expanded))
    }

    fn sorted(&self) -> Option<Sorted> {
        self.inner.sorted()
    }

    fn foldable(&self, ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        let rows = self.inner.foldable(ctx)?;
        Ok(rows.map(|rows| Arc::new(Folding { rows, probe: Arc::clone(&self.probe) }) as Arc<dyn Foldable>))
    }

    fn may_fold(&self) -> bool {
        self.inner.may_fold()
    }

    fn explain(&self, ctx: &Context, demand: &Demand) -> Result<Explanation> {
        self.inner.explain(ctx, demand)
    }

    fn observed(&self) -> Option<&Observed> {
        Some(self)
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}

struct Reading {
    inner: Box<dyn Batches>,
    probe: Observer,
}

impl Batches for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let batch = self.probe.measure(|| self.inner.next(ctx))?;
        if let Some(batch) = &batch {
            self.probe.gave(batch);
        }
        Ok(batch)
    }
}

/// Stages that follow one another, the first one first.
struct Stages {
    stages: Vec<Arc<dyn Stage>>,
    probe: Observer,
}

impl Stage for Stages {
    fn apply(&self, ctx: &Context, batch: Batch) -> Result<Staged> {
        let staged = self.probe.measure(|| {
            let mut staged = Staged::from(batch);
            for stage in &self.stages {
                if staged.batch.is_empty() {
                    break;
                }
                let next = stage.apply(ctx, staged.batch)?;
                // An error of a stage stands before one of a stage below.
                staged = Staged { batch: next.batch, failed: next.failed.or(staged.failed) };
            }
            Ok(staged)
        })?;
        self.probe.gave(&staged.batch);
        Ok(staged)
    }
}

struct Pieces {
    inner: Box<dyn Morsels>,
    probe: Observer,
}

impl Morsels for Pieces {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        let piece = self.probe.measure(|| self.inner.next(ctx))?;
        Ok(piece.map(|inner| Box::new(Piece { inner, probe: Arc::clone(&self.probe) }) as Box<dyn Morsel>))
    }
}

struct Piece {
    inner: Box<dyn Morsel>,
    probe: Observer,
}

impl Morsel for Piece {
    fn batch(self: Box<Self>, ctx: &Context) -> Result<Staged> {
        let Piece { inner, probe } = *self;
        let staged = probe.measure(|| inner.batch(ctx))?;
        probe.gave(&staged.batch);
        Ok(staged)
    }
}

/// Rows of a source that take over what steps above would do, and stay observed.
struct Folding {
    rows: Arc<dyn Foldable>,
    probe: Observer,
}

impl Folding {
    fn with(&self, rows: Arc<dyn Foldable>) -> Arc<dyn Foldable> {
        Arc::new(Folding { rows, probe: Arc::clone(&self.probe) })
    }
}

impl Foldable for Folding {
    fn filtered(&self, condition: &Condition) -> Option<Filtered> {
        let filtered = self.rows.filtered(condition)?;
        Some(Filtered { rows: self.with(filtered.rows), exact: filtered.exact })
    }

    fn sorted(&self, columns: &[(usize, bool)]) -> Option<Arc<dyn Foldable>> {
        self.rows.sorted(columns).map(|rows| self.with(rows))
    }

    fn operator(&self) -> Arc<dyn Operator> {
        Arc::new(Observed { inner: self.rows.operator(), probe: Arc::clone(&self.probe) })
    }
}

/// Reads all of a table, evaluates every cell, and forgets it: what is left are the figures. Says how many cells
/// hold errors.
///
/// # Errors
/// What the enumeration of the rows raises.
pub fn read_through(ctx: &Context, table: &Table) -> Result<u64> {
    let mut errors = 0;
    let mut batches = table.operator().open(ctx, &Demand::all())?;
    while let Some(batch) = batches.next(ctx)? {
        for column in batch.columns() {
            errors += failing(ctx, column.settle(ctx)?)?;
        }
    }
    Ok(errors)
}

/// Evaluates the cells of a column that are not at hand.
fn failing(ctx: &Context, column: &Column) -> Result<u64> {
    let mut errors = 0;
    let mut look = |member: &Member| match member.force(ctx) {
        Ok(_) => Ok(()),
        Err(error) if error.is_stop() => Err(error),
        Err(_) => {
            errors += 1;
            Ok(())
        }
    };
    match (column.as_any(), column.as_same()) {
        (Some(members), _) => members.iter().try_for_each(&mut look)?,
        (None, Some(_)) => (0..column.len()).try_for_each(|row| look(&column.get(row)))?,
        (None, None) => column.odd_rows().try_for_each(|row| look(&column.get(row as usize)))?,
    }
    Ok(errors)
}
