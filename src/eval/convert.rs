use std::sync::Arc;

use super::Context;
use crate::value::types::Kinds;
use crate::value::{Error, Result, Type, Value};

/// How messages show a value: small ones as M text, others by their kind.
pub fn describe(value: &Value) -> String {
    match value.as_plain() {
        Value::Null => "the value null".to_owned(),
        Value::List(_)
        | Value::Record(_)
        | Value::Table(_)
        | Value::Function(_)
        | Value::Type(_)
        | Value::Binary(_) => format!("a value of type {}", value.kind().name()),
        scalar => format!("the value {}", crate::value::to_literal(scalar)),
    }
}

/// `We cannot convert the value "1" to type Number.`, with the value and the type as detail.
pub fn conversion_error(value: &Value, ty: &Arc<Type>) -> Error {
    let message = format!("We cannot convert {} to type {}.", describe(value), ty.message_name());
    let detail = Value::record([("Value", value.clone()), ("Type", Value::Type(Arc::clone(ty)))]);
    let format = match value.as_plain() {
        Value::Null => "We cannot convert the value null to type #{0}.",
        scalar if !is_structured(scalar) => "We cannot convert the value #{1} to type #{0}.",
        _ => "We cannot convert a value of type #{1} to type #{0}.",
    };
    let mut parameters = vec![Value::text(ty.message_name())];
    match value.as_plain() {
        Value::Null => {}
        scalar if !is_structured(scalar) => parameters.push(Value::text(crate::value::to_literal(scalar))),
        _ => parameters.push(Value::text(value.kind().name())),
    }
    Error::expression(message).with_format(format, parameters).with_detail(detail)
}

fn is_structured(value: &Value) -> bool {
    matches!(
        value,
        Value::List(_)
            | Value::Record(_)
            | Value::Table(_)
            | Value::Function(_)
            | Value::Type(_)
            | Value::Binary(_)
    )
}

/// The value if its kind is among `kinds`, else the conversion error.
pub fn check_kind(value: Value, kinds: Kinds, ty: &Arc<Type>, _ctx: &Context) -> Result<Value> {
    if kinds.contains(value.kind()) { Ok(value) } else { Err(conversion_error(&value, ty)) }
}
