//! An entity set as a table.

use std::sync::Arc;

use super::page::Pages;
use super::service::{Service, with_query};
use super::{Edm, EntityType, edm, literal};
use crate::eval::Context;
use crate::sources::escape::{escaped, push_escaped};
use crate::table::{Batches, Condition, Demand, Explanation, Filtered, Foldable, Operator, Table};
use crate::value::types::{Form, TableKey};
use crate::value::{Record, Result, Shape, Text, Type, Value};

/// A column of a feed.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Text,
    pub(super) kind: ColumnKind,
    pub(super) nullable: bool,
}

/// What a column holds.
#[derive(Clone, Debug)]
pub(super) enum ColumnKind {
    /// A property.
    Property(Edm),
    /// The entity that a navigation property leads to.
    One(String),
    /// The entities that one leads to.
    Many(String),
    /// What entities have beside their declared properties.
    More,
}

/// Entities of a type at an address, as far as they are wanted.
#[derive(Clone)]
pub(super) struct Feed {
    pub(super) service: Arc<Service>,
    /// The address without a query.
    pub(super) url: String,
    /// The escaped query the address came with.
    query: String,
    pub(super) ty: Arc<EntityType>,
    pub(super) columns: Arc<[Column]>,
    filter: Option<String>,
    order: Vec<String>,
}

/// The table of an entity set.
///
/// # Errors
/// The service has no such set.
pub fn entity_set(service: &Arc<Service>, name: &str) -> Result<Table> {
    let ty = type_of(service, name)?;
    Ok(table(service, &format!("{}{}", service.root, escaped(name)), "", ty))
}

/// The table of an entity set without what its entities lead to.
///
/// # Errors
/// The service has no such set.
pub fn entity_properties(service: &Arc<Service>, name: &str) -> Result<Table> {
    let ty = type_of(service, name)?;
    let of = service.model.ty(ty).cloned().unwrap_or_default();
    let mut columns = columns(&of, false);
    columns.retain(|column| matches!(column.kind, ColumnKind::Property(_)));
    Ok(of_columns(service, &format!("{}{}", service.root, escaped(name)), "", of, columns.into()))
}

fn type_of<'s>(service: &'s Service, name: &str) -> Result<&'s str> {
    let Some(container) = service.model.container(name) else {
        let known: Vec<&str> = service.model.containers.iter().map(|known| known.name.as_str()).collect();
        return Err(crate::value::Error::new(
            crate::value::Reason::NotFound,
            format!(
                "Could not find the entity set '{name}' of '{}'. It has: {}.",
                service.root,
                known.join(", ")
            ),
        ));
    };
    Ok(&container.ty)
}

/// The table of the entities of type `ty` at an address.
pub(super) fn table(service: &Arc<Service>, url: &str, query: &str, ty: &str) -> Table {
    let ty = service.model.ty(ty).cloned().unwrap_or_default();
    let columns = Arc::from(columns(&ty, service.options.more_columns));
    of_columns(service, url, query, ty, columns)
}

fn of_columns(
    service: &Arc<Service>,
    url: &str,
    query: &str,
    ty: Arc<EntityType>,
    columns: Arc<[Column]>,
) -> Table {
    let types = columns.iter().map(|column| Arc::new(claim(service, column))).collect();
    let shape = Arc::new(Shape::new(columns.iter().map(|column| column.name.clone())));
    let key = TableKey { columns: ty.key.iter().map(|name| Text::new(name)).collect(), primary: true };
    let keys = if key.columns.is_empty() { vec![] } else { vec![key] };
    let feed = Feed {
        service: Arc::clone(service),
        url: url.to_owned(),
        query: query.to_owned(),
        ty,
        columns,
        filter: None,
        order: Vec::new(),
    };
    Table::new(shape, types, Arc::new(feed)).with_keys(keys)
}

/// The columns of a type: its properties, then what it leads to.
pub(super) fn columns(ty: &EntityType, more: bool) -> Vec<Column> {
    let properties = ty.properties.iter().map(|property| Column {
        name: Text::new(&property.name),
        kind: ColumnKind::Property(property.ty.clone()),
        nullable: property.nullable,
    });
    let navigation = ty.navigation.iter().filter_map(|property| {
        let kind = match &property.ty {
            Edm::Structure(name) => ColumnKind::One(name.clone()),
            Edm::Collection(item) => match &**item {
                Edm::Structure(name) => ColumnKind::Many(name.clone()),
                _ => return None,
            },
            _ => return None,
        };
        Some(Column { name: Text::new(&property.name), kind, nullable: true })
    });
    let more = (more && ty.is_open).then(|| Column {
        name: Text::new("More Columns"),
        kind: ColumnKind::More,
        nullable: false,
    });
    properties.chain(navigation).chain(more).collect()
}

