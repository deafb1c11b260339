use std::sync::Arc;

use crate::criteria::{EquationCriteria, Over, Rule};
use crate::eval::{Arguments, Context};
use crate::table::{self, Table};
use crate::value::{Result, Value};

/// `Table.Distinct(table, optional equationCriteria)`.
pub(super) fn distinct(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let criteria = criteria(ctx, &table, arguments.value(1))?;
    Ok(Value::Table(Arc::new(table::distinct(&table, criteria)?)))
}

/// `Table.IsDistinct(table, optional comparisonCriteria)`.
pub(super) fn is_distinct(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let criteria = criteria(ctx, &table, arguments.value(1))?;
    Ok(Value::from(table::is_distinct(ctx, &table, criteria)?))
}

fn criteria(ctx: &Context, table: &Table, value: &Value) -> Result<EquationCriteria> {
    let columns = |rule| EquationCriteria::columns(table.names().iter().cloned(), rule);
    match value {
        Value::Null => Ok(columns(Rule::Plain)),
        // A built-in comparer is meant for the cells; there is nothing it could say about whole rows.
        Value::Function(function) => match Rule::of(function) {
            Rule::Function(_) => EquationCriteria::parse(ctx, value, Over::Rows),
            rule => Ok(columns(rule)),
        },
        _ => EquationCriteria::parse(ctx, value, Over::Rows),
    }
}
