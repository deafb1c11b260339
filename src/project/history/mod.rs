//! The record of a project's runs, in an SQLite file beside the project; and what the next run must know of
//! them: how far each task has come, and which rows wait in quarantine.
//!
//! Counts, rejected rows and state of a task are written in one transaction, after the destination has made the
//! rows durable. State can so never run ahead of what was delivered.
//!
//! A run that is killed leaves its row RUNNING; the next run marks it INTERRUPTED, and until then a reader
//! sees it as interrupted because nobody holds the run lock. Connections and their credentials are never
//! recorded. Times come from the caller.

mod json;
mod keep;
mod notified;
mod quarantine;
mod scheduled;
mod schema;
mod state;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::leg::label;
use super::lock::{RunLock, STATE_FOLDER};

pub use keep::Consent;
pub use notified::Notified;
pub use quarantine::QuarantinedRow;
pub use state::{Hash, Mark, Scope, StateChange};

const HISTORY_FILE: &str = "history.sqlite";
/// How a run or a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// It is going on.
    Running,
    /// Every row was delivered.
    Completed,
    /// Some rows were rejected; the rest were delivered.
    Warning,
    /// A task failed.
    Error,
    /// The process died before the end.
    Interrupted,
}

impl RunStatus {
    /// The name in the history file and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Interrupted => "INTERRUPTED",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "RUNNING" => Self::Running,
            "COMPLETED" => Self::Completed,
            "WARNING" => Self::Warning,
            "INTERRUPTED" => Self::Interrupted,
            _ => Self::Error,
        }
    }
}

/// What became of a task's rows. `read` is the sum of the others when no step of the query adds rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Rows read from the source.
    pub read: u64,
    /// Rows the query left out.
    pub filtered: u64,
    /// Rows new in the destination.
    pub inserted: u64,
    /// Rows changed in the destination.
    pub updated: u64,
    /// Rows that were already there with the same values.
    pub unchanged: u64,
    /// Rows that are gone from the source and were deleted from the destination. They were not read.
    pub deleted: u64,
    /// Rows that were refused with a reason.
    pub rejected: u64,
}

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The task.
    pub task: String,
    /// Position of the row among the rows that leave the task's query, counted from 1.
    pub row: u64,
    /// The row's key, as far as it is known.
    pub key: Option<String>,
    /// The destination column at fault.
    pub column: Option<String>,
    /// The kind of reason.
    pub code: String,
    /// The reason for a person to read.
    pub reason: String,
    /// What refused it.
    pub step: Step,
    /// For errors of M: the query's file, line and column.
    pub place: Option<(String, u32, u32)>,
}

/// The steps that can refuse a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The Advanced Query: a cell holds an error.
    Query,
    /// The mapping.
    Mapping,
    /// The schema policy.
    Schema,
    /// The destination.
    Destination,
}

impl Step {
    /// The name in the history file and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mapping => "mapping",
            Self::Schema => "schema",
            Self::Destination => "destination",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "query" => Self::Query,
            "mapping" => Self::Mapping,
            "schema" => Self::Schema,
            _ => Self::Destination,
        }
    }
}

/// The rejected rows of a run that were refused in one task, for one column and one kind of reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedGroup {
    /// The task.
    pub task: String,
    /// The destination column at fault.
    pub column: Option<String>,
    /// The kind of reason.
    pub code: String,
    /// How many there are.
    pub count: u64,
    /// The position of the first of them.
    pub row: u64,
    /// The key of the first, as far as it is known.
    pub key: Option<String>,
    /// The reason of the first.
    pub reason: String,
}

/// A task in the record of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// The task's name.
    pub name: String,
    /// Which hop of the task it is, from 1.
    pub hop: usize,
    /// How many hops the task has.
    pub hops: usize,
    /// How it ended.
    pub status: RunStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// What became of its rows, as of its last checkpoint.
    pub counts: TaskCounts,
}

impl TaskRecord {
    /// The task's name, and the hop if there are several.
    pub fn label(&self) -> String {
        label(&self.name, self.hop, self.hops)
    }
}

/// What is recorded of a task at a checkpoint besides its counts.
#[derive(Debug, Default)]
pub struct Findings {
    /// The reasons for which rows were refused since the last record.
    pub errors: Vec<RowError>,
    /// The rows that were refused since the last record.
    pub quarantined: Vec<QuarantinedRow>,
    /// What the next run must know.
    pub state: StateChange,
}

