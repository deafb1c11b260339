//! What is kept how long, and the consent to the privacy notice.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{History, HistoryError, RunLock};

/// Who agreed to the privacy notice, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The version of the notice.
    pub notice: i64,
    /// The name of the account that agreed.
    pub person: String,
    /// When.
    pub given: Timestamp,
}

impl History {
    /// Forgets the runs that started more than so many days before `now`, and answers how many. The last run stays,
    /// and so do rows that still wait in quarantine: a clock that is set forward must not lose them.
    pub fn purge(&self, _lock: &RunLock, now: Timestamp, days: u32) -> Result<usize, HistoryError> {
        let before = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)));
        let before = before.unwrap_or(Timestamp::MIN);
        let purge = || {
            let transaction = self.connection.unchecked_transaction()?;
            let old: Vec<i64> = {
                let mut statement = transaction
                    .prepare("SELECT id, started FROM run WHERE id < (SELECT max(id) FROM run)")?;
                let runs = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
                let runs = runs.collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
                let is_old = |started: &str| started.parse::<Timestamp>().is_ok_and(|at| at < before);
                runs.into_iter().filter(|(_, started)| is_old(started)).map(|(id, _)| id).collect()
            };
            for id in &old {
                for sql in [
                    "DELETE FROM quarantine WHERE run_id = ?1 AND settled_run IS NOT NULL",
                    "DELETE FROM row_error WHERE run_id = ?1
                     AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.run_id = ?1)",
                    "DELETE FROM notification WHERE run_id = ?1",
                    "DELETE FROM task WHERE run_id = ?1",
                    "DELETE FROM run WHERE id = ?1",
                ] {
                    transaction.prepare_cached(sql)?.execute([id])?;
                }
            }
            transaction.commit()?;
            Ok(old.len())
        };
        purge().map_err(|e| self.fail(e))
    }

    /// The consent to this version of the privacy notice.
    pub fn consent(&self, notice: i64) -> Result<Option<Consent>, HistoryError> {
        let find = || {
            self.connection
                .query_row("SELECT person, given FROM consent WHERE notice = ?1", [notice], |row| {
                    let given: String = row.get(1)?;
                    let given = given.parse().unwrap_or(Timestamp::UNIX_EPOCH);
                    Ok(Consent { notice, person: row.get(0)?, given })
                })
                .optional()
        };
        find().map_err(|e| self.fail(e))
    }

    /// Records a consent.
    pub fn record_consent(&self, consent: &Consent) -> Result<(), HistoryError> {
        let values = params![consent.notice, consent.person, consent.given.to_string()];
        self.connection
            .execute("INSERT INTO consent (notice, person, given) VALUES (?1, ?2, ?3)", values)
            .map(drop)
            .map_err(|e| self.fail(e))
    }
}
