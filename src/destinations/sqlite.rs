//! Upserts into a table of an SQLite file.
//!
//! A checkpoint is a committed transaction. The table is created, when it is not there, inside the first
//! transaction, its column types taken from the declared kinds or from the first rows. Values are compared
//! by the database itself, after its own type affinity, so that "unchanged" means what the file means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, ToSql};
use rustc_hash::FxHashMap;

use super::error::prepare_path;
use super::{
    Cell, CellKind, DestinationError, Entity, Outcome, Rejection, RejectionCode, Row, UpsertWriter,
    duplicate_key, missing_key,
};

/// How long a write waits for a lock held by another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Whole numbers past this are not exact in double precision.
const EXACT_IN_DOUBLE: u64 = 1 << 53;
/// Digits of a decimal that SQLite's numeric affinity keeps.
const EXACT_DIGITS: u32 = 15;

/// An [`UpsertWriter`] for one table.
pub struct SqliteWriter {
    connection: Connection,
    path: PathBuf,
    entity: Entity,
    table: Option<Table>,
    /// Row id -> number of the row of this run that wrote or met it.
    seen: FxHashMap<i64, u64>,
}

/// The table as it stands, and the statements for it.
struct Table {
    affinities: Vec<Affinity>,
    find: String,
    insert: String,
    update: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Affinity {
    Text,
    Real,
    /// Integer and numeric, which store alike.
    Numeric,
    None,
}

impl SqliteWriter {
    /// Opens or creates the file. The table is looked at with the first rows.
    pub fn open(path: &Path, entity: Entity) -> Result<Self, DestinationError> {
        prepare_path(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let fail = |e| DestinationError::from_sqlite(path, e);
        let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
        // The file is not read before the first statement: ask now whether it is a database.
        connection.query_row("PRAGMA schema_version", [], |_| Ok(())).map_err(fail)?;
        Ok(Self { connection, path: path.to_owned(), entity, table: None, seen: FxHashMap::default() })
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

    fn commit(&self) -> Result<(), DestinationError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT").map_err(|e| self.fail(e))?;
        }
        Ok(())
    }

    /// Creates the table if it is not there, and checks that it can take the entity.
    fn prepare_table(&self, rows: &[Row]) -> Result<Table, DestinationError> {
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
                self.connection.execute_batch(&self.create_statement(rows)).map_err(|e| self.fail(e))?;
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
        let stored = self.stored_columns()?;
        let missing: Vec<String> = self
            .entity
            .columns()
            .iter()
            .filter(|c| !stored.iter().any(|(name, ..)| same_name(name, &c.name)))
            .map(|c| c.name.clone())
            .collect();
        if !missing.is_empty() {
            return Err(DestinationError::MissingColumns {
                path: self.path.clone(),
                entity: name.to_owned(),
                columns: missing,
            });
        }
        self.check_key(&stored)?;
        Ok(self.statements(&stored))
    }

    fn create_statement(&self, rows: &[Row]) -> String {
        let mut parts: Vec<String> = self
            .entity
            .columns()
            .iter()
            .enumerate()
            .map(|(i, column)| {
                let kind = column.kind.or_else(|| infer_kind(rows, i));
                let mut part = quote(&column.name);
                if let Some(kind) = kind {
                    part.push(' ');
                    part.push_str(declared_type(kind));
                }
                if self.entity.key_columns().any(|k| k == i) {
                    part.push_str(" NOT NULL");
                }
                part
            })
            .collect();
        let key: Vec<String> = self.entity.key_columns().map(|i| quote(self.entity.column_name(i))).collect();
        parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
        format!("CREATE TABLE {} (\n  {}\n)", quote(self.entity.name()), parts.join(",\n  "))
    }

