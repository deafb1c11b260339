//! Results as text: one file per format. `docs/cli.md` says how each kind of value is written.
//!
//! The data formats (csv, json, jsonl, arrow, parquet) write batch by batch while the table is read, so memory does not grow with the
//! number of rows.

mod amount;
mod arrow;
mod cells;
mod csv;
mod json;
mod lines;
mod plain;
mod preview;
mod rows;
mod scalar;

use std::io::{self, Write};

use clap::ValueEnum;
use pqm::eval::Context;
use pqm::value::{Error, List, Value, literal_text};

use super::exit::Failure;
use super::output::Output;
pub use amount::{size, took};
use cells::Cells;
pub use preview::{Column, Grid, Role, Shown, brief, cut};
use rows::RowReader;

/// The width of previews that do not go to a terminal, in characters.
pub const PIPE_WIDTH: usize = 120;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A preview for people
    Table,
    /// JSON; a table is an array of objects
    Json,
    /// JSON Lines: an object for each row, or a line for each item
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// M literal text
    M,
    /// An Arrow IPC file, of a table
    Arrow,
    /// A Parquet file, of a table
    #[cfg(feature = "parquet")]
    Parquet,
}

/// What is written for a cell or item that holds an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Errors {
    /// End with the error, its row and its column
    Fail,
    /// null
    Null,
    /// The error's reason and message as text
    Text,
}

/// How to write.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// At most this many rows or items.
    pub limit: Option<u64>,
    /// What to do about errors in cells; the format decides if it is not said.
    pub errors: Option<Errors>,
    /// Characters in a line of a preview.
    pub width: usize,
    /// Whether previews are coloured.
    pub colour: bool,
    /// Whether a text value is written as it is.
    pub raw: bool,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Cells and items with errors that were written as null or text.
    pub errors: u64,
}

/// Why not all was written.
#[derive(Debug)]
pub enum Stopped {
    /// The value could not be evaluated to its end.
    Evaluation(Error),
    /// A cell or item holds an error; where.
    Cell(Error, Place),
    /// The destination failed.
    Io(io::Error),
}

/// Where a cell or item is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The row or item, from 1; 0 if there are no rows.
    pub row: u64,
    /// The column or field.
    pub column: Option<String>,
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Stopped {
        Stopped::Evaluation(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Stopped {
        Stopped::Io(error)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.row, &self.column) {
            (0, Some(column)) => write!(f, "field '{column}'"),
            (row, Some(column)) => write!(f, "row {row}, column '{column}'"),
            (row, None) => write!(f, "item {row}"),
        }
    }
}

/// Writes a value.
pub fn write(
    ctx: &Context,
    value: &Value,
    format: Format,
    layout: &Layout,
    out: &mut dyn Write,
) -> Result<Written, Stopped> {
    let mut cells = Cells::new(ctx, layout.errors.unwrap_or(Errors::Fail));
    match format {
        Format::Table => preview::write(ctx, value, layout, out)?,
        Format::Csv => csv::write(&mut cells, value, layout.limit, out)?,
        Format::Json => json::document(&mut cells, value, layout.limit, out)?,
        Format::Jsonl => json::lines(&mut cells, value, layout.limit, out)?,
        Format::Arrow => {
            arrow::write(ctx, value, layout.limit, cells.policy(), arrow::Container::Ipc, out)?;
        }
        #[cfg(feature = "parquet")]
        Format::Parquet => {
            arrow::write(ctx, value, layout.limit, cells.policy(), arrow::Container::Parquet, out)?;
        }
        Format::M => match value.as_text() {
            Some(text) if layout.raw => writeln!(out, "{text}")?,
            _ => {
                let value = limited(ctx, value, layout.limit)?;
                writeln!(out, "{}", literal_text(ctx, &value)?)?;
            }
        },
    }
    Ok(Written { errors: cells.errors() })
}

/// The value with at most so many rows or items.
fn limited(ctx: &Context, value: &Value, limit: Option<u64>) -> Result<Value, Stopped> {
    let Some(limit) = limit else { return Ok(value.clone()) };
    Ok(match value.as_plain() {
        Value::List(list) => {
            let mut items = list.items();
            let mut kept = Vec::new();
            while (kept.len() as u64) < limit
                && let Some(item) = items.next(ctx)?
            {
                kept.push(item);
            }
            Value::List(std::sync::Arc::new(List::Items(kept)))
        }
        Value::Table(table) => {
            let mut reader = RowReader::open(ctx, table, Some(limit))?;
            let mut batches = Vec::new();
            while let Some(batch) = reader.next_batch(ctx)? {
                batches.push(batch);
            }
            let rows = pqm::table::from_batches(std::sync::Arc::clone(table.shape()), batches);
            Value::Table(std::sync::Arc::new(rows.with_type(&pqm::value::types::TableType {
                row: std::sync::Arc::new(table.row_type()),
                keys: table.keys().to_vec(),
            })))
        }
        other => other.clone(),
    })
}

/// Brings what was written to its place, or says why it cannot be.
pub fn finish(written: Result<Written, Stopped>, mut out: Output) -> Result<Written, Failure> {
    let error = match written {
        Ok(written) => {
            out.finish_result()?;
            return Ok(written);
        }
        Err(error) => error,
    };
    if let Output::Standard(standard) = &mut out {
        // What was written before the error is shown before it.
        let _ = standard.flush();
    }
    Err(match error {
        Stopped::Io(error) => Failure::file("write", out.path(), &error),
        Stopped::Evaluation(error) => Failure::evaluation(&error),
        Stopped::Cell(error, place) => Failure::cell(&error, place),
    })
}
