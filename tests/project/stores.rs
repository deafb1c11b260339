//! The kinds of destinations that are killed, cut off and looked at: each holds people by number, with a name and a day.

use std::collections::BTreeMap;

use super::workspace::Workspace;

/// Rows by their number.
pub type Rows = BTreeMap<String, (String, String)>;

/// A destination of people.
pub trait Store {
    /// The kind, for figures.
    fn name(&self) -> &'static str;

    /// Makes it empty, and answers its connection in a project, without the name. With `port`, it is reached by that
    /// one of this machine.
    fn start(&mut self, workspace: &Workspace, port: Option<u16>) -> String;

    /// What it holds; a key that is there twice fails the test.
    fn rows(&mut self, workspace: &Workspace) -> Rows;

    /// Where it is on the network, and what a message holds that makes something durable there.
    fn network(&self) -> Option<(String, &'static str)> {
        None
    }
}

const TABLE: &str =
    "CREATE TABLE people (number VARCHAR(20) PRIMARY KEY, name VARCHAR(30) NOT NULL, opened DATE)";

pub struct Sqlite;

impl Store for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn start(&mut self, workspace: &Workspace, _port: Option<u16>) -> String {
        rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap().execute_batch(TABLE).unwrap();
        "kind: sqlite, address: out.sqlite".to_owned()
    }

    fn rows(&mut self, workspace: &Workspace) -> Rows {
        let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
        let mut statement = store.prepare("SELECT number, name, opened FROM people").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
        let rows: Vec<_> = rows.map(Result::unwrap).collect();
        let count = rows.len();
        let found: Rows = rows.into_iter().collect();
        assert_eq!(found.len(), count, "a key stands there twice");
        found
    }
}

/// The server that `tests/servers/postgres.sh` has started.
#[cfg(feature = "postgres")]
pub struct Postgres {
    address: String,
    schema: &'static str,
    client: postgres::Client,
}

#[cfg(feature = "postgres")]
impl Postgres {
    /// None, with a word on it, where there is none.
    pub fn there(schema: &'static str) -> Option<Self> {
        let address = super::postgres::server()?;
        let client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
        Some(Self { address, schema, client })
    }
}

#[cfg(feature = "postgres")]
impl Store for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn start(&mut self, _workspace: &Workspace, port: Option<u16>) -> String {
        let schema = self.schema;
        let sql = format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path = {schema}; {TABLE}"
        );
        self.client.batch_execute(&sql).unwrap();
        let address = match (port, self.network()) {
            (Some(port), Some((server, _))) => self.address.replace(&server, &format!("127.0.0.1:{port}")),
            _ => self.address.clone(),
        };
        format!("kind: postgresql, address: \"{address}?options=-csearch_path%3D{schema}\"")
    }

    fn rows(&mut self, _workspace: &Workspace) -> Rows {
        // A session of a process that was killed may still be at its end.
        let rows =
            self.client.query("SELECT number::text, name::text, opened::text FROM people", &[]).unwrap();
        let found: Rows = rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        assert_eq!(found.len(), rows.len(), "a key stands there twice");
        found
    }

    fn network(&self) -> Option<(String, &'static str)> {
        let server = self.address.split_once('@')?.1.split_once('/')?.0;
        Some((server.to_owned(), "COMMIT"))
    }
}

/// The CAP service that `tests/servers/cap/run.sh` has started.
#[cfg(feature = "http")]
pub struct Cap {
    address: String,
    client: pqm::host::http::HttpClient,
}

#[cfg(feature = "http")]
impl Cap {
    /// None, with a word on it, where there is none.
    pub fn there() -> Option<Self> {
        use pqm::host::http::{HostGrants, HttpClient};
        let Ok(address) = std::env::var("PQM_ODATA_URL") else {
            eprintln!("PQM_ODATA_URL is not set: no service is here (tests/servers/cap/run.sh starts one)");
            return None;
        };
        Some(Self { address, client: HttpClient::new(HostGrants::Everything) })
    }

    fn ask(&self, method: &str, rest: &str) -> serde_json::Value {
        use pqm::host::http::HttpRequest;
        let request = HttpRequest::new(method, format!("{}{rest}", self.address));
        let mut tries = 0;
        let answer = loop {
            match self.client.send(&request, &|| true) {
                Ok(answer) => break answer,
                // The service closes connections that were idle, now and then just when they are used again.
                Err(error) => assert!(error.is_passing() && tries < 5, "{method} {rest}: {error}"),
            }
            tries += 1;
        };
        let is_gone = method == "DELETE" && answer.status == 404 && tries > 0;
        assert!(answer.status < 300 || is_gone, "{method} {rest}: {}", answer.status);
        let body = answer.read_all(1 << 24, &|| true).unwrap();
        if body.is_empty() { serde_json::Value::Null } else { serde_json::from_slice(&body).unwrap() }
    }

    fn pages(&self) -> Vec<serde_json::Value> {
        let mut rows = Vec::new();
        loop {
            let page = self.ask("GET", &format!("Accounts?$orderby=number&$top=100&$skip={}", rows.len()));
            let found = page["value"].as_array().unwrap();
            rows.extend(found.iter().cloned());
            if found.len() < 100 {
                return rows;
            }
        }
    }
}

#[cfg(feature = "http")]
impl Store for Cap {
    fn name(&self) -> &'static str {
        "CAP"
    }

    fn start(&mut self, _workspace: &Workspace, port: Option<u16>) -> String {
        for row in self.pages() {
            self.ask("DELETE", &format!("Accounts('{}')", row["number"].as_str().unwrap()));
        }
        let address = match (port, self.network()) {
            (Some(port), Some((server, _))) => self.address.replace(&server, &format!("127.0.0.1:{port}")),
            _ => self.address.clone(),
        };
        format!("kind: odata, address: \"{address}\"")
    }

    fn rows(&mut self, _workspace: &Workspace) -> Rows {
        let rows = self.pages();
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let found: Rows =
            rows.iter().map(|row| (text(row, "number"), (text(row, "name"), text(row, "opened")))).collect();
        assert_eq!(found.len(), rows.len(), "a key stands there twice");
        found
    }

    fn network(&self) -> Option<(String, &'static str)> {
        let server = self.address.split_once("//")?.1.split_once('/')?.0;
        Some((server.to_owned(), "$batch HTTP/1.1"))
    }
}
