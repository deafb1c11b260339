//! Up to which time each schedule is handled.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::{History, HistoryError};

impl History {
    /// Up to which time a schedule is handled; none if it is not known yet.
    pub fn schedule_handled(&self, name: &str) -> Result<Option<Timestamp>, HistoryError> {
        let find = || {
            self.connection
                .query_row("SELECT handled FROM schedule WHERE name = ?1", [name], |row| {
                    row.get::<_, String>(0)
                })
                .optional()
        };
        let found = find().map_err(|e| self.fail(e))?;
        Ok(found.and_then(|text| text.parse().ok()))
    }

    /// Remembers up to which time a schedule is handled.
    pub fn set_schedule_handled(&self, name: &str, handled: Timestamp) -> Result<(), HistoryError> {
        self.connection
            .execute(
                "INSERT OR REPLACE INTO schedule (name, handled) VALUES (?1, ?2)",
                [name, &handled.to_string()],
            )
            .map(drop)
            .map_err(|e| self.fail(e))
    }
}
