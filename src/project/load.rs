//! Reading a project folder.

use std::path::{Path, PathBuf};

use super::check::check;
use super::document::Node;
use super::model::{Connection, ConnectionKind, ProjectFile, Task};
use super::problem::{LoadError, Problem, ProblemCode};
use super::structure;

/// The name of the project file in a project's folder.
pub const PROJECT_FILE: &str = "project.yaml";

/// A project that was loaded and found consistent.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    file: ProjectFile,
}

impl Project {
    /// Loads the project in a folder. All mistakes that can be found are reported together.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let path = folder.join(PROJECT_FILE);
        let text = std::fs::read(&path).map_err(|e| e.to_string()).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|e| format!("byte {} is not UTF-8", e.utf8_error().valid_up_to()))
        });
        let text = match text {
            Ok(text) => text,
            Err(reason) => {
                let help = format!("a project is a folder with a {PROJECT_FILE}");
                let problem = Problem {
                    code: ProblemCode::Unreadable,
                    field: String::new(),
                    line: 0,
                    column: 0,
                    span: 0..0,
                    message: format!("cannot read the project file: {reason}"),
                    help,
                };
                return Err(LoadError { path, text: String::new(), problems: vec![problem] });
            }
        };
        match read(folder, &text) {
            Ok(file) => {
                // Absolute from here on: queries resolve addresses against the folder, not the current directory.
                let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
                Ok(Self { folder, file })
            }
            Err(mut problems) => {
                problems.sort_by_key(|p| (p.line, p.column));
                Err(LoadError { path, text, problems })
            }
        }
    }

    /// The project's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The fields of the project file.
    pub fn file(&self) -> &ProjectFile {
        &self.file
    }

    /// The project's name.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// The tasks in the order of running.
    pub fn tasks(&self) -> &[Task] {
        &self.file.tasks
    }

    /// The connection of this name.
    pub fn connection(&self, name: &str) -> Option<&Connection> {
        self.file.connections.iter().find(|c| c.name == name)
    }

    /// The file that holds an entity of a connection: the database for sqlite, else the entity's own file.
    pub fn entity_path(&self, connection: &Connection, entity: &str) -> PathBuf {
        let address = self.folder.join(&connection.address);
        match connection.kind {
            ConnectionKind::Sqlite => address,
            ConnectionKind::Csv | ConnectionKind::Json | ConnectionKind::JsonLines => address.join(entity),
        }
    }

    /// Whether a connection's SQLite file is one that the project writes.
    pub(super) fn writes_database(&self, connection: &Connection) -> bool {
        if connection.kind != ConnectionKind::Sqlite {
            return false;
        }
        let file = |connection: &Connection| {
            let path = self.folder.join(&connection.address);
            path.canonicalize().unwrap_or(path)
        };
        let read = file(connection);
        let written = self.tasks().iter().filter_map(|task| self.connection(&task.destination.connection));
        written.filter(|to| to.kind == ConnectionKind::Sqlite).any(|to| file(to) == read)
    }

    /// The path of a task's Advanced Query.
    pub fn query_path(&self, task: &Task) -> Option<PathBuf> {
        task.query.as_ref().map(|query| self.folder.join(query))
    }

    /// The integration key of a task's destination.
    pub fn key<'a>(&'a self, task: &'a Task) -> &'a [String] {
        key(&self.file, task).unwrap_or_default()
    }
}

/// The key the task names, else the one the connection set names for its entity.
pub(super) fn key<'a>(file: &'a ProjectFile, task: &'a Task) -> Option<&'a [String]> {
    let own = task.destination.key.as_deref();
    own.or_else(|| file.connection_set.integration_keys.get(&task.destination.entity).map(Vec::as_slice))
}

fn read(folder: &Path, text: &str) -> Result<ProjectFile, Vec<Problem>> {
    let root = Node::parse(text).map_err(|problem| vec![problem])?;
    let problems = structure::check(&root);
    if !problems.is_empty() {
        return Err(problems);
    }
    let file: ProjectFile = serde_json::from_value(root.to_json()).map_err(|error| {
        vec![Problem {
            code: ProblemCode::WrongValue,
            field: String::new(),
            line: root.place.line,
            column: root.place.column,
            span: 0..0,
            message: error.to_string(),
            help: String::new(),
        }]
    })?;
    let problems = check(folder, &file, &root);
    if problems.is_empty() { Ok(file) } else { Err(problems) }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
