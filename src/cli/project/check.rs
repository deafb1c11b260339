//! `pqm project check` and `refresh-entities`.

use clap::Args;
use pqm::project::{EntityList, entities, inspect};
use serde_json::json;

use super::{CheckFormat, Exit, Failure, ProjectArguments, RecordFormat, Style, mistakes, print, report};
use crate::cli::sarif;
use crate::cli::terminal::Colour;

/// Arguments of `pqm project check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    #[command(flatten)]
    project: ProjectArguments,

    /// Read all rows, too, and name those that a run would reject
    #[arg(long)]
    data: bool,

    /// How to print what was found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: CheckFormat,
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

pub(super) fn check(arguments: &CheckArguments, colour: Colour) -> Result<(), Exit> {
    let format = arguments.format;
    let style = match format {
        CheckFormat::Json => Style::Json,
        CheckFormat::Text | CheckFormat::Sarif => Style::text(colour, false),
    };
    let checked = arguments.project.load().and_then(|project| {
        inspect(&project, arguments.data).map_err(|error| mistakes(&error))?;
        Ok(project)
    });
    let told = match (&checked, format) {
        (Ok(_), CheckFormat::Sarif) => Some(sarif::log(&[])),
        (Err(Failure::Source(all)), CheckFormat::Sarif) => Some(sarif::log(all)),
        _ => None,
    };
    if let Some(log) = told {
        print(&format!("{log:#}\n")).map_err(|failure| report(&failure, &style))?;
        return checked.map(|_| ()).map_err(|failure| failure.exit());
    }
    let project = checked.map_err(|failure| report(&failure, &style))?;
    if format == CheckFormat::Json {
        return Ok(());
    }
    print(&format!("{}: {} tasks, no mistakes found.\n", project.name(), project.tasks().len()))
        .map_err(|failure| report(&failure, &style))
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
