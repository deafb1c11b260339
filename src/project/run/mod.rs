//! Running a project: its tasks in order, each from source to destination, with a record in the history.
//!
//! What holds whatever happens: each row that leaves a query ends in exactly one of inserted, updated,
//! unchanged and rejected; the history records only what the destination made durable, and how far a task has come
//! in the same transaction; a run that dies is made good by the next one, because writing the same rows again
//! changes nothing. All queries are compiled before anything is read, and each task's files are read through before
//! its first row is written. A task that fails ends the run, as later tasks may build on what it should have
//! delivered.
//!
//! The runner is the host of the project's queries: they see the project's folder, what its connections
//! name (files and services), the clock and randomness. It renders nothing and takes time stamps from its caller.

mod cells;
mod count;
mod deliver;
mod failure;
mod fault;
mod input;
mod key;
mod plan;
mod progress;
mod related;
mod stop;
mod task;
mod track;
mod watermark;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

pub use failure::{
    DESTINATION, FROZEN, Failure, MAPPING_FIELD, QUERY_NO_TABLE, QUERY_UNREADABLE, SOURCE, STOPPED,
};
pub use plan::{Action, Plan, Planned, TaskPlan, plan};
pub use progress::{NoObserver, Observer, Progress};
pub use stop::StopSignal;

pub(super) use input::Extent;
pub(super) use plan::waits_for_an_earlier_task;
pub(super) use task::{Prepared, prepare};

use self::failure::HISTORY;
use self::fault::Point;
use self::task::Order;
use super::country;
use super::history::{
    Beginning, Findings, History, HistoryError, RunRecord, RunStatus, Scope, TaskCounts, TaskRecord,
};
use super::leg::Leg;
use super::model::Incremental;
use super::{Project, RunLock};
use crate::Engine;
use crate::destinations::Mode;
use crate::host::LocalHost;
use crate::value::Value;

/// The name by which queries know the organization in the source.
pub const ORGANIZATION_SOURCE: &str = "OrganizationSource";
/// The name by which queries know the organization in the destination.
pub const ORGANIZATION_DESTINATION: &str = "OrganizationDestination";
/// The function by which queries make country and region codes of names.
pub const COUNTRY_REGION_CODE: &str = "CountryRegionCode";

/// Which part of a project is run.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Whether all data are delivered again, whatever earlier runs have delivered.
    pub all_data: bool,
    /// The only tasks to run; all if empty.
    pub tasks: Vec<String>,
    /// Only what failed: tasks that ended with ERROR or were not run, and rows that wait in quarantine.
    pub failed_only: bool,
    /// The schedule that asked for it, for the record.
    pub schedule: Option<String>,
    /// By which it can be asked to end early.
    pub stop: StopSignal,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The run as the history has it.
    pub record: RunRecord,
    /// What ended it, if its status is ERROR.
    pub failure: Option<Failure>,
}

impl RunReport {
    /// Whether it ended early because somebody asked.
    pub fn was_stopped(&self) -> bool {
        self.failure.as_ref().is_some_and(Failure::is_stop)
    }
}

/// Runs a project. `clock` gives the times of start and end.
///
/// # Errors
/// Only what keeps the run from being recorded: another run that is going on, a history that cannot be
/// written. Everything else is in the report, and in the history.
pub fn run(
    project: &Project,
    options: &RunOptions,
    observer: &mut dyn Observer,
    clock: &dyn Fn() -> Timestamp,
) -> Result<RunReport, HistoryError> {
    run_locked(project, options, observer, clock, &RunLock::acquire(project.folder())?)
}

/// Runs a project whose lock is taken; see [`run`].
///
/// # Errors
/// A history that cannot be written.
pub fn run_locked(
    project: &Project,
    options: &RunOptions,
    observer: &mut dyn Observer,
    clock: &dyn Fn() -> Timestamp,
    lock: &RunLock,
) -> Result<RunReport, HistoryError> {
    let history = History::open(project.folder())?;
    let started = clock();
    history.purge(lock, started, project.keep_days())?;
    let mut legs = Vec::new();
    for (position, leg) in selected(project, options).into_iter().enumerate() {
        let scope = history.scope(
            &state_name(project),
            leg.task,
            leg.hop,
            &fingerprint(project, &leg),
            options.all_data,
        )?;
        if let Some(part) = Part::of(&history, &leg, &scope, options)? {
            legs.push(Ordered { position, leg, scope, part });
        }
    }
    let names: Vec<String> = legs.iter().map(|ordered| ordered.leg.label()).collect();
    let tasks: Vec<&str> = legs.iter().map(|ordered| ordered.leg.task).collect();
    let beginning = Beginning {
        project: project.name(),
        connection_set: &project.connection_set().name,
        tasks: &tasks,
        schedule: options.schedule.as_deref(),
        started,
    };
    let id = history.begin_run(lock, &beginning)?;
    observer.run_started(id, &names);
    let mut run = Run {
        project,
        history: &history,
        id,
        engine: engine(project),
        observer,
        stop: &options.stop,
        warned: false,
    };
    let failure = run.all(legs)?;
    let status = match (&failure, run.warned) {
        (Some(failure), _) if failure.is_stop() => RunStatus::Interrupted,
        (Some(_), _) => RunStatus::Error,
        (None, true) => RunStatus::Warning,
        (None, false) => RunStatus::Completed,
    };
    // The history has a task's own error with the task.
    let outside = failure.as_ref().filter(|failure| failure.task.is_none()).map(ToString::to_string);
    history.finish_run(id, clock(), status, outside.as_deref())?;
    let record = history.run(id)?;
    Ok(RunReport { record, failure })
}

