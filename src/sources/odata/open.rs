//! What stands at an address: a service, a feed, an entity or a value.

use std::sync::Arc;

use super::feed::{absolute, entity, table, text_of};
use super::page::list;
use super::service::{Service, ServiceOptions, error_of, fetch_json, with_query};
use super::{Edm, Model, edm};
use crate::eval::Context;
use crate::sources::escape::escaped;
use crate::sources::web::failed;
use crate::table::{Column, from_columns};
use crate::value::types::TableKey;
use crate::value::{Member, Record, Result, Shape, Text, Value};

/// Opens an address: a service gives its navigation table, a feed a table, an entity a record, a property its value.
///
/// # Errors
/// There is no OData V4 at the address.
pub fn open(ctx: &Context, url: &str, options: &ServiceOptions) -> Result<Value> {
    let asked = with_query(url, &options.query);
    let json = fetch_json(ctx, options, &asked, &[])?.map_err(|refused| error_of(&asked, &refused))?;
    let context = match text_of(ctx, &json, "@odata.context")? {
        Some(context) => Some(context),
        None => text_of(ctx, &json, "@context")?,
    };
    let Some(context) = context else {
        return Err(failed(
            "OData",
            url,
            "OData: The address gives no OData V4: its answer has no @odata.context. (OData V3 and older are not \
             supported.)",
        ));
    };
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let (metadata, fragment) = context.split_once('#').unwrap_or((&context, ""));
    let metadata = absolute(path, metadata);
    let metadata = metadata.split('?').next().unwrap_or_default();
    let root = metadata.strip_suffix("$metadata").unwrap_or(metadata);
    let service = Service::connect(ctx, root, options)?;
    if fragment.is_empty() {
        return Ok(navigation(&service, root));
    }
    let is_entity = fragment.ends_with("/$entity");
    let fragment = fragment.trim_end_matches("/$entity");
    match (meaning(&service.model, fragment), is_entity) {
        (Edm::Collection(item), false) => match &*item {
            Edm::Structure(ty) if service.model.ty(ty).is_some_and(|ty| !ty.key.is_empty()) => {
                Ok(Value::Table(Arc::new(table(&service, path, query, ty))))
            }
            item => match json.get("value").map(|member| member.force(ctx)).transpose()? {
                Some(Value::List(values)) => list(ctx, &service, item, &values),
                _ => Err(failed("OData", url, "OData: The answer of the service holds no list.")),
            },
        },
        (Edm::Collection(item), true) => match &*item {
            Edm::Structure(ty) => entity(ctx, &service, path, ty, &json),
            _ => Ok(Value::Record(Arc::new(edm::plain(&json)))),
        },
        (Edm::Structure(ty), _) => entity(ctx, &service, path, &ty, &json),
        (ty, _) => match json.get("value") {
            Some(value) => edm::cell(ctx, &service.model, &ty, value.force(ctx)?, "value")?.force(ctx),
            None => Ok(Value::Record(Arc::new(edm::plain(&json)))),
        },
    }
}

/// The type that the fragment of a context address stands for: `Books`, `Books(title)`, `Books(1)/author`,
/// `Collection(Edm.String)`, `Edm.Int32`, `a.b.Book`.
fn meaning(model: &Model, fragment: &str) -> Edm {
    if fragment.starts_with("Collection(") || fragment.starts_with("Edm.") {
        return model.named(fragment);
    }
    let mut segments = fragment.split('/').map(|segment| segment.split('(').next().unwrap_or(segment));
    let first = segments.next().unwrap_or_default();
    let Some(container) = model.container(first) else { return model.named(first) };
    let mut ty = match container.is_singleton {
        true => Edm::Structure(container.ty.clone()),
        false => Edm::Collection(Box::new(Edm::Structure(container.ty.clone()))),
    };
    for segment in segments {
        let inner = match &ty {
            Edm::Collection(inner) => inner,
            other => other,
        };
        let Edm::Structure(name) = inner else { break };
        let Some(known) = model.ty(name) else { break };
        let mut properties = known.navigation.iter().chain(&known.properties);
        match properties.find(|property| property.name == segment) {
            Some(property) => ty = property.ty.clone(),
            // A cast to a derived type.
            None if segment.contains('.') => ty = Edm::Collection(Box::new(model.named(segment))),
            None => break,
        }
    }
    ty
}

/// The entity sets and singletons of a service.
fn navigation(service: &Arc<Service>, root: &str) -> Value {
    let containers = &service.model.containers;
    let column = |value: &dyn Fn(usize) -> Member| Column::any((0..containers.len()).map(value).collect());
    let text = |text: &str| Member::Ready(Value::text(text));
    let name = |at: usize| containers.get(at).map_or(Member::Ready(Value::Null), |known| text(&known.name));
    let data = |at: usize| {
        let Some(known) = containers.get(at).cloned() else { return Member::Ready(Value::Null) };
        let (service, url) = (Arc::clone(service), format!("{root}{}", escaped(&known.name)));
        Member::lazy(move |ctx| {
            if !known.is_singleton {
                return Ok(Value::Table(Arc::new(table(&service, &url, "", &known.ty))));
            }
            let asked = with_query(&url, &service.options.query);
            let json: Arc<Record> = service.get(ctx, &asked, &[])?;
            entity(ctx, &service, &url, &known.ty, &json)
        })
    };
    let signature = |at: usize| {
        let is_singleton = containers.get(at).is_some_and(|known| known.is_singleton);
        text(if is_singleton { "record" } else { "table" })
    };
    let columns = vec![column(&name), column(&data), column(&signature)];
    let shape = Arc::new(Shape::new(["Name", "Data", "Signature"].map(Text::new)));
    let key = TableKey { columns: vec![Text::new("Name"), Text::new("Signature")], primary: true };
    Value::Table(Arc::new(from_columns(shape, columns, containers.len()).with_keys(vec![key])))
}
