use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context};
use crate::table::{self, Turn};
use crate::value::{Result, Type, Value};

/// `Table.Pivot(table, pivotValues, attributeColumn, valueColumn, optional aggregationFunction)`.
pub(super) fn pivot(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let value = names::position(&table, &arguments.text(3)?)?;
    let aggregate = arguments.optional_function(4)?;
    let ty = match (&aggregate, table.types().get(value)) {
        (None, Some(ty)) => Arc::new(ty.with_null()),
        _ => Type::any(),
    };
    let turn = Turn {
        attribute: names::position(&table, &arguments.text(2)?)?,
        value,
        names: names::texts(ctx, &arguments.list(1)?)?,
        aggregate,
        ty,
    };
    Ok(Value::Table(Arc::new(table::pivot(&table, turn)?)))
}
