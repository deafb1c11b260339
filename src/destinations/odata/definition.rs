//! What Dataverse says of a table beside its metadata document: alternate keys, lengths, what must have a value, and
//! whether changes are tracked (webapi/query-metadata-web-api).

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::connection::Connection;
use crate::destinations::DestinationError;

/// The definition of a table. Empty for services that have none.
#[derive(Default)]
pub(super) struct Definition {
    alternate_keys: Vec<Vec<String>>,
    lengths: HashMap<String, u32>,
    required: HashSet<String>,
    pub(super) tracks_changes: Option<bool>,
}

impl Definition {
    /// Asks for the table of an entity type. What a user may not see of it is left out.
    pub(super) fn read(connection: &Connection, ty: &str) -> Result<Definition, DestinationError> {
        let logical = ty.rsplit('.').next().unwrap_or_default();
        let root = format!("EntityDefinitions(LogicalName='{logical}')");
        let ask = |rest: &str| -> Result<Value, DestinationError> {
            let answer = connection.ask_json(&format!("{root}{rest}"))?;
            Ok(answer.unwrap_or_default())
        };
        let mut definition = Definition::default();
        let own = ask("?$select=ChangeTrackingEnabled")?;
        definition.tracks_changes = own.get("ChangeTrackingEnabled").and_then(Value::as_bool);
        for key in rows(&ask("/Keys?$select=KeyAttributes,EntityKeyIndexStatus")?) {
            // A key whose index is still being made, or could not be, finds no rows.
            if text(key, "EntityKeyIndexStatus").is_none_or(|status| status == "Active") {
                let columns = key.get("KeyAttributes").and_then(Value::as_array).into_iter().flatten();
                let columns = columns.filter_map(Value::as_str).map(str::to_owned);
                definition.alternate_keys.push(columns.collect());
            }
        }
        for column in rows(&ask("/Attributes?$select=LogicalName,RequiredLevel")?) {
            let level = column.get("RequiredLevel").and_then(|level| text(level, "Value"));
            // What the system itself requires it fills itself.
            if let (Some(name), Some("ApplicationRequired")) = (text(column, "LogicalName"), level) {
                definition.required.insert(name.to_owned());
            }
        }
        for kind in ["String", "Memo"] {
            let path = format!(
                "/Attributes/Microsoft.Dynamics.CRM.{kind}AttributeMetadata?$select=LogicalName,MaxLength"
            );
            for column in rows(&ask(&path)?) {
                let length = column.get("MaxLength").and_then(Value::as_u64);
                if let (Some(name), Some(length)) = (text(column, "LogicalName"), length) {
                    definition.lengths.insert(name.to_owned(), u32::try_from(length).unwrap_or(u32::MAX));
                }
            }
        }
        Ok(definition)
    }

    /// The unique sets of columns, the primary key first.
    pub(super) fn keys(&self, primary: &[String]) -> Vec<Vec<String>> {
        std::iter::once(primary.to_vec()).chain(self.alternate_keys.iter().cloned()).collect()
    }

    pub(super) fn length(&self, column: &str) -> Option<u32> {
        self.lengths.get(column).copied()
    }

    pub(super) fn requires(&self, column: &str) -> bool {
        self.required.contains(column)
    }
}

fn rows(json: &Value) -> impl Iterator<Item = &Value> {
    json.get("value").and_then(Value::as_array).into_iter().flatten()
}

fn text<'j>(json: &'j Value, name: &str) -> Option<&'j str> {
    json.get(name).and_then(Value::as_str)
}
