//! The systems that connections reach: one implementation a kind, as source, as destination, or as both.
//!
//! This is the seam by which further kinds plug in. A source gives tables to M and may track changes; a
//! destination is a [`Destination`]. A new kind is a variant of `ConnectionKind`, an implementation of
//! [`SourceSystem`] beside these, and a line in [`source`] and [`destination`].

mod csv_check;
mod files;
#[cfg(feature = "http")]
mod odata;
#[cfg(feature = "postgres")]
pub(super) mod postgres;
mod sqlite;

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::Project;
use super::model::{Connection, ConnectionKind};
use crate::Engine;
use crate::destinations::{
    CsvFormat, Destination, DestinationError, FileStore, JsonLinesFormat, SqliteStore,
};
use crate::eval::Context;
use crate::table::{self, Demand, Table};
use crate::value::{Error, Result};

/// A system that rows are read from.
pub(super) trait SourceSystem {
    /// The names of the entities that are there, sorted.
    ///
    /// # Errors
    /// What keeps the system from being read.
    fn entities(&self, scope: &Scope<'_>) -> Result<Vec<String>>;

    /// An entity as a table.
    ///
    /// # Errors
    /// An entity that is not there or cannot be read.
    fn open(&self, scope: &Scope<'_>, entity: &str, reading: Reading) -> Result<Opened>;

    /// Why changes of an entity cannot be followed, where the system says so beforehand.
    ///
    /// # Errors
    /// The system cannot be asked.
    fn untracked(&self, scope: &Scope<'_>, entity: &str) -> Result<Option<String>> {
        let _ = (scope, entity);
        Ok(None)
    }

    /// What has changed in an entity since the token of an earlier answer, or all of it without one. None from a
    /// system that does not track changes.
    ///
    /// # Errors
    /// As [`SourceSystem::open`]. A token that has expired is no error: the answer is then all rows, and says so.
    fn changes(&self, scope: &Scope<'_>, entity: &str, since: Option<&str>) -> Result<Option<Changes>> {
        let _ = (scope, entity, since);
        Ok(None)
    }
}

/// What a system needs to know to give an entity.
pub(super) struct Scope<'s> {
    pub(super) engine: &'s Engine,
    pub(super) project: &'s Project,
    pub(super) connection: &'s Connection,
}

/// How an entity is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// For its columns only: no more is read than they take.
    Shape,
    /// From the source, each time it is read. Files are read through once beforehand, so that a file that
    /// is damaged somewhere fails before anything is written.
    Streamed,
    /// Into memory at once: what a destination in the same file will lock, and what is looked up.
    Whole,
}

/// An entity that can be read as a table.
pub(super) struct Opened {
    pub(super) table: Arc<Table>,
    /// The number of rows, where it is known.
    pub(super) rows: Option<u64>,
    /// The evaluation that the table's lazy parts belong to; it must live as long.
    pub(super) ctx: Rc<Context>,
}

/// The answer of a source that tracks changes.
pub(super) struct Changes {
    /// New and changed rows, or all rows.
    pub(super) rows: Opened,
    /// What is known once the rows were read to their end; none before.
    pub(super) end: Box<dyn Fn() -> Option<ChangesEnd>>,
}

/// What a source that tracks changes says when its rows have come to their end.
pub(super) struct ChangesEnd {
    /// The rows that are gone, with the columns of the source's key. One may never have been seen.
    pub(super) deleted: Option<Arc<Table>>,
    /// Where to go on next time. Kept only once all of the rows are delivered.
    pub(super) next: String,
    /// Whether the rows were all there are, because there was no token or it had expired.
    pub(super) is_full: bool,
}

/// The system a connection reads from.
pub(super) fn source(kind: ConnectionKind) -> Box<dyn SourceSystem> {
    match kind {
        ConnectionKind::Csv => Box::new(files::Csv),
        ConnectionKind::Json => Box::new(files::Json { lines: false }),
        ConnectionKind::JsonLines => Box::new(files::Json { lines: true }),
        ConnectionKind::Sqlite => Box::new(sqlite::Sqlite),
        #[cfg(feature = "postgres")]
        ConnectionKind::PostgreSql => Box::new(postgres::Postgres),
        #[cfg(not(feature = "postgres"))]
        ConnectionKind::PostgreSql => Box::new(Absent(NO_POSTGRES)),
        #[cfg(feature = "http")]
        ConnectionKind::Odata | ConnectionKind::Dataverse => Box::new(odata::OData),
        #[cfg(not(feature = "http"))]
        ConnectionKind::Odata | ConnectionKind::Dataverse => Box::new(Absent(NO_NETWORK)),
    }
}

