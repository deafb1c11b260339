//! Upserts into a table of an SQLite file.
//!
//! A checkpoint is a committed transaction. The table is created, when it is not there, inside the first
//! transaction, its column types taken from the declared kinds or from the first rows. Values are compared
//! by the database itself, after its own type affinity, so that "unchanged" means what the file means.
//! A plan is a transaction that is rolled back.

mod describe;
mod statements;
mod storable;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, OptionalExtension};

use self::statements::{Statements, add_statement, create_statement, quote, same_name};
use self::storable::not_storable;
use super::error::prepare_path;
use super::row_set::RowSet;
use super::transaction::Transactional;
use super::{
    Description, Destination, DestinationError, Entity, FieldChange, Mode, Outcome, Rejection, RejectionCode,
    Row, RowPolicy, UpsertWriter, WriteOptions, duplicate_key, ignored, key_unknown, missing_key,
};

/// How long a write waits for a lock held by another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// A database in an SQLite file; an entity is a table.
pub struct SqliteStore {
    path: PathBuf,
}

impl SqliteStore {
    /// The database at `path`, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// What a query of the file gives; none if there is no file.
    fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, DestinationError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let fail = |e| DestinationError::from_sqlite(&self.path, e);
        // For writing, too, where the file allows it: the journal of a killed writer must be played back.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(fail)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
        query(&connection).map(Some).map_err(fail)
    }
}

impl Destination for SqliteStore {
    fn entities(&self) -> Result<Vec<String>, DestinationError> {
        Ok(self.read(describe::tables)?.unwrap_or_default())
    }

    fn describe(&self, entity: &str) -> Result<Option<Description>, DestinationError> {
        Ok(self.read(|connection| describe::table(connection, entity))?.flatten())
    }

    fn open(&self, entity: Entity, options: WriteOptions) -> Result<Box<dyn UpsertWriter>, DestinationError> {
        Ok(Box::new(SqliteWriter::open(&self.path, entity, options)?))
    }
}

/// An [`UpsertWriter`] for one table.
pub struct SqliteWriter {
    connection: Connection,
    path: PathBuf,
    entity: Entity,
    options: WriteOptions,
    statements: Option<Statements>,
    /// The row ids that a row of this run wrote or met.
    seen: RowSet,
    /// Whether the last row was new: then the next likely is, too, and looking for it first is in vain.
    expects_new: bool,
}

impl SqliteWriter {
    /// Opens or creates the file. The table is looked at with the first rows.
    ///
    /// # Errors
    /// A file that cannot be opened, is no database, or is held by another process.
    pub fn open(path: &Path, entity: Entity, options: WriteOptions) -> Result<Self, DestinationError> {
        let fail = |e| DestinationError::from_sqlite(path, e);
        let plan = options.mode == Mode::Plan;
        let connection = if plan && !path.exists() {
            Connection::open_in_memory().map_err(fail)?
        } else {
            let create = if plan {
                OpenFlags::empty()
            } else {
                prepare_path(path)?;
                OpenFlags::SQLITE_OPEN_CREATE
            };
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
            Connection::open_with_flags(path, flags).map_err(fail)?
        };
        connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
        // The file is not read before the first statement: ask now whether it is a database.
        connection.query_row("PRAGMA schema_version", [], |_| Ok(())).map_err(fail)?;
        if plan {
            // What is going to be rolled back must not reach the file before.
            connection.pragma_update(None, "cache_spill", false).map_err(fail)?;
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
            entity,
            options,
            statements: None,
            seen: RowSet::default(),
            expects_new: options.rows != RowPolicy::UpdateOnly,
        })
    }

    fn fail(&self, error: rusqlite::Error) -> DestinationError {
        DestinationError::from_sqlite(&self.path, error)
    }

    fn begin(&self) -> Result<(), DestinationError> {
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| self.fail(e))?;
        }
        Ok(())
    }

    /// Creates the table if it is not there, and checks that it can take the entity.
    fn prepare_table(&self, rows: &[Row]) -> Result<Statements, DestinationError> {
        let name = self.entity.name();
        let found: Option<(String, bool)> = self
            .connection
            .query_row(
                "SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
                [name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(|e| self.fail(e))?;
        match found {
            None => {
                let create = create_statement(&self.entity, rows);
                self.connection.execute_batch(&create).map_err(|e| self.fail(e))?;
            }
            Some((kind, false)) if kind == "table" => {}
            Some((kind, without_row_id)) => {
                return Err(DestinationError::NotATable {
                    path: self.path.clone(),
                    entity: name.to_owned(),
                    found: if without_row_id {
                        "a table WITHOUT ROWID".to_owned()
                    } else {
                        format!("a {kind}")
                    },
                });
            }
        }
        let mut stored = describe::declared(&self.connection, name).map_err(|e| self.fail(e))?;
        let missing: Vec<usize> = (0..self.entity.columns().len())
            .filter(|i| !stored.iter().any(|(name, _)| same_name(name, self.entity.column_name(*i))))
            .collect();
        if !missing.is_empty() {
            if !self.options.add_columns {
                return Err(DestinationError::MissingColumns {
                    path: self.path.clone(),
                    entity: name.to_owned(),
                    columns: missing.iter().map(|i| self.entity.column_name(*i).to_owned()).collect(),
                });
            }
            for column in missing {
                let add = add_statement(&self.entity, column, rows);
                self.connection.execute_batch(&add).map_err(|e| self.fail(e))?;
            }
            stored = describe::declared(&self.connection, name).map_err(|e| self.fail(e))?;
        }
        self.check_key()?;
        Ok(Statements::new(&self.entity, &stored))
    }

    /// Checks that the key is unique in the table.
    fn check_key(&self) -> Result<(), DestinationError> {
        let mut key: Vec<String> =
            self.entity.key_columns().map(|i| self.entity.column_name(i).to_lowercase()).collect();
        key.sort_unstable();
        let keys = describe::keys(&self.connection, self.entity.name()).map_err(|e| self.fail(e))?;
        let unique = keys.into_iter().any(|unique| {
            let mut unique: Vec<String> = unique.iter().map(|name| name.to_lowercase()).collect();
            unique.sort_unstable();
            unique == key
        });
        if unique {
            return Ok(());
        }
        let columns: Vec<String> =
            self.entity.key_columns().map(|i| self.entity.column_name(i).to_owned()).collect();
        let quoted: Vec<String> = columns.iter().map(|c| quote(c)).collect();
        Err(DestinationError::KeyNotUnique {
            path: self.path.clone(),
            entity: self.entity.name().to_owned(),
            advice: format!(
                "remove duplicates and run CREATE UNIQUE INDEX {} ON {} ({})",
                quote(&format!("{}_key", self.entity.name())),
                quote(self.entity.name()),
                quoted.join(", ")
            ),
            key: columns,
        })
    }
}

/// The statements of one call, made ready when they are needed first.
struct Writing<'w> {
    connection: &'w Connection,
    path: &'w Path,
    entity: &'w Entity,
    options: WriteOptions,
    statements: &'w Statements,
    find: Option<CachedStatement<'w>>,
    insert_new: Option<CachedStatement<'w>>,
}

