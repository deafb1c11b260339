//! Running a project: its tasks in order, each from source to destination, with a record in the history.
//!
//! What holds whatever happens: each row that leaves a query ends in exactly one of inserted, updated,
//! unchanged and rejected; the history records only what the destination made durable; a run that dies is
//! made good by the next one, because writing the same rows again changes nothing. All queries are compiled
//! before anything is read, and each task's files are read through before its first row is written. A task
//! that fails ends the run, as later tasks may build on what it should have delivered.
//!
//! The runner is the host of the project's queries: they see the project's folder, what its connections
//! name, the clock and randomness. It renders nothing and takes time stamps from its caller.

mod cells;
mod count;
mod csv_check;
mod deliver;
mod failure;
mod progress;
mod source;
mod task;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

pub use failure::{DESTINATION, Failure, MAPPING_FIELD, QUERY_NO_TABLE, QUERY_UNREADABLE, SOURCE};
pub use progress::{NoObserver, Observer, Progress};

use self::task::{Prepared, prepare};
use super::history::{History, HistoryError, RowError, RunRecord, RunStatus, TaskCounts, TaskRecord};
use super::{Project, RunLock};
use crate::Engine;
use crate::host::LocalHost;

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The run as the history has it.
    pub record: RunRecord,
    /// What ended it, if its status is ERROR.
    pub failure: Option<Failure>,
}

/// Runs a project. `clock` gives the times of start and end.
///
/// # Errors
/// Only what keeps the run from being recorded: another run that is going on, a history that cannot be
/// written. Everything else is in the report, and in the history.
pub fn run(
    project: &Project,
    observer: &mut dyn Observer,
    clock: &dyn Fn() -> Timestamp,
) -> Result<RunReport, HistoryError> {
    let lock = RunLock::acquire(project.folder())?;
    let history = History::open(project.folder())?;
    let id = history.begin_run(&lock, project.name(), clock())?;
    let names: Vec<&str> = project.tasks().iter().map(|task| task.name.as_str()).collect();
    observer.run_started(id, &names);
    let ledger = Ledger { history: &history, run: id };
    let mut run = Run { project, ledger, engine: engine(project), observer, warned: false };
    let failure = run.all()?;
    let status = match (&failure, run.warned) {
        (Some(_), _) => RunStatus::Error,
        (None, true) => RunStatus::Warning,
        (None, false) => RunStatus::Completed,
    };
    // The history has a task's own error with the task.
    let outside = failure.as_ref().filter(|failure| failure.task.is_none()).map(ToString::to_string);
    history.finish_run(id, clock(), status, outside.as_deref())?;
    let record = history.run(id)?;
    drop(lock);
    Ok(RunReport { record, failure })
}

/// The engine for a project's queries.
fn engine(project: &Project) -> Engine {
    let folder = project.folder();
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let named = project.file().connections.iter().map(|connection| folder.join(&connection.address));
    let granted: Vec<PathBuf> = std::iter::once(folder.clone()).chain(named).collect();
    Engine::new().with_host(LocalHost::new(folder).with_folders(granted).without_network())
}

struct Run<'r> {
    project: &'r Project,
    ledger: Ledger<'r>,
    engine: Engine,
    observer: &'r mut dyn Observer,
    warned: bool,
}

impl Run<'_> {
    /// Runs the tasks until one fails.
    fn all(&mut self) -> Result<Option<Failure>, HistoryError> {
        let mut prepared = Vec::with_capacity(self.project.tasks().len());
        for (position, task) in self.project.tasks().iter().enumerate() {
            match prepare(&self.engine, self.project, task) {
                Ok(task) => prepared.push(task),
                Err(failure) => return self.failed(position, &task.name, TaskCounts::default(), failure),
            }
        }
        for (position, task) in prepared.iter().enumerate() {
            let failure = self.one(position, task)?;
            if failure.is_some() {
                return Ok(failure);
            }
        }
        Ok(None)
    }

    fn one(&mut self, position: usize, prepared: &Prepared<'_>) -> Result<Option<Failure>, HistoryError> {
        let name = prepared.task.name.as_str();
        let progress = Arc::new(Progress::default());
        self.ledger.record(position, task(name, RunStatus::Running, TaskCounts::default()), &[])?;
        self.observer.task_started(position, name, &progress);
        let mut durable = TaskCounts::default();
        let mut broken = None;
        let Self { project, ledger, engine, observer, .. } = self;
        let mut checkpoint = |counts: TaskCounts, errors: &[RowError]| {
            // State follows what the destination acknowledged, never the other way round.
            durable = counts;
            if let Err(error) = ledger.record(position, task(name, RunStatus::Running, counts), errors) {
                let failure = Failure::plain(HISTORY, error.to_string(), None);
                broken = Some(error);
                return Err(failure);
            }
            observer.checkpoint(position, name, &progress);
            Ok(())
        };
        let result = prepared.run(engine, project, &progress, &mut checkpoint);
        if let Some(error) = broken {
            return Err(error);
        }
        match result {
            Ok((counts, errors)) => {
                let rejected = counts.rejected > 0;
                let status = if rejected { RunStatus::Warning } else { RunStatus::Completed };
                self.warned |= rejected;
                let record = self.ledger.record(position, task(name, status, counts), &errors)?;
                self.observer.task_ended(position, &record);
                Ok(None)
            }
            Err(failure) => self.failed(position, name, durable, failure),
        }
    }

    fn failed(
        &mut self,
        position: usize,
        name: &str,
        durable: TaskCounts,
        failure: Failure,
    ) -> Result<Option<Failure>, HistoryError> {
        let record = TaskRecord { error: Some(failure.to_string()), ..task(name, RunStatus::Error, durable) };
        let record = self.ledger.record(position, record, &[])?;
        self.observer.task_ended(position, &record);
        Ok(Some(failure.in_task(name)))
    }
}

/// Writes a run's record.
struct Ledger<'r> {
    history: &'r History,
    run: i64,
}

impl Ledger<'_> {
    fn record(
        &self,
        position: usize,
        task: TaskRecord,
        errors: &[RowError],
    ) -> Result<TaskRecord, HistoryError> {
        self.history.record_task(self.run, position, &task, errors)?;
        Ok(task)
    }
}

fn task(name: &str, status: RunStatus, counts: TaskCounts) -> TaskRecord {
    TaskRecord { name: name.to_owned(), status, error: None, counts }
}

/// The code of a history that cannot be written any more.
const HISTORY: &str = "P0106";
