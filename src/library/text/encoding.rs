//! Texts as bytes and back.

use std::sync::Arc;

use super::argument::out_of_range;
use crate::eval::{Arguments, Context};
use crate::sources::encoding::Encoding;
use crate::value::{Binary, Result, Value};

/// The encoding that an optional argument names, a number of `TextEncoding.Type`; UTF-8 if it is `null`.
///
/// # Errors
/// The number is that of no encoding.
pub(in crate::library) fn encoding_of(arguments: &Arguments<'_>, at: usize) -> Result<Encoding> {
    match arguments.optional_whole(at, "encoding")? {
        None => Ok(Encoding::UTF_8),
        Some(number) => {
            Encoding::from_code_page(number).ok_or_else(|| out_of_range("encoding", arguments.value(at)))
        }
    }
}

/// The binary value of a text, on request with a byte order mark before it.
pub(in crate::library) fn encoded(text: &str, encoding: Encoding, mark: bool) -> Value {
    let mut bytes = encoding.encode(text);
    if mark {
        bytes.splice(..0, encoding.mark().iter().copied());
    }
    Value::Binary(Arc::new(Binary::new(bytes)))
}

pub(super) fn to_binary(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(encoded(&text, encoding_of(&arguments, 1)?, arguments.optional_logical(2)?.unwrap_or(false)))
}

pub(super) fn from_binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(binary) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    Ok(Value::text(encoding_of(&arguments, 1)?.decode(binary.bytes(ctx)?)))
}
