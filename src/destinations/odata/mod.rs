//! OData V4 services as destinations: the Dataverse Web API, and any other service that takes entities by key.
//!
//! What is there already is read once, with the first rows, so that unchanged rows cost no request and every outcome
//! is known. All writing is idempotent by key: what was carried out although its acknowledgement got lost is carried
//! out again and changes nothing.

mod body;
mod connection;
mod gate;
mod known;
mod multipart;
mod writer;

use std::sync::Arc;

pub use connection::Connection;
pub use gate::ServiceLimits;

use super::{
    CellKind, Description, Destination, DestinationError, Entity, StoredColumn, UpsertWriter, WriteOptions,
};
use crate::host::http::HttpClient;
use crate::sources::odata::Edm;

/// What kind of service it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The Dataverse Web API: alternate keys, upserts by PATCH, UpsertMultiple.
    Dataverse,
    /// OData V4 as the standard has it: POST creates, PATCH changes; the key is that of the entity type.
    Standard,
}

/// A service as a destination; its entities are its entity sets.
pub struct ODataStore {
    connection: Arc<Connection>,
    dialect: Dialect,
}

impl ODataStore {
    /// The service at `address`, reached through `client`, which has the credentials.
    pub fn new(
        client: Arc<HttpClient>,
        address: &str,
        dialect: Dialect,
        limits: ServiceLimits,
    ) -> ODataStore {
        ODataStore { connection: Arc::new(Connection::new(client, address, limits)), dialect }
    }

    /// The unique sets of columns of an entity set, the primary key first.
    fn keys(&self, name: &str) -> Result<Vec<Vec<String>>, DestinationError> {
        let model = self.connection.model()?;
        let Some(container) = model.container(name) else { return Ok(Vec::new()) };
        let mut keys = vec![model.ty(&container.ty).map(|ty| ty.key.clone()).unwrap_or_default()];
        if self.dialect == Dialect::Dataverse {
            let logical = container.ty.rsplit('.').next().unwrap_or_default();
            let path = format!(
                "EntityDefinitions(LogicalName='{logical}')/Keys?$select=KeyAttributes,EntityKeyIndexStatus"
            );
            let answer = self.connection.get_json(&path)?;
            for key in answer.get("value").and_then(|keys| keys.as_array()).into_iter().flatten() {
                let columns =
                    key.get("KeyAttributes").and_then(|columns| columns.as_array()).into_iter().flatten();
                keys.push(columns.filter_map(|column| column.as_str()).map(str::to_owned).collect());
            }
        }
        Ok(keys)
    }
}

impl Destination for ODataStore {
    fn entities(&self) -> Result<Vec<String>, DestinationError> {
        let model = self.connection.model()?;
        let sets = model.containers.iter().filter(|container| !container.is_singleton);
        let mut names: Vec<String> = sets.map(|container| container.name.clone()).collect();
        names.sort();
        Ok(names)
    }

    fn describe(&self, entity: &str) -> Result<Option<Description>, DestinationError> {
        let model = self.connection.model()?;
        let Some(ty) = model.container(entity).and_then(|container| model.ty(&container.ty)) else {
            return Ok(None);
        };
        let columns = ty.properties.iter().map(|property| StoredColumn {
            name: property.name.clone(),
            kind: kind(&property.ty),
            length: property.max_length,
            // Keys that are identifiers are made by the service.
            required: !(property.nullable || ty.key.contains(&property.name) && is_guid(&property.ty)),
        });
        Ok(Some(Description { columns: columns.collect(), keys: self.keys(entity)?, references: Vec::new() }))
    }

    fn open(&self, entity: Entity, options: WriteOptions) -> Result<Box<dyn UpsertWriter>, DestinationError> {
        let keys = self.keys(entity.name())?;
        Ok(Box::new(writer::ODataWriter::open(
            Arc::clone(&self.connection),
            self.dialect,
            entity,
            &keys,
            options,
        )?))
    }
}

fn is_guid(ty: &Edm) -> bool {
    matches!(ty, Edm::Primitive(name) if name == "Guid")
}

fn kind(ty: &Edm) -> Option<CellKind> {
    let Edm::Primitive(name) = ty else { return None };
    Some(match name.as_str() {
        "String" | "Guid" => CellKind::Text,
        "Boolean" => CellKind::Logical,
        "Byte" | "SByte" | "Int16" | "Int32" | "Int64" => CellKind::Whole,
        "Decimal" => CellKind::Decimal,
        "Single" | "Double" => CellKind::Double,
        "Date" => CellKind::Date,
        "TimeOfDay" => CellKind::Time,
        "DateTimeOffset" => CellKind::DateTimeZone,
        "Duration" => CellKind::Duration,
        "Binary" => CellKind::Binary,
        _ => return None,
    })
}
