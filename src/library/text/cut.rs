//! Parts of a text by position.

use super::argument::out_of_range;
use super::position::{byte_at, length as text_length, slice};
use crate::eval::{Arguments, Context};
use crate::value::{Result, Text, Value};

pub(super) fn length(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(Value::Int64(text_length(&text) as i64))
}

pub(super) fn at(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let index = arguments.count(1, "index")?;
    match byte_at(&text, index) {
        Some(byte) if byte < text.len() => Ok(Value::text(slice(&text, index, 1))),
        _ => Err(out_of_range("index", arguments.value(1))),
    }
}

pub(super) fn start(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    Ok(part(&text, 0, byte_at(&text, count).unwrap_or(text.len())))
}

pub(super) fn end(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    let start = text_length(&text).saturating_sub(count);
    Ok(part(&text, byte_at(&text, start).unwrap_or(0), text.len()))
}

pub(super) fn middle(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let start = arguments.count(1, "start")?;
    let count = arguments.optional_count(2, "count")?.unwrap_or(usize::MAX);
    Ok(Value::text(slice(&text, start, count)))
}

pub(super) fn range(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (from, to) = bounds(&text, &arguments, None)?;
    Ok(part(&text, from, to))
}

pub(super) fn insert(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let offset = arguments.count(1, "offset")?;
    let byte = byte_at(&text, offset).ok_or_else(|| out_of_range("offset", arguments.value(1)))?;
    Ok(replaced(&text, byte, byte, &arguments.text(2)?))
}

pub(super) fn remove_range(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (from, to) = bounds(&text, &arguments, Some(1))?;
    Ok(replaced(&text, from, to, ""))
}

pub(super) fn replace_range(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (from, to) = bounds(&text, &arguments, None)?;
    Ok(replaced(&text, from, to, &arguments.text(3)?))
}

/// The bytes between which the arguments `offset` and `count` point; a count that is not given is `default`, or
/// reaches to the end.
fn bounds(text: &str, arguments: &Arguments<'_>, default: Option<usize>) -> Result<(usize, usize)> {
    let offset = arguments.count(1, "offset")?;
    let from = byte_at(text, offset).ok_or_else(|| out_of_range("offset", arguments.value(1)))?;
    let Some(count) = arguments.optional_count(2, "count")?.or(default) else {
        return Ok((from, text.len()));
    };
    let to = offset.checked_add(count).and_then(|end| byte_at(text, end)).ok_or_else(|| {
        let missing = Value::Int64(count.try_into().unwrap_or(i64::MAX));
        out_of_range("count", &missing)
    })?;
    Ok((from, to))
}

/// The whole text is shared rather than copied.
fn part(text: &Text, from: usize, to: usize) -> Value {
    if from == 0 && to == text.len() {
        return Value::Text(text.clone());
    }
    Value::text(text.get(from..to).unwrap_or(""))
}

fn replaced(text: &str, from: usize, to: usize, new: &str) -> Value {
    let (before, after) = (text.get(..from).unwrap_or(""), text.get(to..).unwrap_or(""));
    Value::from([before, new, after].concat())
}
