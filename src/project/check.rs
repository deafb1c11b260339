//! What must hold between the fields of a project file.

use std::path::Path;

use super::document::Step::{Field, Item};
use super::document::{Node, Step, path_text};
use super::keys;
use super::leg::{Leg, legs};
use super::load::Loaded;
use super::model::{
    Connection, ConnectionKind, ConnectionSet, ConnectionSetChoice, ConnectionsFile, Environment,
    FieldMapping, Incremental, Transform,
};
use super::notify;
use super::problem::{Problem, ProblemCode, suggest};
use super::system;

/// The query that holds a task's source rows.
pub(super) const SOURCE_QUERY: &str = "QrySourceData";
/// The mapping of all fields that no other mapping names.
pub(super) const EVERY_FIELD: &str = "*";

/// Every broken rule, in the order of the fields.
pub(super) fn check(folder: &Path, loaded: &Loaded, set: &ConnectionSet, root: &Node) -> Vec<Problem> {
    let names = loaded.connections.iter().map(|c| c.name.as_str()).collect();
    let mut check = Check { root, names, problems: Vec::new() };
    ProjectCheck { folder, loaded, set }.run(&mut check);
    check.problems
}

/// Every broken rule in a file of connections.
pub(super) fn check_connections(file: &ConnectionsFile, root: &Node) -> Vec<Problem> {
    let mut check = Check { root, names: Vec::new(), problems: Vec::new() };
    check.connections(&file.connections);
    check.problems
}

/// The rules of one file and what was found against them.
struct Check<'a> {
    root: &'a Node,
    /// The connections there are.
    names: Vec<&'a str>,
    problems: Vec<Problem>,
}

struct ProjectCheck<'a> {
    folder: &'a Path,
    loaded: &'a Loaded,
    set: &'a ConnectionSet,
}

impl<'a> ProjectCheck<'a> {
    fn run(&self, check: &mut Check<'a>) {
        let file = &self.loaded.file;
        check.not_blank(&[Field("name")], &file.name);
        check.connections(&file.connections);
        let names = self.loaded.connections.iter().map(|c| c.name.as_str());
        let included = file.connections.len();
        check.names(names, "connection", |i| match i.checked_sub(included) {
            None => vec![Field("connections"), Item(i), Field("name")],
            Some(_) => vec![Field("include")],
        });
        if let ConnectionSetChoice::Own(own) = &file.connection_set {
            check.set(own, &[Field("connection_set")]);
        }
        for (i, set) in file.connection_sets.iter().enumerate() {
            check.set(set, &[Field("connection_sets"), Item(i)]);
        }
        let sets = self.loaded.sets.iter().map(|set| set.name.as_str());
        let included = file.connection_sets.len();
        check.names(sets, "connection set", |i| match i.checked_sub(included) {
            None => vec![Field("connection_sets"), Item(i), Field("name")],
            Some(_) => vec![Field("include")],
        });
        for (path, message, help) in notify::mistakes(file) {
            check.report(ProblemCode::WrongValue, &path, message, help);
        }
        for (i, one) in file.notifications.iter().enumerate() {
            let address = one.webhook.as_ref().and_then(|hook| hook.address.as_ref());
            check.no_secret(&[Field("notifications"), Item(i), Field("webhook"), Field("address")], address);
        }
        let names = file.tasks.iter().map(|t| t.name.as_str());
        check.names(names, "task", |i| vec![Field("tasks"), Item(i), Field("name")]);
        for (i, task) in file.tasks.iter().enumerate() {
            for leg in legs(task) {
                let mut at = vec![Field("tasks"), Item(i)];
                if leg.hop > 1 {
                    at.push(Field("second_hop"));
                }
                self.leg(check, &leg, &at);
            }
        }
    }
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

    fn connections(&mut self, connections: &[Connection]) {
        for (i, connection) in connections.iter().enumerate() {
            self.connection(connection, i);
        }
    }

