//! Value.*, Function.*, Type.*, Expression.*, Error.*, Diagnostics.*: values about values.

use super::Declaration;
use crate::value::{Kind, Type, Value};

pub(super) mod precision;

pub(super) const FUNCTIONS: &[Declaration] = &[];

/// The type `Value.Type` shows for a value.
pub(super) fn type_of(value: &Value) -> Type {
    match value.as_plain() {
        Value::Table(table) => (*table.table_type()).clone(),
        Value::Function(function) => (*function.function_type()).clone(),
        other => primitive_of(other.kind()),
    }
}

fn primitive_of(kind: Kind) -> Type {
    // Every kind is the name of a primitive type.
    Type::primitive(&kind.name().to_lowercase()).unwrap_or_else(|| (*Type::any()).clone())
}
