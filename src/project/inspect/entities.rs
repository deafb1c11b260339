//! The entities of a project's systems, and how they have changed since they were looked at last.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::project::Project;
use crate::project::lock::STATE_FOLDER;
use crate::project::model::Connection;
use crate::project::run::engine;
use crate::project::system::{self, Reading, Scope};

const FILE: &str = "entities.json";

/// The entities of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemEntities {
    /// The connection's name.
    pub connection: String,
    /// Each entity with its fields, or why they cannot be told.
    pub entities: BTreeMap<String, Result<Vec<String>, String>>,
    /// Why the system cannot be looked into.
    pub error: Option<String>,
}

/// A difference to the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityChange {
    /// The connection's name.
    pub connection: String,
    /// The entity.
    pub entity: String,
    /// The field; none for the entity as a whole.
    pub field: Option<String>,
    /// Whether it is new; else it is gone.
    pub is_new: bool,
}

/// What is there, and what has changed since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityList {
    /// By connection.
    pub systems: Vec<SystemEntities>,
    /// In the same order; empty at the first look.
    pub changes: Vec<EntityChange>,
}

/// Connection -> entity -> fields.
#[derive(Default, Serialize, Deserialize)]
struct Snapshot(BTreeMap<String, BTreeMap<String, Vec<String>>>);

/// Looks into every connection of the project's connection set, and remembers what was found for the next time.
///
/// # Errors
/// What keeps it from being remembered.
pub fn entities(project: &Project) -> std::io::Result<EntityList> {
    let path = project.folder().join(STATE_FOLDER).join(FILE);
    let before: Option<Snapshot> =
        std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let engine = engine(project);
    let mut systems: Vec<SystemEntities> = Vec::new();
    let mut now = Snapshot::default();
    for (_, side) in project.connection_set().sides() {
        for name in &side.connections {
            let Some(connection) = project.connection(name.name()) else { continue };
            if systems.iter().any(|system| system.connection == connection.name) {
                continue;
            }
            let scope = Scope { engine: &engine, project, connection };
            let found = look(&scope);
            let fields = found
                .entities
                .iter()
                .map(|(name, fields)| (name.clone(), fields.clone().unwrap_or_default()));
            now.0.insert(connection.name.clone(), fields.collect());
            systems.push(found);
        }
    }
    let changes = before.map(|before| differences(&before, &now)).unwrap_or_default();
    std::fs::create_dir_all(project.folder().join(STATE_FOLDER))?;
    std::fs::write(&path, serde_json::to_vec_pretty(&now)?)?;
    Ok(EntityList { systems, changes })
}

/// Reaches the system of a connection, and answers how many entities are seen there.
///
/// # Errors
/// Why it cannot be used, in words.
pub fn reach(project: &Project, connection: &Connection) -> Result<usize, String> {
    let engine = engine(project);
    let scope = Scope { engine: &engine, project, connection };
    let found = system::source(connection.kind).entities(&scope);
    found.map(|names| names.len()).map_err(|error| error.message().as_str().to_owned())
}

fn look(scope: &Scope<'_>) -> SystemEntities {
    let system = system::source(scope.connection.kind);
    let connection = scope.connection.name.clone();
    let names = match system.entities(scope) {
        Ok(names) => names,
        Err(error) => {
            let error = Some(error.message().as_str().to_owned());
            return SystemEntities { connection, entities: BTreeMap::new(), error };
        }
    };
    let fields = |name: &String| {
        let opened = system.open(scope, name, Reading::Shape);
        opened
            .map(|opened| opened.table.names().iter().map(|field| field.as_str().to_owned()).collect())
            .map_err(|error| error.message().as_str().to_owned())
    };
    let entities = names.into_iter().map(|name| (name.clone(), fields(&name))).collect();
    SystemEntities { connection, entities, error: None }
}

fn differences(before: &Snapshot, now: &Snapshot) -> Vec<EntityChange> {
    let mut changes = Vec::new();
    for (connection, entities) in &now.0 {
        let Some(known) = before.0.get(connection) else { continue };
        let all = known.keys().chain(entities.keys().filter(|name| !known.contains_key(*name)));
        for entity in all {
            let change = |field: Option<&String>, is_new| EntityChange {
                connection: connection.clone(),
                entity: entity.clone(),
                field: field.cloned(),
                is_new,
            };
            match (known.get(entity), entities.get(entity)) {
                (Some(old), Some(new)) => {
                    changes.extend(old.iter().filter(|f| !new.contains(f)).map(|f| change(Some(f), false)));
                    changes.extend(new.iter().filter(|f| !old.contains(f)).map(|f| change(Some(f), true)));
                }
                (old, _) => changes.push(change(None, old.is_none())),
            }
        }
    }
    let gone = before.0.iter().filter(|(connection, _)| !now.0.contains_key(*connection));
    changes.extend(gone.flat_map(|(connection, entities)| {
        entities.keys().map(|entity| EntityChange {
            connection: connection.clone(),
            entity: entity.clone(),
            field: None,
            is_new: false,
        })
    }));
    changes
}
