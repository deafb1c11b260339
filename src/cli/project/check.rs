//! `pqm project check` and `refresh-entities`.

use clap::Args;
use pqm::project::{EntityList, entities, inspect};
use serde_json::json;

use super::{Failure, ProjectArguments, RecordFormat, mistakes, print};

/// Arguments of `pqm project check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    #[command(flatten)]
    project: ProjectArguments,

    /// Read all rows, too, and name those that a run would reject
    #[arg(long)]
    data: bool,
}

/// Arguments of `pqm project refresh-entities`.
#[derive(Args, Debug)]
pub struct EntitiesArguments {
    #[command(flatten)]
    project: ProjectArguments,

    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

pub(super) fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let project = arguments.project.load()?;
    inspect(&project, arguments.data).map_err(|error| mistakes(&error))?;
    print(&format!("{}: {} tasks, no mistakes found.\n", project.name(), project.tasks().len()))
}

pub(super) fn refresh_entities(arguments: &EntitiesArguments) -> Result<(), Failure> {
    let project = arguments.project.load()?;
    let found =
        entities(&project).map_err(|error| Failure::Io(format!("cannot remember the entities: {error}")))?;
    print(&match arguments.format {
        RecordFormat::Text => text(&found),
        RecordFormat::Json => format!("{:#}\n", as_json(&found)),
    })
}

fn text(found: &EntityList) -> String {
    let mut text = String::new();
    for system in &found.systems {
        text.push_str(&format!("{}\n", system.connection));
        if let Some(error) = &system.error {
            text.push_str(&format!("  cannot be read: {error}\n"));
        }
        for (entity, fields) in &system.entities {
            match fields {
                Ok(fields) => text.push_str(&format!("  {entity}: {}\n", fields.join(", "))),
                Err(error) => text.push_str(&format!("  {entity} cannot be read: {error}\n")),
            }
        }
    }
    if !found.changes.is_empty() {
        text.push_str("\nChanged since the last time:\n");
    }
    for change in &found.changes {
        let what = change.field.as_ref().map(|field| format!(".{field}")).unwrap_or_default();
        let sign = if change.is_new { '+' } else { '-' };
        text.push_str(&format!("  {sign} {}: {}{what}\n", change.connection, change.entity));
    }
    text
}

fn as_json(found: &EntityList) -> serde_json::Value {
    let systems = found.systems.iter().map(|system| {
        let entities: serde_json::Map<String, serde_json::Value> = system
            .entities
            .iter()
            .map(|(name, fields)| match fields {
                Ok(fields) => (name.clone(), json!({ "fields": fields })),
                Err(error) => (name.clone(), json!({ "error": error })),
            })
            .collect();
        json!({ "connection": system.connection, "error": system.error, "entities": entities })
    });
    let changes = found.changes.iter().map(|change| {
        json!({
            "connection": change.connection,
            "entity": change.entity,
            "field": change.field,
            "change": if change.is_new { "added" } else { "removed" },
        })
    });
    json!({ "systems": systems.collect::<Vec<_>>(), "changes": changes.collect::<Vec<_>>() })
}
