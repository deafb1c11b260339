//! A project in a folder of its own, the program run on it, and what the run left behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

/// A folder with a project; gone when dropped.
pub struct Workspace {
    folder: tempfile::TempDir,
    /// Variables that the program sees besides.
    environment: Vec<(String, String)>,
}

/// How a run of the program ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The record that `--format json` printed.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}\n{}", self.stdout, self.stderr))
    }

    /// Everything the program said, spaces and line breaks evened out: messages may be wrapped.
    pub fn said(&self) -> String {
        let both = format!("{}\n{}", self.stdout, self.stderr);
        let words = both.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    }
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// The same folder for a program that sees these variables, too.
    pub fn with_environment(mut self, variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.environment.extend(variables.iter().map(owned));
        self
    }

    /// A copy of the prospect-to-cash example, without what earlier runs left there.
    pub fn example() -> Self {
        let workspace = Self::new();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/prospect-to-cash");
        for part in ["", "data", "queries"] {
            for entry in std::fs::read_dir(example.join(part)).unwrap() {
                let from = entry.unwrap().path();
                if from.is_file() {
                    let to = workspace.path(part).join(from.file_name().unwrap());
                    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                    std::fs::copy(&from, &to).unwrap();
                }
            }
        }
        workspace
    }

    /// A project that brings `people.csv` (id, name, born, country) into the table `person` of `out.sqlite`,
    /// with the Advanced Query `people.pq`.
    pub fn people(csv: impl AsRef<[u8]>, query: &str) -> Self {
        let workspace = Self::new();
        workspace.write("people.csv", csv);
        workspace.write("people.pq", query);
        workspace.write("project.yaml", PEOPLE);
        workspace
    }

    pub fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    pub fn write(&self, part: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(part), content).unwrap();
    }

    /// Changes the text of a file; the old text must be in it.
    pub fn replace(&self, part: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.path(part)).unwrap();
        assert!(text.contains(old), "{part} has no {old:?}");
        self.write(part, text.replacen(old, new, 1));
    }

    /// `pqm project` with the folder after the first argument, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pqm"));
        command.args(["project", arguments[0]]).arg(self.folder.path()).args(&arguments[1..]);
        command.env("NO_COLOR", "1").env("PQM_ACCEPT_PRIVACY_NOTICE", "1").stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs `pqm project` with the folder after the first argument.
    pub fn pqm(&self, arguments: &[&str]) -> Ended {
        Self::ended(self.command(arguments).output().unwrap())
    }

    /// Runs `pqm project` with these arguments; `{}` stands for the folder.
    pub fn pqm_raw(&self, arguments: &[&str]) -> Ended {
        let folder = self.folder.path().to_str().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pqm"));
        command.arg("project").args(arguments.iter().map(|part| part.replace("{}", folder)));
        Self::ended(command.env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap())
    }

    pub fn ended(output: std::process::Output) -> Ended {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs the project in a process that is killed at a named point, and answers whether it came there.
    pub fn run_killed_at(&self, point: &str) -> bool {
        let output = self.command(&["run"]).env("PQM_KILL_AT", point).output().unwrap();
        output.status.code().is_none()
    }

    /// Runs the project.
    pub fn run(&self) -> Ended {
        self.pqm(&["run"])
    }

    /// Runs the project and gives its record.
    pub fn run_json(&self) -> Value {
        self.pqm(&["run", "--format", "json"]).json()
    }

    /// Starts a run and does not wait.
    pub fn start(&self) -> Child {
        self.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The runs in the history, the newest first.
    pub fn history(&self) -> Vec<Value> {
        match self.pqm(&["history", "--format", "json"]).json() {
            Value::Array(runs) => runs,
            other => panic!("{other}"),
        }
    }

    /// The rows of a table of an SQLite file as text, by their first column.
    pub fn rows(&self, file: &str, table: &str) -> BTreeMap<String, Vec<String>> {
        let connection = Connection::open(self.path(file)).unwrap();
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next().unwrap() {
            let cell = |i| match row.get_ref(i).unwrap() {
                ValueRef::Text(text) => format!("{:?}", std::str::from_utf8(text).unwrap()),
                other => format!("{other:?}"),
            };
            let cells: Vec<String> = (0..columns).map(cell).collect();
            assert!(found.insert(cells[0].clone(), cells).is_none(), "a key stands there twice");
        }
        found
    }

    /// Whether nothing was delivered: no destination file, or one without the table.
    pub fn is_untouched(&self) -> bool {
        let path = self.path("out.sqlite");
        if !path.exists() {
            return true;
        }
        let connection = Connection::open(path).unwrap();
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        tables == 0
    }
}

const PEOPLE: &str = "\
name: People
connections:
  - { name: Files, kind: csv, address: . }
  - { name: Store, kind: sqlite, address: out.sqlite }
connection_set:
  name: Test
  source: { connections: [Files] }
  destination: { connections: [Store] }
  integration_keys: { person: [id] }
tasks:
  - name: People
    source: { connection: Files, entity: people.csv }
    query: people.pq
    mappings:
      - { source: id, destination: id }
      - { source: name, destination: name }
      - { source: born, destination: born }
      - { source: country, destination: country, transform: { fn: country-region-code } }
    destination: { connection: Store, entity: person }
";

/// The query that leaves the people as they are, but for blank fields that become null.
pub const AS_IT_IS: &str = "Table.ReplaceValue(QrySourceData, \"\", null, Replacer.ReplaceValue, {\"id\", \"name\", \"born\", \"country\"})";

/// A count of a task in a record.
pub fn count(record: &Value, task: usize, name: &str) -> u64 {
    record["tasks"][task][name].as_u64().unwrap_or_else(|| panic!("no {name} in {record:#}"))
}

/// That in each task every row read ended in exactly one outcome.
pub fn assert_adds_up(record: &Value) {
    for (i, task) in record["tasks"].as_array().unwrap().iter().enumerate() {
        let ends = ["filtered", "inserted", "updated", "unchanged", "rejected"];
        let sum: u64 = ends.iter().map(|name| count(record, i, name)).sum();
        assert_eq!(count(record, i, "read"), sum, "{task:#}");
    }
}
