//! Change tracking: everything first, then only what changed since (OData 4.0, section 11.3).

use std::collections::HashSet;
use std::sync::Arc;

use super::feed::text_of;
use super::page::{next_link, rows};
use super::service::{Service, error_of, fetch_json, with_query};
use super::{Edm, EntityType, edm};
use crate::eval::Context;
use crate::sources::escape::{escaped, unescaped};
use crate::sources::web::failed;
use crate::value::{Error, Member, Record, Result, Value};

/// What happened to an entity.
pub enum Change {
    /// It is there, new or changed: the values of the columns that were asked for.
    Present(Vec<Member>),
    /// It is gone, or left what is tracked; its id and the reason the service gives.
    Gone {
        /// The key or address by which the service names it.
        id: String,
        /// `deleted` or `changed`.
        reason: String,
    },
}

/// Why changes can't be had.
#[derive(Debug)]
pub enum ChangesError {
    /// The link is too old, or the service no longer knows it: everything must be read again.
    Expired(String),
    /// The service gives no link for changes, although it was asked to.
    NotTracked(String),
    /// Anything else.
    Failed(Error),
}

impl From<Error> for ChangesError {
    fn from(error: Error) -> ChangesError {
        ChangesError::Failed(error)
    }
}

/// One reading of the changes.
pub struct Changes {
    service: Arc<Service>,
    ty: Arc<EntityType>,
    columns: Vec<String>,
    next: Option<String>,
    since: bool,
    seen: HashSet<String>,
    link: Option<String>,
}

impl Changes {
    /// Starts reading an entity set: all of it, or with the link of an earlier reading what changed since then.
    ///
    /// # Errors
    /// The service has no such set.
    pub fn open(
        service: &Arc<Service>,
        set: &str,
        columns: Vec<String>,
        since: Option<&str>,
    ) -> Result<Changes> {
        let container = service.model.container(set).ok_or_else(|| {
            Error::data_source(format!("Could not find the entity set '{set}' of '{}'.", service.root))
        })?;
        let ty = service.model.ty(&container.ty).cloned().unwrap_or_default();
        let mut url = format!("{}{}", service.root, escaped(set));
        // All columns need no mention, which would be longer than addresses may be where there are hundreds.
        if !ty.properties.iter().all(|property| columns.contains(&property.name)) {
            let select: Vec<String> = columns.iter().map(|name| escaped(name)).collect();
            url.push_str(&format!("?$select={}", select.join(",")));
        }
        let url = with_query(&url, &service.options.query);
        Ok(Changes {
            service: Arc::clone(service),
            ty,
            columns,
            next: Some(since.map_or(url, str::to_owned)),
            since: since.is_some(),
            seen: HashSet::new(),
            link: None,
        })
    }

    /// The changes of the next page; `None` past the last. Then there is a [`Changes::link`].
    ///
    /// # Errors
    /// See [`ChangesError`].
    pub fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Change>>, ChangesError> {
        let Some(url) = self.next.take() else { return Ok(None) };
        if !self.seen.insert(url.clone()) {
            let message =
                "OData: The service leads in a circle: its link to the next page was followed before.";
            return Err(failed("OData", &url, message).into());
        }
        // The link of an earlier reading carries the wish in itself; links to further pages need not.
        let prefer: &[(&str, &str)] = if self.since { &[] } else { &[("Prefer", "odata.track-changes")] };
        let page = match fetch_json(ctx, &self.service.options, &url, prefer)? {
            Ok(page) => page,
            Err(refused) if self.since && is_expired(refused.status, &refused.code, &refused.message) => {
                return Err(ChangesError::Expired(error_of(&url, &refused).message().to_string()));
            }
            Err(refused) => return Err(error_of(&url, &refused).into()),
        };
        let changes =
            rows(ctx, &page, &url)?.iter().map(|row| self.change(ctx, row)).collect::<Result<Vec<_>>>()?;
        self.next = next_link(ctx, &page, &url)?;
        if self.next.is_none() {
            self.link = text_of(ctx, &page, "@odata.deltaLink")?;
            if self.link.is_none() {
                return Err(ChangesError::NotTracked(format!(
                    "'{url}' gives no delta link: switch change tracking on for this entity, or read it in full."
                )));
            }
        }
        Ok(Some(changes))
    }

