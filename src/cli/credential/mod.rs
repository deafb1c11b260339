//! `pqm credential`: keeping what systems ask for. Secrets come in on standard input or at a prompt, never as an
//! argument, and never go out.

mod secret;
mod test;

use clap::{Args, Subcommand, ValueEnum};
use pqm::host::HostError;
use pqm::host::credentials::{CredentialError, CredentialKind, CredentialStore, Variables};
use pqm::host::http::{ClientCredentials, Credential, Secret};
use serde_json::json;

use super::exit::{Exit, Failure};
use super::project::{RecordFormat, print};
use super::report::{Style, report};
use super::terminal::Colour;

/// The subcommands of `pqm credential`.
#[derive(Subcommand, Debug)]
pub enum CredentialCommand {
    /// Keep a credential; the secret is read from standard input, or asked for
    #[command(after_help = WHERE)]
    Set(SetArguments),
    /// Show the names of the credentials that are kept
    List(ListArguments),
    /// Forget a credential
    Delete(DeleteArguments),
    /// Find out whether a credential is there and what it is for accepts it
    Test(test::TestArguments),
}

/// Examples of the whole group.
pub const EXAMPLES: &str = "\
Examples:
  pqm credential set Hub --kind bearer < token.txt
  pqm credential list
  pqm credential test Hub
  pqm credential delete Hub";

const WHERE: &str = "\
Credentials lie in an encrypted file: ~/.config/pqm/credentials, or where PQM_CREDENTIALS_FILE says. Its key is the
passphrase in PQM_CREDENTIALS_PASSPHRASE if that is set, else the file beside it that ends in .key, which is made with
the first credential, or where PQM_CREDENTIALS_KEY_FILE says. PQM_CREDENTIALS_KEY=keyring keeps the key in the keyring of
the system, in builds that have the feature keyring.
Environment variables count first: PQM_CREDENTIAL_NAME_USER and _PASSWORD, or _TOKEN, or _API_KEY, or _TOKEN_URL,
_CLIENT_ID, _CLIENT_SECRET and _SCOPE, where NAME is the credential's in capitals, with _ for what is no letter or digit.";

/// Arguments of `pqm credential set`.
#[derive(Args, Debug)]
pub struct SetArguments {
    /// The name by which connections refer to it
    #[arg(value_name = "NAME")]
    name: String,

    /// What it is
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    kind: Kind,

    /// The user, for basic
    #[arg(long, value_name = "USER")]
    user: Option<String>,

    /// Where tokens are fetched, for client-credentials
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,

    /// The application's id, for client-credentials
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,

    /// What tokens are for, for client-credentials
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
}

/// Arguments of `pqm credential list`.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: RecordFormat,

    /// As JSON; the same as --format json
    #[arg(long, hide = true)]
    json: bool,
}

/// Arguments of `pqm credential delete`.
#[derive(Args, Debug)]
pub struct DeleteArguments {
    /// The credential
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A user name and a password
    #[default]
    Basic,
    /// A token that is sent as it is
    Bearer,
    /// A key for a query parameter
    ApiKey,
    /// OAuth 2.0 client credentials: an application's id and secret
    ClientCredentials,
    /// Nothing; the server is known to ask for none
    Anonymous,
}

/// Runs a subcommand.
pub fn credential(command: &CredentialCommand, colour: Colour) -> Result<(), Exit> {
    let done = match command {
        CredentialCommand::Set(arguments) => set(arguments),
        CredentialCommand::List(arguments) => list(arguments),
        CredentialCommand::Delete(arguments) => delete(arguments),
        CredentialCommand::Test(arguments) => test::test(arguments),
    };
    done.map_err(|failure| report(&failure, &Style::text(colour, false)))
}

/// What a database on a server is opened with: the credential that is called as its address is behind `postgres://`, or
/// as its server.
pub(super) fn of_database(address: &str) -> Result<Option<Credential>, HostError> {
    let Ok(store) = CredentialStore::of_environment(Variables::of_process()) else { return Ok(None) };
    let place = address.split_once("://").map_or(address, |(_, place)| place);
    let server = place.split('/').next().unwrap_or(place);
    for name in [place, server] {
        match store.get(name) {
            Ok(credential) => return Ok(Some(credential)),
            Err(CredentialError::Unknown { .. }) => {}
            Err(error) => return Err(HostError::Failed(error.to_string())),
        }
    }
    Ok(None)
}

fn store() -> Result<CredentialStore, Failure> {
    CredentialStore::of_environment(Variables::of_process()).map_err(failed)
}

fn failed(error: CredentialError) -> Failure {
    let text = error.to_string();
    match error {
        CredentialError::Unknown { .. } | CredentialError::Incomplete { .. } => Failure::Usage(text, None),
        _ => Failure::Io(text),
    }
}

fn set(arguments: &SetArguments) -> Result<(), Failure> {
    if arguments.name.trim().is_empty() {
        return Err(Failure::Usage("The name of a credential cannot be blank.".to_owned(), None));
    }
    let needed = |value: &Option<String>, option: &str| {
        value.clone().ok_or_else(|| {
            let name =
                arguments.kind.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
            Failure::Usage(format!("A credential of the kind {name} needs {option}."), None)
        })
    };
    let read = |what: &str| secret::read(&format!("{what} of {}", arguments.name));
    let credential = match arguments.kind {
        Kind::Anonymous => Credential::Anonymous,
        Kind::Basic => {
            let user = needed(&arguments.user, "--user")?;
            Credential::Basic { user, password: read("Password")? }
        }
        Kind::Bearer => Credential::Bearer(read("Token")?),
        Kind::ApiKey => Credential::ApiKey(read("Key")?),
        Kind::ClientCredentials => {
            let token_url = needed(&arguments.token_url, "--token-url")?;
            let client_id = needed(&arguments.client_id, "--client-id")?;
            let scope = needed(&arguments.scope, "--scope")?;
            let client_secret: Secret = read("Client secret")?;
            Credential::ClientCredentials(ClientCredentials { token_url, client_id, client_secret, scope })
        }
    };
    let store = store()?;
    let replaced = store.set(&arguments.name, credential).map_err(failed)?;
    let what = if replaced { "replaced" } else { "kept" };
    print(&format!("{} is {what} in {}.\n", arguments.name, store.file().display()))
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let store = store()?;
    let all = store.list().map_err(failed)?;
    if arguments.json || arguments.format == RecordFormat::Json {
        let one = |c: &pqm::host::credentials::Listed| json!({ "name": c.name, "kind": c.kind.as_str(), "identity": c.identity });
        return print(&format!("{:#}\n", json!(all.iter().map(one).collect::<Vec<_>>())));
    }
    if all.is_empty() {
        return print(&format!("No credential is kept in {}.\n", store.file().display()));
    }
    let line =
        |c: &pqm::host::credentials::Listed| format!("{}: {}\n", c.name, told(c.kind, c.identity.as_deref()));
    print(&all.iter().map(line).collect::<String>())
}

/// What can be told of a credential.
fn told(kind: CredentialKind, identity: Option<&str>) -> String {
    match identity {
        None => kind.as_str().to_owned(),
        Some(identity) => format!("{} for {identity}", kind.as_str()),
    }
}

fn delete(arguments: &DeleteArguments) -> Result<(), Failure> {
    let store = store()?;
    match store.delete(&arguments.name).map_err(failed)? {
        true => print(&format!("{} is forgotten.\n", arguments.name)),
        false => {
            let message =
                format!("There is no credential {:?} in {}.", arguments.name, store.file().display());
            Err(Failure::Usage(message, None))
        }
    }
}
