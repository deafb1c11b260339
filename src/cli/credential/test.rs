//! `pqm credential test`.

use clap::Args;
use pqm::project::{Project, reach};

use super::{Failure, failed, print, store, told};
use crate::cli::project::mistakes;

/// Arguments of `pqm credential test`.
#[derive(Args, Debug)]
pub struct TestArguments {
    /// The credential
    #[arg(value_name = "NAME")]
    name: String,

    /// Reach the connections of this project that name the credential
    #[arg(long, value_name = "DIR")]
    project: Option<std::path::PathBuf>,

    /// Ask this address, with the credential
    #[cfg(feature = "http")]
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

pub(super) fn test(arguments: &TestArguments) -> Result<(), Failure> {
    let name = &arguments.name;
    let credential = store()?.get(name).map_err(failed)?;
    let (kind, identity) = credential.describe();
    let mut text = format!("{name} is there: {}.\n", told(kind, identity.as_deref()));
    if let Some(folder) = &arguments.project {
        let project = Project::load(folder).map_err(|error| mistakes(&error))?;
        let naming: Vec<_> =
            project.connections().iter().filter(|c| c.credential.as_ref() == Some(name)).collect();
        if naming.is_empty() {
            let message = format!("No connection of {} names the credential {name:?}.", project.name());
            return Err(Failure::Usage(message, None));
        }
        for connection in naming {
            let entities = reach(&project, connection).map_err(|error| {
                Failure::Io(format!("The connection {:?} cannot be used: {error}", connection.name))
            })?;
            text.push_str(&format!("{} accepts it: {entities} entities are seen.\n", connection.name));
        }
    }
    #[cfg(feature = "http")]
    if let Some(address) = &arguments.address {
        text.push_str(&ask(address, credential)?);
    }
    print(&text)
}

#[cfg(feature = "http")]
fn ask(address: &str, credential: pqm::host::http::Credential) -> Result<String, Failure> {
    use pqm::host::http::{Credential, HostGrants, HttpClient, HttpRequest};
    let credentials: Vec<(String, Credential)> = vec![(address.to_owned(), credential)];
    let client = HttpClient::new(HostGrants::Everything).with_credentials(std::sync::Arc::new(credentials));
    let mut request = HttpRequest::new("GET", address);
    request.api_key_name = Some("key".to_owned());
    let response =
        client.send(&request, &|| true).map_err(|error| Failure::Io(format!("{address}: {error}")))?;
    match response.status {
        401 | 403 => {
            Err(Failure::Io(format!("{address} refuses it: status {} {}.", response.status, response.reason)))
        }
        status => Ok(format!("{address} accepts it: status {status} {}.\n", response.reason)),
    }
}
