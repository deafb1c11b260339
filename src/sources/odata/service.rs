//! Asking a service: requests, patience, errors as the engine words them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Model;
use crate::eval::Context;
use crate::host::http::{HttpError, HttpRequest, HttpResponse, retry_after};
use crate::sources::json;
use crate::sources::web::{failed, go_on, pause};
use crate::value::temporal::TICKS_PER_SECOND;
use crate::value::{Error, Record, Result, Value};

/// How a service is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceOptions {
    /// Headers of each request.
    pub headers: Vec<(String, String)>,
    /// Escaped parameters of each request, without `?`.
    pub query: String,
    /// How long the service may stay silent.
    pub timeout: Duration,
    /// The parameter that takes an API key.
    pub api_key_name: Option<String>,
    /// The longest address.
    pub max_uri: usize,
    /// Whether entities of open types get a column for what is not declared.
    pub more_columns: bool,
    /// Whether the service may leave out what is null.
    pub omit_nulls: bool,
}

impl Default for ServiceOptions {
    fn default() -> ServiceOptions {
        ServiceOptions {
            headers: Vec::new(),
            query: String::new(),
            timeout: Duration::from_secs(600),
            api_key_name: None,
            max_uri: 2048,
            more_columns: false,
            omit_nulls: false,
        }
    }
}

/// A service whose metadata is known.
pub struct Service {
    /// The address, with `/` at its end.
    pub root: String,
    /// What it offers.
    pub model: Arc<Model>,
    pub(super) options: ServiceOptions,
}

/// The services an evaluation knows, by address and options.
#[derive(Default)]
struct Known(Mutex<HashMap<(String, ServiceOptions), Arc<Service>>>);

/// What a service answers to a request it does not grant.
#[derive(Debug)]
pub(super) struct Refused {
    pub status: u16,
    pub reason: String,
    pub code: String,
    pub message: String,
}

/// Tries after the first one.
const RETRIES: u32 = 5;
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// The largest answer that is read.
const LARGEST: usize = 1 << 30;