    /// Name, declared type and position in the primary key (0 outside) of each stored column.
    fn stored_columns(&self) -> Result<Vec<(String, String, i64)>, DestinationError> {
        let query = || {
            let mut statement =
                self.connection.prepare("SELECT name, type, pk FROM pragma_table_xinfo(?1)")?;
            let rows = statement
                .query_map([self.entity.name()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        query().map_err(|e| self.fail(e))
    }

    fn check_key(&self, stored: &[(String, String, i64)]) -> Result<(), DestinationError> {
        let mut key: Vec<String> =
            self.entity.key_columns().map(|i| self.entity.column_name(i).to_lowercase()).collect();
        key.sort_unstable();
        let mut primary: Vec<String> =
            stored.iter().filter(|(_, _, pk)| *pk > 0).map(|(name, ..)| name.to_lowercase()).collect();
        primary.sort_unstable();
        if key == primary || self.unique_indexes()?.contains(&key) {
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

    fn unique_indexes(&self) -> Result<Vec<Vec<String>>, DestinationError> {
        let query = || {
            let mut indexes = self
                .connection
                .prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND partial = 0")?;
            let names: Vec<String> = indexes
                .query_map([self.entity.name()], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut columns = self.connection.prepare("SELECT name FROM pragma_index_info(?1)")?;
            let mut found = Vec::with_capacity(names.len());
            for name in names {
                // An index on an expression has a null here and cannot be the key.
                let parts: Vec<Option<String>> =
                    columns.query_map([name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
                if let Some(parts) = parts.into_iter().collect::<Option<Vec<String>>>() {
                    let mut parts: Vec<String> = parts.iter().map(|p| p.to_lowercase()).collect();
                    parts.sort_unstable();
                    found.push(parts);
                }
            }
            Ok(found)
        };
        query().map_err(|e| self.fail(e))
    }

    fn statements(&self, stored: &[(String, String, i64)]) -> Table {
        let affinities = self
            .entity
            .columns()
            .iter()
            .map(|c| {
                let declared = stored.iter().find(|(name, ..)| same_name(name, &c.name));
                affinity(declared.map_or("", |(_, declared, _)| declared))
            })
            .collect();
        // A column may hide one of the names of the row id.
        let row_id = ["rowid", "_rowid_", "oid"]
            .into_iter()
            .find(|alias| !stored.iter().any(|(name, ..)| same_name(name, alias)))
            .unwrap_or("rowid");
        let table = quote(self.entity.name());
        let column = |i: usize| quote(self.entity.column_name(i));
        let join = |parts: Vec<String>, by: &str| parts.join(by);
        let same = join(
            self.entity
                .value_columns()
                .map(|i| format!("{} IS ?{} COLLATE BINARY", column(i), i + 1))
                .collect(),
            " AND ",
        );
        let by_key =
            join(self.entity.key_columns().map(|i| format!("{} = ?{}", column(i), i + 1)).collect(), " AND ");
        let all = 0..self.entity.columns().len();
        let names = join(all.clone().map(column).collect(), ", ");
        let places = join(all.map(|i| format!("?{}", i + 1)).collect(), ", ");
        let set =
            join(self.entity.value_columns().map(|i| format!("{} = ?{}", column(i), i + 1)).collect(), ", ");
        Table {
            affinities,
            find: format!(
                "SELECT {row_id}, {} FROM {table} WHERE {by_key}",
                if same.is_empty() { "1" } else { &same }
            ),
            insert: format!("INSERT INTO {table} ({names}) VALUES ({places})"),
            update: (!set.is_empty()).then(|| format!("UPDATE {table} SET {set} WHERE {by_key}")),
        }
    }

    fn write_row(&mut self, table: &Table, row: &Row) -> Result<Outcome, DestinationError> {
        if let Some(rejection) = missing_key(&self.entity, &row.cells) {
            return Ok(Outcome::Rejected(rejection));
        }
        for (i, cell) in row.cells.iter().enumerate() {
            let affinity = table.affinities.get(i).copied().unwrap_or(Affinity::None);
            if let Some(reason) = not_storable(cell, affinity) {
                return Ok(Outcome::Rejected(Rejection {
                    column: Some(self.entity.column_name(i).to_owned()),
                    code: RejectionCode::NotStorable,
                    reason,
                }));
            }
        }
        let found = self.find(table, row).map_err(|e| self.fail(e))?;
        if let Some((row_id, same)) = found {
            if let Some(&first) = self.seen.get(&row_id) {
                return Ok(Outcome::Rejected(duplicate_key(&self.entity, &row.cells, first)));
            }
            let outcome = match (&table.update, same) {
                (Some(update), false) => {
                    self.execute(update, row)?.map_or(Outcome::Updated, Outcome::Rejected)
                }
                _ => Outcome::Unchanged,
            };
            if !matches!(outcome, Outcome::Rejected(_)) {
                self.seen.insert(row_id, row.number);
            }
            return Ok(outcome);
        }
        if let Some(rejection) = self.execute(&table.insert, row)? {
            return Ok(Outcome::Rejected(rejection));
        }
        self.seen.insert(self.connection.last_insert_rowid(), row.number);
        Ok(Outcome::Inserted)
    }

    fn find(&self, table: &Table, row: &Row) -> rusqlite::Result<Option<(i64, bool)>> {
        let mut statement = self.connection.prepare_cached(&table.find)?;
        bind(&mut statement, row)?;
        let mut rows = statement.raw_query();
        rows.next()?.map(|found| Ok((found.get(0)?, found.get(1)?))).transpose()
    }

    /// Runs one change. A broken constraint is the row's rejection; anything else fails the write.
    fn execute(&self, sql: &str, row: &Row) -> Result<Option<Rejection>, DestinationError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            bind(&mut statement, row)?;
            statement.raw_execute()
        };
        let Err(error) = run() else { return Ok(None) };
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
        Ok(Some(Rejection { column: None, code: RejectionCode::Constraint, reason }))
    }
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

impl UpsertWriter for SqliteWriter {
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.begin()?;
        let table = match self.table.take() {
            Some(table) => table,
            None => self.prepare_table(rows)?,
        };
        let outcomes = rows.iter().map(|row| self.write_row(&table, row)).collect();
        self.table = Some(table);
        outcomes
    }

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        self.commit()?;
        Ok(true)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DestinationError> {
        if self.table.is_none() {
            // Without rows the table is still created, so that whoever reads it finds it empty.
            self.write(&[])?;
        }
        self.commit()
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

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Logical(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Whole(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Double(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Decimal(_) => ToSqlOutput::Owned(Value::Text(self.to_string())),
            Self::Text(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::DateTime(text)
            | Self::DateTimeZone(text)
            | Self::Duration(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Binary(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

/// Why SQLite would not give the value back as it was, if so.
fn not_storable(cell: &Cell, affinity: Affinity) -> Option<String> {
    match cell {
        Cell::Double(value) if value.is_nan() => Some("SQLite stores NaN as null".to_owned()),
        Cell::Whole(value) if affinity == Affinity::Real && value.unsigned_abs() > EXACT_IN_DOUBLE => {
            Some(format!("{value} has more digits than a REAL column keeps"))
        }
        Cell::Decimal(value) if affinity != Affinity::Text && digits(value) > EXACT_DIGITS => {
            Some(format!("{value} has more than the {EXACT_DIGITS} digits SQLite keeps"))
        }
        Cell::Text(text)
            if matches!(affinity, Affinity::Real | Affinity::Numeric) && changes_as_number(text) =>
        {
            Some(format!("a numeric column would turn the text {text:?} into a number"))
        }
        _ => None,
    }
}

fn digits(value: &rust_decimal::Decimal) -> u32 {
    value.normalize().mantissa().unsigned_abs().checked_ilog10().map_or(1, |d| d + 1)
}

/// Text such as "007" or "1e3", which SQLite's numeric affinity would not give back.
fn changes_as_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite) && {
        text.parse::<i64>().map_or_else(
            |_| text.parse::<f64>().map_or(true, |n| n.to_string() != text),
            |n| n.to_string() != text,
        )
    }
}

/// The rules of "Datatypes In SQLite", section 3.1.
fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    let has = |part| declared.contains(part);
    if has("INT") {
        Affinity::Numeric
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || declared.is_empty() {
        Affinity::None
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

fn declared_type(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Logical => "BOOLEAN",
        CellKind::Whole => "INTEGER",
        CellKind::Double => "REAL",
        CellKind::Decimal => "NUMERIC",
        CellKind::Date => "DATE",
        CellKind::DateTime => "DATETIME",
        CellKind::Text | CellKind::Time | CellKind::DateTimeZone | CellKind::Duration => "TEXT",
        CellKind::Binary => "BLOB",
    }
}

/// The one kind that holds every value of a column in these rows, if there is one.
fn infer_kind(rows: &[Row], column: usize) -> Option<CellKind> {
    let mut kinds = rows.iter().filter_map(|row| row.cells.get(column)).filter_map(Cell::kind);
    let first = kinds.next()?;
    kinds.try_fold(first, CellKind::unify)
}

fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
