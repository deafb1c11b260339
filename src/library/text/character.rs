//! Characters and their code points.

use super::argument::out_of_range;
use crate::eval::{Arguments, Context};
use crate::value::{Error, Result, Value};

pub(super) fn from_number(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(number) = arguments.optional_whole(0, "number")? else { return Ok(Value::Null) };
    let character = u32::try_from(number).ok().and_then(char::from_u32);
    let character = character.ok_or_else(|| out_of_range("number", arguments.value(0)))?;
    Ok(Value::text(character.encode_utf8(&mut [0; 4])))
}

pub(super) fn to_number(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    match text.chars().next() {
        Some(character) if character.len_utf8() == text.len() => Ok(Value::Int64(character as i64)),
        _ => Err(Error::expression("The value isn't a single-character string.")
            .with_detail(arguments.value(0).clone())),
    }
}
