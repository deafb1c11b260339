//! The record of a project's runs, in an SQLite file beside the project.
//!
//! A run that is killed leaves its row RUNNING; the next run marks it INTERRUPTED, and until then a reader
//! sees it as interrupted because nobody holds the run lock. Connections and their credentials are never
//! recorded. Times come from the caller.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::lock::{RunLock, STATE_FOLDER};

const HISTORY_FILE: &str = "history.sqlite";
const VERSION: i64 = 1;
const SCHEMA: &str = "
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  started TEXT NOT NULL,
  ended TEXT,
  status TEXT NOT NULL,
  error TEXT
);
CREATE TABLE task (
  run_id INTEGER NOT NULL REFERENCES run (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  read INTEGER NOT NULL DEFAULT 0,
  filtered INTEGER NOT NULL DEFAULT 0,
  inserted INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id, position)
);
CREATE TABLE row_error (
  run_id INTEGER NOT NULL REFERENCES run (id),
  task TEXT NOT NULL,
  row INTEGER NOT NULL,
  key TEXT,
  column_name TEXT,
  code TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX row_error_run ON row_error (run_id);
";

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
    /// How it ended.
    pub status: RunStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// What became of its rows, as of its last checkpoint.
    pub counts: TaskCounts,
}

/// The record of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// The run's number.
    pub id: i64,
    /// The project's name at that time.
    pub project: String,
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
            if version == 0 {
                history.connection.execute_batch(SCHEMA)?;
                history.connection.pragma_update(None, "user_version", VERSION)?;
            }
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
        Ok((version > 0).then_some(history))
    }

    fn connect(folder: &Path, path: PathBuf, flags: OpenFlags) -> Result<Self, HistoryError> {
        let connect = || {
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.busy_timeout(std::time::Duration::from_secs(2))?;
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
        if version > VERSION { Err(HistoryError::Later { path: self.path.clone() }) } else { Ok(()) }
    }

    fn fail(&self, source: rusqlite::Error) -> HistoryError {
        HistoryError::Sqlite { path: self.path.clone(), source }
    }

    /// Records the start of a run and answers its number. Runs that never ended are marked as interrupted:
    /// the lock proves that none of them is alive.
    pub fn begin_run(&self, _lock: &RunLock, project: &str, started: Timestamp) -> Result<i64, HistoryError> {
        let begin = || {
            let interrupted = RunStatus::Interrupted.as_str();
            let running = RunStatus::Running.as_str();
            for table in ["task", "run"] {
                let sql = format!("UPDATE {table} SET status = ?1 WHERE status = ?2");
                self.connection.execute(&sql, [interrupted, running])?;
            }
            self.connection.execute(
                "INSERT INTO run (project, started, status) VALUES (?1, ?2, ?3)",
                [project, &started.to_string(), running],
            )?;
            Ok(self.connection.last_insert_rowid())
        };
        begin().map_err(|e| self.fail(e))
    }

    /// Records a task at its start, at each checkpoint and at its end; together with the row errors found
    /// since the last record of it.
    pub fn record_task(
        &self,
        run: i64,
        position: usize,
        task: &TaskRecord,
        errors: &[RowError],
    ) -> Result<(), HistoryError> {
        let record = || {
            let transaction = self.connection.unchecked_transaction()?;
            let c = &task.counts;
            let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            transaction.prepare_cached(
                "INSERT OR REPLACE INTO task (run_id, position, name, status, error, read, filtered, inserted,
                 updated, unchanged, rejected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                run,
                i64::try_from(position).unwrap_or(i64::MAX),
                task.name,
                task.status.as_str(),
                task.error,
                number(c.read),
                number(c.filtered),
                number(c.inserted),
                number(c.updated),
                number(c.unchanged),
                number(c.rejected)
            ])?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO row_error (run_id, task, row, key, column_name, code, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for e in errors {
                insert.execute(params![run, e.task, number(e.row), e.key, e.column, e.code, e.reason])?;
            }
            drop(insert);
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
                "SELECT id, project, started, ended, status, error FROM run
                 WHERE ?2 IS NULL OR id = ?2 ORDER BY id DESC LIMIT ?1",
            )?;
            let mut tasks = self.connection.prepare(
                "SELECT name, status, error, read, filtered, inserted, updated, unchanged, rejected
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
                        },
                    })
                })?;
                record.tasks = found.collect::<rusqlite::Result<_>>()?;
            }
            Ok(records)
        };
        query().map_err(|e| self.fail(e))
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
                "SELECT task, row, key, column_name, code, reason FROM row_error WHERE run_id = ?1
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
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        query().map_err(|e| self.fail(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn task(status: RunStatus, inserted: u64) -> TaskRecord {
        let counts = TaskCounts { read: inserted, inserted, ..TaskCounts::default() };
        TaskRecord { name: "Accounts".to_owned(), status, error: None, counts }
    }

    #[test]
    fn a_run_is_recorded_with_its_tasks_and_row_errors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(History::open_existing(folder.path()).unwrap().is_none());
        let lock = RunLock::acquire(folder.path()).unwrap();
        let history = History::open(folder.path()).unwrap();
        let run = history.begin_run(&lock, "Test", at(0)).unwrap();
        history.record_task(run, 0, &task(RunStatus::Running, 0), &[]).unwrap();
        let error = RowError {
            task: "Accounts".to_owned(),
            row: 7,
            key: None,
            column: Some("id".to_owned()),
            code: "key-missing".to_owned(),
            reason: "null".to_owned(),
        };
        history.record_task(run, 0, &task(RunStatus::Warning, 5), std::slice::from_ref(&error)).unwrap();
        history.finish_run(run, at(3), RunStatus::Warning, None).unwrap();
        drop(lock);

        let history = History::open_existing(folder.path()).unwrap().unwrap();
        let runs = history.runs(10).unwrap();
        assert_eq!(runs.len(), 1);
        assert_eq!(
            (runs[0].started, runs[0].ended, runs[0].status),
            (at(0), Some(at(3)), RunStatus::Warning)
        );
        assert_eq!(runs[0].tasks, [task(RunStatus::Warning, 5)]);
        assert_eq!(history.row_errors(run, 10).unwrap(), [error]);
        let groups = history.rejected_groups(run).unwrap();
        assert_eq!((groups.len(), groups[0].count, groups[0].row), (1, 1, 7));
        assert_eq!(history.run(run).unwrap(), runs[0]);
        assert!(matches!(history.run(99), Err(HistoryError::NoRun { run: 99, .. })));
    }

    #[test]
    fn a_run_that_never_ended_is_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let statuses = |history: &History| {
            history.runs(10).unwrap().iter().map(|r| (r.id, r.status)).collect::<Vec<_>>()
        };
        let history = History::open(folder.path()).unwrap();
        let lock = RunLock::acquire(folder.path()).unwrap();
        let run = history.begin_run(&lock, "Test", at(0)).unwrap();
        history.record_task(run, 0, &task(RunStatus::Running, 5), &[]).unwrap();
        assert_eq!(statuses(&history), [(1, RunStatus::Running)]);
        drop(lock);
        assert_eq!(statuses(&history), [(1, RunStatus::Interrupted)]);
        let lock = RunLock::acquire(folder.path()).unwrap();
        history.begin_run(&lock, "Test", at(9)).unwrap();
        assert_eq!(statuses(&history), [(2, RunStatus::Running), (1, RunStatus::Interrupted)]);
        assert_eq!(history.runs(10).unwrap()[1].tasks, [task(RunStatus::Interrupted, 5)]);
    }

    #[test]
    fn a_history_whose_writer_died_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let lock = RunLock::acquire(folder.path()).unwrap();
        let history = History::open(folder.path()).unwrap();
        history.begin_run(&lock, "Test", at(0)).unwrap();
        // With a cache this small the transaction reaches the file before it is committed.
        history.connection.execute_batch("PRAGMA cache_size = 1; BEGIN").unwrap();
        let mut insert = history
            .connection
            .prepare("INSERT INTO row_error (run_id, task, row, code, reason) VALUES (1, 'a', ?1, 'b', ?2)")
            .unwrap();
        for row in 0..2000 {
            insert.execute(params![row, "x".repeat(100)]).unwrap();
        }
        let killed = tempfile::tempdir().unwrap();
        std::fs::create_dir(killed.path().join(STATE_FOLDER)).unwrap();
        for file in ["history.sqlite", "history.sqlite-journal"] {
            let of = |folder: &Path| folder.join(STATE_FOLDER).join(file);
            std::fs::copy(of(folder.path()), of(killed.path())).unwrap();
        }
        let read = History::open_existing(killed.path()).unwrap().unwrap();
        assert_eq!(read.runs(10).unwrap()[0].status, RunStatus::Interrupted);
        assert!(read.row_errors(1, 10).unwrap().is_empty());
    }

    #[test]
    fn a_damaged_or_later_history_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        History::open(folder.path()).unwrap();
        let path = folder.path().join(STATE_FOLDER).join(HISTORY_FILE);
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(History::open(folder.path()), Err(HistoryError::Later { .. })));
        std::fs::write(&path, "no database, but a text that is long enough").unwrap();
        assert!(matches!(History::open(folder.path()), Err(HistoryError::Sqlite { .. })));
    }
}
