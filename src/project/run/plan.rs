//! A dry run: what a run would do to each row, found out without keeping anything.

use std::collections::HashSet;
use std::sync::Arc;

use super::failure::{Failure, HISTORY};
use super::progress::{Observer, Progress};
use super::task::{Order, Prepared, prepare};
use super::{RunOptions, engine, fingerprint, selected, state_name};
use crate::destinations::{FieldChange, Mode};
use crate::project::Project;
use crate::project::history::{History, HistoryError, RunStatus, TaskCounts, TaskRecord};
use crate::project::leg::Leg;
use crate::project::system;

/// What a run would do to one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The row's key as people read it, as far as it is known.
    pub key: Option<String>,
    /// Position of the row among the rows that leave the task's query, counted from 1; 0 for a deletion.
    pub row: u64,
    /// What would happen.
    pub action: Action,
}

/// What would happen to a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It would be inserted.
    Insert,
    /// These fields would change.
    Update(Vec<FieldChange>),
    /// It would be deleted.
    Delete,
    /// It would be rejected, for these reasons.
    Reject(Vec<String>),
}

/// What a run would do to one hop of a task.
#[derive(Clone, Debug)]
pub struct TaskPlan {
    /// Name and counts.
    pub record: TaskRecord,
    /// The rows it would do something to; unchanged and filtered ones are counted only.
    pub rows: Vec<Planned>,
}

/// A dry run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tasks in the order of running, up to one that fails.
    pub tasks: Vec<TaskPlan>,
    /// What would end the run with ERROR.
    pub failure: Option<Failure>,
}

/// Finds out what a run would do. Nothing is written, neither to destinations nor to the history. Each task is planned
/// on what is in the systems now: what an earlier task, or the first hop, would have delivered is not there yet.
///
/// # Errors
/// A history that cannot be read.
pub fn plan(
    project: &Project,
    options: &RunOptions,
    observer: &mut dyn Observer,
) -> Result<Plan, HistoryError> {
    let history = History::open_existing(project.folder())?;
    let engine = engine(project);
    let mut tasks = Vec::new();
    let mut prepared = Vec::new();
    for leg in selected(project, options) {
        match prepare(&engine, project, leg.clone()) {
            Ok(task) => prepared.push(task),
            Err(failure) => return Ok(Plan { tasks, failure: Some(failure.in_task(&leg.label())) }),
        }
    }
    for (position, task) in prepared.iter().enumerate() {
        let label = task.leg.label();
        let progress = Arc::new(Progress::default());
        observer.task_started(position, &label, &progress);
        match one(project, options, history.as_ref(), &engine, task, &progress) {
            Ok(found) => {
                observer.task_ended(position, &found.record);
                tasks.push(found);
            }
            Err(_) if waits_for_an_earlier_task(project, &task.leg) => {
                let mut record = record(task, RunStatus::Completed, TaskCounts::default());
                record.error =
                    Some("cannot be planned before what an earlier task delivers is there".to_owned());
                observer.task_ended(position, &record);
                tasks.push(TaskPlan { record, rows: Vec::new() });
            }
            Err(failure) => {
                let failed = record(task, RunStatus::Error, TaskCounts::default());
                observer.task_ended(position, &failed);
                return Ok(Plan { tasks, failure: Some(failure.in_task(&label)) });
            }
        }
    }
    Ok(Plan { tasks, failure: None })
}

/// Whether a hop reads what an earlier one delivers and none has delivered yet.
pub(in crate::project) fn waits_for_an_earlier_task(project: &Project, leg: &Leg<'_>) -> bool {
    let lookups = leg.lookups.iter().map(|lookup| (&lookup.connection, &lookup.entity));
    let mut read = lookups.chain([(&leg.source.connection, &leg.source.entity)]);
    let legs = project.legs();
    read.any(|(connection, entity)| {
        let is_delivered = legs
            .iter()
            .any(|other| other.destination.connection == *connection && other.destination.entity == *entity);
        is_delivered
            && project.connection(connection).is_some_and(|connection| {
                system::destination(project, connection)
                    .and_then(|store| store.describe(entity))
                    .is_ok_and(|found| found.is_none())
            })
    })
}

fn one(
    project: &Project,
    options: &RunOptions,
    history: Option<&History>,
    engine: &crate::Engine,
    task: &Prepared<'_>,
    progress: &Arc<Progress>,
) -> Result<TaskPlan, Failure> {
    let leg = &task.leg;
    let set = state_name(project);
    let scope = match history {
        Some(history) => history
            .peek(&set, leg.task, leg.hop, &fingerprint(project, leg), options.all_data)
            .map_err(|error| Failure::plain(HISTORY, error.to_string(), None))?,
        None => None,
    };
    let order = Order {
        history,
        scope: scope.as_ref(),
        run: 0,
        only: None,
        reads_all: false,
        waiting: HashSet::new(),
        stop: options.stop.clone(),
    };
    let ended = task.run(engine, project, progress, Mode::Plan, &order, &mut |_, _| Ok(()))?;
    let status = if ended.counts.rejected > 0 { RunStatus::Warning } else { RunStatus::Completed };
    let mut record = record(task, status, ended.counts);
    record.error = ended.note;
    Ok(TaskPlan { record, rows: ended.planned })
}

fn record(task: &Prepared<'_>, status: RunStatus, counts: TaskCounts) -> TaskRecord {
    let leg = &task.leg;
    TaskRecord { name: leg.task.to_owned(), hop: leg.hop, hops: leg.hops, status, error: None, counts }
}