    fn set(&mut self, set: &ConnectionSet, at: &[Step<'_>]) {
        let with = |rest: &[Step<'static>]| [at, rest].concat();
        for (side, environment) in set.sides() {
            self.side(environment, &with(&[Field(side), Field("connections")]));
        }
        for (entity, columns) in &set.integration_keys {
            if columns.is_empty() {
                let mut path = with(&[Field("integration_keys")]);
                path.push(Field(entity));
                self.report(
                    ProblemCode::Key,
                    &path,
                    format!("the integration key of {entity} is empty"),
                    "name at least one column that identifies a row",
                );
            }
        }
        for (i, relationship) in set.relationships.iter().enumerate() {
            if relationship.columns.is_empty() {
                let message = format!("the relationship {} has no columns", relationship.name);
                let help = "name the referring column and the one it refers to";
                let path = with(&[Field("relationships"), Item(i), Field("columns")]);
                self.report(ProblemCode::WrongValue, &path, message, help);
            }
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

    fn connection(&mut self, connection: &Connection, i: usize) {
        let at = [Field("connections"), Item(i)];
        self.not_blank(&[at[0], at[1], Field("address")], &connection.address);
        self.no_secret(&[at[0], at[1], Field("address")], Some(&connection.address));
        if connection.kind.is_http() && !is_web_address(&connection.address) {
            let message = format!("{:?} is no address of a service", connection.address);
            let help = "it begins with https://, such as https://org.crm.dynamics.com/api/data/v9.2/";
            self.report(ProblemCode::WrongValue, &[at[0], at[1], Field("address")], message, help);
        }
        if connection.limits.is_some() && !connection.kind.is_http() {
            let path = [at[0], at[1], Field("limits")];
            let message = "only a service has limits".to_owned();
            self.report(ProblemCode::WrongValue, &path, message, "remove them");
        }
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

    fn no_secret(&mut self, path: &[Step<'_>], address: Option<&String>) {
        if address.is_some_and(|address| holds_secret(address)) {
            let message =
                "the address holds a password, which would be seen by everyone who sees this file".to_owned();
            let help = "take it out, keep it with pqm credential set, and name it with credential: NAME";
            self.report(ProblemCode::Secret, path, message, help);
        }
    }

    fn side(&mut self, side: &Environment, at: &[Step<'_>]) {
        for (i, connection) in side.connections.iter().enumerate() {
            self.known_connection(&[at, &[Item(i)]].concat(), connection.connection());
        }
    }

    fn known_connection(&mut self, path: &[Step<'_>], name: &str) -> bool {
        let known = self.names.contains(&name);
        if !known {
            let help = suggest(name, self.names.iter().copied());
            self.report(ProblemCode::UnknownName, path, format!("there is no connection {name:?}"), help);
        }
        known
    }

    /// A connection that is known and on the given side of the connection set.
    fn connection_on_side(&mut self, path: &[Step<'_>], name: &str, side: &Environment, side_name: &str) {
        if side.connections.iter().any(|c| c.name() == name) || !self.known_connection(path, name) {
            return;
        }
        // A misspelt name on that side is reported there; it is likely the one meant here.
        let unclear = side.connections.iter().any(|c| !self.names.contains(&c.connection()));
        if !unclear {
            self.report(
                ProblemCode::UnknownName,
                path,
                format!("the connection {name:?} is not on the {side_name} side of the connection set"),
                format!("add it to the connections of the {side_name} side, or choose another connection"),
            );
        }
    }

    fn query(&mut self, folder: &Path, query: &str, path: &[Step<'_>]) {
        let found = std::fs::metadata(folder.join(query));
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
        let transforms = mapping.transforms();
        let every = |name: Option<&str>| name == Some(EVERY_FIELD);
        if every(mapping.source.as_deref()) != every(Some(&mapping.destination)) {
            let message = "\"*\" stands for every field, on both sides or on neither".to_owned();
            let help = "write { source: \"*\", destination: \"*\" }, or name the fields";
            self.report(ProblemCode::Mapping, path, message, help);
        }
        let gives_value =
            matches!(transforms.first(), Some(Transform::Default { .. } | Transform::Organization { .. }));
        if mapping.source.is_none() && !gives_value {
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
            if transforms.len() > 1 || mapping.is_list() {
                at.push(Item(i));
            }
            match transform {
                Transform::Truncate { length: Some(0) } => {
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
}

impl<'a> ProjectCheck<'a> {
    fn leg(&self, check: &mut Check<'a>, leg: &Leg<'_>, base: &[Step<'static>]) {
        let at = |rest: &[Step<'static>]| [base, rest].concat();
        let set = self.set;
        if leg.hop == 1 {
            let path = at(&[Field("source"), Field("connection")]);
            check.connection_on_side(&path, &leg.source.connection, &set.source, "source");
            check.not_blank(&at(&[Field("source"), Field("entity")]), &leg.source.entity);
        }
        let path = at(&[Field("destination"), Field("connection")]);
        let (side, side_name) = match &set.hub {
            Some(hub) if leg.hop < leg.hops => (hub, "hub"),
            _ => (&set.destination, "destination"),
        };
        check.connection_on_side(&path, &leg.destination.connection, side, side_name);
        let destination = self.connection(&leg.destination.connection);
        if destination.is_some_and(|c| !c.kind.is_destination()) {
            let message = "a json connection cannot be a destination".to_owned();
            check.report(ProblemCode::WrongValue, &path, message, "use the kind json-lines, csv or sqlite");
        }
        let encoding = destination.and_then(|c| c.options.as_ref()).and_then(|o| o.encoding);
        if let Some(encoding) = encoding.filter(|page| *page != 65001) {
            let message = format!("a csv destination is written as UTF-8, not in the code page {encoding}");
            let help = "remove the encoding, or name another connection as the destination";
            check.report(ProblemCode::WrongValue, &path, message, help);
        }
        check.not_blank(&at(&[Field("destination"), Field("entity")]), &leg.destination.entity);
        if let Some(query) = leg.query {
            check.query(self.folder, query, &at(&[Field("query")]));
        }
        let names = leg.lookups.iter().map(|l| l.query.as_str());
        check.names(names, "lookup", |k| at(&[Field("lookups"), Item(k), Field("query")]));
        for (k, lookup) in leg.lookups.iter().enumerate() {
            if self.set.resolve(&lookup.connection).is_none() {
                check.known_connection(
                    &at(&[Field("lookups"), Item(k), Field("connection")]),
                    &lookup.connection,
                );
            }
            if lookup.query == SOURCE_QUERY {
                check.report(
                    ProblemCode::DuplicateName,
                    &at(&[Field("lookups"), Item(k), Field("query")]),
                    format!("{SOURCE_QUERY} is the name of the task's own source"),
                    "choose another name",
                );
            }
        }
        if leg.query.is_none() && !leg.lookups.is_empty() {
            let message = "lookups are of use only to an Advanced Query".to_owned();
            let help = "add query: queries/NAME.pq, or remove them";
            check.report(ProblemCode::WrongValue, &at(&[Field("lookups")]), message, help);
        }
        let destinations = leg.mappings.iter().map(|m| m.destination.as_str());
        check.names(destinations, "mapping to a field", |k| {
            at(&[Field("mappings"), Item(k), Field("destination")])
        });
        for (k, mapping) in leg.mappings.iter().enumerate() {
            check.mapping(mapping, &at(&[Field("mappings"), Item(k)]));
        }
        self.incremental(check, leg, &at(&[Field("incremental")]));
        self.key(check, leg, &at(&[Field("destination"), Field("key")]));
    }

    fn incremental(&self, check: &mut Check<'a>, leg: &Leg<'_>, path: &[Step<'static>]) {
        match leg.incremental {
            Some(Incremental::Watermark { columns }) if columns.is_empty() => {
                let message = "the watermark names no column".to_owned();
                let help = "name a column that grows when a row changes, such as a time of the last change";
                check.report(ProblemCode::WrongValue, path, message, help);
            }
            Some(Incremental::Watermark { .. }) if leg.deletes => {
                let message = "with a watermark only new rows are read, so a row that is gone cannot be told"
                    .to_owned();
                let help = "use by: row-hash, which reads all rows, or drop deletes";
                check.report(ProblemCode::WrongValue, path, message, help);
            }
            Some(Incremental::ChangeTracking) => {
                let source = self.connection(&leg.source.connection);
                if let Some(source) = source.filter(|c| !c.kind.tracks_changes()) {
                    let message = format!("{} does not track changes", source.name);
                    let help = "use by: watermark with a column that grows, or by: row-hash";
                    check.report(ProblemCode::WrongValue, path, message, help);
                }
            }
            _ => {}
        }
    }

    fn connection(&self, name: &str) -> Option<&'a Connection> {
        let name = self.set.resolve(name).unwrap_or(name);
        self.loaded.connections.iter().find(|c| c.name == name)
    }

    fn key(&self, check: &mut Check<'a>, leg: &Leg<'_>, at: &[Step<'static>]) {
        let entity = &leg.destination.entity;
        let declared = keys::declared(self.set, leg.destination);
        let in_set = self.set.integration_keys.get(entity);
        if let (Some(own), Some(declared)) = (&leg.destination.key, in_set)
            && own != declared
        {
            check.report(
                ProblemCode::Key,
                at,
                format!("the connection set gives {entity} another key: {}", declared.join(", ")),
                "name the key in one place only",
            );
        }
        let discovered;
        let key = match declared {
            Some(key) => key,
            None => {
                let Some(connection) = self.connection(&leg.destination.connection) else { return };
                // Others are looked into before a run.
                let Some(store) = system::local_destination(self.folder, connection) else { return };
                match store
                    .and_then(|store| Ok(keys::discover(store.describe(entity)?.as_ref(), leg.mappings)))
                {
                    Ok(Ok(key)) => discovered = key,
                    Ok(Err(why)) => {
                        let help = format!(
                            "add key: [COLUMN] here, or integration_keys.{entity} in the connection set"
                        );
                        check.report(
                            ProblemCode::Key,
                            at,
                            format!("{entity} has no integration key: {why}"),
                            help,
                        );
                        return;
                    }
                    // What is wrong with the store, the run will say.
                    Err(_) => return,
                }
                &discovered
            }
        };
        if key.is_empty() && leg.destination.key.is_some() {
            let message = format!("the integration key of {entity} is empty");
            check.report(ProblemCode::Key, at, message, "name at least one column that identifies a row");
        }
        if leg.mappings.iter().any(|m| m.destination == EVERY_FIELD) {
            return;
        }
        for (i, column) in key.iter().enumerate() {
            if !leg.mappings.iter().any(|m| m.destination == *column) {
                let at = [at, &[Item(i)]].concat();
                let help = suggest(column, leg.mappings.iter().map(|m| m.destination.as_str()));
                let message = format!("the key column {column} of {entity} is not mapped");
                check.report(ProblemCode::Key, &at, message, help);
            }
        }
    }
}

/// Whether it is an address of the web with a host and without a query.
fn is_web_address(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !rest.contains(['?', '#', ' '])
    })
}

/// Whether an address such as `postgres://user:password@host` holds a password, or a connection string one.
fn holds_secret(address: &str) -> bool {
    let authority =
        address.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    if user.is_some_and(|user| user.split_once(':').is_some_and(|(_, password)| !password.is_empty())) {
        return true;
    }
    let names = [
        "password",
        "pwd",
        "client_secret",
        "clientsecret",
        "secret",
        "sig",
        "token",
        "access_token",
        "apikey",
    ];
    address.split([';', '&', '?']).filter_map(|part| part.split_once('=')).any(|(name, value)| {
        let name = name.trim().to_ascii_lowercase();
        !value.trim().is_empty() && names.contains(&name.replace(['-', ' '], "_").as_str())
    })
}
