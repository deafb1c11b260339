//! Related fields, `Related.Field`: of the source, read along with its rows; of the destination, by which a row of
//! another entity is found by its integration key and referred to.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cells;
use super::failure::{Failure, MAPPING_FIELD};
use super::input::{connection, evaluate, open_entity};
use crate::Engine;
use crate::destinations::{Cell, Description, Destination, Reference};
use crate::eval::Context;
use crate::project::Project;
use crate::project::leg::Leg;
use crate::project::mapping::Related;
use crate::project::model::Connection;
use crate::project::system::{self, Opened, Reading};
use crate::table::{Demand, Table};
use crate::value::{Value, to_literal};

/// The references of an entity by the names that mappings use: the declared ones, then those its database declares.
fn references(
    project: &Project,
    entity: &str,
    description: Option<&Description>,
) -> Vec<(String, Reference)> {
    let set = project.connection_set();
    let declared = set.relationships.iter().filter(|r| r.entity == entity).map(|r| {
        let columns = r.columns.iter().map(|(from, to)| (from.clone(), to.clone())).collect();
        let (name, to) = (r.name.clone(), r.to.clone());
        (name.clone(), Reference { name, to, columns, read: None })
    });
    let found = description.into_iter().flat_map(|d| &d.references).map(|r| (r.name.clone(), r.clone()));
    declared.chain(found).collect()
}

/// A related field: the reference and the field's name.
fn resolve<'r>(
    name: &'r str,
    references: &'r [(String, Reference)],
) -> Option<(&'r str, &'r Reference, &'r str)> {
    // Names may hold points themselves: the longest name of a reference that fits is meant.
    let fitting = references.iter().filter_map(|(prefix, reference)| {
        let field = name.strip_prefix(prefix.as_str())?.strip_prefix('.')?;
        Some((prefix.as_str(), reference, field))
    });
    fitting.max_by_key(|(prefix, ..)| prefix.len())
}

fn described(project: &Project, connection: &Connection, entity: &str) -> Option<Description> {
    if !connection.kind.is_destination() || connection.kind.is_file() {
        return None;
    }
    // What is wrong with the store is told where it is read or written.
    system::destination(project, connection).and_then(|store| store.describe(entity)).ok().flatten()
}

/// The rows with the related fields that mappings read.
pub(super) fn expand(
    engine: &Engine,
    project: &Project,
    leg: &Leg<'_>,
    mut table: Arc<Table>,
    mut ctx: Rc<Context>,
    opened: &mut Vec<Opened>,
    reading: Reading,
) -> Result<(Arc<Table>, Rc<Context>), Failure> {
    let missing = |table: &Table| -> Vec<String> {
        let sources = leg.mappings.iter().filter_map(|m| m.source.as_ref());
        sources.filter(|name| name.contains('.') && table.position(name).is_none()).cloned().collect()
    };
    let names = missing(&table);
    if names.is_empty() {
        return Ok((table, ctx));
    }
    let from = connection(project, &leg.source.connection)?;
    let references =
        references(project, &leg.source.entity, described(project, from, &leg.source.entity).as_ref());
    let mut fields: Vec<(&Reference, Vec<(&str, &str)>)> = Vec::new();
    for name in &names {
        // A name that is no related field is reported with the other unknown ones.
        let Some((_, reference, field)) = resolve(name, &references) else { continue };
        match fields.iter_mut().find(|(known, _)| *known == reference) {
            Some((_, list)) => list.push((field, name)),
            None => fields.push((reference, vec![(field, name)])),
        }
    }
    let list = |names: Vec<&str>| {
        let literals: Vec<String> = names.into_iter().map(|name| to_literal(&Value::text(name))).collect();
        format!("{{{}}}", literals.join(", "))
    };
    for (reference, fields) in fields {
        let reading = if reading == Reading::Shape { reading } else { Reading::Whole };
        let related = open_entity(engine, project, from, &reference.to, reading)?;
        let engine = engine
            .clone()
            .with_value("Rows", Value::Table(Arc::clone(&table)))
            .with_value("Related", Value::Table(Arc::clone(&related.table)));
        let text = format!(
            "Table.ExpandTableColumn(Table.NestedJoin(Rows, {}, Related, {}, \"Related rows\", JoinKind.LeftOuter), \
             \"Related rows\", {}, {})",
            list(
                reference.columns.iter().map(|(from, _)| reference.read.as_deref().unwrap_or(from)).collect()
            ),
            list(reference.columns.iter().map(|(_, to)| to.as_str()).collect()),
            list(fields.iter().map(|(field, _)| *field).collect()),
            list(fields.iter().map(|(_, name)| *name).collect()),
        );
        let previous = Opened { table, rows: None, ctx };
        (table, ctx) = evaluate(&engine, "related fields", &text)?;
        opened.extend([previous, related]);
    }
    Ok((table, ctx))
}

