//! Connections, and the sets that say which of them are source and destination.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// One system or folder of files.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The name by which tasks refer to it.
    pub name: String,
    /// The kind of system.
    pub kind: ConnectionKind,
    /// Relative to the project's folder: the folder of the files for csv, json and json-lines; the file for
    /// sqlite. For odata and dataverse the address of the service, such as
    /// `https://org.crm.dynamics.com/api/data/v9.2/`.
    pub address: String,
    /// The name under which the credential of the system is kept; the secret itself stands in no project file.
    #[serde(default)]
    pub credential: Option<String>,
    /// How CSV files are written; only for csv.
    #[serde(default)]
    pub options: Option<CsvOptions>,
    /// How much the service may be asked; only for odata and dataverse. What Dataverse documents for one user, or few
    /// requests at a time, if absent.
    #[serde(default)]
    pub limits: Option<RequestLimits>,
}

/// The kinds of systems a connection can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionKind {
    /// A folder of CSV files with a header line; an entity is a file. Source and destination.
    Csv,
    /// A folder of JSON files, each an array of objects; an entity is a file. Source only.
    Json,
    /// A folder of files with one JSON object a line; an entity is a file. Source and destination.
    JsonLines,
    /// An SQLite file; an entity is a table. Source and destination.
    Sqlite,
    /// A service that speaks OData V4; an entity is an entity set. Source and destination.
    Odata,
    /// The Dataverse Web API; an entity is an entity set, such as `accounts`. Source and destination.
    Dataverse,
    /// A PostgreSQL database; an entity is a table or view. Source and destination.
    #[serde(rename = "postgresql")]
    PostgreSql,
}

impl ConnectionKind {
    /// Whether rows can be written there.
    pub fn is_destination(self) -> bool {
        !matches!(self, Self::Json)
    }

    /// Whether it lies on this machine, so that looking into it is quick and asks nobody.
    pub fn is_local(self) -> bool {
        match self {
            Self::Csv | Self::Json | Self::JsonLines | Self::Sqlite => true,
            Self::PostgreSql | Self::Odata | Self::Dataverse => false,
        }
    }

    /// Whether it is reached over HTTP.
    pub fn is_http(self) -> bool {
        matches!(self, Self::Odata | Self::Dataverse)
    }

    /// Whether an entity is a file of its own.
    pub fn is_file(self) -> bool {
        matches!(self, Self::Csv | Self::Json | Self::JsonLines)
    }

    /// Whether it can say what has changed since it was read last.
    pub fn tracks_changes(self) -> bool {
        match self {
            Self::Csv | Self::Json | Self::JsonLines | Self::Sqlite | Self::PostgreSql => false,
            Self::Odata | Self::Dataverse => true,
        }
    }
}

/// How much a service may be asked in a window of time. Whoever knows that the service grants more, or less, says so
/// here; a service that refuses all the same is asked less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestLimits {
    /// The most requests in the window.
    #[serde(default)]
    pub requests: Option<u32>,
    /// The window in seconds.
    #[serde(default)]
    pub seconds: Option<u32>,
    /// The most requests at a time.
    #[serde(default)]
    pub concurrent: Option<u32>,
}

/// How CSV files are written.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvOptions {
    /// The field delimiter, one character; a comma if absent.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// The code page, as in M's TextEncoding: 65001 (UTF-8, if absent), 1252 (Windows), 1200 (UTF-16).
    #[serde(default)]
    pub encoding: Option<u32>,
}

/// The environments a project connects: a source, a destination, and for tasks of two hops a hub between them.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSet {
    /// The set's name, such as Development or Production.
    pub name: String,
    /// Where data come from.
    pub source: Environment,
    /// Where data rest between the two hops of a task.
    #[serde(default)]
    pub hub: Option<Environment>,
    /// Where data go.
    pub destination: Environment,
    /// Which organization of the source belongs to which of the destination.
    #[serde(default)]
    pub organizations: Vec<OrganizationMapping>,
    /// The integration key of each destination entity: the columns that identify a row in business terms. A key
    /// that is not declared is discovered, where the destination has just one that the mapping fills.
    #[serde(default)]
    pub integration_keys: BTreeMap<String, Vec<String>>,
    /// References between entities, besides those that a database declares itself.
    #[serde(default)]
    pub relationships: Vec<Relationship>,
}

/// One side of a connection set.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The environment's name.
    #[serde(default)]
    pub environment: Option<String>,
    /// The connections on this side: their names, or a name for tasks to use and the connection that stands for it.
    pub connections: Vec<SetConnection>,
}

/// A connection of a connection set.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SetConnection {
    /// A connection that tasks use under its own name.
    Named(String),
    /// A connection that tasks use under another name, so that another set can put another in its place.
    Bound(BoundConnection),
}

/// A connection and the name that tasks use for it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundConnection {
    /// The name tasks use.
    #[serde(rename = "as")]
    pub name: String,
    /// The name of the connection.
    pub connection: String,
}

impl SetConnection {
    /// The name tasks use.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Bound(bound) => &bound.name,
        }
    }

    /// The name of the connection.
    pub fn connection(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Bound(bound) => &bound.connection,
        }
    }
}

impl ConnectionSet {
    /// Its sides by the names of their fields, in the order of movement.
    pub fn sides(&self) -> impl Iterator<Item = (&'static str, &Environment)> {
        let hub = self.hub.iter().map(|hub| ("hub", hub));
        std::iter::once(("source", &self.source)).chain(hub).chain([("destination", &self.destination)])
    }

    /// The name of the connection that tasks call `name`.
    pub fn resolve(&self, name: &str) -> Option<&str> {
        let mut all = self.sides().flat_map(|(_, side)| &side.connections);
        all.find(|connection| connection.name() == name).map(SetConnection::connection)
    }
}

/// A reference of an entity to another: its columns that hold the other's key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    /// The entity that refers.
    pub entity: String,
    /// The name by which mappings reach the related fields: `Account` in `Account.Name`.
    pub name: String,
    /// The entity that is referred to.
    pub to: String,
    /// The referring columns, each with the column of the other entity that it refers to.
    pub columns: BTreeMap<String, String>,
}

/// A pair of organizations: legal entity, business unit or environment.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationMapping {
    /// The mapping's name, by which a project chooses it.
    #[serde(default)]
    pub name: Option<String>,
    /// What the organizations are.
    #[serde(default)]
    pub kind: Option<OrganizationKind>,
    /// The organization in the source.
    pub source: String,
    /// The organization in the destination.
    pub destination: String,
}

/// What an organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrganizationKind {
    /// A company with its own books.
    LegalEntity,
    /// A part of a company.
    BusinessUnit,
    /// An organization of the Common Data Service.
    CdsOrganization,
}