/// The hops that a run is asked to do.
fn selected<'p>(project: &'p Project, options: &RunOptions) -> Vec<Leg<'p>> {
    let is_asked =
        |leg: &Leg<'_>| options.tasks.is_empty() || options.tasks.iter().any(|name| name == leg.task);
    project.legs().into_iter().filter(is_asked).collect()
}

/// Under which name state is kept: each organization of a connection set has its own.
fn state_name(project: &Project) -> String {
    let set = &project.connection_set().name;
    match project.organization() {
        None => set.clone(),
        Some(organization) => format!("{set}: {} -> {}", organization.source, organization.destination),
    }
}

/// What the state of a hop was kept for; state of another source, entity or way of finding changes is of no use.
fn fingerprint(project: &Project, leg: &Leg<'_>) -> String {
    let address = |name: &str| project.connection(name).map(|c| c.address.clone()).unwrap_or_default();
    let way = match leg.incremental {
        None => "all".to_owned(),
        Some(Incremental::Watermark { columns }) => format!("watermark {columns:?}"),
        Some(Incremental::RowHash) => "row-hash".to_owned(),
        Some(Incremental::ChangeTracking) => "change-tracking".to_owned(),
    };
    let (from, to) = (&leg.source, leg.destination);
    serde_json::json!([
        address(&from.connection),
        from.entity,
        from.filter,
        way,
        address(&to.connection),
        to.entity,
        to.key
    ])
    .to_string()
}

/// The engine for a project's queries.
pub(super) fn engine(project: &Project) -> Engine {
    let folder = project.folder();
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let local = project.connections().iter().filter(|connection| connection.kind.is_local());
    let named = local.map(|connection| folder.join(&connection.address));
    let granted: Vec<PathBuf> = std::iter::once(folder.clone()).chain(named).collect();
    let organization = project.organization();
    let text = |name: Option<&String>| name.map_or(Value::Null, |name| Value::text(name.as_str()));
    let host = LocalHost::new(folder).with_folders(granted).without_network();
    #[cfg(feature = "postgres")]
    let host = host.with_databases(super::system::postgres::granted(project));
    #[cfg(feature = "http")]
    let host = match project.connections().iter().any(|connection| connection.kind.is_http()) {
        true => host.with_network(project.network().client()),
        false => host,
    };
    Engine::new()
        .with_host(host)
        .with_value(ORGANIZATION_SOURCE, text(organization.map(|o| &o.source)))
        .with_value(ORGANIZATION_DESTINATION, text(organization.map(|o| &o.destination)))
        .with_function(
            COUNTRY_REGION_CODE,
            "(value as any, optional format as nullable text) as nullable text",
            country::region_code,
        )
}

/// Which rows of a hop are to be delivered.
struct Part {
    /// None for all.
    only: Option<HashSet<String>>,
    /// Whether all rows are looked at, wherever the last run came to.
    reads_all: bool,
    /// The keys that wait in quarantine.
    waiting: HashSet<String>,
}

impl Part {
    /// None if there is nothing to do.
    fn of(
        history: &History,
        leg: &Leg<'_>,
        scope: &Scope,
        options: &RunOptions,
    ) -> Result<Option<Self>, HistoryError> {
        let (waiting, without_key) = history.waiting(scope)?;
        if !options.failed_only {
            return Ok(Some(Self { only: None, reads_all: false, waiting }));
        }
        let failed = !matches!(
            history.last_status(leg.task, leg.hop)?,
            Some(RunStatus::Completed | RunStatus::Warning)
        );
        // A row without a key can only be found again by looking at all of them.
        if failed || without_key > 0 {
            return Ok(Some(Self { only: None, reads_all: without_key > 0, waiting }));
        }
        let only = waiting.clone();
        Ok((!only.is_empty()).then_some(Self { only: Some(only), reads_all: true, waiting }))
    }
}

struct Ordered<'p> {
    position: usize,
    leg: Leg<'p>,
    scope: Scope,
    part: Part,
}

