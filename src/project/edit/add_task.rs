//! Adding a task to a project.

use std::path::Path;
use std::sync::Arc;

use super::yaml::{ItemBlocks, item_blocks, mapping_text, scalar};
use super::{EditError, read, replace_project_file};
use crate::project::Project;
use crate::project::leg::Leg;
use crate::project::load::PROJECT_FILE;
use crate::project::model::{DestinationEntity, FieldMapping, SourceEntity};
use crate::project::problem::suggest;
use crate::project::run::{Extent, Progress, engine, prepare};
use crate::project::system;

/// A task to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    /// Its name.
    pub name: String,
    /// The connection and the entity its rows come from.
    pub source: (String, String),
    /// The connection and the entity its rows go to.
    pub destination: (String, String),
    /// The integration key, unless the connection set or the destination has it.
    pub key: Vec<String>,
}

/// Adds a task at the end of a project, and answers its mappings: each source field to the destination field of the
/// same name; to all of them where the destination is not there yet.
///
/// # Errors
/// A source that cannot be read, names that are taken or unknown, a project file whose tasks do not stand in lines of
/// their own.
pub fn add_task(folder: &Path, task: &NewTask) -> Result<Vec<FieldMapping>, EditError> {
    let project = Project::load(folder)?;
    if project.tasks().iter().any(|known| known.name == task.name) {
        return Err(EditError::refused(
            format!("there is a task {:?} already", task.name),
            "choose another name",
        ));
    }
    let source =
        SourceEntity { connection: task.source.0.clone(), entity: task.source.1.clone(), filter: None };
    let destination = DestinationEntity {
        connection: task.destination.0.clone(),
        entity: task.destination.1.clone(),
        key: Some(task.key.clone()).filter(|key| !key.is_empty()),
        write: None,
    };
    let mappings = mappings(&project, &task.name, source, &destination)?;
    let path = folder.join(PROJECT_FILE);
    let text = read(&path)?;
    let text_before = text.clone();
    let text = text.replacen("\ntasks: []", "\ntasks:", 1);
    let found = if project.tasks().is_empty() {
        ItemBlocks { blocks: Vec::new(), indent: 2 }
    } else {
        item_blocks(&text, "tasks")?
    };
    let at = found.blocks.last().map_or(text.len(), |block| block.end);
    let mut new = text.get(..at).unwrap_or_default().to_owned();
    if !new.ends_with('\n') {
        new.push('\n');
    }
    if !found.blocks.is_empty() {
        new.push('\n');
    }
    new.push_str(&block(task, &mappings, found.indent));
    new.push_str(text.get(at..).unwrap_or_default());
    replace_project_file(folder, &text_before, &new)?;
    Ok(mappings)
}

fn mappings(
    project: &Project,
    task: &str,
    source: SourceEntity,
    destination: &DestinationEntity,
) -> Result<Vec<FieldMapping>, EditError> {
    for name in [&source.connection, &destination.connection] {
        if project.connection(name).is_none() {
            let names =
                project.connection_set().sides().flat_map(|(_, side)| &side.connections).map(|c| c.name());
            return Err(EditError::refused(format!("there is no connection {name:?}"), suggest(name, names)));
        }
    }
    let leg = Leg {
        task,
        hop: 1,
        hops: 1,
        source,
        query: None,
        lookups: &[],
        mappings: &[],
        destination,
        incremental: None,
        deletes: false,
        stated_schema: None,
    };
    let engine = engine(project);
    let prepared = prepare(&engine, project, leg).map_err(EditError::Failed)?;
    let progress = Arc::new(Progress::default());
    let input = prepared.open(&engine, project, &progress, &Extent::Shape).map_err(EditError::Failed)?;
    let columns: Vec<&str> = input.table.names().iter().map(|name| name.as_str()).collect();
    let described = project
        .connection(&destination.connection)
        .and_then(|connection| system::destination(project, connection).ok())
        .and_then(|store| store.describe(&destination.entity).ok().flatten());
    let Some(described) = described else { return Ok(columns.into_iter().map(FieldMapping::of).collect()) };
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let mut mappings = Vec::new();
    for field in &described.columns {
        let exact = columns.iter().find(|column| **column == field.name);
        if let Some(column) =
            exact.or_else(|| columns.iter().find(|column| plain(column) == plain(&field.name)))
        {
            mappings.push(FieldMapping { destination: field.name.clone(), ..FieldMapping::of(column) });
        }
    }
    if mappings.is_empty() {
        let message = format!("{} and {} have no field of the same name", task, destination.entity);
        return Err(EditError::refused(message, "write the task's mappings in the project file yourself"));
    }
    Ok(mappings)
}

/// The task in lines of its own.
fn block(task: &NewTask, mappings: &[FieldMapping], indent: usize) -> String {
    let dash = " ".repeat(indent);
    let spaces = " ".repeat(indent + 2);
    let entity = |(connection, entity): &(String, String)| {
        format!("connection: {}, entity: {}", scalar(connection), scalar(entity))
    };
    let mut text = format!("{dash}- name: {}\n", scalar(&task.name));
    text.push_str(&format!("{spaces}source: {{ {} }}\n{spaces}mappings:\n", entity(&task.source)));
    for mapping in mappings {
        text.push_str(&format!("{spaces}  - {}\n", mapping_text(mapping)));
    }
    let key: Vec<String> = task.key.iter().map(|column| scalar(column)).collect();
    let key = if key.is_empty() { String::new() } else { format!(", key: [{}]", key.join(", ")) };
    text.push_str(&format!("{spaces}destination: {{ {}{key} }}\n", entity(&task.destination)));
    text
}
