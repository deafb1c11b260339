//! Requests to a service, with patience.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::destinations::DestinationError;
use crate::host::http::{HttpClient, HttpError, HttpRequest, retry_after};
use crate::sources::odata::{Model, Service};

/// A service as writers ask it; what is known of it is read once.
pub struct Connection {
    client: Arc<HttpClient>,
    /// The address, with `/` at its end.
    pub(super) root: String,
    model: OnceLock<Arc<Model>>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// How often something that may pass is tried again.
const RETRIES: u32 = 8;
/// How often a service may ask to wait.
const PATIENCE: u32 = 200;
/// The longest wait that nobody asked for.
const LONGEST: Duration = Duration::from_secs(30);
/// How long a service may stay silent.
const SILENCE: Duration = Duration::from_secs(120);
/// The largest answer that is read.
const LARGEST: usize = 1 << 29;

impl Answer {
    pub(super) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code and words of an error answer.
    pub(super) fn error(&self) -> (String, String) {
        error_of(self.status, &self.body)
    }
}

/// The code and words in the body of an error answer.
pub(super) fn error_of(status: u16, body: &[u8]) -> (String, String) {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| {
        let value = json.get("error").and_then(|error| error.get(name));
        value.and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let message = text("message");
    (text("code"), if message.is_empty() { format!("status {status}") } else { message })
}

impl Connection {
    /// The service at `address`, reached through `client`, which has the credentials and keeps to the limits.
    pub fn new(client: Arc<HttpClient>, address: &str) -> Connection {
        let root = format!("{}/", address.trim_end_matches('/'));
        Connection { client, root, model: OnceLock::new() }
    }

    /// The service as readers ask it.
    ///
    /// # Errors
    /// Its metadata can't be read.
    pub fn reader(&self) -> Result<Arc<Service>, DestinationError> {
        self.model()?;
        let model = self.model.get().map(Arc::clone).unwrap_or_default();
        Ok(Arc::new(Service::known(&self.root, model)))
    }

    /// How many requests may run at a time.
    pub(super) fn concurrent(&self) -> usize {
        const UNLIMITED: usize = 8;
        self.client.gate(&self.root).map_or(UNLIMITED, |gate| gate.concurrent())
    }

    /// The service's metadata, read once.
    pub(super) fn model(&self) -> Result<&Model, DestinationError> {
        if let Some(model) = self.model.get() {
            return Ok(model);
        }
        let answer = self.send(
            &HttpRequest::new("GET", format!("{}$metadata", self.root))
                .with_header("Accept", "application/xml"),
        )?;
        if !answer.is_good() {
            return Err(self.failed(format!("its metadata can't be read: {}", answer.error().1)));
        }
        let model = Model::parse(&String::from_utf8_lossy(&answer.body))
            .map_err(|what| self.failed(format!("its metadata can't be read: {what}")))?;
        Ok(self.model.get_or_init(|| Arc::new(model)))
    }

    /// The JSON at a path below the service's address, or at one of its own links.
    pub(super) fn get_json(&self, path: &str) -> Result<serde_json::Value, DestinationError> {
        match self.ask_json(path)? {
            Ok(json) => Ok(json),
            Err(answer) => Err(self.failed(format!("reading '{path}' failed: {}", answer.error().1))),
        }
    }

    /// The JSON at a path, or the answer of a service that does not give it.
    pub(super) fn ask_json(&self, path: &str) -> Result<Result<serde_json::Value, Answer>, DestinationError> {
        let url = if path.contains("://") { path.to_owned() } else { format!("{}{path}", self.root) };
        let request = HttpRequest::new("GET", url)
            .with_header("Accept", "application/json")
            .with_header("OData-MaxVersion", "4.0")
            .with_header("OData-Version", "4.0")
            .with_header("Prefer", "odata.maxpagesize=5000");
        let mut tried = 0;
        loop {
            tried += 1;
            let answer = self.send(&request)?;
            if !answer.is_good() {
                return Ok(Err(answer));
            }
            match serde_json::from_slice(&answer.body) {
                Ok(json) => return Ok(Ok(json)),
                Err(_) if tried <= RETRIES => {}
                Err(error) => return Err(self.failed(format!("'{path}' gives no JSON: {error}"))),
            }
        }
    }

    /// Sends a request that may be sent again until it is answered.
    pub(super) fn send(&self, request: &HttpRequest) -> Result<Answer, DestinationError> {
        let mut request = request.clone();
        request.timeout = SILENCE;
        let (mut tried, mut asked_to_wait) = (0, 0);
        loop {
            let sent = self.client.send(&request, &|| true).and_then(|response| {
                let status = response.status;
                let after = response.header("retry-after").and_then(retry_after);
                let content_type = response.header("content-type").unwrap_or_default().to_owned();
                let body = response.read_all(LARGEST, &|| true)?;
                Ok((Answer { status, content_type, body }, after))
            });
            tried += 1;
            let backoff = Duration::from_millis(250 * (1 << tried.min(7))).min(LONGEST);
            match sent {
                Ok((answer, after)) => {
                    let after = after.map(|after| after.from(jiff::Timestamp::now().as_second()));
                    match answer.status {
                        429 | 503 if asked_to_wait < PATIENCE && (after.is_some() || tried <= RETRIES) => {
                            asked_to_wait += 1;
                            if after.is_some() {
                                tried -= 1;
                            }
                            match self.client.gate(&self.root) {
                                Some(gate) => gate.refused(&answer.error().0, after.unwrap_or(backoff)),
                                None => std::thread::sleep(after.unwrap_or(backoff)),
                            }
                        }
                        408 | 429 | 502 | 503 | 504 | 509 if tried <= RETRIES => std::thread::sleep(backoff),
                        // A new token that was taken back, too: once or twice more, but no storm of wrong passwords.
                        401 if tried <= 2 => std::thread::sleep(backoff),
                        // It may be the rows; whoever sent them finds out which.
                        500 if tried <= 2 => std::thread::sleep(backoff),
                        _ => return Ok(answer),
                    }
                }
                Err(error) if error.is_passing() && tried <= RETRIES => std::thread::sleep(backoff),
                Err(error) => return Err(self.unreachable(&error)),
            }
        }
    }

    /// An address that a service gives as a link, which may count from the root of its server.
    pub(super) fn link(&self, link: &str) -> String {
        if link.contains("://") || !link.starts_with('/') {
            return link.to_owned();
        }
        let after = self.root.find("://").map_or(0, |at| at + 3);
        let end = self.root.get(after..).and_then(|rest| rest.find('/')).map_or(0, |at| after + at);
        format!("{}{link}", self.root.get(..end).unwrap_or_default())
    }

    fn unreachable(&self, error: &HttpError) -> DestinationError {
        self.failed(error.to_string())
    }

    pub(super) fn failed(&self, detail: String) -> DestinationError {
        DestinationError::Service { address: self.root.clone(), detail }
    }
}
