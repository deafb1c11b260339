//! PostgreSQL as lazy tables.
//!
//! Each reading of a table is one `COPY … TO STDOUT` over the columns it needs, on a connection and a thread of its own
//! that is a few batches ahead: it sees one state of the table from its first row to its last, and a slow reader slows
//! the server down instead of filling memory.

mod catalogue;
mod kind;
mod reading;
mod rows;
mod server;
mod tls;

use std::sync::Arc;

pub use catalogue::{Key, Reference, Relation, StoredColumn, catalogue, relation, relations};
pub use kind::Kind;
pub use rows::push_escaped;
pub use server::{Server, ServerError, said};

use crate::table::Table;
use crate::value::types::TableKey;
use crate::value::{Error, Reason, Result, Shape, Text, Value};
use reading::Read;

/// A name as SQL writes it.
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The names of the tables and views: those of the current schema by their own name, others with their schema's.
///
/// # Errors
/// `DataSource.Error` where the server cannot be reached or refuses.
pub fn entities(server: &Server) -> Result<Vec<String>> {
    let mut client = server.connect().map_err(|error| failed(&error))?;
    relations(&mut client).map_err(|error| failed(&server.failure(&error)))
}

/// A table or view. Reads its columns now, its rows when they are asked for.
///
/// # Errors
/// `DataSource.NotFound` where the database has none of that name; `DataSource.Error` where the server cannot be
/// reached or refuses.
pub fn table(server: &Server, name: &str) -> Result<Table> {
    let mut client = server.connect().map_err(|error| failed(&error))?;
    let found = relation(&mut client, name).map_err(|error| failed(&server.failure(&error)))?;
    let Some(found) = found else {
        let message = format!("Could not find the table '{name}' in '{}'.", server.name());
        return Err(Error::new(Reason::NotFound, message).with_detail(Value::text(name)));
    };
    Ok(rows_of(server, found))
}

/// What a query in SQL gives. It is asked for its columns now, for its rows when they are read.
///
/// # Errors
/// `DataSource.Error` where the server cannot be reached or refuses.
pub fn query(server: &Server, sql: &str) -> Result<Table> {
    let mut client = server.connect().map_err(|error| failed(&error))?;
    let found = catalogue::query(&mut client, sql).map_err(|error| failed(&server.failure(&error)))?;
    Ok(rows_of(server, found))
}

fn rows_of(server: &Server, found: Relation) -> Table {
    let shape = Arc::new(Shape::new(found.columns.iter().map(|column| Text::new(&column.name))));
    let types = found.columns.iter().map(|column| Arc::new(column.kind.claim(column.required))).collect();
    let keys = found.keys.iter().map(|key| TableKey {
        columns: key.columns.iter().map(|column| Text::new(column)).collect(),
        primary: key.is_primary,
    });
    let keys = keys.collect();
    let read = Read { server: server.clone(), relation: Arc::new(found) };
    Table::new(shape, types, Arc::new(read)).with_keys(keys)
}

/// What a server said, as an M error.
pub fn failed(error: &ServerError) -> Error {
    Error::data_source(error.to_string())
}
