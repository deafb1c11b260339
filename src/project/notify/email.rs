//! E-mail by SMTP.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport};

use super::{Tried, message, patiently};
use crate::host::http::Credential;
use crate::project::history::RunRecord;
use crate::project::model::{Email, MailSecurity};

/// How long a mail server may stay silent.
const SILENCE: Duration = Duration::from_secs(30);

/// Sends the record of a run to one address.
pub(super) fn send(
    email: &Email,
    credential: Option<&Credential>,
    to: &str,
    record: &RunRecord,
) -> Result<(), String> {
    let address = |text: &str| {
        text.parse::<lettre::message::Mailbox>().map_err(|error| format!("{text:?} is no address: {error}"))
    };
    let message = Message::builder()
        .from(address(&email.from)?)
        .to(address(to)?)
        .subject(message::subject(record))
        .header(ContentType::TEXT_PLAIN)
        .body(message::text(record))
        .map_err(|error| format!("the message cannot be made: {error}"))?;
    let server = email.server.as_str();
    let failed = |error: lettre::transport::smtp::Error| format!("the mail server {server}: {error}");
    let mut building = match email.security {
        MailSecurity::Tls => SmtpTransport::relay(server).map_err(failed)?,
        MailSecurity::Starttls => SmtpTransport::starttls_relay(server).map_err(failed)?,
        MailSecurity::None => SmtpTransport::builder_dangerous(server),
    };
    if let Some(port) = email.port {
        building = building.port(port);
    }
    building = match credential {
        None | Some(Credential::Anonymous) => building,
        Some(Credential::Basic { user, password }) => {
            building.credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
        }
        Some(_) => return Err("a mail server takes a credential of the kind basic".to_owned()),
    };
    let transport = building.timeout(Some(SILENCE)).build();
    patiently(|| match transport.send(&message) {
        Ok(_) => Ok(()),
        Err(error) if error.is_permanent() || error.is_client() => Err(Tried::Never(failed(error))),
        Err(error) => Err(Tried::Again(failed(error), None)),
    })
}