fn claim(service: &Service, column: &Column) -> Type {
    match &column.kind {
        ColumnKind::Property(ty) => edm::claim(&service.model, ty, column.nullable),
        ColumnKind::One(_) => Type::nullable(Form::Record(None)),
        ColumnKind::Many(_) => Type::new(Form::Table(None)),
        ColumnKind::More => Type::new(Form::Record(None)),
    }
}

impl Feed {
    /// Whether steps may add to the query: not where the address selects, filters or groups by itself.
    fn may_add(&self) -> bool {
        !self.query.contains('$') && !self.query.contains("%24")
    }

    /// The address of what is wanted.
    fn address(&self, select: Option<&[&str]>, top: Option<usize>) -> String {
        let mut url = with_query(&self.url, &self.query);
        let mut add = |name: &str, value: &str| {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(name);
            url.push('=');
            push_value(value, &mut url);
        };
        if let Some(select) = select {
            add("$select", &select.join(","));
        }
        if let Some(filter) = &self.filter {
            add("$filter", filter);
        }
        if !self.order.is_empty() {
            add("$orderby", &self.order.join(","));
        }
        if let Some(top) = top {
            add("$top", &top.to_string());
        }
        with_query(&url, &self.service.options.query)
    }

    /// The properties that must come for these columns; `None` for all.
    fn select(&self, demand: &Demand) -> Option<Vec<&str>> {
        let wanted = |at: usize| demand.wants(at);
        if !self.may_add() || (0..self.columns.len()).all(wanted) {
            return None;
        }
        let mut names = Vec::new();
        let mut needs_key = false;
        for (_, column) in self.columns.iter().enumerate().filter(|(at, _)| wanted(*at)) {
            match column.kind {
                ColumnKind::Property(_) => names.push(column.name.as_str()),
                ColumnKind::One(_) | ColumnKind::Many(_) => needs_key = true,
                ColumnKind::More => return None,
            }
        }
        if needs_key || names.is_empty() {
            if self.ty.key.is_empty() {
                return None;
            }
            for key in &self.ty.key {
                if !names.contains(&key.as_str()) {
                    names.push(key);
                }
            }
        }
        Some(names)
    }

    /// The number of entities, from the service.
    fn count(&self, ctx: &Context) -> Result<Option<usize>> {
        if !self.may_add() {
            return Ok(None);
        }
        let counted = Feed { url: format!("{}/$count", self.url), order: Vec::new(), ..self.clone() };
        let answer = self.service.get_text(ctx, &counted.address(None, None))?;
        let count = answer.ok().and_then(|text| text.parse().ok());
        // Dataverse counts no further than this, and says so only in its documentation.
        Ok(count.filter(|count| *count != 5000))
    }
}

/// A value of a query option: escaped but for what is legible and allowed there.
fn push_value(value: &str, url: &mut String) {
    for (at, part) in value.split([',', '(', ')', '\'', ':', '/', '$']).enumerate() {
        if at > 0 {
            let before = part.as_ptr() as usize - value.as_ptr() as usize;
            if let Some(letter) = value.get(before - 1..before) {
                url.push_str(letter);
            }
        }
        push_escaped(part, url);
    }
}

impl Operator for Feed {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let counts = demand.limit.is_none() && !(0..self.columns.len()).any(|at| demand.wants(at));
        let known = if counts { self.count(ctx)? } else { None };
        if let Some(rows) = known {
            return Ok(Box::new(super::page::Counted::new(self.columns.len(), rows)));
        }
        let top = demand.limit.filter(|_| self.may_add());
        let select = self.select(demand);
        let url = self.address(select.as_deref(), top);
        Ok(Box::new(Pages::new(self.clone(), url, demand.clone())))
    }

    fn foldable(&self, _ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        Ok(if self.may_add() { Some(Arc::new(self.clone())) } else { None })
    }

    fn may_fold(&self) -> bool {
        self.may_add()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let top = demand.limit.filter(|_| self.may_add());
        Ok(Explanation::source(self.address(self.select(demand).as_deref(), top)))
    }

    fn name(&self) -> &'static str {
        "OData feed"
    }
}

