//! Column names as arguments give them.

use std::sync::Arc;

use crate::eval::{self, Context, conversion_error};
use crate::table::Table;
use crate::value::types::Form;
use crate::value::{List, Result, Text, Type, Value};

/// A text, or a list of texts.
pub(super) fn one_or_many(ctx: &Context, value: &Value) -> Result<Vec<Text>> {
    match value.as_plain() {
        Value::Text(name) => Ok(vec![name.clone()]),
        Value::List(list) => texts(ctx, list),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::List(None))))),
    }
}

/// A list of texts.
pub(super) fn texts(ctx: &Context, list: &Arc<List>) -> Result<Vec<Text>> {
    let text = |value| match value {
        Value::Text(text) => Ok(text),
        other => Err(conversion_error(&other, &Arc::new(Type::new(Form::Text)))),
    };
    list.values(ctx)?.into_iter().map(text).collect()
}

/// The position of a column.
pub(super) fn position(table: &Table, name: &str) -> Result<usize> {
    table.position(name).ok_or_else(|| eval::no_column(table, name))
}
