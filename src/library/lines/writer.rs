//! Lines as one text or binary value.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::library::text::encoding::{encoded, encoding_of};
use crate::value::types::Form;
use crate::value::{Result, Type, Value};

pub(super) fn to_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    joined(ctx, &arguments).map(Value::from)
}

pub(super) fn to_binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let encoding = encoding_of(&arguments, 2)?;
    let mark = arguments.optional_logical(3)?.unwrap_or(false);
    Ok(encoded(&joined(ctx, &arguments)?, encoding, mark))
}

/// The lines, a separator after each.
fn joined(ctx: &Context, arguments: &Arguments<'_>) -> Result<String> {
    let separator = arguments.optional_text(1)?;
    let separator = separator.as_deref().unwrap_or("\r\n");
    let mut text = String::new();
    let mut lines = arguments.list(0)?.items();
    while let Some(line) = lines.next(ctx)? {
        match line.force(ctx)? {
            Value::Text(line) => text.push_str(&line),
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Text)))),
        }
        text.push_str(separator);
    }
    Ok(text)
}
