//! Requests over the network: reqwest on a thread of its own, with a door for callers that wait.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Url};
use tokio::runtime::{Builder, Handle};

use super::token::Tokens;
use super::{
    ClientCredentials, Credential, Credentials, Gate, GoOn, HostGrants, HttpBody, HttpError, HttpRequest,
    HttpResponse, Secret, ServiceLimits,
};
use super::{RetryAfter, retry_after};

/// How long a caller waits before it is asked again whether to go on.
const LOOK: Duration = Duration::from_millis(10);
/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(30);
/// How many redirections are followed.
const REDIRECTIONS: usize = 20;
/// How many times a request is sent again with a new token.
const RENEWALS: usize = 3;

/// The network, as far as it is granted. Nothing is started before the first request; one thread then does all the
/// waiting, however many callers there are. Proxies are taken from the environment (`HTTPS_PROXY` and the like).
pub struct HttpClient {
    grants: HostGrants,
    credentials: Option<Arc<dyn Credentials>>,
    /// Gates by the beginning of the address they are for.
    gates: Vec<(String, Arc<Gate>)>,
    tokens: Tokens,
    running: OnceLock<Result<Running, HttpError>>,
}

/// The thread that waits, and the connections.
struct Running {
    client: reqwest::Client,
    handle: Handle,
    /// The thread ends when this is dropped, and the runtime with it: never on a caller's thread, which may belong
    /// to another runtime.
    _end: tokio::sync::oneshot::Sender<()>,
}

impl HttpClient {
    /// A network in which `grants` may be asked, without credentials.
    pub fn new(grants: HostGrants) -> HttpClient {
        HttpClient {
            grants,
            credentials: None,
            gates: Vec::new(),
            tokens: Tokens::default(),
            running: OnceLock::new(),
        }
    }

