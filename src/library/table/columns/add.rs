//! Adding columns.

use std::sync::Arc;

use super::names::column_type;
use crate::eval::{Arguments, Context, field_exists};
use crate::table::{self, Origin, RowFunction, Table};
use crate::value::{Member, Result, Shape, Text, Type, Value};

/// Checks that a table has no column of the name that a new one is to get.
pub(super) fn free(table: &Table, name: &Text) -> Result<()> {
    match table.position(name) {
        Some(_) => Err(field_exists(name, Member::Ready(Value::Null))),
        None => Ok(()),
    }
}

pub(super) fn add_column(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let name = arguments.text(1)?;
    free(&table, &name)?;
    let generator = RowFunction::new(Arc::clone(table.shape()), arguments.function(2)?);
    let shape = Arc::new(Shape::new(table.names().iter().cloned().chain([name])));
    let types = table.types().iter().cloned().chain([column_type(arguments.full(3))]).collect();
    let origins = (0..table.width()).map(Origin::Input).chain([Origin::Computed(0, 0)]).collect();
    Ok(Value::Table(Arc::new(table::compute(&table, shape, types, origins, vec![Arc::new(generator)]))))
}

pub(super) fn add_index_column(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let name = arguments.text(1)?;
    free(&table, &name)?;
    let or = |at: usize, default: i64| match arguments.value(at) {
        Value::Null => Value::Int64(default),
        number => number.clone(),
    };
    let number = || Arc::new(Type::new(crate::value::types::Form::Number));
    let ty = Type::from_value(arguments.full(4)).unwrap_or_else(number);
    Ok(Value::Table(Arc::new(table::add_index(&table, name, ty, or(2, 0), or(3, 1)))))
}
