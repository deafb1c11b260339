use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context};
use crate::table::{self, Table};
use crate::value::{Error, Result, Text, Value};

/// `Table.ExpandTableColumn(table, column, columnNames, optional newColumnNames)`.
pub(super) fn expand_table(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    expand(ctx, &arguments, table::expand_table)
}

/// `Table.ExpandRecordColumn(table, column, fieldNames, optional newColumnNames)`.
pub(super) fn expand_record(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    expand(ctx, &arguments, table::expand_record)
}

/// Expands a column: which names of what is in it, and the names of the new columns.
type Step = fn(&Arc<Table>, usize, &[Text], &[Text]) -> Result<Table>;

fn expand(ctx: &Context, arguments: &Arguments<'_>, step: Step) -> Result<Value> {
    let table = arguments.table(0)?;
    let column = names::position(&table, &arguments.text(1)?)?;
    let inner = names::texts(ctx, &arguments.list(2)?)?;
    let outer = match arguments.optional_list(3)? {
        Some(list) => names::texts(ctx, &list)?,
        None => inner.clone(),
    };
    if inner.len() != outer.len() {
        return Err(Error::expression(
            "There must be as many new column names as names of what is expanded.",
        ));
    }
    Ok(Value::Table(Arc::new(step(&table, column, &inner, &outer)?)))
}

/// `Table.ExpandListColumn(table, column)`.
pub(super) fn expand_list(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let column = names::position(&table, &arguments.text(1)?)?;
    Ok(Value::Table(Arc::new(table::expand_list(&table, column)?)))
}
