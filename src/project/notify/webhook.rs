//! Webhooks: a POST of the record of the run, as JSON.

use std::sync::Arc;
use std::time::Duration;

use super::{Tried, message, patiently};
use crate::host::http::{Credential, HostGrants, HttpClient, HttpRequest, retry_after};
use crate::project::history::RunRecord;
use crate::project::model::Webhook;

/// How long the service may stay silent.
const SILENCE: Duration = Duration::from_secs(30);
/// No more of an answer is read.
const LARGEST: usize = 1 << 20;

/// Sends the record of a run.
pub(super) fn send(hook: &Webhook, credential: Option<Credential>, record: &RunRecord) -> Result<(), String> {
    let (address, secret, credential) = match (&hook.address, credential) {
        (Some(address), credential) => (address.clone(), None, credential),
        (None, Some(Credential::Bearer(address))) => (address.reveal().to_owned(), Some(address), None),
        (None, _) => return Err("the credential that is the address must be of the kind bearer".to_owned()),
    };
    // Errors name addresses.
    let told = |text: String| match &secret {
        Some(secret) => text.replace(secret.reveal(), "***"),
        None => text,
    };
    let mut client = HttpClient::new(HostGrants::Everything);
    if let Some(credential) = credential {
        let credentials: Vec<(String, Credential)> = vec![(address.clone(), credential)];
        client = client.with_credentials(Arc::new(credentials));
    }
    let body = message::body(record).to_string().into_bytes();
    let mut request =
        HttpRequest::new("POST", address).with_header("Content-Type", "application/json").with_body(body);
    request.timeout = SILENCE;
    patiently(|| {
        let response = match client.send(&request, &|| true) {
            Ok(response) => response,
            Err(error) if error.is_passing() => return Err(Tried::Again(told(error.to_string()), None)),
            Err(error) => return Err(Tried::Never(told(error.to_string()))),
        };
        let status = response.status;
        let asked = response.header("retry-after").and_then(retry_after);
        let said = format!("it answered {status} {}", response.reason);
        let asked = asked.map(|after| after.from(jiff::Timestamp::now().as_second()));
        // Read to its end, so that the service is done with it.
        let _ = response.read_all(LARGEST, &|| true);
        match status {
            200..=299 => Ok(()),
            408 | 425 | 429 | 500..=599 => Err(Tried::Again(said, asked)),
            _ => Err(Tried::Never(said)),
        }
    })
}
