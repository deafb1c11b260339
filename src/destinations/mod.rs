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
#[cfg(feature = "http")]
pub mod odata;
#[cfg(feature = "postgres")]
mod postgres;
mod row_set;
mod sqlite;
mod store;
mod transaction;

pub use cell::{Cell, CellKind};
pub use csv_file::CsvFormat;
pub use entity::{Column, Entity, EntityError};
pub use error::DestinationError;
pub use json_lines::JsonLinesFormat;
pub use keyed_file::{FileStore, KeyedFileWriter};
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use sqlite::{SqliteStore, SqliteWriter, roll_back_interrupted};
pub use store::{
    Description, Destination, Mode, Reference, RowPolicy, StoredColumn, UpsertWriter, WriteOptions,
};

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
    /// The key was there with other values: the fields that change, where the writer only plans.
    Updated(Vec<FieldChange>),
    /// The key was there with the same values, or what was to be deleted was not there; nothing was written.
    Unchanged,
    /// The key was there and its row is deleted.
    Deleted,
    /// The row was not written.
    Rejected(Rejection),
}

/// A field that an update changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The column.
    pub column: String,
    /// Its value as text; none for null.
    pub from: Option<String>,
    /// Its value to be, as text; none for null.
    pub to: Option<String>,
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
    /// The task only updates, and no row has the key.
    KeyUnknown,
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
            Self::KeyUnknown => "key-unknown",
            Self::Constraint => "constraint",
            Self::NotStorable => "not-storable",
        }
    }
}

/// The one kind that holds every value of a column in these rows, if there is one.
fn infer_kind(rows: &[Row], column: usize) -> Option<CellKind> {
    let mut kinds = rows.iter().filter_map(|row| row.cells.get(column)).filter_map(Cell::kind);
    let first = kinds.next()?;
    kinds.try_fold(first, CellKind::unify)
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

/// The rejection of a row whose key an earlier row of this run already had.
fn duplicate_key(entity: &Entity, cells: &[Cell]) -> Rejection {
    let key: Vec<String> =
        entity.key_columns().filter_map(|i| cells.get(i)).map(ToString::to_string).collect();
    Rejection {
        column: entity.key_columns().next().map(|i| entity.column_name(i).to_owned()),
        code: RejectionCode::KeyDuplicate,
        reason: format!("an earlier row of this run has the same key ({}) and was kept", key.join(", ")),
    }
}

/// The rejection of a row that a trigger of the table left out.
fn ignored() -> Rejection {
    let reason = "a trigger of the table ignored the row".to_owned();
    Rejection { column: None, code: RejectionCode::Constraint, reason }
}

/// The rejection of a row that is not there, where rows are only updated.
fn key_unknown(entity: &Entity) -> Rejection {
    Rejection {
        column: entity.key_columns().next().map(|i| entity.column_name(i).to_owned()),
        code: RejectionCode::KeyUnknown,
        reason: format!("{} has no row with this key, and the task only updates", entity.name()),
    }
}
