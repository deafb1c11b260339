//! PostgreSQL databases.

use std::rc::Rc;
use std::sync::Arc;

use super::{Opened, Reading, Scope, SourceSystem, buffered, idle};
use crate::destinations::{Destination, DestinationError, PostgresStore};
use crate::host::http::Credential;
use crate::project::Project;
use crate::project::model::Connection;
use crate::sources::postgres::{self, Server};
use crate::value::{Error, Result};

pub(super) struct Postgres;

impl SourceSystem for Postgres {
    fn entities(&self, scope: &Scope<'_>) -> Result<Vec<String>> {
        postgres::entities(&server(scope)?)
    }

    fn open(&self, scope: &Scope<'_>, entity: &str, reading: Reading) -> Result<Opened> {
        let table = postgres::table(&server(scope)?, entity)?;
        let ctx = idle(scope)?;
        if reading == Reading::Whole {
            return buffered(ctx, &table);
        }
        Ok(Opened { table: Arc::new(table), rows: None, ctx: Rc::new(ctx) })
    }
}

fn server(scope: &Scope<'_>) -> Result<Server> {
    let credential = credential(scope.project, scope.connection).map_err(Error::data_source)?;
    let server = Server::new(&scope.connection.address, credential.as_ref());
    server.map_err(|error| Error::data_source(error.to_string()))
}

/// The store of a connection.
pub(super) fn store(
    project: &Project,
    connection: &Connection,
) -> std::result::Result<Box<dyn Destination>, DestinationError> {
    let refused = |message| DestinationError::Remote { system: connection.name.clone(), message };
    let credential = credential(project, connection).map_err(refused)?;
    Ok(Box::new(PostgresStore::new(&connection.address, credential.as_ref())?))
}

fn credential(project: &Project, connection: &Connection) -> std::result::Result<Option<Credential>, String> {
    connection.credential.as_ref().map(|name| project.credentials().credential(name)).transpose()
}
