//! Requests that write, alone and many in one.

use std::sync::Arc;
use std::time::Duration;

use super::Dialect;
use super::connection::Connection;
use super::multipart::{self, BOUNDARY, Operation, Part};
use crate::destinations::DestinationError;
use crate::host::http::HttpRequest;

/// Operations in one batch at most, as Dataverse documents it.
pub(super) const LARGEST_BATCH: usize = 1000;
/// How often operations that a service had no time for are sent again.
const RETRIES: u32 = 8;

/// Sends to one service.
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) connection: Arc<Connection>,
    pub(super) dialect: Dialect,
}

impl Sender {
    pub(super) fn post(&self, path: &str, content_type: &str, accept: &str, body: String) -> HttpRequest {
        HttpRequest::new("POST", format!("{}{path}", self.connection.root))
            .with_header("Content-Type", content_type)
            .with_header("Accept", accept)
            .with_header("OData-MaxVersion", "4.0")
            .with_header("OData-Version", "4.0")
            .with_body(body.into_bytes())
    }

    /// An address inside a batch: Dataverse takes those from the server's root, as its pages show them; others take
    /// those from the service's root, as the standard says.
    pub(super) fn path(&self, path: &str) -> String {
        match self.dialect {
            Dialect::Standard => path.to_owned(),
            Dialect::Dataverse => {
                let after = self.connection.root.find("://").map_or(0, |at| at + 3);
                let rest = self.connection.root.get(after..).unwrap_or_default();
                let root = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
                format!("{root}{path}")
            }
        }
    }

    /// Sends operations, no more than a batch may hold, until each has an answer of its own.
    pub(super) fn batch(&self, operations: &[Operation]) -> Result<Vec<Part>, DestinationError> {
        let mut parts = self.once(operations)?;
        let mut tried = 0;
        loop {
            let busy: Vec<usize> =
                parts.iter().enumerate().filter(|(_, part)| part.is_busy()).map(|(at, _)| at).collect();
            if busy.is_empty() || tried == RETRIES {
                return Ok(parts);
            }
            std::thread::sleep(Duration::from_millis(250 << tried));
            tried += 1;
            let again: Vec<Operation> = busy.iter().filter_map(|at| operations.get(*at).cloned()).collect();
            for (at, part) in busy.into_iter().zip(self.once(&again)?) {
                if let Some(known) = parts.get_mut(at) {
                    *known = part;
                }
            }
        }
    }

    fn once(&self, operations: &[Operation]) -> Result<Vec<Part>, DestinationError> {
        let mut parts: Vec<Part> = Vec::with_capacity(operations.len());
        let mut empty = 0;
        while let Some(rest) = operations.get(parts.len()..).filter(|rest| !rest.is_empty()) {
            let rest = rest.get(..LARGEST_BATCH).unwrap_or(rest);
            let content_type = format!("multipart/mixed; boundary={BOUNDARY}");
            let request = self
                // A service that knows batches in JSON would answer in JSON to who accepts that.
                .post("$batch", &content_type, "multipart/mixed", multipart::write(rest))
                .with_header("Prefer", "odata.continue-on-error, continue-on-error");
            let answer = self.connection.send(&request)?;
            if !answer.is_good() {
                return Err(self.connection.failed(format!("it refuses a batch: {}", answer.error().1)));
            }
            let text = String::from_utf8_lossy(&answer.body);
            let mut read = multipart::read(&answer.content_type, &text).unwrap_or_default();
            read.truncate(rest.len());
            empty = if read.is_empty() { empty + 1 } else { 0 };
            if empty > 3 {
                return Err(self.connection.failed("its answers to batches can't be read".to_owned()));
            }
            // A service that stops at the first failure gets the rest again.
            parts.append(&mut read);
        }
        Ok(parts)
    }
}
