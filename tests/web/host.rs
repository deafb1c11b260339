//! A host on the real network whose clock does not wait: it writes down how long it was asked to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pqm::Engine;
use pqm::host::http::{Credential, GoOn, HostGrants, HttpClient, HttpError, HttpRequest, HttpResponse};
use pqm::host::{Host, LocalHost};
use pqm::value::literal_text;

#[derive(Clone)]
pub struct Impatient {
    local: LocalHost,
    pub waited: Arc<Mutex<Duration>>,
}

impl Impatient {
    pub fn new(network: HttpClient) -> Impatient {
        Impatient { local: LocalHost::new(".").with_network(network), waited: Arc::default() }
    }

    pub fn everywhere() -> Impatient {
        Impatient::new(HttpClient::new(HostGrants::Everything))
    }
}

impl Host for Impatient {
    fn send(&self, request: &HttpRequest, go_on: GoOn<'_>) -> Result<HttpResponse, HttpError> {
        self.local.send(request, go_on)
    }

    fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError> {
        self.local.credential(url)
    }

    fn pause(&self, time: Duration) {
        *self.waited.lock().unwrap() += time;
    }
}

/// What an expression gives, as M writes it, or the error.
pub fn evaluate(host: impl Host + 'static, code: &str) -> String {
    let query = Engine::new().with_host(host).compile("test", code).unwrap_or_else(|found| {
        panic!("{}", found[0].message);
    });
    let ctx = query.start();
    let shown = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    shown.unwrap_or_else(|error| format!("error: {error}"))
}
