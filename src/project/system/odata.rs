//! OData V4 services and Dataverse as sources.

use std::rc::Rc;
use std::sync::Arc;

use super::{Changes, ChangesEnd, Opened, Reading, Scope, SourceSystem, buffered, idle};
use crate::destinations::odata::{Dialect, ODataStore};
use crate::destinations::{Destination, DestinationError};
use crate::project::Project;
use crate::project::model::{Connection, ConnectionKind};
use crate::sources::odata::{Tracked, entity_properties, once_per_key, tracked_changes};
use crate::value::{Error, Result};

pub(super) struct OData;

/// The store of a connection.
pub(super) fn store(project: &Project, connection: &Connection) -> ODataStore {
    let dialect = match connection.kind {
        ConnectionKind::Dataverse => Dialect::Dataverse,
        _ => Dialect::Standard,
    };
    ODataStore::of(project.network().service(connection), dialect)
}

fn failed(error: DestinationError) -> Error {
    Error::data_source(error.to_string())
}

impl SourceSystem for OData {
    fn entities(&self, scope: &Scope<'_>) -> Result<Vec<String>> {
        store(scope.project, scope.connection).entities().map_err(failed)
    }

    fn open(&self, scope: &Scope<'_>, entity: &str, reading: Reading) -> Result<Opened> {
        let ctx = idle(scope)?;
        let service = scope.project.network().service(scope.connection).reader().map_err(failed)?;
        let table = once_per_key(&entity_properties(&service, entity)?);
        match reading {
            Reading::Whole => buffered(ctx, &table),
            Reading::Shape | Reading::Streamed => {
                Ok(Opened { table: Arc::new(table), rows: None, ctx: Rc::new(ctx) })
            }
        }
    }

    fn untracked(&self, scope: &Scope<'_>, entity: &str) -> Result<Option<String>> {
        store(scope.project, scope.connection).untracked(entity).map_err(failed)
    }

    fn changes(&self, scope: &Scope<'_>, entity: &str, since: Option<&str>) -> Result<Option<Changes>> {
        if let Some(why) = self.untracked(scope, entity)? {
            return Err(Error::data_source(why));
        }
        let ctx = idle(scope)?;
        let service = scope.project.network().service(scope.connection).reader().map_err(failed)?;
        let (table, tracked) = tracked_changes(&service, entity, since)?;
        let rows = Opened { table: Arc::new(once_per_key(&table)), rows: None, ctx: Rc::new(ctx) };
        let end = move || tracked.end().map(|end| of(&tracked, &end));
        Ok(Some(Changes { rows, end: Box::new(end) }))
    }
}

fn of(tracked: &Tracked, end: &crate::sources::odata::ReadingEnd) -> ChangesEnd {
    ChangesEnd { is_full: end.is_full, deleted: Some(Arc::new(tracked.gone(end))), next: end.link.clone() }
}
