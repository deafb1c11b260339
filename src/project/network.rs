//! What a project reaches over the network: one client with the credentials of its connections, and each service known
//! once, so that all tasks keep within its limits together.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::credentials::CredentialSource;
use super::model::{Connection, ConnectionKind, RequestLimits};
use crate::destinations::odata::Connection as Service;
use crate::host::http::{Credential, Credentials, HostGrants, HttpClient, HttpError, ServiceLimits};

/// The network of one project.
pub(super) struct Network {
    client: Arc<HttpClient>,
    services: Mutex<FxHashMap<String, Arc<Service>>>,
}

impl Network {
    /// Grants the hosts that connections name, and no others.
    pub(super) fn new(connections: &[Connection], store: Arc<dyn CredentialSource>) -> Self {
        let remote = || connections.iter().filter(|connection| connection.kind.is_http());
        let grants = HostGrants::named(remote().filter_map(|connection| host(&connection.address)));
        let named = remote().filter_map(|connection| {
            let address = connection.address.trim_end_matches('/').to_owned();
            Some((address, connection.credential.clone()?))
        });
        let credentials =
            OfConnections { named: named.collect(), store, known: Mutex::new(FxHashMap::default()) };
        let client = HttpClient::new(grants).with_credentials(Arc::new(credentials));
        let client = remote()
            .fold(client, |client, connection| client.with_limits(&connection.address, limits(connection)));
        Self { client: Arc::new(client), services: Mutex::default() }
    }

    /// The client that queries and systems share.
    pub(super) fn client(&self) -> Arc<HttpClient> {
        Arc::clone(&self.client)
    }

    /// The service of a connection.
    pub(super) fn service(&self, connection: &Connection) -> Arc<Service> {
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        let address = connection.address.trim_end_matches('/').to_owned();
        let service = services.entry(address);
        Arc::clone(service.or_insert_with_key(|address| Arc::new(Service::new(self.client(), address))))
    }
}

/// What a connection may ask of its service.
fn limits(connection: &Connection) -> ServiceLimits {
    let documented = match connection.kind {
        ConnectionKind::Dataverse => ServiceLimits::DATAVERSE,
        _ => ServiceLimits::UNKNOWN,
    };
    let Some(RequestLimits { requests, seconds, concurrent }) = connection.limits else { return documented };
    let count = |own: Option<u32>, other: usize| own.map_or(other, |own| own.max(1) as usize);
    let window = seconds.map_or(documented.window, |seconds| Duration::from_secs(seconds.max(1).into()));
    ServiceLimits {
        requests: count(requests, documented.requests),
        window,
        concurrent: count(concurrent, documented.concurrent),
        // What is worked at for long is a share of the window, too.
        execution: match documented.execution {
            Duration::MAX => Duration::MAX,
            execution => execution.mul_f64(window.as_secs_f64() / documented.window.as_secs_f64()),
        },
    }
}

/// Host and, where it is written, port of an address.
fn host(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// What came of looking a credential up.
type Slot = OnceLock<Result<Credential, HttpError>>;

/// The credentials of connections, each looked up once.
struct OfConnections {
    /// Address -> name of the credential.
    named: Vec<(String, String)>,
    store: Arc<dyn CredentialSource>,
    known: Mutex<FxHashMap<String, Arc<Slot>>>,
}

impl Credentials for OfConnections {
    fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError> {
        let fits = |address: &str| {
            url.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        };
        let best = self.named.iter().filter(|(address, _)| fits(address)).max_by_key(|(a, _)| a.len());
        let Some((address, name)) = best else { return Ok(None) };
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(address.clone()).or_default())
        };
        slot.get_or_init(|| self.find(address, name)).clone().map(Some)
    }
}

impl OfConnections {
    fn find(&self, address: &str, name: &str) -> Result<Credential, HttpError> {
        let mut credential = self.store.credential(name).map_err(|why| {
            HttpError::Credential(format!("The connection to '{address}' has no credential: {why}."))
        })?;
        if let Credential::ClientCredentials(client) = &mut credential
            && client.scope.is_empty()
        {
            let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
            client.scope = format!("{origin}/.default");
        }
        Ok(credential)
    }
}
