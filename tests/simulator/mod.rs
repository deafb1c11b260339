//! A simulator of the Dataverse Web API and of an OAuth 2.0 token end-point, for tests and for scripts.
//!
//! No public server shows delta links, tombstones, service limits, alternate keys and UpsertMultiple together, so these
//! behaviours are written down here, each with the page it comes from. It was never compared with a live service.
#![allow(dead_code)] // Each test uses a part of it.

mod batch;
pub mod faults;
mod filter;
pub mod http;
pub mod limits;
pub mod store;
pub mod web_api;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use faults::{Fault, Plan, Planned};
use http::{Ending, Listener, Reply, Request};
use limits::{Limits, Usage};
use store::{Column, Entity, Row, Store, column};

/// How the simulator behaves.
#[derive(Clone, Debug)]
pub struct Config {
    pub entities: Vec<Entity>,
    /// How long each answer is on its way.
    pub latency: Duration,
    /// How long the service works at one row.
    pub execution_of_a_row: Duration,
    pub limits: Option<Limits>,
    /// How long a token lasts; without one, nobody is asked for tokens.
    pub token: Option<Duration>,
    /// The secret of the client `app`.
    pub secret: &'static str,
    pub page: usize,
    pub largest_batch: usize,
    pub strange_tombstones: bool,
    /// Whether change tracking is switched on for the tables.
    pub tracks_changes: bool,
    pub faults: Vec<Planned>,
    pub seed: u64,
    pub port: u16,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            entities: entities(),
            latency: Duration::ZERO,
            execution_of_a_row: Duration::ZERO,
            limits: None,
            token: None,
            secret: "secret",
            page: 5000,
            largest_batch: 1000,
            strange_tombstones: false,
            tracks_changes: true,
            faults: Vec::new(),
            seed: 1,
            port: 0,
        }
    }
}

/// Two tables: accounts with the alternate key `accountnumber`, and contacts with a lookup and a composite key.
pub fn entities() -> Vec<Entity> {
    let text = |name, most| Column { max_length: Some(most), ..column(name, "String") };
    vec![
        Entity {
            set: "accounts",
            name: "account",
            id: "accountid",
            columns: vec![
                text("accountnumber", 20),
                Column { required: true, ..text("name", 160) },
                column("revenue", "Decimal"),
                column("employees", "Int32"),
                column("active", "Boolean"),
                column("opened", "Date"),
                column("changed", "DateTimeOffset"),
            ],
            keys: vec![vec!["accountnumber"]],
        },
        Entity {
            set: "contacts",
            name: "contact",
            id: "contactid",
            columns: vec![
                text("company", 10),
                column("number", "Int32"),
                text("lastname", 50),
                Column { lookup: Some("accounts"), ..column("parent", "Guid") },
            ],
            keys: vec![vec!["company", "number"]],
        },
    ]
}

/// What happened so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub requests: u64,
    pub tokens: u64,
    /// How often requests were refused, by code.
    pub refused: HashMap<String, u64>,
    pub targets: Vec<String>,
    /// When requests were answered and how long each was worked at.
    pub worked: Vec<(Instant, Duration)>,
    pub most_running: usize,
}

pub struct Simulator {
    pub config: Config,
    pub store: Mutex<Store>,
    usage: Mutex<Usage>,
    seen: Mutex<Seen>,
    plan: Mutex<Plan>,
    page_fault: Mutex<Option<Fault>>,
    tokens: Mutex<HashMap<String, Instant>>,
    oldest_token: Mutex<u64>,
    address: OnceLock<String>,
}

/// A running simulator; it ends when this is dropped.
pub struct Running {
    pub simulator: Arc<Simulator>,
    _listener: Listener,
}

impl std::ops::Deref for Running {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

pub fn start(config: Config) -> Running {
    let simulator = Arc::new(Simulator {
        store: Mutex::new(Store::new(config.entities.clone())),
        usage: Mutex::default(),
        seen: Mutex::default(),
        plan: Mutex::new(Plan::new(config.faults.clone(), config.seed)),
        page_fault: Mutex::default(),
        tokens: Mutex::default(),
        oldest_token: Mutex::default(),
        address: OnceLock::new(),
        config,
    });
    let answering = Arc::clone(&simulator);
    let listener = Listener::start(simulator.config.port, move |request| answering.answer(&request));
    simulator.address.set(listener.address.clone()).unwrap();
    Running { simulator, _listener: listener }
}

impl Simulator {
    pub fn address(&self) -> &str {
        self.address.get().map_or("", String::as_str)
    }

    /// The address of the Web API.
    pub fn root(&self) -> String {
        format!("{}{}", self.address(), web_api::ROOT)
    }

    pub fn token_url(&self) -> String {
        format!("{}/tenant/oauth2/v2.0/token", self.address())
    }

    pub fn seen(&self) -> Seen {
        let mut seen = self.seen.lock().unwrap().clone();
        seen.most_running = self.usage.lock().unwrap().most_running;
        seen
    }

    /// How many requests have met a fault.
    pub fn faults_met(&self) -> u64 {
        self.plan.lock().unwrap().met()
    }

    /// The rows of a table, by id.
    pub fn rows(&self, set: &str) -> Vec<Row> {
        self.store.lock().unwrap().tables[set].rows.values().cloned().collect()
    }

    /// Makes all delta tokens given so far too old.
    pub fn expire_delta_tokens(&self) {
        let mut store = self.store.lock().unwrap();
        // Those given from now on are of a later version.
        store.version += 1;
        *self.oldest_token.lock().unwrap() = store.version;
    }

