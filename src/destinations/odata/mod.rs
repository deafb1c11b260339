//! OData V4 services as destinations: the Dataverse Web API, and any other service that takes entities by key.
//!
//! What is there already is read once, with the first rows, so that unchanged rows cost no request and every outcome
//! is known. All writing is idempotent by key: what was carried out although its acknowledgement got lost is carried
//! out again and changes nothing.

mod body;
mod connection;
mod definition;
mod encoder;
mod known;
mod multipart;
mod references;
mod sender;
mod writer;

use std::sync::Arc;

pub use connection::Connection;

use self::definition::Definition;
use self::encoder::Encoder;
use self::references::BIND;
use self::sender::Sender;
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
    /// The service at `address`, reached through `client`, which has the credentials and keeps to the limits.
    pub fn new(client: Arc<HttpClient>, address: &str, dialect: Dialect) -> ODataStore {
        ODataStore::of(Arc::new(Connection::new(client, address)), dialect)
    }

    /// A service that others ask, too.
    pub fn of(connection: Arc<Connection>, dialect: Dialect) -> ODataStore {
        ODataStore { connection, dialect }
    }

    /// Why changes of an entity set cannot be followed, where the service says so beforehand.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub fn untracked(&self, entity: &str) -> Result<Option<String>, DestinationError> {
        let definition = self.definition(entity)?;
        Ok((definition.tracks_changes == Some(false)).then(|| {
            format!("Change tracking is switched off for {entity}: switch it on in the table's properties, or read it in full.")
        }))
    }

    /// What Dataverse says of a table beside its metadata document.
    fn definition(&self, entity: &str) -> Result<Definition, DestinationError> {
        match (self.dialect, self.connection.model()?.container(entity)) {
            (Dialect::Dataverse, Some(container)) => Definition::read(&self.connection, &container.ty),
            _ => Ok(Definition::default()),
        }
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
        let definition = self.definition(entity)?;
        let references = references::of(model, ty, self.dialect);
        // What only shows a reference is not written itself.
        let shows = |name: &str| references.iter().any(|one| one.read == name && one.written != name);
        let properties = ty.properties.iter().filter(|property| !shows(&property.name));
        let mut columns: Vec<StoredColumn> = properties
            .map(|property| StoredColumn {
                name: property.name.clone(),
                kind: kind(&property.ty),
                length: property.max_length.or_else(|| definition.length(&property.name)),
                // Keys that are identifiers are made by the service.
                required: definition.requires(&property.name)
                    || !(property.nullable || ty.key.contains(&property.name) && is_guid(&property.ty)),
            })
            .collect();
        columns.extend(references.iter().filter(|one| one.written.ends_with(BIND)).map(|one| StoredColumn {
            name: one.written.clone(),
            kind: None,
            length: None,
            required: false,
        }));
        let keys = definition.keys(&ty.key);
        let references = references.iter().map(references::described).collect();
        Ok(Some(Description { columns, keys, references }))
    }

    fn open(&self, entity: Entity, options: WriteOptions) -> Result<Box<dyn UpsertWriter>, DestinationError> {
        let connection = &self.connection;
        let model = connection.model()?;
        let container = model.container(entity.name());
        let Some((container, ty)) = container.and_then(|one| Some((one, model.ty(&one.ty)?))) else {
            return Err(connection.failed(format!("it has no entity set {}", entity.name())));
        };
        let definition = self.definition(entity.name())?;
        let names: Vec<&str> = entity.key_columns().map(|at| entity.column_name(at)).collect();
        let keys = definition.keys(&ty.key);
        let same = |known: &Vec<String>| {
            known.len() == names.len() && known.iter().all(|name| names.contains(&name.as_str()))
        };
        let Some(at) = keys.iter().position(same) else {
            let shown: Vec<String> = keys.iter().map(|key| format!("({})", key.join(", "))).collect();
            return Err(connection.failed(format!(
                "the key ({}) of {} is none of its keys, which are {}: name one of them, or define an alternate key",
                names.join(", "),
                entity.name(),
                shown.join(", ")
            )));
        };
        let length = |name: &str| definition.length(name);
        let encoder =
            Encoder::new(model, ty, self.dialect, &entity, at == 0, &length).map_err(|missing| {
                connection.failed(format!(
                    "{} has no column {}: add it there, or drop its mapping",
                    entity.name(),
                    missing.join(", ")
                ))
            })?;
        let sender = Sender { connection: Arc::clone(connection), dialect: self.dialect };
        let ty = container.ty.clone();
        Ok(Box::new(writer::ODataWriter::new(sender, entity, encoder, ty, at == 0, options)))
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
