//! Rows that could not be delivered, kept whole until they are.

use std::collections::HashSet;

use rusqlite::{Transaction, params};
use serde_json::Value;

use super::{History, HistoryError, Scope, number};

/// A row in quarantine.
#[derive(Clone, Debug, PartialEq)]
pub struct QuarantinedRow {
    /// The task.
    pub task: String,
    /// Its hop, from 1.
    pub hop: usize,
    /// The run that refused it.
    pub run: i64,
    /// Position of the row among the rows that left the task's query in that run, counted from 1.
    pub row: u64,
    /// The row's key, as runs find it again; none where the key itself is at fault.
    pub key: Option<String>,
    /// The row as it left the query, as JSON: a field with an error holds `{"error": TEXT}`.
    pub content: Value,
}

impl History {
    /// The rows that wait in quarantine, of one task or of all, the oldest first.
    pub fn quarantine(&self, task: Option<&str>, limit: usize) -> Result<Vec<QuarantinedRow>, HistoryError> {
        let query = || {
            let mut statement = self.connection.prepare(
                "SELECT scope.task, scope.hop, quarantine.run_id, row, key, content FROM quarantine
                 JOIN scope ON scope.id = quarantine.scope
                 WHERE settled_run IS NULL AND (?1 IS NULL OR scope.task = ?1) ORDER BY quarantine.id LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![task, limit], |row| {
                let content: String = row.get(5)?;
                Ok(QuarantinedRow {
                    task: row.get(0)?,
                    hop: usize::try_from(row.get::<_, i64>(1)?).unwrap_or(1),
                    run: row.get(2)?,
                    row: row.get::<_, i64>(3)?.unsigned_abs(),
                    key: row.get(4)?,
                    content: serde_json::from_str(&content).unwrap_or(Value::String(content)),
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        query().map_err(|e| self.fail(e))
    }

    /// The keys that wait in quarantine, and how many rows wait without a key.
    pub fn waiting(&self, scope: &Scope) -> Result<(HashSet<String>, u64), HistoryError> {
        let query = || {
            let mut statement = self
                .connection
                .prepare_cached("SELECT key FROM quarantine WHERE scope = ?1 AND settled_run IS NULL")?;
            let mut keys = HashSet::new();
            let mut without = 0;
            for key in statement.query_map([scope.id()], |row| row.get::<_, Option<String>>(0))? {
                match key? {
                    Some(key) => drop(keys.insert(key)),
                    None => without += 1,
                }
            }
            Ok((keys, without))
        };
        query().map_err(|e| self.fail(e))
    }
}

/// Puts rows into quarantine.
pub(super) fn add(
    transaction: &Transaction<'_>,
    run: i64,
    scope: &Scope,
    rows: &[QuarantinedRow],
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO quarantine (run_id, scope, row, key, content) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for row in rows {
        insert.execute(params![run, scope.id(), number(row.row), row.key, row.content.to_string()])?;
    }
    Ok(())
}
