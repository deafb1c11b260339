//! Tasks: one-way movements of rows.

use schemars::JsonSchema;
use serde::Deserialize;

use super::FieldMapping;

/// A one-way movement of rows from a source entity to a destination entity.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The task's name.
    pub name: String,
    /// Where its rows come from.
    pub source: SourceEntity,
    /// The Advanced Query: an M file, relative to the project's folder, whose input is the query
    /// QrySourceData and whose value is the table to map.
    #[serde(default)]
    pub query: Option<String>,
    /// Other entities the Advanced Query may use, each as a query of its own.
    #[serde(default)]
    pub lookups: Vec<Lookup>,
    /// Which field goes where, and how it is transformed on the way. A mapping from "*" to "*" brings each field
    /// that no other mapping names to the field of its own name.
    pub mappings: Vec<FieldMapping>,
    /// Where its rows go; the hub, if there is a second hop.
    pub destination: DestinationEntity,
    /// From the hub on to the destination.
    #[serde(default)]
    pub second_hop: Option<Hop>,
    /// Which rows a run needs to look at; all of them if absent.
    #[serde(default)]
    pub incremental: Option<Incremental>,
    /// Whether rows that were delivered and are no longer in the source are deleted from the destination.
    #[serde(default)]
    pub deletes: bool,
    /// What happens where the source no longer fits the destination; quarantine-row if absent.
    #[serde(default)]
    pub schema: Option<SchemaPolicy>,
}

/// The second hop of a task: what its first hop brought to the hub goes on from there.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    /// The Advanced Query: an M file, relative to the project's folder, whose input QrySourceData is the hub's entity.
    #[serde(default)]
    pub query: Option<String>,
    /// Other entities the Advanced Query may use, each as a query of its own.
    #[serde(default)]
    pub lookups: Vec<Lookup>,
    /// Which field goes where, and how it is transformed on the way.
    pub mappings: Vec<FieldMapping>,
    /// Where its rows go.
    pub destination: DestinationEntity,
    /// Which rows of the hub a run needs to look at; all of them if absent.
    #[serde(default)]
    pub incremental: Option<Incremental>,
    /// Whether rows that are no longer in the hub are deleted from the destination.
    #[serde(default)]
    pub deletes: bool,
    /// What happens where the hub no longer fits the destination; quarantine-row if absent.
    #[serde(default)]
    pub schema: Option<SchemaPolicy>,
}

/// Which rows a run needs to look at.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Incremental {
    /// Rows whose columns are at or past the highest values seen by the last run that succeeded, compared in the
    /// order of the columns; and rows where one of them is null. Rows at the mark itself come again, so that none
    /// of several with the same value is missed.
    Watermark {
        /// The columns of the source, the most important first.
        columns: Vec<String>,
    },
    /// All rows are read; those that are as they were when they were delivered last are left alone without asking
    /// the destination.
    RowHash,
    /// What the source says has changed, deletions included. For sources that track changes.
    ChangeTracking,
}

/// What happens where rows no longer fit the destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SchemaPolicy {
    /// Columns that the destination lacks are added to it; a mapped field that the source lost is left as it is.
    Evolve,
    /// The task fails.
    Freeze,
    /// The row is quarantined.
    #[default]
    QuarantineRow,
    /// The value is quarantined and the rest of the row delivered.
    QuarantineValue,
}

/// A source entity of a task.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceEntity {
    /// The name of the connection.
    pub connection: String,
    /// The file or table.
    pub entity: String,
    /// A condition in M that the rows must meet, such as `[Status] <> "Closed"`.
    #[serde(default)]
    pub filter: Option<String>,
}

/// An entity that an Advanced Query can use besides its source.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The name of the query in M.
    pub query: String,
    /// The name of the connection, on either side of the connection set.
    pub connection: String,
    /// The file or table.
    pub entity: String,
}

/// The destination entity of a task.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinationEntity {
    /// The name of the connection.
    pub connection: String,
    /// The file or table.
    pub entity: String,
    /// The integration key, unless the connection set names it.
    #[serde(default)]
    pub key: Option<Vec<String>>,
    /// Which rows are written, depending on whether their key is there; upsert if absent.
    #[serde(default)]
    pub write: Option<WritePolicy>,
}

/// Which rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WritePolicy {
    /// New rows are inserted, others updated.
    #[default]
    Upsert,
    /// New rows are inserted; those that are there are left as they are.
    CreateOnly,
    /// Rows that are there are updated; new ones are rejected.
    UpdateOnly,
}
