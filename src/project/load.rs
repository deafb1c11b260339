//! Reading a project folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
#[cfg(feature = "http")]
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::check::{check, check_connections};
use super::credentials::{CredentialSource, UserCredentials};
use super::document::Node;
use super::leg::{Leg, legs};
use super::model::{
    Connection, ConnectionKind, ConnectionSet, ConnectionSetChoice, ConnectionsFile, OrganizationMapping,
    ProjectFile, Task,
};
#[cfg(feature = "http")]
use super::network::Network;
use super::problem::{LoadError, Problem, ProblemCode, masked, suggest};
use super::structure;

/// The name of the project file in a project's folder.
pub const PROJECT_FILE: &str = "project.yaml";

/// What a run may choose differently from the project file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The name of a connection set.
    pub connection_set: Option<String>,
    /// The name of an organization mapping, or of either organization.
    pub organization: Option<String>,
}

/// A project that was loaded and found consistent.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    file: ProjectFile,
    connections: Vec<Connection>,
    set: ConnectionSet,
    organization: Option<OrganizationMapping>,
    reach: Reach,
}

/// How a project gets at systems that are not on this machine.
#[derive(Clone)]
struct Reach {
    credentials: Arc<dyn CredentialSource>,
    #[cfg(feature = "http")]
    network: Arc<OnceLock<Network>>,
}

impl Reach {
    fn new(credentials: Arc<dyn CredentialSource>) -> Self {
        Self {
            credentials,
            #[cfg(feature = "http")]
            network: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reach")
    }
}

/// What a project file and the files it includes say together.
pub(super) struct Loaded {
    pub(super) file: ProjectFile,
    /// The included ones come last.
    pub(super) connections: Vec<Connection>,
    pub(super) sets: Vec<ConnectionSet>,
}

impl Project {
    /// Loads the project in a folder. All mistakes that can be found are reported together.
    ///
    /// # Errors
    /// The mistakes, each with file, line and field.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        Self::load_with(folder, &Choice::default())
    }

    /// Loads the project in a folder, with another connection set or organization than it names itself.
    ///
    /// # Errors
    /// As [`Project::load`]; names that the project does not have.
    pub fn load_with(folder: &Path, choice: &Choice) -> Result<Self, LoadError> {
        let path = folder.join(PROJECT_FILE);
        let text = text(&path, &format!("a project is a folder with a {PROJECT_FILE}"))?;
        let fail = |mut problems: Vec<Problem>| {
            problems.sort_by_key(|p| (p.line, p.column));
            LoadError { path: path.clone(), text: masked(&text, &problems), problems }
        };
        let (file, root) = parse::<ProjectFile>(&text, structure::project()).map_err(fail)?;
        let mut loaded =
            Loaded { connections: file.connections.clone(), sets: file.connection_sets.clone(), file };
        for name in loaded.file.include.clone() {
            let included = include(&folder.join(&name))?;
            loaded.connections.extend(included.connections);
            loaded.sets.extend(included.connection_sets);
        }
        let (set, organization) = choose(&loaded, choice).map_err(|problem| fail(vec![problem]))?;
        let problems = check(folder, &loaded, &set, &root);
        if !problems.is_empty() {
            return Err(fail(problems));
        }
        // Absolute from here on: queries resolve addresses against the folder, not the current directory.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let reach = Reach::new(Arc::new(UserCredentials));
        Ok(Self { folder, connections: loaded.connections, set, organization, file: loaded.file, reach })
    }

    /// The same project with its credentials kept elsewhere than those of the user.
    #[must_use]
    pub fn with_credentials(self, credentials: Arc<dyn CredentialSource>) -> Self {
        Self { reach: Reach::new(credentials), ..self }
    }

    /// Where the secrets of its connections are kept.
    pub fn credentials(&self) -> &dyn CredentialSource {
        &*self.reach.credentials
    }

    /// The same, for what outlives the project.
    #[cfg(feature = "postgres")]
    pub(super) fn kept_credentials(&self) -> Arc<dyn CredentialSource> {
        Arc::clone(&self.reach.credentials)
    }

    /// The network as far as the project's connections reach.
    #[cfg(feature = "http")]
    pub(super) fn network(&self) -> &Network {
        let credentials = || Arc::clone(&self.reach.credentials);
        self.reach.network.get_or_init(|| Network::new(&self.connections, credentials()))
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

    /// The hops of all tasks in the order of running.
    pub fn legs(&self) -> Vec<Leg<'_>> {
        self.tasks().iter().flat_map(legs).collect()
    }

    /// The chosen connection set.
    pub fn connection_set(&self) -> &ConnectionSet {
        &self.set
    }

    /// All connections, the included ones among them.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// The chosen organizations, if the connection set maps any.
    pub fn organization(&self) -> Option<&OrganizationMapping> {
        self.organization.as_ref()
    }

    /// The days after which runs are forgotten.
    pub fn keep_days(&self) -> u32 {
        const DAYS: u32 = 45;
        self.file.history.as_ref().and_then(|history| history.keep_days).unwrap_or(DAYS)
    }

    /// The connection that tasks know by this name: through the connection set, else by its own name.
    pub fn connection(&self, name: &str) -> Option<&Connection> {
        let name = self.set.resolve(name).unwrap_or(name);
        self.connections.iter().find(|c| c.name == name)
    }

    /// The place a connection's address means: relative to the project's folder.
    pub fn address(&self, connection: &Connection) -> PathBuf {
        self.folder.join(&connection.address)
    }