struct Run<'r> {
    project: &'r Project,
    history: &'r History,
    id: i64,
    engine: Engine,
    observer: &'r mut dyn Observer,
    stop: &'r StopSignal,
    warned: bool,
}

impl Run<'_> {
    /// Runs the tasks until one fails.
    fn all(&mut self, legs: Vec<Ordered<'_>>) -> Result<Option<Failure>, HistoryError> {
        let mut prepared = Vec::with_capacity(legs.len());
        for ordered in legs {
            match prepare(&self.engine, self.project, ordered.leg.clone()) {
                Ok(task) => prepared.push((task, ordered)),
                Err(failure) => {
                    let Ordered { position, leg, scope, .. } = ordered;
                    return self.failed(position, &scope, &leg, TaskCounts::default(), failure);
                }
            }
        }
        for (task, ordered) in prepared {
            let failure = self.one(&task, ordered)?;
            if failure.is_some() {
                return Ok(failure);
            }
        }
        Ok(None)
    }

    fn one(
        &mut self,
        prepared: &Prepared<'_>,
        ordered: Ordered<'_>,
    ) -> Result<Option<Failure>, HistoryError> {
        let Ordered { position, leg, scope, part } = ordered;
        let name = leg.label();
        let progress = Arc::new(Progress::default());
        let Self { project, history, id, engine, observer, .. } = self;
        let record = |status, counts, findings: &Findings| {
            history.record_task(*id, position, &scope, &record(&leg, status, counts), findings)
        };
        record(RunStatus::Running, TaskCounts::default(), &Findings::default())?;
        observer.task_started(position, &name, &progress);
        let mut durable = TaskCounts::default();
        let mut broken = None;
        let mut checkpoint = |counts: TaskCounts, findings: &Findings| {
            // State follows what the destination acknowledged, never the other way round.
            durable = counts;
            if let Err(error) = record(RunStatus::Running, counts, findings) {
                let failure = Failure::plain(HISTORY, error.to_string(), None);
                broken = Some(error);
                return Err(failure);
            }
            fault::at(Point::AfterRecord);
            observer.checkpoint(position, &name, &progress);
            Ok(())
        };
        let order = Order {
            history: Some(history),
            scope: Some(&scope),
            run: *id,
            only: part.only,
            reads_all: part.reads_all,
            waiting: part.waiting,
            stop: self.stop.clone(),
        };
        let result = prepared.run(engine, project, &progress, Mode::Write, &order, &mut checkpoint);
        if let Some(error) = broken {
            return Err(error);
        }
        match result {
            Ok(ended) => {
                let record = self.ended(position, &scope, &leg, ended)?;
                fault::at(Point::AfterTask);
                self.observer.task_ended(position, &record);
                Ok(None)
            }
            Err(failure) => self.failed(position, &scope, &leg, durable, failure),
        }
    }

    /// Records a task that came to its end.
    fn ended(
        &mut self,
        position: usize,
        scope: &Scope,
        leg: &Leg<'_>,
        ended: task::Ended,
    ) -> Result<TaskRecord, HistoryError> {
        let warned = ended.counts.rejected > 0 || !ended.findings.errors.is_empty() || ended.note.is_some();
        let status = if warned { RunStatus::Warning } else { RunStatus::Completed };
        let mut task = TaskRecord { error: ended.note, ..record(leg, status, ended.counts) };
        self.history.record_task(self.id, position, scope, &task, &ended.findings)?;
        // Rows that an earlier run could not deliver are not delivered yet, even if this run did not meet them.
        let (keys, without_key) = self.history.waiting(scope)?;
        let waiting = keys.len() as u64 + without_key;
        if status == RunStatus::Completed && waiting > 0 {
            task.status = RunStatus::Warning;
            task.error = Some(format!(
                "rows of earlier runs wait in quarantine: {waiting}; correct the source, then run pqm project rerun"
            ));
            self.history.record_task(self.id, position, scope, &task, &Findings::default())?;
        }
        self.warned |= task.status == RunStatus::Warning;
        Ok(task)
    }

    fn failed(
        &mut self,
        position: usize,
        scope: &Scope,
        leg: &Leg<'_>,
        durable: TaskCounts,
        failure: Failure,
    ) -> Result<Option<Failure>, HistoryError> {
        let status = if failure.is_stop() { RunStatus::Interrupted } else { RunStatus::Error };
        let task = TaskRecord { error: Some(failure.to_string()), ..record(leg, status, durable) };
        self.history.record_task(self.id, position, scope, &task, &Findings::default())?;
        self.observer.task_ended(position, &task);
        Ok(Some(failure.in_task(&leg.label())))
    }
}

fn record(leg: &Leg<'_>, status: RunStatus, counts: TaskCounts) -> TaskRecord {
    TaskRecord { name: leg.task.to_owned(), hop: leg.hop, hops: leg.hops, status, error: None, counts }
}