impl Writing<'_> {
    fn fail(&self, error: rusqlite::Error) -> DestinationError {
        DestinationError::from_sqlite(self.path, error)
    }

    /// Why the row can be refused without asking the database.
    fn refusal(&self, row: &Row) -> Option<Rejection> {
        if let Some(rejection) = missing_key(self.entity, &row.cells) {
            return Some(rejection);
        }
        row.cells.iter().zip(&self.statements.affinities).enumerate().find_map(|(i, (cell, affinity))| {
            let reason = not_storable(cell, *affinity)?;
            let column = Some(self.entity.column_name(i).to_owned());
            Some(Rejection { column, code: RejectionCode::NotStorable, reason })
        })
    }

    fn write(
        &mut self,
        row: &Row,
        seen: &mut RowSet,
        expects_new: &mut bool,
    ) -> Result<Outcome, DestinationError> {
        if let Some(rejection) = self.refusal(row) {
            return Ok(Outcome::Rejected(rejection));
        }
        if *expects_new {
            match self.insert_new(row)? {
                Ok(true) => {
                    seen.insert(self.connection.last_insert_rowid());
                    return Ok(Outcome::Inserted);
                }
                Ok(false) => {}
                Err(rejection) => return Ok(Outcome::Rejected(rejection)),
            }
        }
        let found = self.find(row).map_err(|e| self.fail(e))?;
        if self.options.rows == RowPolicy::UpdateOnly && found.is_none() {
            return Ok(Outcome::Rejected(key_unknown(self.entity)));
        }
        *expects_new = found.is_none();
        let Some((row_id, same)) = found else {
            return match self.execute(&self.statements.insert, row)? {
                Err(rejection) => Ok(Outcome::Rejected(rejection)),
                Ok(0) => Ok(Outcome::Rejected(ignored())),
                Ok(_) => {
                    seen.insert(self.connection.last_insert_rowid());
                    Ok(Outcome::Inserted)
                }
            };
        };
        if seen.contains(row_id) {
            return Ok(Outcome::Rejected(duplicate_key(self.entity, &row.cells)));
        }
        let outcome = match (&self.statements.update, same) {
            (Some(update), false) if self.options.rows != RowPolicy::CreateOnly => {
                let changes = if self.options.mode == Mode::Plan { self.changes(row)? } else { Vec::new() };
                match self.execute(update, row)? {
                    Ok(0) => Outcome::Rejected(ignored()),
                    Ok(_) => Outcome::Updated(changes),
                    Err(rejection) => Outcome::Rejected(rejection),
                }
            }
            _ => Outcome::Unchanged,
        };
        if !matches!(outcome, Outcome::Rejected(_)) {
            seen.insert(row_id);
        }
        Ok(outcome)
    }

    fn delete(&self, row: &Row) -> Result<Outcome, DestinationError> {
        Ok(match self.execute(&self.statements.delete, row)? {
            Ok(0) => Outcome::Unchanged,
            Ok(_) => Outcome::Deleted,
            Err(rejection) => Outcome::Rejected(rejection),
        })
    }

    fn find(&mut self, row: &Row) -> rusqlite::Result<Option<(i64, bool)>> {
        let statement = match &mut self.find {
            Some(statement) => statement,
            none => none.insert(self.connection.prepare_cached(&self.statements.find)?),
        };
        bind(statement, row)?;
        let mut rows = statement.raw_query();
        rows.next()?.map(|found| Ok((found.get(0)?, found.get(1)?))).transpose()
    }

    /// Inserts the row and answers true, or finds a unique key taken and answers false.
    fn insert_new(&mut self, row: &Row) -> Result<Result<bool, Rejection>, DestinationError> {
        let mut run = || {
            let statement = match &mut self.insert_new {
                Some(statement) => statement,
                none => none.insert(self.connection.prepare_cached(&self.statements.insert_new)?),
            };
            bind(statement, row)?;
            statement.raw_execute()
        };
        let ran = run();
        Ok(self.refused(ran)?.map(|changed| changed > 0))
    }

    /// Runs one change and answers how many rows it changed.
    fn execute(&self, sql: &str, row: &Row) -> Result<Result<usize, Rejection>, DestinationError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            bind(&mut statement, row)?;
            statement.raw_execute()
        };
        self.refused(run())
    }

    /// A broken constraint is the row's rejection; any other error fails the write.
    fn refused(&self, ran: rusqlite::Result<usize>) -> Result<Result<usize, Rejection>, DestinationError> {
        let error = match ran {
            Ok(changed) => return Ok(Ok(changed)),
            Err(error) => error,
        };
        let refused = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
        );
        // A trigger may have rolled the whole transaction back; then the earlier rows are gone too.
        if !refused || self.connection.is_autocommit() {
            return Err(self.fail(error));
        }
        let reason = match &error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
            other => other.to_string(),
        };
        Ok(Err(Rejection { column: None, code: RejectionCode::Constraint, reason }))
    }

    /// The fields that an update of the row would change.
    fn changes(&self, row: &Row) -> Result<Vec<FieldChange>, DestinationError> {
        let Some(compare) = &self.statements.compare else { return Ok(Vec::new()) };
        let query = || {
            let mut statement = self.connection.prepare_cached(compare)?;
            bind(&mut statement, row)?;
            let mut rows = statement.raw_query();
            let mut changes = Vec::new();
            if let Some(found) = rows.next()? {
                for (n, i) in self.entity.value_columns().enumerate() {
                    if !found.get::<_, bool>(2 * n + 1)? {
                        let to =
                            row.cells.get(i).filter(|cell| cell.kind().is_some()).map(ToString::to_string);
                        changes.push(FieldChange {
                            column: self.entity.column_name(i).to_owned(),
                            from: text(found.get_ref(2 * n)?),
                            to,
                        });
                    }
                }
            }
            Ok(changes)
        };
        query().map_err(|e| self.fail(e))
    }
}