/// How the mappings to related fields of the destination become references.
pub(super) fn lookups(
    engine: &Engine,
    project: &Project,
    leg: &Leg<'_>,
    description: Option<&Description>,
) -> Result<FxHashMap<String, Arc<Related>>, Failure> {
    let mut found = FxHashMap::default();
    let references = references(project, &leg.destination.entity, description);
    for mapping in leg.mappings.iter().filter(|m| m.destination.contains('.')) {
        let name = &mapping.destination;
        if description.is_some_and(|entity| entity.column(name).is_some()) {
            continue;
        }
        let Some((_, reference, field)) = resolve(name, &references) else { continue };
        let [(column, to)] = reference.columns.as_slice() else {
            let message =
                format!("{name} refers to {} by several columns, which no one field can fill", reference.to);
            let help = "map the referring columns themselves";
            return Err(Failure::plain(MAPPING_FIELD, message, Some(help.to_owned())));
        };
        let connection = connection(project, &leg.destination.connection)?;
        // Only two columns of it are read, once: services and databases need not give more.
        let reading = if connection.kind.is_local() { Reading::Whole } else { Reading::Streamed };
        let opened = open_entity(engine, project, connection, &reference.to, reading)?;
        let rows = index(&opened, &reference.to, field, to)?;
        let related = Related { entity: reference.to.clone(), column: column.clone(), rows };
        found.insert(name.clone(), Arc::new(related));
    }
    Ok(found)
}

/// From the text of one column to the value of another.
fn index(opened: &Opened, entity: &str, field: &str, to: &str) -> Result<FxHashMap<String, Cell>, Failure> {
    let position = |name: &str| {
        opened.table.position(name).ok_or_else(|| {
            Failure::plain(MAPPING_FIELD, format!("the related entity {entity} has no field {name:?}"), None)
        })
    };
    let (field, to) = (position(field)?, position(to)?);
    let raised = |error| Failure::raised(&error);
    let demand = Demand::only(opened.table.width(), [field, to]);
    let mut batches = opened.table.operator().open(&opened.ctx, &demand).map_err(raised)?;
    let mut rows = FxHashMap::default();
    while let Some(batch) = batches.next(&opened.ctx).map_err(raised)? {
        let (Some(keys), Some(values)) = (batch.column(field), batch.column(to)) else { continue };
        for row in 0..batch.len() {
            let key = cells::cell(&opened.ctx, &keys.get(row)).map_err(raised)?;
            let value = cells::cell(&opened.ctx, &values.get(row)).map_err(raised)?;
            if let (Ok(key), Ok(value)) = (key, value)
                && !key.is_blank()
            {
                rows.insert(key.to_string(), value);
            }
        }
    }
    Ok(rows)
}

/// The description of a destination entity, where mappings may ask for it and looking is cheap.
pub(super) fn description(
    store: &dyn Destination,
    leg: &Leg<'_>,
    is_file: bool,
) -> Result<Option<Description>, Failure> {
    let asked = leg.stated_schema.is_some()
        || leg.mappings.iter().any(|m| m.destination == crate::project::check::EVERY_FIELD);
    if is_file && !asked {
        return Ok(None);
    }
    store.describe(&leg.destination.entity).map_err(|error| super::deliver::failed(&error))
}
