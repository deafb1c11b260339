use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::library::binary::{list_bytes, text_bytes};
use crate::value::types::Form;
use crate::value::{Binary, Result, Type, Value};

/// `#binary(value)`.
pub(super) fn binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let bytes = match arguments.value(0) {
        Value::List(list) => list_bytes(ctx, list)?,
        Value::Text(text) => text_bytes(ctx, text, false)?,
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    };
    Ok(Value::Binary(Arc::new(Binary::new(bytes))))
}
