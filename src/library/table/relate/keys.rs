use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context, conversion_error, field_not_found};
use crate::table::{self, Table};
use crate::value::types::{Form, TableKey};
use crate::value::{Error, Result, Type, Value};

/// `Table.Keys(table)`.
pub(super) fn keys(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    Ok(Value::list(table.keys().iter().map(|key| {
        let columns = Value::list(key.columns.iter().cloned().map(Value::Text));
        Value::record([("Columns", columns), ("Primary", Value::from(key.primary))])
    })))
}

/// `Table.AddKey(table, columns, isPrimary)`.
pub(super) fn add_key(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let mut keys = table.keys().to_vec();
    keys.push(TableKey { columns: names::texts(ctx, &arguments.list(1)?)?, primary: arguments.logical(2)? });
    with_keys(&table, keys)
}

/// `Table.ReplaceKeys(table, keys)`.
pub(super) fn replace_keys(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut keys = Vec::new();
    for value in arguments.list(1)?.values(ctx)? {
        let Value::Record(record) = &value else {
            return Err(conversion_error(&value, &Arc::new(Type::new(Form::Record(None)))));
        };
        let field = |name| match record.get(name) {
            Some(member) => member.force(ctx),
            None => Err(field_not_found(name, record)),
        };
        let columns = names::one_or_many(ctx, &field("Columns")?)?;
        let primary = match field("Primary")? {
            Value::Logical(primary) => primary,
            Value::Null => false,
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Logical)))),
        };
        keys.push(TableKey { columns, primary });
    }
    with_keys(&arguments.table(0)?, keys)
}

/// The table with these keys, whose columns must be there.
fn with_keys(table: &Arc<Table>, keys: Vec<TableKey>) -> Result<Value> {
    for key in &keys {
        table::positions(table, &key.columns)?;
    }
    Ok(Value::Table(Arc::new(table.with_operator(Arc::clone(table.operator())).with_keys(keys))))
}

/// `Table.ReplaceRelationshipIdentity(value, identity)`: relationships between queries are a host's matter, so the
/// value stays what it is.
pub(super) fn replace_relationship_identity(_ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    Ok(arguments.take(0))
}

/// `Table.FilterWithDataTable(table, dataTableIdentifier)`: no host of ours has data tables to filter with.
pub(super) fn filter_with_data_table(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let identifier = arguments.text(1)?;
    Err(Error::expression(format!("The variable '{identifier}' could not be found.")))
}
