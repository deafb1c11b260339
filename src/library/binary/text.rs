//! Binary values as text in base 64 or hexadecimal digits, and back.

use std::sync::Arc;

use super::bytes::binary;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::text::argument::out_of_range;
use crate::value::types::Form;
use crate::value::{Error, Result, Type, Value, base64_bytes, base64_text, hex_bytes, hex_text};

/// `Binary.From(value, encoding)`.
pub(super) fn from(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    match arguments.value(0) {
        Value::Null => Ok(Value::Null),
        Value::Binary(binary) => Ok(Value::Binary(Arc::clone(binary))),
        Value::Text(text) => Ok(binary(text_bytes(text, hexadecimal(&arguments)?)?)),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    }
}

/// `Binary.FromText(text, encoding)`.
pub(super) fn from_text(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(binary(text_bytes(&text, hexadecimal(&arguments)?)?))
}

/// `Binary.ToText(binary, encoding)`.
pub(super) fn to_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(binary) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    let bytes = binary.bytes(ctx)?;
    Ok(Value::from(if hexadecimal(&arguments)? { hex_text(bytes) } else { base64_text(bytes) }))
}

/// Whether the encoding argument is `BinaryEncoding.Hex`; base 64 is the default.
fn hexadecimal(arguments: &Arguments<'_>) -> Result<bool> {
    match arguments.optional_whole(1, "encoding")? {
        None | Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(_) => Err(out_of_range("encoding", arguments.value(1))),
    }
}

/// The bytes that a text stands for in base 64 or hexadecimal digits.
pub(in crate::library) fn text_bytes(text: &str, hexadecimal: bool) -> Result<Vec<u8>> {
    let (bytes, form) =
        if hexadecimal { (hex_bytes(text), "hexadecimal") } else { (base64_bytes(text), "base 64") };
    bytes.ok_or_else(|| {
        Error::data_format(format!("The text isn't valid {form}.")).with_detail(Value::text(text))
    })
}