/// A stored value as people read it; none for null.
fn text(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    })
}

/// Brings a database whose writer died back to its last commit, which a reader without the right to write
/// cannot do. What else is wrong with the file, whoever reads it will tell.
pub fn roll_back_interrupted(path: &Path) {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if let Ok(connection) = Connection::open_with_flags(path, flags) {
        // The first look into the file plays the journal back.
        let _ = connection.query_row("PRAGMA schema_version", [], |_| Ok(()));
    }
}

impl Transactional for SqliteWriter {
    fn mode(&self) -> Mode {
        self.options.mode
    }

    fn is_prepared(&self) -> bool {
        self.statements.is_some()
    }

    fn write_rows(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.each(rows, |writing, row, seen, expects_new| writing.write(row, seen, expects_new))
    }

    fn delete_rows(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.each(rows, |writing, row, _, _| writing.delete(row))
    }

    fn end(&mut self, statement: &'static str) -> Result<(), DestinationError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch(statement).map_err(|e| self.fail(e))?;
        }
        Ok(())
    }
}

impl SqliteWriter {
    /// Does something with each row in the open transaction.
    fn each(
        &mut self,
        rows: &[Row],
        run: impl Fn(&mut Writing<'_>, &Row, &mut RowSet, &mut bool) -> Result<Outcome, DestinationError>,
    ) -> Result<Vec<Outcome>, DestinationError> {
        self.begin()?;
        let statements = match self.statements.take() {
            Some(statements) => statements,
            None => self.prepare_table(rows)?,
        };
        let mut writing = Writing {
            connection: &self.connection,
            path: &self.path,
            entity: &self.entity,
            options: self.options,
            statements: &statements,
            find: None,
            insert_new: None,
        };
        let (seen, expects_new) = (&mut self.seen, &mut self.expects_new);
        let outcomes = rows.iter().map(|row| run(&mut writing, row, seen, expects_new)).collect();
        drop(writing);
        self.statements = Some(statements);
        outcomes
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, row: &Row) -> rusqlite::Result<()> {
    // A statement that has no use for a column has no parameter for it either.
    let parameters = statement.parameter_count();
    for (i, cell) in row.cells.iter().take(parameters).enumerate() {
        statement.raw_bind_parameter(i + 1, cell)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
