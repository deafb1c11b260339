//! Change tracking: everything first, then only what changed since (OData 4.0, section 11.3).

use std::collections::HashSet;
use std::sync::Arc;

use super::feed::text_of;
use super::page::{next_link, rows};
use super::service::{Service, error_of, fetch_json, with_query};
use super::{EntityType, edm};
use crate::eval::Context;
use crate::sources::escape::escaped;
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
    is_first: bool,
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
        let select: Vec<String> = columns.iter().map(|name| escaped(name)).collect();
        let url = with_query(
            &format!("{}{}?$select={}", service.root, escaped(set), select.join(",")),
            &service.options.query,
        );
        Ok(Changes {
            service: Arc::clone(service),
            ty,
            columns,
            next: Some(since.map_or(url, str::to_owned)),
            is_first: true,
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
        // The link of an earlier reading carries the wish in itself.
        let prefer: &[(&str, &str)] =
            if self.is_first && !self.since { &[("Prefer", "odata.track-changes")] } else { &[] };
        let page = match fetch_json(ctx, &self.service.options, &url, prefer)? {
            Ok(page) => page,
            Err(refused) if self.since && is_expired(refused.status, &refused.code, &refused.message) => {
                return Err(ChangesError::Expired(error_of(&url, &refused).message().to_string()));
            }
            Err(refused) => return Err(error_of(&url, &refused).into()),
        };
        self.is_first = false;
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