    fn oldest_token(&self) -> u64 {
        *self.oldest_token.lock().unwrap()
    }

    fn page_fault(&self) -> Option<Fault> {
        self.page_fault.lock().unwrap().take()
    }

    fn answer(&self, request: &Request) -> Reply {
        if request.target.ends_with("/oauth2/v2.0/token") {
            return self.token(request);
        }
        {
            let mut seen = self.seen.lock().unwrap();
            seen.requests += 1;
            seen.targets.push(format!("{} {}", request.method, request.target));
        }
        if self.config.token.is_some() && !self.is_let_in(request) {
            std::thread::sleep(self.config.latency);
            return Reply::new(401).with("WWW-Authenticate", "Bearer");
        }
        let mut remaining: Option<(usize, Duration)> = None;
        if let Some(limits) = &self.config.limits {
            match self.usage.lock().unwrap().enter(limits, Instant::now()) {
                Ok(left) => remaining = Some(left),
                Err((code, message, again)) => {
                    *self.seen.lock().unwrap().refused.entry(code.to_owned()).or_default() += 1;
                    // The wait is given in whole seconds, rounded up.
                    let seconds = again.as_millis().div_ceil(1000).max(1);
                    return web_api::refusal(&(429, code, message)).with("Retry-After", seconds.to_string());
                }
            }
        } else {
            let mut usage = self.usage.lock().unwrap();
            usage.running += 1;
            usage.most_running = usage.most_running.max(usage.running);
        }
        let fault = self.plan.lock().unwrap().next(request.method == "GET");
        let began = Instant::now();
        let mut reply = self.meet(fault, request);
        std::thread::sleep(self.config.latency);
        let worked = began.elapsed().saturating_sub(self.config.latency);
        self.usage.lock().unwrap().leave(Instant::now(), worked);
        self.seen.lock().unwrap().worked.push((Instant::now(), worked));
        if let Some((requests, execution)) = remaining {
            // api-limits: what is left of both limits stands in headers of each answer.
            reply = reply.with("x-ms-ratelimit-burst-remaining-xrm-requests", requests.to_string()).with(
                "x-ms-ratelimit-time-remaining-xrm-requests",
                format!("{:.2}", execution.as_secs_f64()),
            );
        }
        reply
    }

    fn meet(&self, fault: Option<Fault>, request: &Request) -> Reply {
        match fault {
            Some(Fault::Reset) => return Reply { ending: Ending::Nothing, ..Reply::new(200) },
            Some(Fault::Status(status, after)) => {
                let reply = web_api::refusal(&(status, "0x80040216", "An unexpected error occurred.".into()));
                return match after {
                    Some(seconds) => reply.with("Retry-After", seconds.to_string()),
                    None => reply,
                };
            }
            Some(Fault::RetryAtDate(seconds)) => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
                let at = now.as_secs().saturating_add_signed(seconds);
                return web_api::refusal(&(429, "0x80072322", "Too many requests.".into()))
                    .with("Retry-After", http_date(at));
            }
            Some(Fault::TokenTakenBack) => {
                self.tokens.lock().unwrap().clear();
                return Reply::new(401);
            }
            Some(Fault::RepeatedPage | Fault::Circle) => *self.page_fault.lock().unwrap() = fault,
            _ => {}
        }
        let (mut reply, execution) = web_api::answer(self, request);
        std::thread::sleep(execution);
        match fault {
            Some(Fault::LostAcknowledgement) => reply.ending = Ending::Nothing,
            Some(Fault::Truncated) if reply.body.len() > 1 => reply.ending = Ending::Truncated,
            Some(Fault::Stalled(time)) if reply.body.len() > 1 => reply.ending = Ending::Stalled(time),
            _ => {}
        }
        reply
    }

    fn is_let_in(&self, request: &Request) -> bool {
        let token = request.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        self.tokens.lock().unwrap().get(token).is_some_and(|ends| Instant::now() < *ends)
    }

    /// OAuth 2.0 client credentials: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
    fn token(&self, request: &Request) -> Reply {
        let form = web_api::parse_query(&String::from_utf8_lossy(&request.body));
        let get =
            |name: &str| form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        let refuse = |status, error: &str, about: &str| {
            Reply::json(status, &serde_json::json!({"error": error, "error_description": about}))
        };
        if get("grant_type") != "client_credentials" {
            return refuse(400, "unsupported_grant_type", "Only client_credentials is known here.");
        }
        if get("client_id") != "app" || get("client_secret") != self.config.secret {
            return refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
        }
        if !get("scope").ends_with("/.default") {
            return refuse(400, "invalid_scope", "AADSTS1002012: The scope must end with /.default.");
        }
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.tokens += 1;
            seen.tokens
        };
        let lasts = self.config.token.unwrap_or(Duration::from_secs(3600));
        let token = format!("token-{number}");
        self.tokens.lock().unwrap().insert(token.clone(), Instant::now() + lasts);
        std::thread::sleep(self.config.latency);
        Reply::json(
            200,
            &serde_json::json!({"token_type": "Bearer", "expires_in": lasts.as_secs().max(1), "access_token": token}),
        )
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn http_date(seconds: u64) -> String {
    let days = seconds / 86_400;
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    // Howard Hinnant's algorithm for the proleptic calendar.
    let z = days + 719_468;
    let era = z / 146_097;
    let doe = z % 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + u64::from(month <= 2);
    let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        [month as usize - 1];
    format!("{weekday}, {day:02} {name} {year} {hour:02}:{minute:02}:{second:02} GMT")
}
