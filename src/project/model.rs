//! The fields of a project file.
//!
//! These types are the one declaration: deserialisation, the published JSON Schema and the structural
//! check of a file all come from them.

use std::collections::BTreeMap;

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
    /// The systems and files the project reaches, each by a name.
    pub connections: Vec<Connection>,
    /// Which connections are the source and which the destination, and the integration keys.
    pub connection_set: ConnectionSet,
    /// The tasks, run in this order.
    pub tasks: Vec<Task>,
}

/// One system or folder of files.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The name by which tasks refer to it.
    pub name: String,
    /// The kind of system.
    pub kind: ConnectionKind,
    /// Relative to the project's folder: the folder of the files for csv, json and json-lines; the file for
    /// sqlite.
    pub address: String,
    /// How CSV files are written; only for csv.
    #[serde(default)]
    pub options: Option<CsvOptions>,
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

/// The pair of environments a project connects.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSet {
    /// The set's name, such as Development or Production.
    pub name: String,
    /// Where data come from.
    pub source: Environment,
    /// Where data go.
    pub destination: Environment,
    /// Which organization of the source belongs to which of the destination.
    #[serde(default)]
    pub organizations: Vec<OrganizationMapping>,
    /// The integration key of each destination entity: the columns that identify a row in business terms.
    #[serde(default)]
    pub integration_keys: BTreeMap<String, Vec<String>>,
}

/// One side of a connection set.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The environment's name.
    #[serde(default)]
    pub environment: Option<String>,
    /// The names of the connections on this side.
    pub connections: Vec<String>,
}

/// A pair of organizations: legal entity, business unit or environment.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationMapping {
    /// The organization in the source.
    pub source: String,
    /// The organization in the destination.
    pub destination: String,
}

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
    /// Which field goes where, and how it is transformed on the way.
    pub mappings: Vec<FieldMapping>,
    /// Where its rows go.
    pub destination: DestinationEntity,
}

/// A source entity of a task.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceEntity {
    /// The name of the connection.
    pub connection: String,
    /// The file or table.
    pub entity: String,
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
}

/// One line of a task's mapping.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldMapping {
    /// The source field; absent for a default without source.
    #[serde(default)]
    pub source: Option<String>,
    /// The destination field.
    pub destination: String,
    /// The map type: "=" (if absent), one Fn transform, or a list of them applied in order.
    #[serde(default)]
    pub transform: Option<MapType>,
    /// The type of the destination field; values are converted to it, decimals to whole numbers by
    /// truncation.
    #[serde(default, rename = "type")]
    pub field_type: Option<FieldType>,
}

/// How a mapping gives its value.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MapType {
    /// The source value as it is.
    Copy(CopyMark),
    /// One transform.
    One(Transform),
    /// Transforms applied in order.
    Many(Vec<Transform>),
}

/// The map type "=".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum CopyMark {
    /// The source value as it is.
    #[serde(rename = "=")]
    Equal,
}

/// A transform of a mapping (map type Fn).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "fn", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Transform {
    /// The value where the source is null or an empty text, and everywhere without a source.
    Default {
        /// The default value.
        value: Scalar,
    },
    /// Cuts text to a length.
    Truncate {
        /// The most characters that stay.
        length: u32,
    },
    /// Replaces values by others. What is not listed takes the default, or rejects the row without one;
    /// null stays null without a default.
    ValueMap {
        /// Value -> replacement; values are compared as text.
        map: BTreeMap<String, Scalar>,
        /// The value of what is not listed.
        #[serde(default)]
        default: Option<Scalar>,
    },
    /// Turns a country's name, in one of many languages, or any of its codes into an ISO 3166-1 code. What
    /// is no country takes the default, or rejects the row without one; blank becomes null without a default.
    CountryRegionCode {
        /// The code to give: alpha-2 if absent.
        #[serde(default)]
        format: CodeFormat,
        /// The value of what is no country.
        #[serde(default)]
        default: Option<Scalar>,
    },
}

/// The codes of ISO 3166-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeFormat {
    /// Two letters: DE.
    #[default]
    #[serde(rename = "alpha-2")]
    Alpha2,
    /// Three letters: DEU.
    #[serde(rename = "alpha-3")]
    Alpha3,
    /// Three digits, as text: 276.
    Numeric,
}

/// The type of a destination field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Text.
    Text,
    /// A whole number to 64 bits.
    WholeNumber,
    /// A decimal number with exact digits.
    Decimal,
    /// A number in double precision.
    Number,
    /// True or false.
    Logical,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date and time.
    Datetime,
}

/// A single value in a project file.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Logical(bool),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Double(f64),
    /// Text.
    Text(String),
}
