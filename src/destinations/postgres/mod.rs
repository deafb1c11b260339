//! Upserts into a table of a PostgreSQL database.
//!
//! Rows are copied into a temporary table with the columns' own types, and from there inserted or updated by one
//! statement, which leaves rows alone that are the same; while all rows are new, they are inserted without a look at the
//! table. Each batch has a savepoint: a row that the server refuses is the one it names, or is found by halving the
//! batch, and rejected with the server's words. A checkpoint is a committed transaction. A plan is a transaction that is
//! rolled back.

mod encode;
mod key_set;
mod lines;
mod statements;
mod writer;

use self::writer::PostgresWriter;
use super::{
    CellKind, Description, Destination, DestinationError, Entity, Reference, StoredColumn, UpsertWriter,
    WriteOptions,
};
use crate::host::http::Credential;
use crate::sources::postgres::{self as source, Kind, Relation, Server};

/// A PostgreSQL database; an entity is a table.
pub struct PostgresStore {
    server: Server,
}

impl PostgresStore {
    /// The database at an address such as `postgres://server:5432/database`.
    ///
    /// # Errors
    /// The address is none, or the credential is of a kind that the server does not take.
    pub fn new(address: &str, credential: Option<&Credential>) -> Result<Self, DestinationError> {
        let server = Server::new(address, credential);
        let server = server.map_err(|error| DestinationError::Remote {
            system: address.to_owned(),
            message: error.to_string(),
        })?;
        Ok(Self { server })
    }

    /// What a question to the server gives.
    fn ask<T>(
        &self,
        ask: impl FnOnce(&mut ::postgres::Client) -> Result<T, ::postgres::Error>,
    ) -> Result<T, DestinationError> {
        let mut client = self.server.connect().map_err(|error| self.failed(error.to_string()))?;
        ask(&mut client).map_err(|error| self.failed(source::said(&error)))
    }

    fn failed(&self, message: String) -> DestinationError {
        DestinationError::Remote { system: self.server.name().to_owned(), message }
    }
}

impl Destination for PostgresStore {
    fn entities(&self) -> Result<Vec<String>, DestinationError> {
        self.ask(source::relations)
    }

    fn describe(&self, entity: &str) -> Result<Option<Description>, DestinationError> {
        Ok(self.ask(|client| source::relation(client, entity))?.map(described))
    }

    fn open(&self, entity: Entity, options: WriteOptions) -> Result<Box<dyn UpsertWriter>, DestinationError> {
        Ok(Box::new(PostgresWriter::open(&self.server, entity, options)?))
    }
}

fn described(relation: Relation) -> Description {
    let column = |column: &source::StoredColumn| StoredColumn {
        name: column.name.clone(),
        kind: kind(column.kind),
        length: column.length,
        required: column.required && !column.has_default,
    };
    let reference = |reference: source::Reference| Reference {
        name: reference.to.clone(),
        to: reference.to,
        columns: reference.columns,
        read: None,
    };
    Description {
        columns: relation.columns.iter().map(column).collect(),
        keys: relation.keys.into_iter().map(|key| key.columns).collect(),
        references: relation.references.into_iter().map(reference).collect(),
    }
}

/// The kind of cells that a column takes; none where it is the server's matter what its text means.
fn kind(kind: Kind) -> Option<CellKind> {
    Some(match kind {
        Kind::Logical => CellKind::Logical,
        Kind::Whole => CellKind::Whole,
        Kind::Single | Kind::Double => CellKind::Double,
        Kind::Decimal => CellKind::Decimal,
        Kind::Date => CellKind::Date,
        Kind::Time => CellKind::Time,
        Kind::DateTime => CellKind::DateTime,
        Kind::DateTimeZone => CellKind::DateTimeZone,
        Kind::Interval => CellKind::Duration,
        Kind::Binary => CellKind::Binary,
        Kind::PaddedText | Kind::Text => CellKind::Text,
        Kind::Uuid | Kind::Json | Kind::Other => return None,
    })
}

#[cfg(test)]
mod tests;
