//! Who is told how runs ended.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Lists of addresses by name, for e-mail that goes to many.
pub type MailingLists = BTreeMap<String, Vec<String>>;

/// Whom to tell how a run ended: by e-mail or by a webhook.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// After which runs; warning and error if absent.
    #[serde(default = "warning_and_error")]
    pub when: Vec<Outcome>,
    /// E-mail by SMTP.
    #[serde(default)]
    pub email: Option<Email>,
    /// A POST of the record of the run, as JSON.
    #[serde(default)]
    pub webhook: Option<Webhook>,
}

fn warning_and_error() -> Vec<Outcome> {
    vec![Outcome::Warning, Outcome::Error]
}

/// How a run can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every row was delivered.
    Completed,
    /// Some rows were rejected.
    Warning,
    /// A task failed.
    Error,
}

/// E-mail by SMTP.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// The name of the mail server.
    pub server: String,
    /// Its port; 465 for tls, 587 for starttls and 25 for none, if absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is kept private; starttls if absent.
    #[serde(default)]
    pub security: MailSecurity,
    /// The name of the credential for the server: a user and a password.
    #[serde(default)]
    pub credential: Option<String>,
    /// The address it comes from, such as "Integration <pqm@example.com>".
    pub from: String,
    /// Whom it goes to: addresses, and names of mailing_lists.
    pub to: Vec<String>,
}

/// How a connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    /// TLS from the beginning.
    Tls,
    /// TLS once the server has said that it can; without it nothing is sent.
    #[default]
    Starttls,
    /// Not at all: for servers on this machine.
    None,
}

/// A POST of the record of the run, as JSON.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where to. Without it the credential, of the kind bearer, is the address itself: for services whose addresses are
    /// secret.
    #[serde(default)]
    pub address: Option<String>,
    /// The name of the credential.
    #[serde(default)]
    pub credential: Option<String>,
}
