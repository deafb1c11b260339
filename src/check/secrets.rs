//! Passwords, keys and tokens in texts.

use super::subject::Subject;
use crate::syntax::{Node, NodeId};
use crate::text::Span;

/// A secret in the text: the place of the secret itself, and what to say without saying it.
pub(super) struct Secret {
    pub(super) span: Span,
    pub(super) message: String,
}

/// What stands before a secret in connection strings and addresses.
const KEYS: &[&str] = &[
    "password=",
    "pwd=",
    "accountkey=",
    "sharedaccesskey=",
    "client_secret=",
    "api_key=",
    "apikey=",
    "api-key=",
    "access_token=",
    "auth_token=",
    "subscription-key=",
    "bearer ",
];

/// Names of fields and steps whose value is a secret.
const NAMES: &[&str] = &[
    "password",
    "pwd",
    "apikey",
    "secretkey",
    "clientsecret",
    "accesstoken",
    "authtoken",
    "bearertoken",
    "subscriptionkey",
    "xapikey",
    "ocpapimsubscriptionkey",
];

pub(super) fn find(subject: &Subject) -> Vec<Secret> {
    let mut found = Vec::new();
    for visited in &subject.nodes {
        match subject.node(visited.id) {
            Node::Text => in_text(subject, visited.id, &mut found),
            Node::Binding { name, value } | Node::SectionMember { name, value, .. } => {
                named(subject, name, value, &mut found);
            }
            _ => {}
        }
    }
    found.sort_by_key(|secret: &Secret| (secret.span.start, secret.span.end));
    found.dedup_by_key(|secret| secret.span);
    found
}

fn in_text(subject: &Subject, id: NodeId, found: &mut Vec<Secret>) {
    let span = subject.span(id);
    let text = span.of(subject.text());
    // Only ASCII letters change, so that places stay.
    let lower = text.to_ascii_lowercase();
    for key in KEYS {
        for (at, _) in lower.match_indices(key) {
            let begins = lower
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_none_or(|c| !c.is_alphanumeric());
            let start = at + key.len();
            let rest = text.get(start..).unwrap_or_default();
            let secret = rest.split([';', '&', '"', '\'', ' ', '#']).next().unwrap_or_default();
            if begins && is_secret(secret) {
                let what = key.trim_end_matches(['=', ' ']);
                found.push(secret_at(
                    span.start as usize + start,
                    secret.len(),
                    &format!("A secret follows '{what}' here."),
                ));
            }
        }
    }
    // https://user:password@host
    if let Some((before, rest)) = text.split_once("://") {
        let host = rest.split(['/', '?', '"']).next().unwrap_or_default();
        if let Some((user, password)) = host.rsplit_once('@').and_then(|(who, _)| who.split_once(':'))
            && is_secret(password)
        {
            let start = span.start as usize + before.len() + "://".len() + user.len() + 1;
            found.push(secret_at(start, password.len(), "The address contains a password."));
        }
    }
}

fn named(subject: &Subject, name: NodeId, value: NodeId, found: &mut Vec<Secret>) {
    if !matches!(subject.node(value), Node::Text) {
        return;
    }
    let name = subject.name(name);
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let span = subject.span(value);
    let inner = Span::new(span.start + 1, span.end.saturating_sub(1).max(span.start + 1));
    let text = inner.of(subject.text());
    if NAMES.contains(&plain.as_str()) && is_secret(text) {
        found.push(secret_at(
            inner.start as usize,
            text.len(),
            &format!("'{name}' is a secret in plain text."),
        ));
    }
}

fn secret_at(start: usize, len: usize, message: &str) -> Secret {
    let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    Secret { span: Span::new(at(start), at(start + len)), message: message.to_owned() }
}

/// Whether it looks like the secret itself: not empty, not a place to put one.
fn is_secret(text: &str) -> bool {
    const STAND_INS: &[&str] = &[
        "your",
        "xxx",
        "***",
        "...",
        "placeholder",
        "secret",
        "example",
        "insert",
        "enter",
        "replace",
        "change",
        "todo",
        "password",
        "token",
        "dummy",
        "key_here",
        "apikey",
        "api_key",
        "sample",
    ];
    let lower = text.to_ascii_lowercase();
    text.len() >= 6
        && !text.starts_with(['<', '{', '[', '$', '%', '@', '(', '#'])
        && !text.contains(char::is_whitespace)
        && !STAND_INS.iter().any(|word| lower.contains(word))
}