#[cfg(not(feature = "postgres"))]
const NO_POSTGRES: &str = "This build does not reach PostgreSQL: it was made without the feature 'postgres'.";
#[cfg(not(feature = "http"))]
const NO_NETWORK: &str = "This build has no network: it was made without the feature 'http'.";

/// Stands for systems that a build cannot reach, and says why.
#[cfg(not(all(feature = "postgres", feature = "http")))]
struct Absent(&'static str);

#[cfg(not(all(feature = "postgres", feature = "http")))]
impl SourceSystem for Absent {
    fn entities(&self, _scope: &Scope<'_>) -> Result<Vec<String>> {
        Err(Error::data_source(self.0))
    }

    fn open(&self, _scope: &Scope<'_>, _entity: &str, _reading: Reading) -> Result<Opened> {
        Err(Error::data_source(self.0))
    }
}

/// The store a connection writes to.
///
/// # Errors
/// A kind that cannot be written.
pub(super) fn destination(
    project: &Project,
    connection: &Connection,
) -> std::result::Result<Box<dyn Destination>, DestinationError> {
    if let Some(local) = local_destination(project.folder(), connection) {
        return local;
    }
    match connection.kind {
        #[cfg(feature = "postgres")]
        ConnectionKind::PostgreSql => postgres::store(project, connection),
        #[cfg(not(feature = "postgres"))]
        ConnectionKind::PostgreSql => Err(absent(connection, NO_POSTGRES)),
        #[cfg(feature = "http")]
        _ => Ok(Box::new(odata::store(project, connection))),
        #[cfg(not(feature = "http"))]
        _ => Err(absent(connection, NO_NETWORK)),
    }
}

#[cfg(not(all(feature = "postgres", feature = "http")))]
fn absent(connection: &Connection, why: &str) -> DestinationError {
    DestinationError::Service { address: connection.address.clone(), detail: why.to_owned() }
}

/// The store a connection to this machine writes to; addresses count from `folder`. None for other kinds.
pub(super) fn local_destination(
    folder: &Path,
    connection: &Connection,
) -> Option<std::result::Result<Box<dyn Destination>, DestinationError>> {
    let address = folder.join(&connection.address);
    Some(Ok(match connection.kind {
        ConnectionKind::Sqlite => Box::new(SqliteStore::new(address)),
        ConnectionKind::Csv => {
            let options = connection.options.as_ref();
            let delimiter = options.and_then(|o| o.delimiter.as_ref()).and_then(|d| d.bytes().next());
            Box::new(FileStore::new(address, CsvFormat::new(delimiter.unwrap_or(b','))))
        }
        // Loading refuses json destinations.
        ConnectionKind::Json | ConnectionKind::JsonLines => {
            Box::new(FileStore::new(address, JsonLinesFormat))
        }
        ConnectionKind::PostgreSql | ConnectionKind::Odata | ConnectionKind::Dataverse => return None,
    }))
}

/// An evaluation that runs no M, for readers that need the host it grants.
fn idle(scope: &Scope<'_>) -> Result<Context> {
    let query = scope.engine.compile("entity", "null");
    Ok(query.map_err(|_| Error::expression("The engine is broken."))?.start())
}

/// The same entity, all its rows in memory.
fn buffered(ctx: Context, table: &Table) -> Result<Opened> {
    let batches = table::collect(&ctx, table, &Demand::all())?;
    let buffer = table::from_batches(Arc::clone(table.shape()), batches);
    let rows = buffer.operator().known_rows().map(|rows| rows as u64);
    let typed = Table::new(Arc::clone(table.shape()), table.types().to_vec(), Arc::clone(buffer.operator()));
    Ok(Opened { table: Arc::new(typed.with_keys(table.keys().to_vec())), rows, ctx: Rc::new(ctx) })
}
