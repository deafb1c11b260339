//! Choosing columns: select, remove, reorder, duplicate; and what columns there are.

use std::sync::Arc;

use super::super::arguments::{Missing, names, position};
use super::super::made::distinct;
use crate::eval::{self, Arguments, Context, field_exists};
use crate::table::{self, Table};
use crate::value::types::Form;
use crate::value::{Member, Result, Shape, Text, Type, Value};

pub(super) fn column_names(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    Ok(Value::list(table.names().iter().cloned().map(Value::Text)))
}

pub(super) fn column_count(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Int64(arguments.table(0)?.width() as i64))
}

pub(super) fn has_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let names = names(ctx, arguments.value(1))?;
    Ok(Value::Logical(names.iter().all(|name| table.position(name).is_some())))
}

pub(super) fn column(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let position = position(&table, &arguments.text(1)?)?;
    Ok(Value::List(Arc::new(table::column_list(&table, position))))
}

/// A column type fits a wanted one if each value that it claims belongs to the wanted type.
fn fits(ty: &Type, wanted: &Type) -> bool {
    if matches!(wanted.form, Form::Any) {
        return true;
    }
    ty.primitive_name() == wanted.primitive_name()
        && (wanted.name.is_none() || wanted.name == ty.name)
        && (wanted.admits_null() || !ty.admits_null())
}

pub(super) fn columns_of_type(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let mut wanted = Vec::new();
    for value in arguments.list(1)?.values(ctx)? {
        match value {
            Value::Type(ty) => wanted.push(ty),
            other => return Err(super::super::arguments::expected(&other, Form::Type)),
        }
    }
    let chosen = table.names().iter().zip(table.types());
    let chosen = chosen.filter(|(_, ty)| wanted.iter().any(|wanted| fits(ty, wanted)));
    Ok(Value::list(chosen.map(|(name, _)| Value::Text(name.clone()))))
}

/// The columns called `names`; what happens to missing ones is `missing`.
fn chosen(table: &Arc<Table>, names: Vec<Text>, missing: Missing) -> Result<Table> {
    let mut positions = Vec::with_capacity(names.len());
    let mut kept = Vec::with_capacity(names.len());
    for name in names {
        match (table.position(&name), missing) {
            (None, Missing::Error) => return Err(eval::no_column(table, &name)),
            (None, Missing::Ignore) => continue,
            (position, _) => positions.push(position),
        }
        kept.push(name);
    }
    distinct(&kept)?;
    Ok(table::select_positions(table, Arc::new(Shape::new(kept)), positions))
}

pub(super) fn select_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let names = names(ctx, arguments.value(1))?;
    let table = chosen(&arguments.table(0)?, names, Missing::read(&arguments, 2)?)?;
    Ok(Value::Table(Arc::new(table)))
}

pub(super) fn remove_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let removed = names(ctx, arguments.value(1))?;
    let missing = Missing::read(&arguments, 2)?;
    if missing == Missing::Error
        && let Some(name) = removed.iter().find(|name| table.position(name).is_none())
    {
        return Err(eval::no_column(&table, name));
    }
    let kept = table.names().iter().filter(|name| !removed.contains(name)).cloned().collect();
    Ok(Value::Table(Arc::new(chosen(&table, kept, Missing::Error)?)))
}

/// The columns that are named take each other's places, in the order of their naming.
pub(super) fn reorder_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let missing = Missing::read(&arguments, 2)?;
    let mut order = names(ctx, arguments.value(1))?;
    distinct(&order)?;
    if missing == Missing::Ignore {
        order.retain(|name| table.position(name).is_some());
    }
    let mut next = order.iter();
    let place = |name: &Text| if order.contains(name) { next.next().unwrap_or(name) } else { name }.clone();
    let mut placed: Vec<Text> = table.names().iter().map(place).collect();
    // Columns that are new, or that new ones pushed out of their places.
    placed.extend(next.cloned());
    Ok(Value::Table(Arc::new(chosen(&table, placed, missing)?)))
}

pub(super) fn duplicate_column(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let from = position(&table, &arguments.text(1)?)?;
    let name = arguments.text(2)?;
    if table.position(&name).is_some() {
        return Err(field_exists(&name, Member::Ready(Value::Null)));
    }
    let positions = (0..table.width()).chain([from]).map(Some).collect();
    let shape = Arc::new(Shape::new(table.names().iter().cloned().chain([name])));
    let result = table::select_positions(&table, shape, positions);
    let result = match Type::from_value(arguments.full(3)) {
        Some(ty) => {
            let mut types = result.types().to_vec();
            types.pop();
            types.push(ty);
            result.with_types(types)
        }
        None => result,
    };
    Ok(Value::Table(Arc::new(result)))
}
