//! What a service holds already: read once, kept by key.

use std::collections::{HashMap, HashSet};

use super::body::canonical;
use super::connection::Connection;
use crate::destinations::DestinationError;
use crate::sources::odata::Edm;

/// A column of the rows as the service has it.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// The name under which it is written.
    pub(super) name: String,
    /// The name under which it is read; none if it can't be.
    pub(super) read: Option<String>,
    pub(super) ty: Edm,
}

/// The values of a row as texts, in the order of the fields; none for null.
pub(super) type Values = Box<[Option<Box<str>>]>;

/// Rows by key.
#[derive(Default)]
pub(super) struct Known(HashMap<Box<str>, Values>);

/// The text under which a row is kept.
pub(super) fn key_text<'v>(parts: impl Iterator<Item = Option<&'v str>>) -> Box<str> {
    let parts: Vec<&str> = parts.map(Option::unwrap_or_default).collect();
    parts.join("\u{1f}").into()
}

impl Known {
    /// Reads the rows of an entity set.
    pub(super) fn read(
        connection: &Connection,
        set: &str,
        fields: &[Field],
        key: &[usize],
    ) -> Result<Known, DestinationError> {
        let mut select: Vec<&str> = Vec::new();
        for name in fields.iter().filter_map(|field| field.read.as_deref()) {
            if !select.contains(&name) {
                select.push(name);
            }
        }
        let mut next = Some(format!("{set}?$select={}", select.join(",")));
        let mut seen = HashSet::new();
        let mut known = Known::default();
        while let Some(path) = next {
            if !seen.insert(path.clone()) {
                return Err(connection.failed(format!("its pages of {set} lead in a circle")));
            }
            let page = connection.get_json(&path)?;
            for row in page.get("value").and_then(|rows| rows.as_array()).into_iter().flatten() {
                let values: Values = fields
                    .iter()
                    .map(|field| {
                        let value = field.read.as_ref().and_then(|name| row.get(name));
                        value.and_then(|value| canonical(&field.ty, value)).map(Box::from)
                    })
                    .collect();
                known.put(key, values);
            }
            let link = page.get("@odata.nextLink").and_then(|link| link.as_str());
            next = link.map(|link| {
                if link.contains("://") || !link.starts_with('/') {
                    return link.to_owned();
                }
                // A link from the root of the server.
                let after = connection.root.find("://").map_or(0, |at| at + 3);
                let end =
                    connection.root.get(after..).and_then(|rest| rest.find('/')).map_or(0, |at| after + at);
                format!("{}{link}", connection.root.get(..end).unwrap_or_default())
            });
        }
        Ok(known)
    }

    pub(super) fn put(&mut self, key: &[usize], values: Values) {
        let text = key_text(key.iter().map(|at| values.get(*at).and_then(|value| value.as_deref())));
        self.0.insert(text, values);
    }

    pub(super) fn get(&self, key: &str) -> Option<&Values> {
        self.0.get(key)
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }
}
