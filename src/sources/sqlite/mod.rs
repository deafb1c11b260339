//! SQLite files as lazy tables.
//!
//! Each reading of a table is one read-only statement over the columns it needs, run on a thread of its own that is
//! a few batches ahead: it sees one state of the database from its first row to its last.
//!
//! SQLite stores what it is given, whatever type a column declares. Cells become what is stored; where a column
//! declares dates or logical values, texts and numbers that are written as such become those, and others stay.

mod cells;
mod reading;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use cells::Declared;
use reading::Read;

use super::bytes::{ByteSource, file_binary, host_error};
use crate::eval::Context;
use crate::table::Table;
use crate::value::types::TableKey;
use crate::value::{Error, Reason, Result, Shape, Text, Value};

/// A table or view of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The name.
    pub name: Text,
    /// Whether it is a view.
    pub is_view: bool,
}

/// A SQLite file that the host grants.
#[derive(Clone, Debug)]
pub struct Database {
    path: PathBuf,
}

impl Database {
    /// The database in a file.
    ///
    /// # Errors
    /// `DataSource.NotFound` where there is no such file, `DataSource.Error` where the host does not grant it or it is
    /// no SQLite file.
    pub fn open(ctx: &Context, path: &Path) -> Result<Database> {
        let path = ctx.host().locate(path).map_err(|error| host_error(&error))?;
        let mut start = Vec::new();
        let bytes = ByteSource::Binary(Arc::new(file_binary(path.clone())));
        let read = bytes.open(ctx)?.append(ctx, &mut start, 16)?;
        // An empty file is a database without tables.
        if read > 0 && start != b"SQLite format 3\0" {
            return Err(Error::data_source(format!(
                "'{}' isn't a SQLite database. Check that the path names the database file.",
                path.display()
            )));
        }
        Ok(Database { path })
    }

    /// The tables and views, by name.
    pub fn entities(&self) -> Result<Vec<Entity>> {
        let read = || -> rusqlite::Result<Vec<Entity>> {
            let connection = self.connect()?;
            let mut statement = connection.prepare(
                "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' \
                 ESCAPE '\\' ORDER BY name",
            )?;
            let rows = statement.query_map([], |row| {
                let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
                Ok(Entity { name: Text::from(name), is_view: kind == "view" })
            })?;
            rows.collect()
        };
        read().map_err(|error| self.error("its list of tables", &error))
    }

    /// A table or view. Reads its columns now, its rows when they are asked for.
    ///
    /// # Errors
    /// `DataSource.NotFound` where the database has none of that name.
    pub fn table(&self, name: &str) -> Result<Table> {
        let columns =
            self.columns(name).map_err(|error| self.error(&format!("the table '{name}'"), &error))?;
        if columns.is_empty() {
            let entities = self.entities()?;
            let known: Vec<&str> = entities.iter().map(|entity| entity.name.as_str()).collect();
            return Err(Error::new(
                Reason::NotFound,
                format!(
                    "Could not find the table '{name}' in '{}'. It has: {}.",
                    self.path.display(),
                    if known.is_empty() { "no table".to_owned() } else { known.join(", ") }
                ),
            )
            .with_detail(Value::text(name)));
        }
        let shape = Arc::new(Shape::new(columns.iter().map(|column| column.name.clone())));
        let types = columns.iter().map(|column| Arc::new(column.declared.claim(column.required))).collect();
        let mut key: Vec<&Column> = columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        let key: Vec<Text> = key.into_iter().map(|column| column.name.clone()).collect();
        let keys = if key.is_empty() { Vec::new() } else { vec![TableKey { columns: key, primary: true }] };
        let read = Read { database: self.clone(), entity: Text::new(name), columns: Arc::from(columns) };
        Ok(Table::new(shape, types, Arc::new(read)).with_keys(keys))
    }

    fn columns(&self, name: &str) -> rusqlite::Result<Vec<Column>> {
        let connection = self.connect()?;
        let mut statement = connection.prepare(
            "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
        )?;
        let rows = statement.query_map([name], |row| {
            let declared: String = row.get(1)?;
            let key: u32 = row.get(3)?;
            Ok(Column {
                name: Text::from(row.get::<_, String>(0)?),
                declared: Declared::of(&declared),
                required: row.get::<_, bool>(2)? || key > 0 && declared.eq_ignore_ascii_case("INTEGER"),
                key,
            })
        })?;
        rows.collect()
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        Ok(connection)
    }

    fn error(&self, what: &str, error: &rusqlite::Error) -> Error {
        Error::data_source(format!("Reading {what} of '{}' failed: {error}.", self.path.display()))
    }
}

/// The table `name` of the SQLite file at `path`: [`Database::open`] and [`Database::table`] in one.
pub fn sqlite_table(ctx: &Context, path: &Path, name: &str) -> Result<Table> {
    Database::open(ctx, path)?.table(name)
}

/// A column of a table.
struct Column {
    name: Text,
    declared: Declared,
    /// Whether it is never null.
    required: bool,
    /// Its place in the primary key from 1; 0 if it is not part of it.
    key: u32,
}
