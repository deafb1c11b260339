//! Credentials as they lie in the sealed file and in variables.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{CredentialError, Variables};
use crate::host::http::{ClientCredentials, Credential, Secret};

/// What a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// The server asks for none.
    Anonymous,
    /// A user name and a password.
    Basic,
    /// A token that is sent as it is.
    Bearer,
    /// A key for a query parameter.
    ApiKey,
    /// An application's id and secret, with which tokens are fetched.
    ClientCredentials,
}

impl CredentialKind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::ApiKey => "api-key",
            Self::ClientCredentials => "client-credentials",
        }
    }
}

impl Credential {
    /// What it is, and who it is for, as far as that is no secret: a user, the id of an application.
    pub fn describe(&self) -> (CredentialKind, Option<String>) {
        match self {
            Credential::Anonymous => (CredentialKind::Anonymous, None),
            Credential::Basic { user, .. } => (CredentialKind::Basic, Some(user.clone())),
            Credential::Bearer(_) => (CredentialKind::Bearer, None),
            Credential::ApiKey(_) => (CredentialKind::ApiKey, None),
            Credential::ClientCredentials(client) => {
                (CredentialKind::ClientCredentials, Some(client.client_id.clone()))
            }
        }
    }
}

/// What is sealed.
pub(super) fn to_json(all: &BTreeMap<String, Credential>) -> Secret {
    let entry = |credential: &Credential| {
        let kind = credential.describe().0.as_str();
        match credential {
            Credential::Anonymous => json!({ "kind": kind }),
            Credential::Basic { user, password } => {
                json!({ "kind": kind, "user": user, "password": password.reveal() })
            }
            Credential::Bearer(token) => json!({ "kind": kind, "token": token.reveal() }),
            Credential::ApiKey(key) => json!({ "kind": kind, "api_key": key.reveal() }),
            Credential::ClientCredentials(client) => json!({
                "kind": kind,
                "token_url": client.token_url,
                "client_id": client.client_id,
                "client_secret": client.client_secret.reveal(),
                "scope": client.scope,
            }),
        }
    };
    let entries: serde_json::Map<String, Value> =
        all.iter().map(|(name, credential)| (name.clone(), entry(credential))).collect();
    Secret::new(Value::Object(entries).to_string())
}

/// What was sealed. Messages name fields, never their content.
pub(super) fn from_json(text: &Secret) -> Result<BTreeMap<String, Credential>, String> {
    let all: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(text.reveal())
        .map_err(|_| "what was sealed in it are no credentials".to_owned())?;
    let credential = |(name, fields): (String, BTreeMap<String, String>)| {
        let field = |field: &str| {
            let found = fields.get(field).cloned();
            found.ok_or_else(|| format!("the credential {name:?} has no {field}"))
        };
        let found = match field("kind")?.as_str() {
            "anonymous" => Credential::Anonymous,
            "basic" => Credential::Basic { user: field("user")?, password: field("password")?.into() },
            "bearer" => Credential::Bearer(field("token")?.into()),
            "api-key" => Credential::ApiKey(field("api_key")?.into()),
            "client-credentials" => Credential::ClientCredentials(ClientCredentials {
                token_url: field("token_url")?,
                client_id: field("client_id")?,
                client_secret: field("client_secret")?.into(),
                scope: field("scope")?,
            }),
            other => return Err(format!("the credential {name:?} is of a kind of a later version: {other}")),
        };
        Ok((name, found))
    };
    all.into_iter().map(credential).collect()
}

/// The variable of a part of a credential: `PQM_CREDENTIAL_SALES_PASSWORD`.
pub(super) fn variable(name: &str, part: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = name.chars().map(letter).collect();
    format!("PQM_CREDENTIAL_{name}_{part}")
}

/// The credential in the variables; none if no variable of it is set.
pub(super) fn from_variables(
    variables: &Variables,
    name: &str,
) -> Result<Option<Credential>, CredentialError> {
    let get = |part: &str| variables.get(&variable(name, part)).map(str::to_owned);
    let need = |part: &str| {
        let missing = || CredentialError::Incomplete { name: name.to_owned(), missing: variable(name, part) };
        get(part).ok_or_else(missing)
    };
    if let Some(token) = get("TOKEN") {
        return Ok(Some(Credential::Bearer(token.into())));
    }
    if let Some(key) = get("API_KEY") {
        return Ok(Some(Credential::ApiKey(key.into())));
    }
    if ["CLIENT_ID", "CLIENT_SECRET", "TOKEN_URL", "SCOPE"].into_iter().any(|part| get(part).is_some()) {
        return Ok(Some(Credential::ClientCredentials(ClientCredentials {
            token_url: need("TOKEN_URL")?,
            client_id: need("CLIENT_ID")?,
            client_secret: need("CLIENT_SECRET")?.into(),
            scope: get("SCOPE").unwrap_or_default(),
        })));
    }
    if get("USER").is_some() || get("PASSWORD").is_some() {
        return Ok(Some(Credential::Basic { user: need("USER")?, password: need("PASSWORD")?.into() }));
    }
    Ok(None)
}
