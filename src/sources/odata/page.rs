//! Reading a feed page by page.

use std::collections::HashSet;
use std::sync::Arc;

use super::edm;
use super::feed::{ColumnKind, Feed, absolute, entity, entity_address, table, text_of};
use crate::eval::Context;
use crate::sources::web::failed;
use crate::table::{Batch, Batches, Column, Demand};
use crate::value::{List, Member, Record, Result, Value};

/// One reading of a feed.
pub(super) struct Pages {
    feed: Feed,
    next: Option<String>,
    /// The links followed, so that a service that leads in circles is noticed.
    seen: HashSet<String>,
    demand: Demand,
    left: usize,
}

impl Pages {
    pub(super) fn new(feed: Feed, url: String, demand: Demand) -> Pages {
        let left = demand.limit.unwrap_or(usize::MAX);
        Pages { feed, next: Some(url), seen: HashSet::new(), demand, left }
    }
}

impl Batches for Pages {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while self.left > 0 {
            let Some(url) = self.next.take() else { return Ok(None) };
            if !self.seen.insert(url.clone()) {
                return Err(failed(
                    "OData",
                    &url,
                    "OData: The service leads in a circle: its link to the next page was followed before.",
                ));
            }
            let page = self.feed.service.get(ctx, &url, &[])?;
            self.next = next_link(ctx, &page, &url)?;
            let rows = rows(ctx, &page, &url)?;
            let rows = rows.get(..self.left.min(rows.len())).unwrap_or_default();
            self.left -= rows.len();
            if !rows.is_empty() {
                return batch(ctx, &self.feed, rows, &self.demand).map(Some);
            }
        }
        Ok(None)
    }
}

/// The address of the page after this one.
pub(super) fn next_link(ctx: &Context, page: &Record, url: &str) -> Result<Option<String>> {
    let link = match text_of(ctx, page, "@odata.nextLink")? {
        Some(link) => Some(link),
        None => text_of(ctx, page, "@nextLink")?,
    };
    Ok(link.map(|link| absolute(url, &link)))
}

/// The objects of a page.
pub(super) fn rows(ctx: &Context, page: &Record, url: &str) -> Result<Vec<Arc<Record>>> {
    let wrong = || failed("OData", url, "OData: The answer of the service holds no list of entities.");
    let Some(Value::List(list)) = page.get("value").map(|member| member.force(ctx)).transpose()? else {
        return Err(wrong());
    };
    list.values(ctx)?
        .into_iter()
        .map(|row| match row {
            Value::Record(row) => Ok(row),
            _ => Err(wrong()),
        })
        .collect()
}

fn batch(ctx: &Context, feed: &Feed, rows: &[Arc<Record>], demand: &Demand) -> Result<Batch> {
    let mut columns: Vec<Vec<Member>> = vec![Vec::with_capacity(rows.len()); feed.columns.len()];
    for row in rows {
        ctx.step()?;
        let members = members(ctx, feed, row, None, &|at| demand.wants(at))?;
        for (column, member) in columns.iter_mut().zip(members) {
            column.push(member);
        }
    }
    let columns = columns.into_iter().enumerate().map(|(at, members)| {
        Arc::new(match demand.wants(at) {
            true => members.into_iter().collect(),
            false => Column::unread(rows.len()),
        })
    });
    Ok(Batch::new(columns.collect(), rows.len()))
}

/// The cells of an entity. What it leads to is asked for when it is read.
pub(super) fn members(
    ctx: &Context,
    feed: &Feed,
    json: &Arc<Record>,
    address: Option<&str>,
    wanted: &dyn Fn(usize) -> bool,
) -> Result<Vec<Member>> {
    let service = &feed.service;
    let mut own: Option<Option<String>> = address.map(|address| Some(address.to_owned()));
    let mut members = Vec::with_capacity(feed.columns.len());
    for (at, column) in feed.columns.iter().enumerate() {
        if !wanted(at) {
            members.push(Member::Ready(Value::Null));
            continue;
        }
        members.push(match &column.kind {
            ColumnKind::Property(ty) => {
                let value = match json.get(&column.name) {
                    Some(member) => member.force(ctx)?,
                    None => Value::Null,
                };
                edm::cell(ctx, &service.model, ty, value, &column.name)?
            }
            ColumnKind::More => {
                let known = |name: &str| feed.columns.iter().any(|column| column.name.as_str() == name);
                let more = edm::plain(json);
                let more = more.fields().filter(|(name, _)| !known(name));
                let more = Record::from_members(more.map(|(name, member)| (name.clone(), member)));
                Member::Ready(Value::Record(Arc::new(more)))
            }
            ColumnKind::One(ty) | ColumnKind::Many(ty) => {
                let link = text_of(ctx, json, &format!("{}@odata.navigationLink", column.name))?;
                let url = match link {
                    Some(link) => Some(absolute(&service.root, &link)),
                    None => {
                        if own.is_none() {
                            own = Some(entity_address(feed, ctx, json)?);
                        }
                        own.clone().flatten().map(|own| format!("{own}/{}", column.name))
                    }
                };
                match (url, &column.kind) {
                    (None, _) => Member::Ready(Value::Null),
                    (Some(url), ColumnKind::Many(_)) => {
                        Member::Ready(Value::Table(Arc::new(table(service, &url, "", ty))))
                    }
                    (Some(url), _) => {
                        let (service, ty) = (Arc::clone(service), ty.clone());
                        Member::lazy(move |ctx| one(ctx, &service, &url, &ty))
                    }
                }
            }
        });
    }
    Ok(members)
}

/// The entity at an address; null where there is none.
fn one(ctx: &Context, service: &Arc<super::Service>, url: &str, ty: &str) -> Result<Value> {
    let url = super::service::with_query(url, &service.options.query);
    match super::service::fetch_json(ctx, &service.options, &url, &[])? {
        Ok(json) => entity(ctx, service, &url, ty, &json),
        // No content, and Dataverse's answer for a lookup without a value.
        Err(refused) if matches!(refused.status, 204 | 404) => Ok(Value::Null),
        Err(refused) => Err(super::service::error_of(&url, &refused)),
    }
}

/// Rows of which only the number is known.
pub(super) struct Counted {
    width: usize,
    left: usize,
}

impl Counted {
    pub(super) fn new(width: usize, rows: usize) -> Counted {
        Counted { width, left: rows }
    }
}

impl Batches for Counted {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        let rows = self.left.min(1 << 16);
        self.left -= rows;
        let columns = (0..self.width).map(|_| Arc::new(Column::unread(rows))).collect();
        Ok((rows > 0).then(|| Batch::new(columns, rows)))
    }
}

/// The values of a list of no entities.
pub(super) fn list(
    ctx: &Context,
    service: &super::Service,
    item: &super::Edm,
    list: &Arc<List>,
) -> Result<Value> {
    let values = list.values(ctx)?.into_iter();
    let items =
        values.map(|value| edm::cell(ctx, &service.model, item, value, "value")).collect::<Result<_>>()?;
    Ok(Value::List(Arc::new(List::Items(items))))
}