impl Foldable for Feed {
    fn filtered(&self, condition: &Condition) -> Option<Filtered> {
        let column = |at: usize| match self.columns.get(at) {
            Some(Column { name, kind: ColumnKind::Property(ty), .. }) => Some((name.as_str(), ty)),
            _ => None,
        };
        let (text, exact) = literal::filter(condition, &column)?;
        let filter = match &self.filter {
            Some(before) => format!("({before}) and ({text})"),
            None => text,
        };
        let rows = Feed { filter: Some(filter), ..self.clone() };
        // Room is left for the other options.
        let fits = rows.address(None, None).len() + 256 <= self.service.options.max_uri;
        fits.then(|| Filtered { rows: Arc::new(rows), exact })
    }

    fn sorted(&self, columns: &[(usize, bool)]) -> Option<Arc<dyn Foldable>> {
        let mut order = Vec::with_capacity(columns.len());
        for (at, falls) in columns {
            let column = self.columns.get(*at)?;
            let ColumnKind::Property(Edm::Primitive(ty)) = &column.kind else { return None };
            // Texts, identifiers and logical values have an order of the service's own.
            let is_plain = matches!(
                ty.as_str(),
                "Byte"
                    | "SByte"
                    | "Int16"
                    | "Int32"
                    | "Int64"
                    | "Decimal"
                    | "Single"
                    | "Double"
                    | "Date"
                    | "DateTimeOffset"
                    | "TimeOfDay"
                    | "Duration"
            );
            // Nulls come first or last as each service likes.
            if !is_plain || column.nullable {
                return None;
            }
            order.push(format!("{}{}", column.name, if *falls { " desc" } else { "" }));
        }
        Some(Arc::new(Feed { order, ..self.clone() }))
    }

    fn operator(&self) -> Arc<dyn Operator> {
        Arc::new(self.clone())
    }
}

/// The address of one entity by its key; `None` if a part of the key is missing.
pub(super) fn entity_address(feed: &Feed, ctx: &Context, json: &Record) -> Result<Option<String>> {
    if let Some(id) = text_of(ctx, json, "@odata.id")?.or(text_of(ctx, json, "@id")?) {
        return Ok(Some(absolute(&feed.service.root, &id)));
    }
    let mut parts = Vec::new();
    for key in &feed.ty.key {
        let Some(property) = feed.ty.properties.iter().find(|property| property.name == *key) else {
            return Ok(None);
        };
        let Some(member) = json.get(key) else { return Ok(None) };
        let member = edm::cell(ctx, &feed.service.model, &property.ty, member.force(ctx)?, key)?;
        let value = member.force(ctx)?;
        if value.is_null() {
            return Ok(None);
        }
        let Some(text) = literal::literal(&property.ty, &value) else { return Ok(None) };
        let mut escaped = String::new();
        push_value(&text, &mut escaped);
        parts.push((key, escaped.replace('/', "%2F")));
    }
    let inside = match parts.as_slice() {
        [] => return Ok(None),
        [(_, only)] => only.clone(),
        many => many.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(","),
    };
    Ok(Some(format!("{}({inside})", feed.url)))
}

/// A text among the annotations of an object.
pub(super) fn text_of(ctx: &Context, json: &Record, name: &str) -> Result<Option<String>> {
    match json.get(name) {
        Some(member) => Ok(member.force(ctx)?.as_text().map(str::to_owned)),
        None => Ok(None),
    }
}

/// An address that may be relative to another one, as services write their links.
pub(super) fn absolute(base: &str, link: &str) -> String {
    if link.contains("://") {
        return link.to_owned();
    }
    let path = base.split(['?', '#']).next().unwrap_or(base);
    if link.starts_with('/') {
        let after = path.find("://").map_or(0, |at| at + 3);
        let end = path.get(after..).and_then(|rest| rest.find('/')).map_or(path.len(), |at| after + at);
        return format!("{}{link}", path.get(..end).unwrap_or(path));
    }
    let end = path.rfind('/').map_or(path.len(), |at| at + 1);
    format!("{}{link}", path.get(..end).unwrap_or(path))
}

/// An entity as a record of all its columns.
pub(super) fn entity(
    ctx: &Context,
    service: &Arc<Service>,
    url: &str,
    ty: &str,
    json: &Arc<Record>,
) -> Result<Value> {
    let ty = service.model.ty(ty).cloned().unwrap_or_default();
    let columns: Arc<[Column]> = Arc::from(columns(&ty, service.options.more_columns));
    let feed = Feed {
        service: Arc::clone(service),
        url: url.to_owned(),
        query: String::new(),
        ty,
        columns: Arc::clone(&columns),
        filter: None,
        order: Vec::new(),
    };
    let members = super::page::members(ctx, &feed, json, Some(url), &|_| true)?;
    let names = columns.iter().map(|column| column.name.clone());
    Ok(Value::Record(Arc::new(Record::from_members(names.zip(members)))))
}
