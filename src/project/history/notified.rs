//! Who was told of a run.

use jiff::Timestamp;
use rusqlite::params;

use super::{History, HistoryError};

/// A notification that was sent, or could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// When.
    pub sent: Timestamp,
    /// By what: `email` or `webhook`.
    pub kind: String,
    /// Whom: addresses, without secrets.
    pub target: String,
    /// Why it could not be sent.
    pub error: Option<String>,
}

impl History {
    /// Records a notification.
    pub fn record_notification(&self, run: i64, notified: &Notified) -> Result<(), HistoryError> {
        let Notified { sent, kind, target, error } = notified;
        self.connection
            .execute(
                "INSERT INTO notification (run_id, sent, kind, target, error) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![run, sent.to_string(), kind, target, error],
            )
            .map(drop)
            .map_err(|e| self.fail(e))
    }

    /// The notifications of a run, in the order of sending.
    pub fn notifications(&self, run: i64) -> Result<Vec<Notified>, HistoryError> {
        let query = || {
            let mut statement = self.connection.prepare(
                "SELECT sent, kind, target, error FROM notification WHERE run_id = ?1 ORDER BY rowid",
            )?;
            let rows = statement.query_map([run], |row| {
                Ok(Notified {
                    sent: row.get::<_, String>(0)?.parse().unwrap_or(Timestamp::UNIX_EPOCH),
                    kind: row.get(1)?,
                    target: row.get(2)?,
                    error: row.get(3)?,
                })
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        query().map_err(|e| self.fail(e))
    }
}