impl Service {
    /// The service whose metadata document is at `root` + `$metadata`; read once in an evaluation.
    ///
    /// # Errors
    /// There is no such document, or one that can't be read.
    pub fn connect(ctx: &Context, root: &str, options: &ServiceOptions) -> Result<Arc<Service>> {
        let known = ctx.kept::<Known>();
        let key = (root.to_owned(), options.clone());
        if let Some(service) = known.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(service));
        }
        let url = with_query(&format!("{root}$metadata"), &options.query);
        let bytes = fetch(ctx, options, &url, "application/xml", &[], &mut |bytes| Ok(bytes))?
            .map_err(|refused| error_of(&url, &refused))?;
        let model = Model::parse(&String::from_utf8_lossy(&bytes)).map_err(|what| {
            failed(
                "OData",
                &url,
                &format!("OData: The metadata document of the service can't be read: {what}."),
            )
        })?;
        let service =
            Arc::new(Service { root: root.to_owned(), model: Arc::new(model), options: options.clone() });
        known.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&service));
        Ok(service)
    }

    /// A service whose metadata was read by other means.
    pub fn known(root: &str, model: Arc<Model>) -> Service {
        Service { root: root.to_owned(), model, options: ServiceOptions::default() }
    }

    /// The JSON object at an address.
    pub(super) fn get(&self, ctx: &Context, url: &str, headers: &[(&str, &str)]) -> Result<Arc<Record>> {
        fetch_json(ctx, &self.options, url, headers)?.map_err(|refused| error_of(url, &refused))
    }

    /// The text at an address.
    pub(super) fn get_text(&self, ctx: &Context, url: &str) -> Result<Result<String, Refused>> {
        let read = fetch(ctx, &self.options, url, "text/plain, */*", &[], &mut Ok)?;
        Ok(read.map(|bytes| String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').trim().to_owned()))
    }
}

/// An address with parameters behind its own.
pub(super) fn with_query(url: &str, query: &str) -> String {
    match (query.is_empty(), url.contains('?')) {
        (true, _) => url.to_owned(),
        (false, true) => format!("{url}&{query}"),
        (false, false) => format!("{url}?{query}"),
    }
}

/// The JSON object at an address, or why the service does not give it.
pub(super) fn fetch_json(
    ctx: &Context,
    options: &ServiceOptions,
    url: &str,
    headers: &[(&str, &str)],
) -> Result<Result<Arc<Record>, Refused>> {
    let accept = "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9";
    fetch(ctx, options, url, accept, headers, &mut |bytes| {
        let text = String::from_utf8_lossy(&bytes);
        match json::parse(ctx, text.trim_start_matches('\u{feff}')) {
            Ok(Value::Record(record)) => Ok(record),
            Ok(other) => Err(Error::data_format(format!(
                "OData: The service answered with a {} where an object belongs.",
                other.kind().name()
            ))),
            Err(error) => Err(error),
        }
    })
}

/// Asks until there is an answer that can be read, or patience ends. Only for requests that change nothing.
fn fetch<T>(
    ctx: &Context,
    options: &ServiceOptions,
    url: &str,
    accept: &str,
    headers: &[(&str, &str)],
    read: &mut dyn FnMut(Vec<u8>) -> Result<T>,
) -> Result<Result<T, Refused>> {
    if url.len() > options.max_uri && !url.contains("$skiptoken") && !url.contains("$deltatoken") {
        return Err(failed(
            "OData",
            url,
            &format!("OData: The address is longer than MaxUriLength allows ({}).", options.max_uri),
        ));
    }
    let mut request = HttpRequest::new("GET", url)
        .with_header("Accept", accept)
        .with_header("OData-MaxVersion", "4.0")
        .with_header("OData-Version", "4.0");
    request.headers.extend(options.headers.iter().cloned());
    request.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    if options.omit_nulls {
        request = request.with_header("Prefer", "omit-values=nulls");
    }
    request.timeout = options.timeout;
    request.api_key_name.clone_from(&options.api_key_name);
    let mut tried = 0;
    loop {
        tried += 1;
        let patient = tried <= RETRIES;
        let (outcome, asked) = attempt(ctx, &request);
        let wait = |asked: Option<Duration>| {
            asked.unwrap_or(Duration::from_secs(1 << (tried - 1).min(6))).min(LONGEST)
        };
        match outcome {
            // Nothing is there, and nothing is wrong.
            Ok((204, reason, body)) => return Ok(Err(refused(204, reason, &body))),
            Ok((status, _, body)) if (200..300).contains(&status) => match read(body) {
                Ok(value) => return Ok(Ok(value)),
                // A document that ends early looks like this too.
                Err(error) if !error.is_stop() && patient => pause(ctx, wait(None))?,
                Err(error) if error.is_stop() => return Err(error),
                Err(error) => {
                    return Err(failed(
                        "OData",
                        url,
                        &format!("OData: The answer of the service can't be read: {}", error.message()),
                    ));
                }
            },
            Ok((status, _, _)) if patient && matches!(status, 408 | 429 | 500 | 502 | 503 | 504 | 509) => {
                pause(ctx, wait(asked))?;
            }
            Ok((status, reason, body)) => return Ok(Err(refused(status, reason, &body))),
            Err(HttpError::GivenUp) => {
                ctx.check_limits()?;
                return Err(no_answer(url, &HttpError::GivenUp));
            }
            Err(error) if error.is_passing() && patient => pause(ctx, wait(None))?,
            Err(error) => return Err(no_answer(url, &error)),
        }
    }
}

type Attempt = std::result::Result<(u16, String, Vec<u8>), HttpError>;

/// One try, and how long the service asks to wait.
fn attempt(ctx: &Context, request: &HttpRequest) -> (Attempt, Option<Duration>) {
    let go_on = go_on(ctx);
    let response: HttpResponse = match ctx.host().send(request, &go_on) {
        Ok(response) => response,
        Err(error) => return (Err(error), None),
    };
    let asked = response.header("retry-after").and_then(retry_after).map(|after| {
        let now = ctx.now().map_or(0, |now| now.utc_ticks - UNIX_EPOCH_TICKS) / TICKS_PER_SECOND;
        after.from(now)
    });
    let (status, reason) = (response.status, response.reason.clone());
    (response.read_all(LARGEST, &go_on).map(|body| (status, reason, body)), asked)
}

/// Ticks between 0001-01-01 and 1970-01-01.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

fn no_answer(url: &str, error: &HttpError) -> Error {
    failed("OData", url, &format!("OData: Request failed: {error}"))
}

/// What an error answer says: the object `error` with `code` and `message`.
fn refused(status: u16, reason: String, body: &[u8]) -> Refused {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let error = json.get("error");
    let text = |name: &str| {
        let value = error.and_then(|error| error.get(name));
        value.and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    Refused { status, reason, code: text("code"), message: text("message") }
}

pub(super) fn error_of(url: &str, refused: &Refused) -> Error {
    let Refused { status, reason, message, .. } = refused;
    let about = if message.is_empty() { String::new() } else { format!(" ({message})") };
    failed(
        "OData",
        url,
        &format!("OData: Request failed: The remote server returned an error: ({status}) {reason}.{about}"),
    )
}
