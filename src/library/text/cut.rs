//! Parts of a text by position.

use super::argument::out_of_range;
use super::long::joined;
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

pub(super) fn start(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    part(ctx, &text, 0, byte_at(&text, count).unwrap_or(text.len()))
}

pub(super) fn end(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    let start = text_length(&text).saturating_sub(count);
    part(ctx, &text, byte_at(&text, start).unwrap_or(0), text.len())
}

pub(super) fn middle(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let start = arguments.count(1, "start")?;
    let count = arguments.optional_count(2, "count")?.unwrap_or(usize::MAX);
    joined(ctx, &[slice(&text, start, count)])
}

pub(super) fn range(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (from, to) = bounds(&text, &arguments, None)?;
    part(ctx, &text, from, to)
}

pub(super) fn insert(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let offset = arguments.count(1, "offset")?;
    let byte = byte_at(&text, offset).ok_or_else(|| out_of_range("offset", arguments.value(1)))?;
    replaced(ctx, &text, byte, byte, &arguments.text(2)?)
}

pub(super) fn remove_range(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (from, to) = bounds(&text, &arguments, Some(1))?;
    replaced(ctx, &text, from, to, "")
}

pub(super) fn replace_range(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (from, to) = bounds(&text, &arguments, None)?;
    replaced(ctx, &text, from, to, &arguments.text(3)?)
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
fn part(ctx: &Context, text: &Text, from: usize, to: usize) -> Result<Value> {
    if from == 0 && to == text.len() {
        return Ok(Value::Text(text.clone()));
    }
    joined(ctx, &[text.get(from..to).unwrap_or("")])
}

fn replaced(ctx: &Context, text: &str, from: usize, to: usize, new: &str) -> Result<Value> {
    let (before, after) = (text.get(..from).unwrap_or(""), text.get(to..).unwrap_or(""));
    joined(ctx, &[before, new, after])
}