/// A run that begins.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'b> {
    /// The project's name.
    pub project: &'b str,
    /// The connection set it uses.
    pub connection_set: &'b str,
    /// The tasks it is to run.
    pub tasks: &'b [&'b str],
    /// The schedule that asked for it.
    pub schedule: Option<&'b str>,
    /// When.
    pub started: Timestamp,
}

/// The record of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// The run's number.
    pub id: i64,
    /// The project's name at that time.
    pub project: String,
    /// The connection set it used.
    pub connection_set: String,
    /// The schedule that asked for it; none if a person did.
    pub schedule: Option<String>,
    /// When it started.
    pub started: Timestamp,
    /// When it ended; none while it runs and for an interrupted run.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub status: RunStatus,
    /// Why the run failed outside its tasks.
    pub error: Option<String>,
    /// Its tasks in the order of running.
    pub tasks: Vec<TaskRecord>,
}

/// Why the history cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Another run of the project is going on.
    #[error("another run of the project in {} is going on: wait until it ends", .folder.display())]
    AlreadyRunning {
        /// The project's folder.
        folder: PathBuf,
    },
    /// The operating system refused something.
    #[error("cannot write {}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// The history file is damaged or cannot be written.
    #[error("the run history {} failed: {source}; it may be deleted if it is damaged", .path.display())]
    Sqlite {
        /// The history file.
        path: PathBuf,
        /// The database's answer.
        source: rusqlite::Error,
    },
    /// The history has no run of this number.
    #[error("the run history {} has no run {run}", .path.display())]
    NoRun {
        /// The history file.
        path: PathBuf,
        /// The number asked for.
        run: i64,
    },
    /// The history file was written by a later version of pqm.
    #[error("the run history {} was written by a later version of pqm", .path.display())]
    Later {
        /// The history file.
        path: PathBuf,
    },
}

/// The history of one project.
pub struct History {
    connection: Connection,
    path: PathBuf,
    folder: PathBuf,
}

impl History {
    /// Opens the history of the project in `folder` for a run, and creates it if it is not there.
    pub fn open(folder: &Path) -> Result<Self, HistoryError> {
        let state = folder.join(STATE_FOLDER);
        std::fs::create_dir_all(&state).map_err(|source| HistoryError::Io { path: state.clone(), source })?;
        let path = state.join(HISTORY_FILE);
        let history = Self::connect(folder, path, OpenFlags::default())?;
        let create = || -> rusqlite::Result<i64> {
            // The version is read inside the transaction, so that two openers do not both create.
            history.connection.execute_batch("BEGIN IMMEDIATE")?;
            let version = history.version()?;
            schema::bring_up_to_date(&history.connection, version)?;
            history.connection.execute_batch("COMMIT")?;
            Ok(version)
        };
        let version = create().map_err(|e| history.fail(e))?;
        history.check_version(version)?;
        Ok(history)
    }

    /// Opens the history for reading; none if the project never ran.
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, HistoryError> {
        let path = folder.join(STATE_FOLDER).join(HISTORY_FILE);
        if !path.exists() {
            return Ok(None);
        }
        // For writing, too, where the file allows it: a run that was killed in mid-transaction leaves a journal
        // that must be rolled back before anything can be read.
        let history = Self::connect(folder, path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let version = history.version().map_err(|e| history.fail(e))?;
        history.check_version(version)?;
        if version == 0 {
            return Ok(None);
        }
        if version < schema::VERSION {
            return Self::open(folder).map(Some);
        }
        Ok(Some(history))
    }

    fn connect(folder: &Path, path: PathBuf, flags: OpenFlags) -> Result<Self, HistoryError> {
        let connect = || {
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.busy_timeout(std::time::Duration::from_secs(2))?;
            connection.set_prepared_statement_cache_capacity(32);
            Ok(connection)
        };
        match connect() {
            Ok(connection) => Ok(Self { connection, path, folder: folder.to_owned() }),
            Err(source) => Err(HistoryError::Sqlite { path, source }),
        }
    }

    fn version(&self) -> rusqlite::Result<i64> {
        self.connection.pragma_query_value(None, "user_version", |row| row.get(0))
    }

    fn check_version(&self, version: i64) -> Result<(), HistoryError> {
        if version > schema::VERSION { Err(HistoryError::Later { path: self.path.clone() }) } else { Ok(()) }
    }

    fn fail(&self, source: rusqlite::Error) -> HistoryError {
        HistoryError::Sqlite { path: self.path.clone(), source }
    }

    /// Records the start of a run and answers its number. Runs that never ended are marked as interrupted:
    /// the lock proves that none of them is alive.
    pub fn begin_run(&self, _lock: &RunLock, run: &Beginning<'_>) -> Result<i64, HistoryError> {
        let begin = || {
            let interrupted = RunStatus::Interrupted.as_str();
            let running = RunStatus::Running.as_str();
            for table in ["task", "run"] {
                let sql = format!("UPDATE {table} SET status = ?1 WHERE status = ?2");
                self.connection.execute(&sql, [interrupted, running])?;
            }
            self.connection.execute(
                "INSERT INTO run (project, connection_set, started, status, tasks, schedule)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    run.project,
                    run.connection_set,
                    run.started.to_string(),
                    running,
                    serde_json::json!(run.tasks).to_string(),
                    run.schedule
                ],
            )?;
            Ok(self.connection.last_insert_rowid())
        };
        begin().map_err(|e| self.fail(e))
    }

