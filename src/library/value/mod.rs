//! Value.*, Function.*, Type.*, Expression.*, Error.*, Diagnostics.*: values about values.

use std::sync::Arc;

use crate::eval::conversion_error;
use crate::value::types::Form;
use crate::value::{Error, Kind, Type, Value};

pub(super) mod arithmetic;
pub(super) mod ascribe;
mod compatible;
pub(super) mod diagnostics;
pub(super) mod embedded;
pub(super) mod expressions;
pub(super) mod facets;
pub(super) mod from_text;
pub(super) mod function_types;
pub(super) mod functions;
pub(super) mod item_expressions;
pub(super) mod metadata;
pub(super) mod precision;
pub(super) mod queries;
pub(super) mod record_types;
pub(super) mod table_types;
pub(super) mod types;

/// The type `Value.Type` shows for a value.
pub(super) fn type_of(value: &Value) -> Arc<Type> {
    let claimed = match value.as_plain() {
        Value::Table(table) => return table.table_type(),
        Value::Function(function) => return function.function_type(),
        Value::List(list) => list.claimed_type().cloned(),
        Value::Record(record) => record.claimed_type().cloned(),
        _ => None,
    };
    claimed.unwrap_or_else(|| Arc::new(primitive_of(value.kind())))
}

fn primitive_of(kind: Kind) -> Type {
    Type::new(match kind {
        Kind::Null => Form::Null,
        Kind::Logical => Form::Logical,
        Kind::Number => Form::Number,
        Kind::Time => Form::Time,
        Kind::Date => Form::Date,
        Kind::DateTime => Form::DateTime,
        Kind::DateTimeZone => Form::DateTimeZone,
        Kind::Duration => Form::Duration,
        Kind::Text => Form::Text,
        Kind::Binary => Form::Binary,
        Kind::List => Form::List(None),
        Kind::Record => Form::Record(None),
        Kind::Table => Form::Table(None),
        Kind::Function => Form::Function(None),
        Kind::Type => Form::Type,
    })
}

/// A type that is not of the form a function works on.
fn wrong_form(ty: &Arc<Type>, wanted: Form) -> Error {
    conversion_error(&Value::Type(Arc::clone(ty)), &Arc::new(Type::new(wanted)))
}
