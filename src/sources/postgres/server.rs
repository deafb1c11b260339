use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config};

use crate::host::http::Credential;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(30);
/// What holds for each session: forms of values that can be read back exactly, and no surprise from the server's own
/// settings.
const SESSION: &str = "SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC'; \
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; \
    SET standard_conforming_strings = on";

/// A database on a server, and what it is opened with.
#[derive(Clone)]
pub struct Server {
    config: Config,
    name: String,
    /// How long a statement may take; any time if absent.
    patience: Option<Duration>,
}

/// Why a server cannot be used. No message holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// The address is none.
    #[error(
        "'{address}' is no address of a PostgreSQL database: {reason}. Write postgres://server:5432/database"
    )]
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The credential is of a kind the server does not take.
    #[error("PostgreSQL takes a credential of the kind basic: a user and a password")]
    Credential,
    /// The server said no, or nothing.
    #[error("The PostgreSQL database '{name}' failed: {said}")]
    Failed {
        /// The server and database.
        name: String,
        /// What it said.
        said: String,
    },
}

impl Server {
    /// The database at an address such as `postgres://server:5432/database`, opened with a credential.
    ///
    /// # Errors
    /// The address is none, or holds a password, or the credential is of another kind.
    pub fn new(address: &str, credential: Option<&Credential>) -> Result<Server, ServerError> {
        let wrong =
            |reason: &str| ServerError::Address { address: address.to_owned(), reason: reason.to_owned() };
        let is_url = address.starts_with("postgres://") || address.starts_with("postgresql://");
        if !is_url {
            return Err(wrong("it does not begin with postgres://"));
        }
        let mut config: Config =
            address.parse().map_err(|error: postgres::Error| wrong(&error.to_string()))?;
        if config.get_password().is_some() {
            return Err(ServerError::Address {
                address: "postgres://***".to_owned(),
                reason: "it holds a password; keep it as a credential".to_owned(),
            });
        }
        match credential {
            None | Some(Credential::Anonymous) => {}
            Some(Credential::Basic { user, password }) => {
                config.user(user).password(password.reveal());
            }
            Some(_) => return Err(ServerError::Credential),
        }
        if config.get_hosts().is_empty() {
            config.host("localhost");
        }
        let is_here = match config.get_hosts().first() {
            Some(Host::Tcp(name)) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
            #[cfg(unix)]
            Some(Host::Unix(_)) => true,
            None => true,
        };
        if !address.contains("sslmode=") {
            // A server elsewhere may ask for a password, which nobody on the way must read; one on this machine has
            // a certificate of its own making at best.
            config.ssl_mode(if is_here { SslMode::Disable } else { SslMode::Require });
        }
        config.connect_timeout(CONNECT).application_name(concat!("pqm/", env!("CARGO_PKG_VERSION")));
        let host = match config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.display().to_string(),
            None => String::new(),
        };
        let name = match config.get_dbname() {
            Some(database) => format!("{host}/{database}"),
            None => host,
        };
        Ok(Server { config, name, patience: None })
    }

    /// The same database, waited for no longer than that: for a connection, and for what a statement gives.
    #[must_use]
    pub fn with_patience(mut self, connection: Duration, statement: Duration) -> Server {
        self.config.connect_timeout(connection);
        self.patience = Some(statement);
        self
    }

    /// Whether both are the same database of the same server, whatever else their addresses say.
    pub fn is_same_database(&self, other: &Server) -> bool {
        let place = |server: &Server| {
            let host = match server.config.get_hosts().first() {
                Some(Host::Tcp(name)) => name.to_ascii_lowercase(),
                #[cfg(unix)]
                Some(Host::Unix(path)) => path.display().to_string(),
                None => String::new(),
            };
            let port = server.config.get_ports().first().copied().unwrap_or(5432);
            (host, port, server.config.get_dbname().map(str::to_owned))
        };
        place(self) == place(other)
    }

    /// The user that the address names, or the credential.
    pub fn user(&self) -> Option<&str> {
        self.config.get_user()
    }

    /// Server and database, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens a session.
    ///
    /// # Errors
    /// The server is not there, or refuses.
    pub fn connect(&self) -> Result<Client, ServerError> {
        let mut client =
            self.config.connect(super::tls::connector()).map_err(|error| self.failure(&error))?;
        let patience =
            self.patience.map(|time| format!("; SET statement_timeout = {}", time.as_millis().max(1)));
        let session = format!("{SESSION}{}", patience.unwrap_or_default());
        client.batch_execute(&session).map_err(|error| self.failure(&error))?;
        Ok(client)
    }

    /// What a failure of this server is to a person.
    pub fn failure(&self, error: &postgres::Error) -> ServerError {
        ServerError::Failed { name: self.name.clone(), said: said(error) }
    }
}

/// What the server said, or what went wrong on the way to it.
pub fn said(error: &postgres::Error) -> String {
    if let Some(database) = error.as_db_error() {
        let mut text = database.message().to_owned();
        for (name, more) in [("Detail", database.detail()), ("Hint", database.hint())] {
            if let Some(more) = more {
                text.push_str(&format!(" {name}: {more}"));
            }
        }
        return text;
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(&format!(": {cause_text}"));
        }
        source = cause.source();
    }
    text
}
