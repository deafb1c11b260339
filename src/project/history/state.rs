//! How far each task has come.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{History, HistoryError};

/// What identifies the content of a row.
pub type Hash = [u8; 16];

/// One hop of a task under one connection set: what state belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    id: i64,
    hop: i64,
    /// Where the next run goes on; none if it starts anew.
    pub mark: Option<Mark>,
    /// Whether every row is delivered, as it was before or not.
    anew: bool,
}

impl Scope {
    pub(super) fn hop_number(&self) -> i64 {
        self.hop
    }

    pub(super) fn id(&self) -> i64 {
        self.id
    }
}

/// Where the next run goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The highest values seen, for each kind of values there were in the columns.
    Watermark(BTreeMap<String, Vec<String>>),
    /// The token of a source that tracks changes.
    Token(String),
}

/// What changes in the state of a task at a checkpoint.
#[derive(Debug, Default)]
pub struct StateChange {
    /// Keys that were delivered with the hash of their row.
    pub delivered: Vec<(String, Hash)>,
    /// Keys that were deleted.
    pub removed: Vec<String>,
    /// Keys that were delivered and had waited in quarantine.
    pub settled: Vec<String>,
    /// Whether what waited in quarantine from earlier runs has all been seen again.
    pub settles_all: bool,
    /// Where the next run goes on, once all rows of this one are delivered.
    pub mark: Option<Mark>,
}

impl History {
    /// The state of one hop of a task, for a run. What was kept for another `fingerprint`, that is for another source
    /// or other columns, is forgotten; with `anew` it does not count, but the keys are kept, so that deletions are
    /// still found.
    pub fn scope(
        &self,
        connection_set: &str,
        task: &str,
        hop: usize,
        fingerprint: &str,
        anew: bool,
    ) -> Result<Scope, HistoryError> {
        let kept = self.peek(connection_set, task, hop, fingerprint, anew)?;
        let write = || {
            let Some(scope) = kept else {
                self.connection.execute(
                    "INSERT INTO scope (connection_set, task, hop, fingerprint) VALUES (?1, ?2, ?3, ?4)",
                    params![connection_set, task, hop_number(hop), fingerprint],
                )?;
                let id = self.connection.last_insert_rowid();
                return Ok(Scope { id, hop: hop_number(hop), mark: None, anew });
            };
            let forgotten = self.connection.execute(
                "UPDATE scope SET fingerprint = ?2, mark = NULL WHERE id = ?1 AND fingerprint <> ?2",
                params![scope.id, fingerprint],
            )?;
            if forgotten > 0 {
                self.connection.execute("DELETE FROM delivered WHERE scope = ?1", [scope.id])?;
            }
            Ok(scope)
        };
        write().map_err(|e| self.fail(e))
    }

    /// The same state for a look: none if there is none yet, and nothing is written.
    pub fn peek(
        &self,
        connection_set: &str,
        task: &str,
        hop: usize,
        fingerprint: &str,
        anew: bool,
    ) -> Result<Option<Scope>, HistoryError> {
        let find = || {
            self.connection
                .query_row(
                    "SELECT id, fingerprint, mark FROM scope WHERE connection_set = ?1 AND task = ?2 AND hop = ?3",
                    params![connection_set, task, hop_number(hop)],
                    |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?)),
                )
                .optional()
        };
        let found = find().map_err(|e| self.fail(e))?;
        Ok(found.map(|(id, kept, mark)| {
            let anew = anew || kept != fingerprint;
            // A mark that cannot be read is as good as none: everything is read again.
            let mark = mark.filter(|_| !anew).and_then(|text| serde_json::from_str(&text).ok());
            Scope { id, hop: hop_number(hop), mark, anew }
        }))
    }

    /// The hash of the row that was delivered last with this key.
    pub fn delivered_hash(&self, scope: &Scope, key: &str) -> Result<Option<Hash>, HistoryError> {
        if scope.anew {
            return Ok(None);
        }
        let find = || {
            let mut statement =
                self.connection.prepare_cached("SELECT hash FROM delivered WHERE scope = ?1 AND key = ?2")?;
            let hash =
                statement.query_row(params![scope.id, key], |row| row.get::<_, Vec<u8>>(0)).optional()?;
            Ok(hash.and_then(|bytes| Hash::try_from(bytes.as_slice()).ok()))
        };
        find().map_err(|e| self.fail(e))
    }

    /// Some delivered keys after `after`, in order.
    pub fn delivered_keys(
        &self,
        scope: &Scope,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>, HistoryError> {
        let find = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT key FROM delivered WHERE scope = ?1 AND key > ?2 ORDER BY key LIMIT ?3",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let keys = statement.query_map(params![scope.id, after, limit], |row| row.get(0))?;
            keys.collect::<rusqlite::Result<_>>()
        };
        find().map_err(|e| self.fail(e))
    }
}

fn hop_number(hop: usize) -> i64 {
    i64::try_from(hop).unwrap_or(1)
}

/// Writes a change.
pub(super) fn change(
    transaction: &Transaction<'_>,
    run: i64,
    scope: &Scope,
    change: &StateChange,
) -> rusqlite::Result<()> {
    let connection: &Connection = transaction;
    let mut insert = connection
        .prepare_cached("INSERT OR REPLACE INTO delivered (scope, key, hash) VALUES (?1, ?2, ?3)")?;
    for (key, hash) in &change.delivered {
        insert.execute(params![scope.id, key, hash.as_slice()])?;
    }
    let mut delete = connection.prepare_cached("DELETE FROM delivered WHERE scope = ?1 AND key = ?2")?;
    for key in &change.removed {
        delete.execute(params![scope.id, key])?;
    }
    let mut settle = connection.prepare_cached(
        "UPDATE quarantine SET settled_run = ?3 WHERE scope = ?1 AND key = ?2 AND settled_run IS NULL AND run_id < ?3",
    )?;
    for key in &change.settled {
        settle.execute(params![scope.id, key, run])?;
    }
    if change.settles_all {
        connection
            .prepare_cached(
                "UPDATE quarantine SET settled_run = ?2 WHERE scope = ?1 AND settled_run IS NULL AND run_id < ?2",
            )?
            .execute(params![scope.id, run])?;
    }
    if let Some(mark) = &change.mark {
        let text = serde_json::to_string(mark).unwrap_or_default();
        connection
            .prepare_cached("UPDATE scope SET mark = ?2, run_id = ?3 WHERE id = ?1")?
            .execute(params![scope.id, text, run])?;
    }
    Ok(())
}
