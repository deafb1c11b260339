//! PostgreSQL databases.

use std::rc::Rc;
use std::sync::Arc;

use super::{Opened, Reading, Scope, SourceSystem, buffered, idle};
use crate::destinations::{Destination, DestinationError, PostgresStore};
use crate::host::HostError;
use crate::host::http::{Credential, Secret};
use crate::project::Project;
use crate::project::model::{Connection, ConnectionKind};
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

/// The databases that queries of a project may open: those that its connections name, with their credentials.
pub(in crate::project) fn granted(
    project: &Project,
) -> impl Fn(&str) -> std::result::Result<Option<Credential>, HostError> + Send + Sync + 'static {
    let of_kind =
        project.connections().iter().filter(|connection| connection.kind == ConnectionKind::PostgreSql);
    let named: Vec<(Server, Option<String>)> =
        of_kind.filter_map(|c| Some((Server::new(&c.address, None).ok()?, c.credential.clone()))).collect();
    let credentials = project.kept_credentials();
    move |address| {
        let asked = Server::new(address, None).map_err(|error| HostError::Failed(error.to_string()))?;
        match named.iter().find(|(known, _)| known.is_same_database(&asked)) {
            None => Err(HostError::Denied {
                what: format!("the database '{address}'"),
                advice: "Name it as a connection of the project.".to_owned(),
            }),
            Some((known, None)) => Ok(known
                .user()
                .map(|user| Credential::Basic { user: user.to_owned(), password: Secret::new("") })),
            Some((_, Some(name))) => credentials.credential(name).map(Some).map_err(HostError::Failed),
        }
    }
}

fn credential(project: &Project, connection: &Connection) -> std::result::Result<Option<Credential>, String> {
    connection.credential.as_ref().map(|name| project.credentials().credential(name)).transpose()
}
