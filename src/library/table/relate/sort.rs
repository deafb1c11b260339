use std::sync::Arc;

use crate::criteria::{ComparisonCriteria, Over};
use crate::eval::{Arguments, Context};
use crate::table;
use crate::value::{Result, Value};

/// `Table.Sort(table, comparisonCriteria)`.
pub(super) fn sort(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    if orders_nothing(ctx, arguments.value(1))? {
        return Ok(Value::Table(table));
    }
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(1), Over::Rows)?;
    Ok(Value::Table(Arc::new(table::sort(&table, criteria)?)))
}

fn orders_nothing(ctx: &Context, criteria: &Value) -> Result<bool> {
    Ok(match criteria {
        Value::Null => true,
        Value::List(list) => list.get(0, ctx)?.is_none(),
        _ => false,
    })
}
