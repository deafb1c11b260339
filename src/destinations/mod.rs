//! Destinations: writers that bring rows into a store by insert-or-update on a declared key.
//!
//! Every writer keeps the same contract. A row ends in exactly one [`Outcome`]. Writing the same rows
//! again changes nothing. What a [`checkpoint`](UpsertWriter::checkpoint) has made durable stays; what
//! came after it is lost as a whole when the process dies, and comes again with the next run. Of rows
//! with one key in the same run the first is written and the later ones are rejected, so that a second
//! run finds every row unchanged.
//!
//! This module knows nothing of projects, mappings or the M language: it takes plain [`Cell`]s.
#![allow(clippy::disallowed_methods)] // Writing files is what destinations are for.

mod cell;
mod csv_file;
mod entity;
mod error;
mod json_lines;
mod keyed_file;
#[cfg(test)]
mod kill_tests;
mod sqlite;

use std::path::Path;

pub use cell::{Cell, CellKind};
pub use entity::{Column, Entity, EntityError};
pub use error::DestinationError;
pub use sqlite::{SqliteWriter, roll_back_interrupted};

pub use csv_file::CsvFormat;
pub use json_lines::JsonLinesFormat;
pub use keyed_file::KeyedFileWriter;

/// One row on its way to a destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Position of the row in this run's input, counted from 1; named in rejections.
    pub number: u64,
    /// One cell per column of the entity, in the same order.
    pub cells: Vec<Cell>,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The key was new.
    Inserted,
    /// The key was there with other values.
    Updated,
    /// The key was there with the same values; nothing was written.
    Unchanged,
    /// The row was not written.
    Rejected(Rejection),
}

/// Why a destination refused a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// The column at fault, when one can be named.
    pub column: Option<String>,
    /// The kind of reason.
    pub code: RejectionCode,
    /// The reason for a person to read.
    pub reason: String,
}

/// The kinds of reasons for which a destination refuses a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectionCode {
    /// A key column is null or blank.
    KeyMissing,
    /// An earlier row of the same run has the same key.
    KeyDuplicate,
    /// The destination's own rule (not null, unique, check, trigger) refused the row.
    Constraint,
    /// The destination cannot hold the value without changing it.
    NotStorable,
}

impl RejectionCode {
    /// The stable name, as it stands in the run history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyMissing => "key-missing",
            Self::KeyDuplicate => "key-duplicate",
            Self::Constraint => "constraint",
            Self::NotStorable => "not-storable",
        }
    }
}

/// A store that takes rows by key. See the module documentation for the contract.
pub trait UpsertWriter {
    /// Takes rows and answers one outcome per row, in order. The rows are not durable yet.
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError>;

    /// Makes everything written so far durable, if the store can do so before the end; answers whether it is.
    fn checkpoint(&mut self) -> Result<bool, DestinationError>;

    /// Makes everything durable and ends. Dropping a writer instead gives up what came after the last
    /// checkpoint.
    fn finish(self: Box<Self>) -> Result<(), DestinationError>;
}

/// The kinds of stores that [`open`] knows, with their options.
#[derive(Clone, Debug, PartialEq)]
pub enum Store {
    /// A table in an SQLite file.
    Sqlite,
    /// A CSV file; the delimiter is one ASCII character.
    Csv {
        /// The field delimiter.
        delimiter: u8,
    },
    /// A file of one JSON object per line.
    JsonLines,
}

/// Opens the file at `path` for rows of `entity`.
pub fn open(store: &Store, path: &Path, entity: Entity) -> Result<Box<dyn UpsertWriter>, DestinationError> {
    Ok(match *store {
        Store::Sqlite => Box::new(SqliteWriter::open(path, entity)?),
        Store::Csv { delimiter } => Box::new(KeyedFileWriter::open(path, entity, CsvFormat::new(delimiter))?),
        Store::JsonLines => Box::new(KeyedFileWriter::open(path, entity, JsonLinesFormat)?),
    })
}

/// The rejection for a null or blank key column, if there is one.
fn missing_key(entity: &Entity, cells: &[Cell]) -> Option<Rejection> {
    let column = entity.key_columns().find(|&i| cells.get(i).is_none_or(Cell::is_blank))?;
    let name = entity.column_name(column).to_owned();
    let reason = format!(
        "the key column {name} is {}, and a row without a key cannot be found again",
        match cells.get(column) {
            Some(Cell::Text(_)) => "blank",
            _ => "null",
        }
    );
    Some(Rejection { column: Some(name), code: RejectionCode::KeyMissing, reason })
}

/// The rejection of a row whose key the row `first` of this run already had.
fn duplicate_key(entity: &Entity, cells: &[Cell], first: u64) -> Rejection {
    let key: Vec<String> =
        entity.key_columns().filter_map(|i| cells.get(i)).map(ToString::to_string).collect();
    Rejection {
        column: entity.key_columns().next().map(|i| entity.column_name(i).to_owned()),
        code: RejectionCode::KeyDuplicate,
        reason: format!("row {first} of this run has the same key ({}) and was kept", key.join(", ")),
    }
}
