use super::no_conversion;
use crate::culture::logical;
use crate::value::types::Form;
use crate::value::{Error, Result, Value};

/// `Logical.From`: `true` and `false` written out, or a number that is zero or not.
pub fn logical_from(value: &Value) -> Result<Value> {
    match value.as_plain() {
        Value::Null => Ok(Value::Null),
        Value::Logical(logical) => Ok(Value::Logical(*logical)),
        Value::Text(text) if text.is_empty() => Ok(Value::Null),
        Value::Text(text) => match logical::parse(text) {
            Some(logical) => Ok(Value::Logical(logical)),
            None => Err(Error::expression("We couldn't convert to Logical.").with_detail(value.clone())),
        },
        other => match other.to_double() {
            Some(number) => Ok(Value::Logical(number != 0.0)),
            None => Err(no_conversion(other, Form::Logical)),
        },
    }
}
