//! What must hold between the fields of a project file.

use std::path::Path;

use super::document::Step::{Field, Item};
use super::document::{Node, Step, path_text};
use super::load::key;
use super::model::{ConnectionKind, Environment, FieldMapping, MapType, ProjectFile, Task, Transform};
use super::problem::{Problem, ProblemCode, suggest};

/// The query that holds a task's source rows.
pub(super) const SOURCE_QUERY: &str = "QrySourceData";

/// Every broken rule, in the order of the fields.
pub(super) fn check(folder: &Path, file: &ProjectFile, root: &Node) -> Vec<Problem> {
    let mut check = Check { folder, file, root, problems: Vec::new() };
    check.project();
    check.problems
}

struct Check<'a> {
    folder: &'a Path,
    file: &'a ProjectFile,
    root: &'a Node,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn report(&mut self, code: ProblemCode, path: &[Step<'_>], message: String, help: impl Into<String>) {
        let place = self.root.place_of(path);
        self.problems.push(Problem {
            code,
            field: path_text(path),
            line: place.line,
            column: place.column,
            span: place.span.clone(),
            message,
            help: help.into(),
        });
    }

    fn project(&mut self) {
        let file = self.file;
        self.not_blank(&[Field("name")], &file.name);
        let names = file.connections.iter().map(|c| c.name.as_str());
        self.names(names, "connection", |i| vec![Field("connections"), Item(i), Field("name")]);
        for i in 0..file.connections.len() {
            self.connection(i);
        }
        let set = &file.connection_set;
        self.side(&set.source, "source");
        self.side(&set.destination, "destination");
        for (entity, columns) in &set.integration_keys {
            if columns.is_empty() {
                self.report(
                    ProblemCode::Key,
                    &[Field("connection_set"), Field("integration_keys"), Field(entity)],
                    format!("the integration key of {entity} is empty"),
                    "name at least one column that identifies a row",
                );
            }
        }
        if file.tasks.is_empty() {
            let help = "add a task with source, mappings and destination";
            self.report(
                ProblemCode::WrongValue,
                &[Field("tasks")],
                "the project has no task".to_owned(),
                help,
            );
        }
        let names = file.tasks.iter().map(|t| t.name.as_str());
        self.names(names, "task", |i| vec![Field("tasks"), Item(i), Field("name")]);
        for (i, task) in file.tasks.iter().enumerate() {
            self.task(i, task);
        }
    }

    /// No blank and no repeated names.
    fn names<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        what: &str,
        path: impl Fn(usize) -> Vec<Step<'static>>,
    ) {
        let mut seen: Vec<&str> = Vec::new();
        for (i, name) in names.enumerate() {
            self.not_blank(&path(i), name);
            if let Some(first) = seen.iter().position(|s| *s == name) {
                let line = self.root.place_of(&path(first)).line;
                self.report(
                    ProblemCode::DuplicateName,
                    &path(i),
                    format!("a {what} named {name:?} is already in line {line}"),
                    "give each its own name",
                );
            }
            seen.push(name);
        }
    }

    fn not_blank(&mut self, path: &[Step<'_>], text: &str) {
        if text.trim().is_empty() {
            self.report(ProblemCode::WrongValue, path, "the text is blank".to_owned(), "give it a value");
        }
    }

    fn connection(&mut self, i: usize) {
        let Some(connection) = self.file.connections.get(i) else { return };
        let at = [Field("connections"), Item(i)];
        self.not_blank(&[at[0], at[1], Field("address")], &connection.address);
        let Some(options) = &connection.options else { return };
        if connection.kind != ConnectionKind::Csv {
            let help = "remove them, or make the kind csv";
            let path = [at[0], at[1], Field("options")];
            let message = "only a csv connection has delimiter and encoding".to_owned();
            self.report(ProblemCode::WrongValue, &path, message, help);
        }
        if let Some(delimiter) = &options.delimiter {
            let mut bytes = delimiter.bytes();
            let one = bytes.next().filter(|b| b.is_ascii() && !matches!(b, b'"' | b'\r' | b'\n'));
            if one.is_none() || bytes.next().is_some() {
                self.report(
                    ProblemCode::WrongValue,
                    &[at[0], at[1], Field("options"), Field("delimiter")],
                    format!("{delimiter:?} cannot delimit fields"),
                    "use one ASCII character such as \",\", \";\" or \"\\t\"",
                );
            }
        }
    }

    fn connection_names(&self) -> Vec<&'a str> {
        self.file.connections.iter().map(|c| c.name.as_str()).collect()
    }

    fn side(&mut self, side: &Environment, name: &'static str) {
        for (i, connection) in side.connections.iter().enumerate() {
            let path = [Field("connection_set"), Field(name), Field("connections"), Item(i)];
            self.known_connection(&path, connection);
        }
    }

    fn known_connection(&mut self, path: &[Step<'_>], name: &str) -> bool {
        let names = self.connection_names();
        let known = names.contains(&name);
        if !known {
            let help = suggest(name, names);
            self.report(ProblemCode::UnknownName, path, format!("there is no connection {name:?}"), help);
        }
        known
    }

    /// A connection that is known and on the given side of the connection set.
    fn connection_on_side(&mut self, path: &[Step<'_>], name: &str, side: &Environment, side_name: &str) {
        if !self.known_connection(path, name) {
            return;
        }
        // A misspelt name on that side is reported there; it is likely the one meant here.
        let names = self.connection_names();
        let unclear = side.connections.iter().any(|c| !names.contains(&c.as_str()));
        if !unclear && !side.connections.iter().any(|c| c == name) {
            self.report(
                ProblemCode::UnknownName,
                path,
                format!("the connection {name:?} is not on the {side_name} side of the connection set"),
                format!("add it to connection_set.{side_name}.connections, or choose another connection"),
            );
        }
    }

    fn task(&mut self, i: usize, task: &Task) {
        let at = |rest: &[Step<'static>]| {
            let mut path = vec![Field("tasks"), Item(i)];
            path.extend_from_slice(rest);
            path
        };
        let file = self.file;
        let set = &file.connection_set;
        let path = at(&[Field("source"), Field("connection")]);
        self.connection_on_side(&path, &task.source.connection, &set.source, "source");
        let path = at(&[Field("destination"), Field("connection")]);
        self.connection_on_side(&path, &task.destination.connection, &set.destination, "destination");
        let destination = file.connections.iter().find(|c| c.name == task.destination.connection);
        if destination.is_some_and(|c| c.kind == ConnectionKind::Json) {
            let message = "a json connection cannot be a destination".to_owned();
            self.report(ProblemCode::WrongValue, &path, message, "use the kind json-lines, csv or sqlite");
        }
        let encoding = destination.and_then(|c| c.options.as_ref()).and_then(|o| o.encoding);
        if let Some(encoding) = encoding.filter(|page| *page != 65001) {
            let message = format!("a csv destination is written as UTF-8, not in the code page {encoding}");
            let help = "remove the encoding, or name another connection as the destination";
            self.report(ProblemCode::WrongValue, &path, message, help);
        }
        self.not_blank(&at(&[Field("source"), Field("entity")]), &task.source.entity);
        self.not_blank(&at(&[Field("destination"), Field("entity")]), &task.destination.entity);
        self.query(task, &at(&[Field("query")]));
        let names = task.lookups.iter().map(|l| l.query.as_str());
        self.names(names, "lookup", |k| at(&[Field("lookups"), Item(k), Field("query")]));
        for (k, lookup) in task.lookups.iter().enumerate() {
            self.known_connection(&at(&[Field("lookups"), Item(k), Field("connection")]), &lookup.connection);
            if lookup.query == SOURCE_QUERY {
                self.report(
                    ProblemCode::DuplicateName,
                    &at(&[Field("lookups"), Item(k), Field("query")]),
                    format!("{SOURCE_QUERY} is the name of the task's own source"),
                    "choose another name",
                );
            }
        }
        if task.query.is_none() && !task.lookups.is_empty() {
            let message = "lookups are of use only to an Advanced Query".to_owned();
            let help = "add query: queries/NAME.pq, or remove them";
            self.report(ProblemCode::WrongValue, &at(&[Field("lookups")]), message, help);
        }
        let destinations = task.mappings.iter().map(|m| m.destination.as_str());
        self.names(destinations, "mapping to a field", |k| {
            at(&[Field("mappings"), Item(k), Field("destination")])
        });
        for (k, mapping) in task.mappings.iter().enumerate() {
            self.mapping(mapping, &at(&[Field("mappings"), Item(k)]));
        }
        self.key(task, &at(&[Field("destination")]));
    }

    fn query(&mut self, task: &Task, path: &[Step<'_>]) {
        let Some(query) = &task.query else { return };
        let found = std::fs::metadata(self.folder.join(query));
        let message = match found {
            Ok(found) if found.is_file() => return,
            Ok(_) => format!("{query} is not a file"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                format!("there is no query file {query}")
            }
            Err(error) => format!("the query file {query} cannot be read: {error}"),
        };
        let help = "the path counts from the project's folder";
        self.report(ProblemCode::MissingFile, path, message, help);
    }

    fn mapping(&mut self, mapping: &FieldMapping, path: &[Step<'static>]) {
        let transforms = match &mapping.transform {
            None | Some(MapType::Copy(_)) => &[],
            Some(MapType::One(one)) => std::slice::from_ref(one),
            Some(MapType::Many(many)) => many.as_slice(),
        };
        let starts_with_default = matches!(transforms.first(), Some(Transform::Default { .. }));
        if mapping.source.is_none() && !starts_with_default {
            self.report(
                ProblemCode::Mapping,
                path,
                format!("the mapping to {} has neither a source nor a default", mapping.destination),
                "add source: FIELD, or transform: { fn: default, value: VALUE }",
            );
        }
        let mut at = path.to_vec();
        at.push(Field("transform"));
        for (i, transform) in transforms.iter().enumerate() {
            let mut at = at.clone();
            if matches!(mapping.transform, Some(MapType::Many(_))) {
                at.push(Item(i));
            }
            match transform {
                Transform::Truncate { length: 0 } => {
                    at.push(Field("length"));
                    let message = "truncating to 0 characters leaves nothing".to_owned();
                    self.report(ProblemCode::WrongValue, &at, message, "use a length of at least 1");
                }
                Transform::ValueMap { map, .. } if map.is_empty() => {
                    at.push(Field("map"));
                    let message = "the value map is empty".to_owned();
                    self.report(ProblemCode::WrongValue, &at, message, "list at least one value");
                }
                _ => {}
            }
        }
    }

    fn key(&mut self, task: &Task, path: &[Step<'static>]) {
        let mut at = path.to_vec();
        at.push(Field("key"));
        let entity = &task.destination.entity;
        let Some(key) = key(self.file, task) else {
            let help = format!("add key: [COLUMN] here, or connection_set.integration_keys.{entity}");
            self.report(ProblemCode::Key, &at, format!("{entity} has no integration key"), help);
            return;
        };
        let declared = self.file.connection_set.integration_keys.get(entity);
        if let (Some(own), Some(declared)) = (&task.destination.key, declared)
            && own != declared
        {
            self.report(
                ProblemCode::Key,
                &at,
                format!("the connection set gives {entity} another key: {}", declared.join(", ")),
                "name the key in one place only",
            );
        }
        if key.is_empty() && task.destination.key.is_some() {
            let message = format!("the integration key of {entity} is empty");
            self.report(ProblemCode::Key, &at, message, "name at least one column that identifies a row");
        }
        for (i, column) in key.iter().enumerate() {
            if !task.mappings.iter().any(|m| m.destination == *column) {
                let mut at = at.clone();
                at.push(Item(i));
                let help = suggest(column, task.mappings.iter().map(|m| m.destination.as_str()));
                let message = format!("the key column {column} of {entity} is not mapped");
                self.report(ProblemCode::Key, &at, message, help);
            }
        }
    }
}