    /// The link for the next reading, once this one has ended.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    fn change(&self, ctx: &Context, row: &Arc<Record>) -> Result<Change> {
        let context = text_of(ctx, row, "@odata.context")?.unwrap_or_default();
        let removed = row.get("@removed").is_some() || context.ends_with("/$deletedEntity");
        if removed {
            let id = match text_of(ctx, row, "id")? {
                Some(id) => id,
                None => text_of(ctx, row, "@odata.id")?.unwrap_or_default(),
            };
            let reason = text_of(ctx, row, "reason")?.unwrap_or_else(|| "deleted".to_owned());
            return Ok(Change::Gone { id, reason });
        }
        let mut members = Vec::with_capacity(self.columns.len());
        for name in &self.columns {
            let value = match row.get(name) {
                Some(member) => member.force(ctx)?,
                None => Value::Null,
            };
            let member = match self.ty.properties.iter().find(|property| property.name == *name) {
                Some(property) => edm::cell(ctx, &self.service.model, &property.ty, value, name)?,
                None => Member::Ready(value),
            };
            members.push(member);
        }
        Ok(Change::Present(members))
    }
}

/// The values of the key in the id of an entity that is gone: the key alone, or an address that ends with it, such as
/// `accounts(...)`; of several parts each with its name. None if it names no key of the type.
pub(super) fn key_of(ty: &EntityType, id: &str) -> Option<Vec<Value>> {
    let inside = match id.strip_suffix(')').and_then(|id| id.rsplit_once('(')) {
        Some((_, inside)) => inside,
        None => id.rsplit('/').next().unwrap_or(id),
    };
    let parts: Vec<(Option<&str>, &str)> = match ty.key.len() {
        1 => match inside.split_once('=') {
            Some((name, value)) if ty.key.iter().any(|key| key == name) => vec![(Some(name), value)],
            _ => vec![(None, inside)],
        },
        _ => parts_of(inside).filter_map(|part| part.split_once('=')).map(|(n, v)| (Some(n), v)).collect(),
    };
    ty.key
        .iter()
        .map(|key| {
            let named = |part: &&(Option<&str>, &str)| part.0.is_none_or(|name| name == key);
            let (_, text) = parts.iter().find(named)?;
            let property = ty.properties.iter().find(|property| property.name == *key)?;
            key_value(&property.ty, text)
        })
        .collect()
}

/// The parts between commas that stand in no quotes.
fn parts_of(inside: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    inside.split(move |letter| {
        quoted ^= letter == '\'';
        letter == ',' && !quoted
    })
}

/// A part of a key as an address writes it.
fn key_value(ty: &Edm, text: &str) -> Option<Value> {
    let text = unescaped(text);
    Some(match ty {
        Edm::Primitive(name) if matches!(name.as_str(), "Byte" | "SByte" | "Int16" | "Int32" | "Int64") => {
            Value::Int64(text.parse().ok()?)
        }
        _ => {
            let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            Value::text(quoted.map_or(text.clone(), |quoted| quoted.replace("''", "'")))
        }
    })
}

/// Whether an answer to a delta link says that it is too old. Tokens of Dataverse last seven days by default; what it
/// answers then is documented only in words, so the code and the words are looked at.
fn is_expired(status: u16, code: &str, message: &str) -> bool {
    status == 410
        || code == "0x80044352"
        || matches!(status, 400 | 404)
            && ["token", "expired", "version stamp", "deltatoken"]
                .iter()
                .any(|word| message.to_ascii_lowercase().contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::Property;
    use super::*;

    fn ty(key: &[(&str, &str)]) -> EntityType {
        let property = |(name, ty): &(&str, &str)| Property {
            name: (*name).to_owned(),
            ty: Edm::Primitive((*ty).to_owned()),
            nullable: false,
            max_length: None,
            refers: None,
        };
        EntityType {
            key: key.iter().map(|(name, _)| (*name).to_owned()).collect(),
            properties: key.iter().map(property).collect(),
            ..EntityType::default()
        }
    }

    #[test]
    fn the_id_of_an_entity_that_is_gone_names_its_key() {
        let guid = ty(&[("accountid", "Guid")]);
        let text = |key: Option<Vec<Value>>| format!("{key:?}");
        for id in ["a-b", "accounts(a-b)", "https://org/api/accounts(a-b)", "accounts(accountid=a-b)"] {
            assert_eq!(text(key_of(&guid, id)), text(Some(vec![Value::text("a-b")])), "{id}");
        }
        let two = ty(&[("company", "String"), ("number", "Int32")]);
        let wanted = text(Some(vec![Value::text("O'Neil"), Value::Int64(7)]));
        assert_eq!(text(key_of(&two, "contacts(company='O%27%27Neil',number=7)")), wanted);
        assert_eq!(text(key_of(&two, "contacts(number=7,company='O''Neil')")), wanted);
        assert_eq!(text(key_of(&two, "contacts(number=7)")), "None");
        assert_eq!(text(key_of(&ty(&[("number", "Int32")]), "x")), "None");
    }
}
