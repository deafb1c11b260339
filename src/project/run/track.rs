//! What is remembered of delivered rows, so that unchanged ones need no look at the destination and deleted ones
//! are found.

use rusqlite::Connection;

use super::failure::{DESTINATION, Failure, HISTORY};
use super::key::RowHasher;
use crate::destinations::{Cell, Entity};
use crate::project::history::{Hash, History, HistoryError, Scope};

/// The memory of one hop of a task.
pub(super) struct Tracking<'h> {
    history: Option<&'h History>,
    scope: Option<&'h Scope>,
    hasher: RowHasher,
    /// Whether rows with a known hash are left alone.
    skips: bool,
    seen: SeenKeys,
}

/// What the memory says of a row.
pub(super) enum Memory {
    /// An earlier row of this run has the same key.
    Duplicate,
    /// It is as it was when it was delivered.
    Unchanged,
    /// It is new or has changed; its hash now.
    Changed(Hash),
}

impl<'h> Tracking<'h> {
    pub(super) fn new(
        history: Option<&'h History>,
        scope: Option<&'h Scope>,
        entity: &Entity,
        skips: bool,
    ) -> Result<Self, Failure> {
        Ok(Self { history, scope, hasher: RowHasher::new(entity), skips, seen: SeenKeys::new()? })
    }

    /// Looks a row up and notes that its key was seen.
    pub(super) fn row(&mut self, key: &str, cells: &[Cell]) -> Result<Memory, Failure> {
        if !self.seen.insert(key)? {
            return Ok(Memory::Duplicate);
        }
        let hash = self.hasher.hash(cells);
        let known = match (self.history, self.scope) {
            (Some(history), Some(scope)) if self.skips => {
                history.delivered_hash(scope, key).map_err(broken)?
            }
            _ => None,
        };
        Ok(if known == Some(hash) { Memory::Unchanged } else { Memory::Changed(hash) })
    }

    /// Notes that a row with this key is in the source, though it cannot be delivered.
    pub(super) fn note(&mut self, key: &str) -> Result<(), Failure> {
        self.seen.insert(key).map(drop)
    }

    /// Some keys that were delivered by earlier runs and not seen in this one, and the last key that was looked at;
    /// none past the end.
    pub(super) fn gone(&self, after: &str, limit: usize) -> Result<Option<(Vec<String>, String)>, Failure> {
        let (Some(history), Some(scope)) = (self.history, self.scope) else { return Ok(None) };
        let keys = history.delivered_keys(scope, after, limit).map_err(broken)?;
        let Some(last) = keys.last().cloned() else { return Ok(None) };
        let mut gone = Vec::new();
        for key in keys {
            if !self.seen.contains(&key)? {
                gone.push(key);
            }
        }
        Ok(Some((gone, last)))
    }
}

fn broken(error: HistoryError) -> Failure {
    Failure::plain(HISTORY, error.to_string(), None)
}

/// A set of keys that may be larger than memory: a database in a file that the system deletes.
struct SeenKeys {
    connection: Connection,
}

impl SeenKeys {
    fn new() -> Result<Self, Failure> {
        let open = || {
            let connection = Connection::open("")?;
            connection.execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN",
            )?;
            Ok(Self { connection })
        };
        open().map_err(full)
    }

    /// Adds a key and answers whether it is new.
    fn insert(&mut self, key: &str) -> Result<bool, Failure> {
        let insert =
            || self.connection.prepare_cached("INSERT OR IGNORE INTO seen VALUES (?1)")?.execute([key]);
        insert().map(|changed| changed > 0).map_err(full)
    }

    fn contains(&self, key: &str) -> Result<bool, Failure> {
        let find = || self.connection.prepare_cached("SELECT 1 FROM seen WHERE key = ?1")?.exists([key]);
        find().map_err(full)
    }
}

fn full(error: rusqlite::Error) -> Failure {
    let help = "the keys of a run that carries over deletions or skips unchanged rows need a place in the temporary folder";
    Failure::plain(
        DESTINATION,
        format!("cannot remember the keys of this run: {error}"),
        Some(help.to_owned()),
    )
}