    /// The file that holds an entity of a connection: the database for sqlite, else the entity's own file.
    pub fn entity_path(&self, connection: &Connection, entity: &str) -> PathBuf {
        let address = self.address(connection);
        match connection.kind {
            ConnectionKind::Sqlite
            | ConnectionKind::PostgreSql
            | ConnectionKind::Odata
            | ConnectionKind::Dataverse => address,
            ConnectionKind::Csv | ConnectionKind::Json | ConnectionKind::JsonLines => address.join(entity),
        }
    }

    /// Whether a connection's SQLite file is one that the project writes.
    pub(super) fn writes_database(&self, connection: &Connection) -> bool {
        if connection.kind != ConnectionKind::Sqlite {
            return false;
        }
        let file = |connection: &Connection| {
            let path = self.address(connection);
            path.canonicalize().unwrap_or(path)
        };
        let read = file(connection);
        let legs = self.legs();
        let mut written = legs.iter().filter_map(|leg| self.connection(&leg.destination.connection));
        written.any(|to| to.kind == ConnectionKind::Sqlite && file(to) == read)
    }

    /// The path of a query file.
    pub fn query_path(&self, query: &str) -> PathBuf {
        self.folder.join(query)
    }
}

/// The chosen connection set and organizations.
fn choose(loaded: &Loaded, choice: &Choice) -> Result<(ConnectionSet, Option<OrganizationMapping>), Problem> {
    let plain = |message: String, help: String| Problem::plain(ProblemCode::UnknownName, message, help);
    let named = |name: &str| {
        let found = loaded.sets.iter().find(|set| set.name == name);
        let names = loaded.sets.iter().map(|set| set.name.as_str());
        found.cloned().ok_or_else(|| {
            let help = suggest(name, names);
            let help = if help.is_empty() { "declare it under connection_sets".to_owned() } else { help };
            Problem {
                field: "connection_set".to_owned(),
                ..plain(format!("there is no connection set {name:?}"), help)
            }
        })
    };
    let set = match (&choice.connection_set, &loaded.file.connection_set) {
        (Some(name), ConnectionSetChoice::Own(own)) if own.name == *name => (**own).clone(),
        (Some(name), _) | (None, ConnectionSetChoice::Named(name)) => named(name)?,
        (None, ConnectionSetChoice::Own(own)) => (**own).clone(),
    };
    let all = &set.organizations;
    let organization = match choice.organization.as_ref().or(loaded.file.organization.as_ref()) {
        None if all.len() > 1 => {
            let names: Vec<&str> = all.iter().map(label).collect();
            let message = format!("the connection set {} maps several organizations", set.name);
            let help = format!("choose one with organization: NAME; there is {}", names.join(", "));
            return Err(Problem { field: "organization".to_owned(), ..plain(message, help) });
        }
        None => all.first().cloned(),
        Some(name) => {
            let is = |o: &&OrganizationMapping| {
                o.name.as_ref() == Some(name) || o.source == *name || o.destination == *name
            };
            let found: Vec<&OrganizationMapping> = all.iter().filter(is).collect();
            match found.as_slice() {
                [one] => Some((*one).clone()),
                other => {
                    let several = if other.is_empty() { "there is no" } else { "there is more than one" };
                    let message =
                        format!("{several} organization {name:?} in the connection set {}", set.name);
                    let help = suggest(name, all.iter().map(label));
                    return Err(Problem { field: "organization".to_owned(), ..plain(message, help) });
                }
            }
        }
    };
    Ok((set, organization))
}

fn label(organization: &OrganizationMapping) -> &str {
    organization.name.as_deref().unwrap_or(&organization.destination)
}

/// The text of a file.
fn text(path: &Path, help: &str) -> Result<String, LoadError> {
    let text = std::fs::read(path).map_err(|e| e.to_string()).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|e| format!("byte {} is not UTF-8", e.utf8_error().valid_up_to()))
    });
    text.map_err(|reason| {
        let message = format!("cannot read the file: {reason}");
        let problem = Problem::plain(ProblemCode::Unreadable, message, help);
        LoadError { path: path.to_owned(), text: String::new(), problems: vec![problem] }
    })
}

/// Reads a file of the shape that a schema says.
pub(super) fn parse<T: DeserializeOwned + JsonSchema>(
    text: &str,
    schema: &serde_json::Value,
) -> Result<(T, Node), Vec<Problem>> {
    let root = Node::parse(text).map_err(|problem| vec![problem])?;
    let problems = structure::check(&root, schema);
    if !problems.is_empty() {
        return Err(problems);
    }
    let file = serde_json::from_value(root.to_json()).map_err(|error| {
        let problem = Problem::plain(ProblemCode::WrongValue, error.to_string(), "");
        vec![Problem { line: root.place.line, column: root.place.column, ..problem }]
    })?;
    Ok((file, root))
}

/// Reads a file of connections.
fn include(path: &Path) -> Result<ConnectionsFile, LoadError> {
    let text = text(path, "include names files relative to the project's folder")?;
    let fail = |problems: Vec<Problem>| LoadError {
        path: path.to_owned(),
        text: masked(&text, &problems),
        problems,
    };
    let (file, root) = parse::<ConnectionsFile>(&text, structure::connections()).map_err(fail)?;
    let problems = check_connections(&file, &root);
    if problems.is_empty() { Ok(file) } else { Err(fail(problems)) }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
