//! What a service holds already, by key.
//!
//! A small entity set is read as a whole. Of a large one the rows of the first few thousand keys are asked for, as a run
//! that goes on from the last one has no more; with more keys than that the rest is read as a whole, too.

use std::collections::{HashMap, HashSet};

use super::body::canonical;
use super::encoder::Field;
use super::multipart::Operation;
use super::sender::{LARGEST_BATCH, Sender};
use crate::destinations::DestinationError;

/// The values of a row as texts, in the order of the fields; none for null.
pub(super) type Values = Box<[Option<Box<str>>]>;

/// A row as the service holds it.
pub(super) struct Held {
    pub(super) values: Values,
    /// The mark of this state of the row, where the service gives one.
    pub(super) etag: Option<Box<str>>,
}

/// So many batches of keys are asked for before all rows are read.
const LOOKUPS: usize = 10;

/// Rows by key.
pub(super) struct Known {
    rows: HashMap<Box<str>, Held>,
    /// The address of the rows from their start.
    start: String,
    select: String,
    set: String,
    fields: Vec<Field>,
    key: Vec<usize>,
    keeps_etags: bool,
    extent: Extent,
}

enum Extent {
    Unread,
    /// The first page is read; where the next one is, and how many batches of keys were asked for.
    Part(String, usize),
    Whole,
}

/// A key whose row is to be known, and how an address writes it.
pub(super) struct Wanted<'w> {
    pub(super) key: &'w str,
    pub(super) address: &'w str,
}

impl Known {
    /// Of an entity set nothing is known yet.
    pub(super) fn new(set: &str, fields: &[Field], key: &[usize], keeps_etags: bool) -> Known {
        let mut names: Vec<&str> = Vec::new();
        for name in fields.iter().filter_map(|field| field.read.as_deref()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let select = format!("$select={}", names.join(","));
        Known {
            rows: HashMap::new(),
            start: format!("{set}?{select}"),
            select,
            set: set.to_owned(),
            fields: fields.to_vec(),
            key: key.to_vec(),
            keeps_etags,
            extent: Extent::Unread,
        }
    }

    /// Makes sure that what is held of some keys is known.
    pub(super) fn learn(&mut self, sender: &Sender, wanted: &[Wanted<'_>]) -> Result<(), DestinationError> {
        if matches!(self.extent, Extent::Unread) && !wanted.is_empty() {
            self.extent = match self.page(sender, &self.start.clone())? {
                Some(next) => Extent::Part(next, 0),
                None => Extent::Whole,
            };
        }
        let Extent::Part(next, asked) = &self.extent else { return Ok(()) };
        let (next, asked) = (next.clone(), *asked);
        let unknown: Vec<&Wanted<'_>> =
            wanted.iter().filter(|wanted| !self.rows.contains_key(wanted.key)).collect();
        let batches = unknown.len().div_ceil(LARGEST_BATCH);
        if asked + batches > LOOKUPS {
            self.pages(sender, next)?;
            self.extent = Extent::Whole;
            return Ok(());
        }
        for chunk in unknown.chunks(LARGEST_BATCH) {
            self.ask(sender, chunk)?;
        }
        self.extent = Extent::Part(next, asked + batches);
        Ok(())
    }

    /// Asks for the rows of some keys, whatever is known of them.
    pub(super) fn ask(&mut self, sender: &Sender, wanted: &[&Wanted<'_>]) -> Result<(), DestinationError> {
        let operation = |wanted: &&Wanted<'_>| {
            Operation::get(sender.path(&format!("{}{}?{}", self.set, wanted.address, self.select)))
        };
        let parts = sender.batch(&wanted.iter().map(operation).collect::<Vec<_>>())?;
        for (wanted, part) in wanted.iter().zip(parts) {
            match part.status {
                200 => {
                    let row: serde_json::Value = serde_json::from_str(&part.body).map_err(|error| {
                        sender.connection.failed(format!("the row {} can't be read: {error}", wanted.address))
                    })?;
                    let held = self.held(&row);
                    self.rows.insert(wanted.key.into(), held);
                }
                204 | 404 | 410 => drop(self.rows.remove(wanted.key)),
                _ => {
                    let message = format!("reading the row {} failed: {}", wanted.address, part.message);
                    return Err(sender.connection.failed(message));
                }
            }
        }
        Ok(())
    }

    /// Reads all pages from one on.
    fn pages(&mut self, sender: &Sender, from: String) -> Result<(), DestinationError> {
        let mut seen = HashSet::new();
        let mut next = Some(from);
        while let Some(path) = next {
            if !seen.insert(path.clone()) {
                return Err(sender.connection.failed(format!("its pages of {} lead in a circle", self.set)));
            }
            next = self.page(sender, &path)?;
        }
        Ok(())
    }

    /// Reads a page and tells where the next one is.
    fn page(&mut self, sender: &Sender, path: &str) -> Result<Option<String>, DestinationError> {
        let page = sender.connection.get_json(path)?;
        for row in page.get("value").and_then(|rows| rows.as_array()).into_iter().flatten() {
            let held = self.held(row);
            self.rows.insert(self.key_of(&held.values), held);
        }
        let link = page.get("@odata.nextLink").and_then(|link| link.as_str());
        let next = link.map(|link| sender.connection.link(link));
        match next {
            Some(next) if next == sender.connection.link(path) => {
                Err(sender.connection.failed(format!("its pages of {} lead in a circle", self.set)))
            }
            next => Ok(next),
        }
    }

    fn held(&self, row: &serde_json::Value) -> Held {
        let value = |field: &Field| {
            let value = field.read.as_ref().and_then(|name| row.get(name));
            value.and_then(|value| canonical(&field.ty, value)).map(Box::from)
        };
        let etag = row.get("@odata.etag").and_then(|etag| etag.as_str()).filter(|_| self.keeps_etags);
        Held { values: self.fields.iter().map(value).collect(), etag: etag.map(Box::from) }
    }

    /// The text under which a row is kept. Dataverse finds keys whatever their case is; so do others that compare in
    /// their database's way, and two keys that differ in their case alone are likely one.
    pub(super) fn key_of(&self, values: &Values) -> Box<str> {
        let part = |at: &usize| values.get(*at).and_then(|value| value.as_deref()).unwrap_or_default();
        let parts: Vec<&str> = self.key.iter().map(part).collect();
        parts.join("\u{1f}").to_lowercase().into()
    }

    /// Notes a row that was written. Its mark is not known any more.
    pub(super) fn put(&mut self, key: Box<str>, values: Values) {
        self.rows.insert(key, Held { values, etag: None });
    }

    pub(super) fn get(&self, key: &str) -> Option<&Held> {
        self.rows.get(key)
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.rows.remove(key);
    }
}
