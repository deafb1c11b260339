use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context};
use crate::table;
use crate::value::{Result, Value};

/// `Table.Unpivot(table, pivotColumns, attributeColumn, valueColumn)`.
pub(super) fn unpivot(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = table::positions(&table, &names::texts(ctx, &arguments.list(1)?)?)?;
    Ok(Value::Table(Arc::new(table::unpivot(&table, columns, arguments.text(2)?, arguments.text(3)?)?)))
}

/// `Table.UnpivotOtherColumns(table, pivotColumns, attributeColumn, valueColumn)`.
pub(super) fn unpivot_others(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let kept = table::positions(&table, &names::texts(ctx, &arguments.list(1)?)?)?;
    let columns = (0..table.width()).filter(|at| !kept.contains(at)).collect();
    Ok(Value::Table(Arc::new(table::unpivot(&table, columns, arguments.text(2)?, arguments.text(3)?)?)))
}