    /// The same network with credentials.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Arc<dyn Credentials>) -> HttpClient {
        self.credentials = Some(credentials);
        self
    }

    /// The same network, in which what begins with an address is asked no more than its limits allow, whoever asks.
    #[must_use]
    pub fn with_limits(mut self, address: &str, limits: ServiceLimits) -> HttpClient {
        self.gates.push((address.trim_end_matches('/').to_owned(), Arc::new(Gate::new(limits))));
        self
    }

    /// The gate that requests to an address pass, if there is one.
    pub fn gate(&self, url: &str) -> Option<&Gate> {
        let fits = |address: &str| {
            url.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        };
        let fitting = self.gates.iter().filter(|(address, _)| fits(address));
        fitting.max_by_key(|(address, _)| address.len()).map(|(_, gate)| &**gate)
    }

    /// The credential for an address, if there is one.
    ///
    /// # Errors
    /// The store of the credentials cannot be read.
    pub fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError> {
        match &self.credentials {
            Some(credentials) => credentials.credential(url),
            None => Ok(None),
        }
    }

    /// Sends a request and waits for the beginning of the answer, following redirections.
    ///
    /// # Errors
    /// There is no answer. An answer with a status that stands for an error is an answer.
    pub fn send(&self, request: &HttpRequest, go_on: GoOn<'_>) -> Result<HttpResponse, HttpError> {
        let mut hop = Hop {
            url: parse(&request.url)?,
            method: method(&request.method)?,
            headers: headers(&request.headers)?,
            body: request.body.clone(),
        };
        for _ in 0..=REDIRECTIONS {
            self.check(&hop.url)?;
            let credential = match request.credentials {
                true => self.credential(hop.url.as_str())?,
                false => None,
            };
            let response = self.send_as(request, &hop, credential.as_ref(), go_on)?;
            match hop.next(&response)? {
                Some(next) => hop = next,
                None => return Ok(response),
            }
        }
        Err(HttpError::Redirection(format!(
            "More than {REDIRECTIONS} redirections were followed from '{}'.",
            request.url
        )))
    }

    fn check(&self, url: &Url) -> Result<(), HttpError> {
        let name = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        if self.grants.allow(name, port) {
            return Ok(());
        }
        Err(HttpError::Denied(match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        }))
    }

    /// Sends one hop with a credential.
    fn send_as(
        &self,
        request: &HttpRequest,
        hop: &Hop,
        credential: Option<&Credential>,
        go_on: GoOn<'_>,
    ) -> Result<HttpResponse, HttpError> {
        let send = |credential: Option<&Credential>| {
            let built = self.build(request, hop, credential)?;
            let Some(gate) = self.gate(hop.url.as_str()) else {
                return self.exchange(built, &hop.url, request.timeout, go_on);
            };
            let entered = gate.enter(go_on)?;
            let response = self.exchange(built, &hop.url, request.timeout, go_on);
            gate.leave(entered);
            if let Ok(response) = &response {
                settle(gate, response);
            }
            response
        };
        let Some(Credential::ClientCredentials(client)) = credential else { return send(credential) };
        let fetch = || self.fetch_token(client, request.timeout, go_on);
        let mut token = self.tokens.get(client, None, fetch, go_on)?;
        let mut response = send(Some(&Credential::Bearer(token.clone())))?;
        // Tokens may be taken back before their time: again with a new one, though not for ever.
        for _ in 0..RENEWALS {
            if response.status != 401 {
                break;
            }
            token = self.tokens.get(client, Some(&token), fetch, go_on)?;
            response = send(Some(&Credential::Bearer(token.clone())))?;
        }
        Ok(response)
    }

    fn build(
        &self,
        request: &HttpRequest,
        hop: &Hop,
        credential: Option<&Credential>,
    ) -> Result<reqwest::Request, HttpError> {
        let client = &self.running()?.client;
        let mut url = hop.url.clone();
        if let Some(Credential::ApiKey(key)) = credential {
            let Some(name) = &request.api_key_name else {
                return Err(HttpError::Credential(format!(
                    "The credential for '{}' is an API key, and the request doesn't say which query parameter takes \
                     it (ApiKeyName).",
                    hop.url
                )));
            };
            url.query_pairs_mut().append_pair(name, key.reveal());
        }
        let mut building = client.request(hop.method.clone(), url).headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            building = building.body(body.to_vec());
        }
        building = match credential {
            Some(Credential::Basic { user, password }) => building.basic_auth(user, Some(password.reveal())),
            Some(Credential::Bearer(token)) => building.bearer_auth(token.reveal()),
            _ => building,
        };
        building.build().map_err(|error| failure(error, hop.url.host_str().unwrap_or_default()))
    }

    fn running(&self) -> Result<&Running, HttpError> {
        self.running.get_or_init(start).as_ref().map_err(HttpError::clone)
    }

    fn fetch_token(
        &self,
        client: &ClientCredentials,
        timeout: Duration,
        go_on: GoOn<'_>,
    ) -> Result<(Secret, Duration), HttpError> {
        let url = parse(&client.token_url)?;
        let mut built = reqwest::Request::new(Method::POST, url.clone());
        built.headers_mut().insert(
            reqwest::header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        *built.body_mut() = Some(reqwest::Body::from(super::token::form(client)));
        let response = self.exchange(built, &url, timeout, go_on)?;
        let status = response.status;
        let body = response.read_all(1 << 20, go_on)?;
        super::token::read(client, status, &body)
    }

    /// One request, one answer.
    fn exchange(
        &self,
        request: reqwest::Request,
        shown: &Url,
        timeout: Duration,
        go_on: GoOn<'_>,
    ) -> Result<HttpResponse, HttpError> {
        let running = self.running()?;
        let name = shown.host_str().unwrap_or_default().to_owned();
        let client = running.client.clone();
        let (sender, receiver) = sync_channel(1);
        let task = running.handle.spawn(async move {
            // Nobody listens any more where the request was given up.
            let _ = sender.send(client.execute(request).await.map_err(|error| failure(error, &name)));
        });
        let response = wait(&receiver, timeout, go_on).inspect_err(|_| task.abort())??;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        Ok(HttpResponse {
            status: response.status().as_u16(),
            reason: response.status().canonical_reason().unwrap_or_default().to_owned(),
            url: shown.to_string(),
            headers,
            body: Box::new(Incoming {
                response: Some(response),
                handle: running.handle.clone(),
                timeout,
                piece: None,
            }),
        })
    }
}

/// Tells a gate what an answer says of the limits. Why a request was refused stands in the body, for whoever reads it.
fn settle(gate: &Gate, response: &HttpResponse) {
    if response.status == 429 {
        let wait = match response.header("retry-after").and_then(retry_after) {
            Some(RetryAfter::Wait(wait)) => wait,
            Some(RetryAfter::Until(_)) | None => Duration::ZERO,
        };
        gate.refused("", wait);
    }
    // api-limits ("Use the Web API"): what is left to this user. Numbers may have commas between thousands.
    let number = |name: &str| response.header(name)?.replace(',', "").parse::<f64>().ok();
    let requests = number("x-ms-ratelimit-burst-remaining-xrm-requests").map(|left| left.max(0.0) as u64);
    gate.left(requests, number("x-ms-ratelimit-time-remaining-xrm-requests"));
}

/// What is sent where.
struct Hop {
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: Option<Arc<[u8]>>,
}

