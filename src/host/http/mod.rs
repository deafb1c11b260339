//! The network as a host grants it: plain requests and responses, who may be asked, and with which credentials.
//!
//! Everything is synchronous for the caller. While it waits, the caller is asked again and again whether to go on,
//! so that a cancelled evaluation lets go of a slow server.

#[cfg(feature = "http")]
mod client;
mod credential;
mod gate;
mod grants;
mod retry_after;
mod secret;
mod spool;
#[cfg(feature = "http")]
mod token;

#[cfg(feature = "http")]
pub use client::HttpClient;
pub use credential::{ClientCredentials, Credential, Credentials};
pub use gate::{Gate, ServiceLimits};
pub use grants::HostGrants;
pub use retry_after::{RetryAfter, retry_after};
pub use secret::Secret;
pub use spool::Spool;

use std::sync::Arc;
use std::time::Duration;

/// Asked while waiting: whether the answer is still wanted.
pub type GoOn<'a> = &'a dyn Fn() -> bool;

/// A request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// `GET`, `POST` and the like.
    pub method: String,
    /// The absolute address, escaped.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Option<Arc<[u8]>>,
    /// How long the server may stay silent: before its answer begins, and between two pieces of it.
    pub timeout: Duration,
    /// Whether the host may add its credentials for the address.
    pub credentials: bool,
    /// The query parameter that takes an API key, where the host's credential is one.
    pub api_key_name: Option<String>,
}

impl HttpRequest {
    /// How long a server may stay silent unless something else is said; the default of `Web.Contents`.
    pub const TIMEOUT: Duration = Duration::from_secs(100);

    /// A request without headers and body, with the host's credentials.
    pub fn new(method: &str, url: impl Into<String>) -> HttpRequest {
        HttpRequest {
            method: method.to_owned(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
            timeout: HttpRequest::TIMEOUT,
            credentials: true,
            api_key_name: None,
        }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> HttpRequest {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same request with a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Arc<[u8]>>) -> HttpRequest {
        self.body = Some(body.into());
        self
    }
}

/// The beginning of an answer, and its body.
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// What the status code means in words; empty for codes nobody knows.
    pub reason: String,
    /// The address that answered, after redirections.
    pub url: String,
    /// Header names and values, as they came.
    pub headers: Vec<(String, String)>,
    /// The body, unread.
    pub body: Box<dyn HttpBody>,
}

impl HttpResponse {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// Reads the whole body, up to `limit` bytes.
    ///
    /// # Errors
    /// What reading fails with; a body past the limit is [`HttpError::Broken`].
    pub fn read_all(mut self, limit: usize, go_on: GoOn<'_>) -> Result<Vec<u8>, HttpError> {
        let mut all = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match self.body.read(&mut buffer, go_on)? {
                0 => return Ok(all),
                read => all.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            }
            if all.len() > limit {
                return Err(HttpError::Broken(format!("the answer is larger than {limit} bytes")));
            }
        }
    }
}

/// The first header of that name, whatever its case.
pub fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The body of an answer, read from start to end.
pub trait HttpBody: Send {
    /// Reads some bytes; 0 past the last.
    ///
    /// # Errors
    /// The connection broke, the server fell silent, or the caller did not want to go on.
    fn read(&mut self, buffer: &mut [u8], go_on: GoOn<'_>) -> Result<usize, HttpError>;
}

/// A body at hand: for hosts that answer by themselves.
impl HttpBody for std::io::Cursor<Vec<u8>> {
    fn read(&mut self, buffer: &mut [u8], _go_on: GoOn<'_>) -> Result<usize, HttpError> {
        std::io::Read::read(self, buffer).map_err(|error| HttpError::Broken(error.to_string()))
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The host does not grant the address.
    #[error("Access to the network address '{0}' isn't granted. Let the host grant it.")]
    Denied(String),
    /// The host has no network at all.
    #[error("This build has no network: it was made without the feature 'http'.")]
    NoNetwork,
    /// The address is none.
    #[error(
        "The URL '{0}' isn't valid: an absolute address that begins with http:// or https:// is expected."
    )]
    InvalidUrl(String),
    /// A header or method cannot be sent.
    #[error("The request can't be sent: {0}.")]
    InvalidRequest(String),
    /// Nobody knows the name.
    #[error("The remote name could not be resolved: '{0}'")]
    UnknownName(String),
    /// The server cannot be reached.
    #[error("Unable to connect to the remote server: {0}")]
    NotConnected(String),
    /// The server was silent for too long.
    #[error("The operation has timed out: the server was silent for {} seconds.", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The connection ended within an answer, or before one.
    #[error("The connection was closed: {0}")]
    Broken(String),
    /// More redirections than are followed, or one that leads nowhere.
    #[error("{0}")]
    Redirection(String),
    /// The host's credential could not be used, for example because a token was refused.
    #[error("{0}")]
    Credential(String),
    /// The caller did not want to go on.
    #[error("The request was given up.")]
    GivenUp,
    /// The network could not be set up.
    #[error("The network could not be set up: {0}")]
    NotSetUp(String),
}

impl HttpError {
    /// Whether the same request may go well at another time. The server may have acted on the first one.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            HttpError::UnknownName(_)
                | HttpError::NotConnected(_)
                | HttpError::TimedOut(_)
                | HttpError::Broken(_)
        )
    }
}
