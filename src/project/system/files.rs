//! Folders of files as sources, read with M itself.

use std::rc::Rc;
use std::sync::Arc;

use super::{Opened, Reading, Scope, SourceSystem, buffered, csv_check};
use crate::eval::Context;
use crate::project::model::Connection;
use crate::table::{self, Table};
use crate::value::{Error, Reason, Result, Value};

/// The code page of UTF-8.
const UTF_8: i64 = 65001;

pub(super) struct Csv;

pub(super) struct Json {
    /// One object a line instead of one array of them.
    pub(super) lines: bool,
}

impl SourceSystem for Csv {
    fn entities(&self, scope: &Scope<'_>) -> Result<Vec<String>> {
        files(scope, &["csv", "tsv", "txt"])
    }

    fn open(&self, scope: &Scope<'_>, entity: &str, reading: Reading) -> Result<Opened> {
        let (ctx, table) = evaluate(scope, entity, include_str!("entities/csv.pq"))?;
        if reading == Reading::Shape {
            return Ok(Opened { table, rows: None, ctx: Rc::new(ctx) });
        }
        let path = scope.project.entity_path(scope.connection, entity);
        let rows = csv_check::check(&ctx, &path, delimiter(scope.connection), encoding(scope.connection))?;
        match reading {
            Reading::Whole => buffered(ctx, &table),
            _ => Ok(Opened { table, rows: Some(rows), ctx: Rc::new(ctx) }),
        }
    }
}

impl SourceSystem for Json {
    fn entities(&self, scope: &Scope<'_>) -> Result<Vec<String>> {
        files(scope, if self.lines { &["jsonl", "ndjson", "json"] } else { &["json"] })
    }

    fn open(&self, scope: &Scope<'_>, entity: &str, reading: Reading) -> Result<Opened> {
        let text = if self.lines {
            include_str!("entities/json_lines.pq")
        } else {
            include_str!("entities/json.pq")
        };
        let (ctx, table) = evaluate(scope, entity, text)?;
        match reading {
            Reading::Whole => buffered(ctx, &table),
            Reading::Shape => Ok(Opened { table, rows: None, ctx: Rc::new(ctx) }),
            Reading::Streamed => {
                let rows = Some(table::row_count(&ctx, &table)? as u64);
                Ok(Opened { table, rows, ctx: Rc::new(ctx) })
            }
        }
    }
}

fn delimiter(connection: &Connection) -> &str {
    connection.options.as_ref().and_then(|o| o.delimiter.as_deref()).unwrap_or(",")
}

fn encoding(connection: &Connection) -> i64 {
    connection.options.as_ref().and_then(|o| o.encoding).map_or(UTF_8, i64::from)
}

/// The files of a connection's folder with one of these extensions.
fn files(scope: &Scope<'_>, extensions: &[&str]) -> Result<Vec<String>> {
    let folder = scope.project.address(scope.connection);
    let failed = |e: std::io::Error| {
        Error::data_source(format!("The folder '{}' cannot be listed: {e}.", folder.display()))
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        if path.is_file() && extension.is_some_and(|e| extensions.contains(&e.as_str())) {
            names.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The table that a query of ours makes of an entity.
fn evaluate(scope: &Scope<'_>, entity: &str, text: &str) -> Result<(Context, Arc<Table>)> {
    let path = scope.project.entity_path(scope.connection, entity);
    let engine = scope
        .engine
        .clone()
        .with_value("EntityPath", Value::text(path.to_string_lossy()))
        .with_value("EntityDelimiter", Value::text(delimiter(scope.connection)))
        .with_value("EntityEncoding", Value::Int64(encoding(scope.connection)));
    let query = engine.compile("entity", text).map_err(|diagnostics| {
        // The text is ours; it can fail only where the library lacks a function.
        let messages: Vec<String> = diagnostics.into_iter().map(|d| d.message).collect();
        Error::expression(messages.join("; "))
    })?;
    let ctx = query.start();
    match query.evaluate(&ctx)?.plain() {
        Value::Table(table) => Ok((ctx, table)),
        other => {
            Err(Error::new(Reason::DataFormat, format!("It is no table but a {}.", other.kind().name())))
        }
    }
}
