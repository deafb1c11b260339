//! Telling people and programs how a run ended: by e-mail and by webhooks.
//!
//! A notification that cannot be sent never changes what became of the run. It is tried again a few times, and the
//! history has whom it reached and whom not.

mod check;
#[cfg(feature = "smtp")]
mod email;
#[cfg(any(feature = "smtp", feature = "http"))]
mod message;
#[cfg(feature = "http")]
mod webhook;

#[cfg(any(feature = "smtp", feature = "http"))]
use std::time::Duration;

use jiff::Timestamp;

pub(super) use check::mistakes;

use super::Project;
use super::history::{History, Notified, RunRecord, RunStatus};
use super::model::{Email, Notification, Outcome, Webhook};
use crate::host::credentials::{CredentialStore, Variables};
use crate::host::http::Credential;

/// Tells those who are to be told of a run, and records it in the history. Answers what was sent and what not.
pub fn notify(project: &Project, record: &RunRecord, clock: &dyn Fn() -> Timestamp) -> Vec<Notified> {
    let outcome = match record.status {
        RunStatus::Completed => Outcome::Completed,
        RunStatus::Warning => Outcome::Warning,
        RunStatus::Error => Outcome::Error,
        // Somebody asked for its end, and knows.
        RunStatus::Running | RunStatus::Interrupted => return Vec::new(),
    };
    let mut told = Vec::new();
    for one in project.file().notifications.iter().filter(|one| one.when.contains(&outcome)) {
        send(project, one, record, clock, &mut told);
    }
    if told.is_empty() {
        return told;
    }
    // Where the history cannot be written, the run has said so.
    if let Ok(history) = History::open(project.folder()) {
        for one in &told {
            let _ = history.record_notification(record.id, one);
        }
    }
    told
}

fn send(
    project: &Project,
    notification: &Notification,
    record: &RunRecord,
    clock: &dyn Fn() -> Timestamp,
    told: &mut Vec<Notified>,
) {
    let mut note = |kind: &str, target: &str, sent: Result<(), String>| {
        told.push(Notified {
            sent: clock(),
            kind: kind.to_owned(),
            target: target.to_owned(),
            error: sent.err(),
        });
    };
    if let Some(email) = &notification.email {
        let credential = credential(email.credential.as_deref());
        // One message for each: an address that is refused keeps it from nobody else.
        for to in recipients(project, email) {
            let sent = credential.clone().and_then(|credential| post(email, credential, to, record));
            note("email", to, sent);
        }
    }
    if let Some(hook) = &notification.webhook {
        let sent =
            credential(hook.credential.as_deref()).and_then(|credential| call(hook, credential, record));
        note("webhook", hook.address.as_deref().unwrap_or("a secret address"), sent);
    }
}

fn credential(name: Option<&str>) -> Result<Option<Credential>, String> {
    let Some(name) = name else { return Ok(None) };
    let store = CredentialStore::of_environment(Variables::of_process());
    store.and_then(|store| store.get(name)).map(Some).map_err(|error| error.to_string())
}

/// The addresses that an e-mail goes to, each once.
fn recipients<'p>(project: &'p Project, email: &'p Email) -> Vec<&'p str> {
    let mut found: Vec<&str> = Vec::new();
    for to in &email.to {
        let list = project.file().mailing_lists.get(to).map_or(std::slice::from_ref(to), Vec::as_slice);
        for address in list {
            if !found.contains(&address.as_str()) {
                found.push(address);
            }
        }
    }
    found
}

#[cfg(feature = "smtp")]
fn post(email: &Email, credential: Option<Credential>, to: &str, record: &RunRecord) -> Result<(), String> {
    email::send(email, credential.as_ref(), to, record)
}

#[cfg(not(feature = "smtp"))]
fn post(_: &Email, _: Option<Credential>, _: &str, _: &RunRecord) -> Result<(), String> {
    Err("this build sends no e-mail: it was made without the feature 'smtp'".to_owned())
}

#[cfg(feature = "http")]
fn call(hook: &Webhook, credential: Option<Credential>, record: &RunRecord) -> Result<(), String> {
    webhook::send(hook, credential, record)
}

#[cfg(not(feature = "http"))]
fn call(_: &Webhook, _: Option<Credential>, _: &RunRecord) -> Result<(), String> {
    Err("this build has no network: it was made without the feature 'http'".to_owned())
}

/// Whether a failed try is worth another one.
#[cfg(any(feature = "smtp", feature = "http"))]
enum Tried {
    /// It may go well at another time, perhaps not before so long.
    Again(String, Option<Duration>),
    /// It will not.
    Never(String),
}

/// Tries a few times.
#[cfg(any(feature = "smtp", feature = "http"))]
fn patiently(mut send: impl FnMut() -> Result<(), Tried>) -> Result<(), String> {
    const TRIES: u32 = 4;
    /// Before the second try; each further wait is twice as long.
    const FIRST_WAIT: Duration = Duration::from_millis(500);
    /// However long a server asks to wait.
    const LONGEST: Duration = Duration::from_secs(30);
    let mut wait = FIRST_WAIT;
    for tried in 1.. {
        match send() {
            Ok(()) => return Ok(()),
            Err(Tried::Never(error)) => return Err(error),
            Err(Tried::Again(error, _)) if tried >= TRIES => return Err(error),
            Err(Tried::Again(_, asked)) => std::thread::sleep(asked.unwrap_or(wait).min(LONGEST)),
        }
        wait *= 2;
    }
    Ok(())
}
