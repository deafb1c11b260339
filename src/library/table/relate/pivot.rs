use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context};
use crate::table::{self, Table, Turn};
use crate::value::{List, Result, Type, Value};

/// `Table.Pivot(table, pivotValues, attributeColumn, valueColumn, optional aggregationFunction)`.
pub(super) fn pivot(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let value = names::position(&table, &arguments.text(3)?)?;
    let aggregate = arguments.optional_function(4)?;
    let ty = match (&aggregate, table.types().get(value)) {
        (None, Some(ty)) => Arc::new(ty.with_null()),
        _ => Type::any(),
    };
    let attribute = names::position(&table, &arguments.text(2)?)?;
    let turn = Arc::new(Turn { attribute, value, aggregate, ty });
    let names = arguments.list(1)?;
    if are_all(&names, &table, attribute)
        && let Some(pivoted) = table::pivot_by_all(ctx, &table, &turn)?
    {
        return Ok(Value::Table(Arc::new(pivoted)));
    }
    Ok(Value::Table(Arc::new(table::pivot(&table, turn, names::texts(ctx, &names)?)?)))
}

/// Whether a list is known to hold the different cells of a column, as the `List.Distinct` that the editor writes gives
/// them.
fn are_all(names: &List, table: &Table, column: usize) -> bool {
    names.as_distinct_column().is_some_and(|(of, position)| position == column && of.shares_rows(table))
}
