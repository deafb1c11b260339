//! The fields of a project file.
//!
//! These types are the one declaration: deserialisation, the published JSON Schema and the structural
//! check of a file all come from them.

mod connection;
mod mapping;
mod notification;
mod task;

pub use connection::{
    Connection, ConnectionKind, ConnectionSet, CsvOptions, Environment, OrganizationKind,
    OrganizationMapping, Relationship, RequestLimits, SetConnection,
};
pub use mapping::{CodeFormat, CopyMark, FieldMapping, FieldType, MapType, Scalar, Side, Transform};
pub use notification::{Email, MailSecurity, MailingLists, Notification, Outcome, Webhook};
pub use task::{DestinationEntity, Hop, Incremental, Lookup, SchemaPolicy, SourceEntity, Task, WritePolicy};

use schemars::JsonSchema;
use serde::Deserialize;

/// An integration project: where data come from and go to, and the tasks that move them.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// The project's name.
    pub name: String,
    /// What the project is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Files with connections and connection sets that several projects share, relative to the project's folder.
    #[serde(default)]
    pub include: Vec<String>,
    /// The systems and files the project reaches, each by a name.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// Connection sets to choose from by name.
    #[serde(default)]
    pub connection_sets: Vec<ConnectionSet>,
    /// Which connections are the source and which the destination, and the integration keys: a connection set,
    /// or the name of one.
    pub connection_set: ConnectionSetChoice,
    /// Which of the connection set's organization mappings holds for this project: its name, or the name of either
    /// organization. Need not be said where there is only one.
    #[serde(default)]
    pub organization: Option<String>,
    /// What is kept of past runs.
    #[serde(default)]
    pub history: Option<HistoryOptions>,
    /// Who is told how runs ended.
    #[serde(default)]
    pub notifications: Vec<Notification>,
    /// Lists of addresses that e-mail goes to, each by a name.
    #[serde(default)]
    pub mailing_lists: MailingLists,
    /// The tasks, run in this order.
    pub tasks: Vec<Task>,
}

/// A connection set of its own, or the name of one.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ConnectionSetChoice {
    /// The name of one of the connection sets.
    Named(String),
    /// A connection set.
    Own(Box<ConnectionSet>),
}

/// What is kept of past runs.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryOptions {
    /// The days after which a run is forgotten; 45 if absent.
    #[serde(default)]
    pub keep_days: Option<u32>,
}

/// A file of connections and connection sets that projects include.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionsFile {
    /// The systems and files, each by a name.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// Connection sets to choose from by name.
    #[serde(default)]
    pub connection_sets: Vec<ConnectionSet>,
}
