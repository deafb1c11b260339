//! Opening the entities that tasks read, with M itself.

use std::sync::Arc;

use super::csv_check;
use super::failure::Failure;
use crate::Engine;
use crate::destinations::roll_back_interrupted;
use crate::eval::Context;
use crate::project::Project;
use crate::project::model::{Connection, ConnectionKind};
use crate::sources::sqlite::sqlite_table;
use crate::table::{self, Demand, Table};
use crate::value::{Error, Reason, Result, Value};

/// The code page of UTF-8.
const UTF_8: i64 = 65001;

/// An entity that can be read as a table.
pub(super) struct Opened {
    pub(super) table: Arc<Table>,
    /// The number of rows, where it is known.
    pub(super) rows: Option<u64>,
    /// Keeps alive what the table's lazy parts refer to.
    _ctx: Context,
}

/// How an entity is read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// From the source, each time it is read. Files are read through once beforehand, so that a file that
    /// is damaged somewhere fails before anything is written.
    Streamed,
    /// Into memory at once: what a destination in the same file will lock, and what is looked up.
    Whole,
}

/// Opens an entity of a connection.
pub(super) fn open(
    engine: &Engine,
    project: &Project,
    connection: &Connection,
    entity: &str,
    reading: Reading,
) -> std::result::Result<Opened, Failure> {
    let fail = |error: Error| Failure::source(entity, &connection.name, &error);
    let (ctx, table) = table(engine, project, connection, entity).map_err(fail)?;
    let read = || -> Result<(Arc<Table>, Option<u64>)> {
        if reading == Reading::Whole {
            let batches = table::collect(&ctx, &table, &Demand::all())?;
            let buffered = table::from_batches(Arc::clone(table.shape()), batches);
            let rows = buffered.operator().known_rows().map(|rows| rows as u64);
            let typed = Table::new(
                Arc::clone(table.shape()),
                table.types().to_vec(),
                Arc::clone(buffered.operator()),
            );
            return Ok((Arc::new(typed.with_keys(table.keys().to_vec())), rows));
        }
        let rows = match connection.kind {
            ConnectionKind::Sqlite => table.operator().known_rows().map(|rows| rows as u64),
            ConnectionKind::Csv => Some(csv_check::check(
                &ctx,
                &project.entity_path(connection, entity),
                delimiter(connection),
                encoding(connection),
            )?),
            ConnectionKind::Json | ConnectionKind::JsonLines => Some(table::row_count(&ctx, &table)? as u64),
        };
        Ok((Arc::clone(&table), rows))
    };
    let (table, rows) = read().map_err(fail)?;
    Ok(Opened { table, rows, _ctx: ctx })
}

fn delimiter(connection: &Connection) -> &str {
    connection.options.as_ref().and_then(|o| o.delimiter.as_deref()).unwrap_or(",")
}

fn encoding(connection: &Connection) -> i64 {
    connection.options.as_ref().and_then(|o| o.encoding).map_or(UTF_8, i64::from)
}

fn table(
    engine: &Engine,
    project: &Project,
    connection: &Connection,
    entity: &str,
) -> Result<(Context, Arc<Table>)> {
    let path = project.entity_path(connection, entity);
    let text = match connection.kind {
        ConnectionKind::Csv => include_str!("entities/csv.pq"),
        ConnectionKind::Json => include_str!("entities/json.pq"),
        ConnectionKind::JsonLines => include_str!("entities/json_lines.pq"),
        // Needs no M: the table is opened below.
        ConnectionKind::Sqlite => "null",
    };
    let engine = engine
        .clone()
        .with_value("EntityPath", Value::text(path.to_string_lossy()))
        .with_value("EntityName", Value::text(entity))
        .with_value("EntityDelimiter", Value::text(delimiter(connection)))
        .with_value("EntityEncoding", Value::Int64(encoding(connection)));
    let query = engine.compile("entity", text).map_err(|diagnostics| {
        // The text is ours; it can fail only where the library lacks a function.
        let messages: Vec<String> = diagnostics.into_iter().map(|d| d.message).collect();
        Error::expression(messages.join("; "))
    })?;
    let ctx = query.start();
    if connection.kind == ConnectionKind::Sqlite {
        if project.writes_database(connection) {
            roll_back_interrupted(&path);
        }
        let table = sqlite_table(&ctx, &path, entity)?;
        return Ok((ctx, Arc::new(table)));
    }
    match query.evaluate(&ctx)?.plain() {
        Value::Table(table) => Ok((ctx, table)),
        other => {
            Err(Error::new(Reason::DataFormat, format!("It is no table but a {}.", other.kind().name())))
        }
    }
}
