//! The tables of the history file, and how older files are brought up to date.

use rusqlite::Connection;

/// The version of the tables below.
pub(super) const VERSION: i64 = 3;

/// What each version added to the one before.
const STEPS: [&str; 3] = [
    "
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
",
    "
ALTER TABLE run ADD COLUMN connection_set TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN tasks TEXT;
ALTER TABLE task ADD COLUMN hop INTEGER NOT NULL DEFAULT 1;
ALTER TABLE task ADD COLUMN hops INTEGER NOT NULL DEFAULT 1;
ALTER TABLE task ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE row_error ADD COLUMN hop INTEGER NOT NULL DEFAULT 1;
ALTER TABLE row_error ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE row_error ADD COLUMN source TEXT;
ALTER TABLE row_error ADD COLUMN line INTEGER;
ALTER TABLE row_error ADD COLUMN position INTEGER;
CREATE TABLE scope (
  id INTEGER PRIMARY KEY,
  connection_set TEXT NOT NULL,
  task TEXT NOT NULL,
  hop INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  mark TEXT,
  run_id INTEGER,
  UNIQUE (connection_set, task, hop)
);
CREATE TABLE delivered (
  scope INTEGER NOT NULL,
  key TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (scope, key)
) WITHOUT ROWID;
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  row INTEGER NOT NULL,
  key TEXT,
  content TEXT NOT NULL,
  settled_run INTEGER
);
CREATE INDEX quarantine_open ON quarantine (scope, key) WHERE settled_run IS NULL;
CREATE INDEX quarantine_run ON quarantine (run_id);
CREATE TABLE consent (
  notice INTEGER NOT NULL,
  person TEXT NOT NULL,
  given TEXT NOT NULL
);
",
    "
ALTER TABLE run ADD COLUMN schedule TEXT;
CREATE TABLE schedule (
  name TEXT PRIMARY KEY,
  handled TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE notification (
  run_id INTEGER NOT NULL REFERENCES run (id),
  sent TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  error TEXT
);
CREATE INDEX notification_run ON notification (run_id);
",
];

/// Runs the steps that a file of this version lacks. Call it inside a transaction.
pub(super) fn bring_up_to_date(connection: &Connection, version: i64) -> rusqlite::Result<()> {
    let done = usize::try_from(version).unwrap_or(0);
    if done >= STEPS.len() {
        return Ok(());
    }
    for step in STEPS.iter().skip(done) {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "user_version", VERSION)
}

/// A file as the first version made it.
#[cfg(test)]
pub(super) fn first_version(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(STEPS[0])?;
    connection.pragma_update(None, "user_version", 1)
}