impl Hop {
    /// Where the answer leads, if it is a redirection. As the page on status codes says, only 307 (and its younger
    /// twin 308) keeps the method; what a script said itself to one origin is not told another one.
    fn next(&self, response: &HttpResponse) -> Result<Option<Hop>, HttpError> {
        if !matches!(response.status, 300..=303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = response.header(LOCATION.as_str()) else {
            return Err(HttpError::Redirection(format!(
                "The server redirects from '{}' but doesn't say where to (no Location header).",
                self.url
            )));
        };
        let url = self.url.join(location).map_err(|_| HttpError::InvalidUrl(location.to_owned()))?;
        let url = parse(url.as_str())?;
        let keeps = matches!(response.status, 307 | 308) || self.method == Method::HEAD;
        let mut headers = self.headers.clone();
        if url.origin() != self.url.origin() {
            for secret in ["authorization", "cookie", "proxy-authorization"] {
                headers.remove(secret);
            }
        }
        if !keeps {
            headers.remove("content-type");
        }
        Ok(Some(Hop {
            url,
            method: if keeps { self.method.clone() } else { Method::GET },
            headers,
            body: self.body.clone().filter(|_| keeps),
        }))
    }
}

/// A body on its way.
struct Incoming {
    response: Option<reqwest::Response>,
    handle: Handle,
    timeout: Duration,
    /// What came and was not read yet, from a position on.
    piece: Option<(Vec<u8>, usize)>,
}

impl HttpBody for Incoming {
    fn read(&mut self, buffer: &mut [u8], go_on: GoOn<'_>) -> Result<usize, HttpError> {
        loop {
            if let Some((piece, at)) = &mut self.piece {
                let rest = piece.get(*at..).unwrap_or_default();
                if !rest.is_empty() {
                    let count = rest.len().min(buffer.len());
                    if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
                        to.copy_from_slice(from);
                    }
                    *at += count;
                    return Ok(count);
                }
            }
            let Some(mut response) = self.response.take() else { return Ok(0) };
            let (sender, receiver) = sync_channel(1);
            let task = self.handle.spawn(async move {
                let chunk = response.chunk().await;
                let _ = sender.send((response, chunk));
            });
            let waited = wait(&receiver, self.timeout, go_on).inspect_err(|_| task.abort())?;
            let (response, chunk) = waited;
            match chunk {
                Ok(Some(chunk)) => {
                    self.response = Some(response);
                    self.piece = Some((chunk.to_vec(), 0));
                }
                Ok(None) => return Ok(0),
                Err(error) => return Err(failure(error, "")),
            }
        }
    }
}

/// Waits for what a task sends.
fn wait<T>(receiver: &Receiver<T>, timeout: Duration, go_on: GoOn<'_>) -> Result<T, HttpError> {
    let began = Instant::now();
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(sent) => return Ok(sent),
            Err(RecvTimeoutError::Timeout) if !go_on() => return Err(HttpError::GivenUp),
            Err(RecvTimeoutError::Timeout) if began.elapsed() >= timeout => {
                return Err(HttpError::TimedOut(timeout));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(HttpError::Broken("the network thread ended".to_owned()));
            }
        }
    }
}

/// Starts the thread.
fn start() -> Result<Running, HttpError> {
    let fail = |error: String| HttpError::NotSetUp(error);
    // Another part of the process may have chosen a provider already, and is then right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Builder::new_current_thread().enable_io().enable_time().build();
    let runtime = runtime.map_err(|error| fail(error.to_string()))?;
    let handle = runtime.handle().clone();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .user_agent(concat!("pqm/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| fail(chain(&error)))?;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::Builder::new()
        .name("pqm network".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                let _ = ended.await;
            });
        })
        .map_err(|error| fail(error.to_string()))?;
    Ok(Running { client, handle, _end: end })
}

fn parse(url: &str) -> Result<Url, HttpError> {
    let invalid = || HttpError::InvalidUrl(url.to_owned());
    let parsed = Url::parse(url.trim()).map_err(|_| invalid())?;
    let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
    // A password in an address would end up in messages and histories.
    if parsed.password().is_some() || !parsed.username().is_empty() {
        return Err(HttpError::InvalidRequest(
            "the URL holds a user name or a password; give them to the host as a credential".to_owned(),
        ));
    }
    if is_web { Ok(parsed) } else { Err(invalid()) }
}

fn method(name: &str) -> Result<Method, HttpError> {
    Method::from_bytes(name.as_bytes())
        .map_err(|_| HttpError::InvalidRequest(format!("'{name}' is no HTTP method")))
}

fn headers(given: &[(String, String)]) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let invalid = |what: &str| HttpError::InvalidRequest(format!("the header '{name}' {what}"));
        let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("has no valid name"))?;
        let value = HeaderValue::from_str(value)
            .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
            .map_err(|_| invalid("has a value that can't be sent"))?;
        headers.append(known, value);
    }
    Ok(headers)
}

fn failure(error: reqwest::Error, host: &str) -> HttpError {
    // The address may hold an API key.
    let error = error.without_url();
    let text = chain(&error);
    if error.is_connect() {
        if text.contains("dns error") {
            return HttpError::UnknownName(host.to_owned());
        }
        if error.is_timeout() {
            return HttpError::TimedOut(CONNECT);
        }
        return HttpError::NotConnected(text);
    }
    if error.is_builder() {
        return HttpError::InvalidRequest(text);
    }
    HttpError::Broken(text)
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text.push_str(": ");
            text.push_str(&next_text);
        }
        cause = next.source();
    }
    text
}
