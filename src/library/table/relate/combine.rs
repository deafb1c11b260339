use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context, conversion_error};
use crate::table::{self, Table};
use crate::value::types::Form;
use crate::value::{Result, Type, Value};

/// `Table.Combine(tables, optional columns)`.
pub(super) fn combine(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = |value| match value {
        Value::Table(table) => Ok(table),
        other => Err(conversion_error(&other, &Arc::new(Type::new(Form::Table(None))))),
    };
    let tables: Vec<Arc<Table>> =
        arguments.list(0)?.values(ctx)?.into_iter().map(table).collect::<Result<_>>()?;
    let combined = Arc::new(table::combine(ctx, &tables)?);
    Ok(Value::Table(match arguments.value(1) {
        Value::Null => combined,
        Value::Type(ty) => match &ty.form {
            Form::Table(Some(ty)) => {
                let names: Vec<_> = ty.row.fields.iter().map(|field| field.name.clone()).collect();
                Arc::new(table::project(ctx, &combined, &names, true)?.with_type(ty))
            }
            _ => combined,
        },
        columns => {
            let names = names::one_or_many(ctx, columns)?;
            Arc::new(table::project(ctx, &combined, &names, true)?)
        }
    }))
}