    /// Records a task at its start, at each checkpoint and at its end, together with what was found since the last
    /// record of it: in one transaction, so that none is there without the others.
    pub fn record_task(
        &self,
        run: i64,
        position: usize,
        scope: &Scope,
        task: &TaskRecord,
        findings: &Findings,
    ) -> Result<(), HistoryError> {
        let record = || {
            let transaction = self.connection.unchecked_transaction()?;
            let c = &task.counts;
            transaction.prepare_cached(
                "INSERT OR REPLACE INTO task (run_id, position, name, hop, hops, status, error, read, filtered,
                 inserted, updated, unchanged, deleted, rejected)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                run,
                i64::try_from(position).unwrap_or(i64::MAX),
                task.name,
                i64::try_from(task.hop).unwrap_or(1),
                i64::try_from(task.hops).unwrap_or(1),
                task.status.as_str(),
                task.error,
                number(c.read),
                number(c.filtered),
                number(c.inserted),
                number(c.updated),
                number(c.unchanged),
                number(c.deleted),
                number(c.rejected)
            ])?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO row_error (run_id, task, hop, row, key, column_name, code, reason, step, source, line,
                 position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?;
            for e in &findings.errors {
                let place = e.place.as_ref();
                insert.execute(params![
                    run,
                    e.task,
                    scope.hop_number(),
                    number(e.row),
                    e.key,
                    e.column,
                    e.code,
                    e.reason,
                    e.step.as_str(),
                    place.map(|(source, ..)| source),
                    place.map(|(_, line, _)| line),
                    place.map(|(.., column)| column)
                ])?;
            }
            drop(insert);
            quarantine::add(&transaction, run, scope, &findings.quarantined)?;
            state::change(&transaction, run, scope, &findings.state)?;
            transaction.commit()
        };
        record().map_err(|e| self.fail(e))
    }

    /// Records the end of a run.
    pub fn finish_run(
        &self,
        run: i64,
        ended: Timestamp,
        status: RunStatus,
        error: Option<&str>,
    ) -> Result<(), HistoryError> {
        self.connection
            .execute(
                "UPDATE run SET ended = ?2, status = ?3, error = ?4 WHERE id = ?1",
                params![run, ended.to_string(), status.as_str(), error],
            )
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// The latest runs, the newest first.
    pub fn runs(&self, limit: usize) -> Result<Vec<RunRecord>, HistoryError> {
        self.find(None, i64::try_from(limit).unwrap_or(i64::MAX))
    }

    /// The run of this number.
    pub fn run(&self, id: i64) -> Result<RunRecord, HistoryError> {
        let found = self.find(Some(id), 1)?.pop();
        found.ok_or_else(|| HistoryError::NoRun { path: self.path.clone(), run: id })
    }

    fn find(&self, id: Option<i64>, limit: i64) -> Result<Vec<RunRecord>, HistoryError> {
        let alive = RunLock::is_held(&self.folder);
        let status = |text: String| match RunStatus::parse(&text) {
            RunStatus::Running if !alive => RunStatus::Interrupted,
            other => other,
        };
        let query = || {
            let mut runs = self.connection.prepare(
                "SELECT id, project, started, ended, status, error, connection_set, schedule FROM run
                 WHERE ?2 IS NULL OR id = ?2 ORDER BY id DESC LIMIT ?1",
            )?;
            let mut tasks = self.connection.prepare(
                "SELECT name, status, error, read, filtered, inserted, updated, unchanged, rejected, deleted, hop, hops
                 FROM task WHERE run_id = ?1 ORDER BY position",
            )?;
            let mut records = runs
                .query_map(params![limit, id], |row| {
                    Ok(RunRecord {
                        id: row.get(0)?,
                        project: row.get(1)?,
                        started: row.get::<_, String>(2)?.parse().unwrap_or(Timestamp::UNIX_EPOCH),
                        ended: row.get::<_, Option<String>>(3)?.and_then(|text| text.parse().ok()),
                        status: status(row.get(4)?),
                        error: row.get(5)?,
                        connection_set: row.get(6)?,
                        schedule: row.get(7)?,
                        tasks: Vec::new(),
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            for record in &mut records {
                let found = tasks.query_map([record.id], |row| {
                    let count = |i| row.get::<_, i64>(i).map(i64::unsigned_abs);
                    Ok(TaskRecord {
                        name: row.get(0)?,
                        status: status(row.get(1)?),
                        error: row.get(2)?,
                        counts: TaskCounts {
                            read: count(3)?,
                            filtered: count(4)?,
                            inserted: count(5)?,
                            updated: count(6)?,
                            unchanged: count(7)?,
                            rejected: count(8)?,
                            deleted: count(9)?,
                        },
                        hop: usize::try_from(row.get::<_, i64>(10)?).unwrap_or(1),
                        hops: usize::try_from(row.get::<_, i64>(11)?).unwrap_or(1),
                    })
                })?;
                record.tasks = found.collect::<rusqlite::Result<_>>()?;
            }
            Ok(records)
        };
        query().map_err(|e| self.fail(e))
    }

    /// How one hop of a task ended in the newest run that was to run it; none if that run did not come to it, or there
    /// is none.
    pub fn last_status(&self, task: &str, hop: usize) -> Result<Option<RunStatus>, HistoryError> {
        let hop = i64::try_from(hop).unwrap_or(1);
        let find = || {
            self.connection
                .prepare_cached(
                    "SELECT task.status FROM run LEFT JOIN task ON task.run_id = run.id AND task.name = ?1 AND task.hop = ?2
                     WHERE run.tasks IS NULL OR EXISTS (SELECT 1 FROM json_each(run.tasks) WHERE value = ?1)
                     ORDER BY run.id DESC LIMIT 1",
                )?
                .query_row(params![task, hop], |row| row.get::<_, Option<String>>(0))
                .optional()
        };
        let status = find().map_err(|e| self.fail(e))?.flatten();
        Ok(status.map(|text| RunStatus::parse(&text)))
    }

    /// The number of the newest run.
    pub fn last_run(&self) -> Result<Option<i64>, HistoryError> {
        self.connection
            .query_row("SELECT id FROM run ORDER BY id DESC LIMIT 1", [], |row| row.get(0))
            .optional()
            .map_err(|e| self.fail(e))
    }

    /// The refused rows of a run by task, column and kind of reason, in the order of finding.
    pub fn rejected_groups(&self, run: i64) -> Result<Vec<RejectedGroup>, HistoryError> {
        let query = || {
            // With a lone min(), SQLite takes the other columns from the row that has it.
            let mut statement = self.connection.prepare(
                "SELECT task, column_name, code, count(*), row, key, reason, min(rowid) AS first FROM row_error
                 WHERE run_id = ?1 GROUP BY task, column_name, code ORDER BY first",
            )?;
            let rows = statement.query_map([run], |row| {
                Ok(RejectedGroup {
                    task: row.get(0)?,
                    column: row.get(1)?,
                    code: row.get(2)?,
                    count: row.get::<_, i64>(3)?.unsigned_abs(),
                    row: row.get::<_, i64>(4)?.unsigned_abs(),
                    key: row.get(5)?,
                    reason: row.get(6)?,
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        query().map_err(|e| self.fail(e))
    }

    /// The refused rows of a run, in the order of finding.
    pub fn row_errors(&self, run: i64, limit: usize) -> Result<Vec<RowError>, HistoryError> {
        let query = || {
            let mut statement = self.connection.prepare(
                "SELECT task, row, key, column_name, code, reason, step, source, line, position FROM row_error
                 WHERE run_id = ?1
                 ORDER BY rowid LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![run, limit], |row| {
                Ok(RowError {
                    task: row.get(0)?,
                    row: row.get::<_, i64>(1)?.unsigned_abs(),
                    key: row.get(2)?,
                    column: row.get(3)?,
                    code: row.get(4)?,
                    reason: row.get(5)?,
                    step: Step::parse(&row.get::<_, String>(6)?),
                    place: match (row.get(7)?, row.get(8)?, row.get(9)?) {
                        (Some(source), Some(line), Some(column)) => Some((source, line, column)),
                        _ => None,
                    },
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        query().map_err(|e| self.fail(e))
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
