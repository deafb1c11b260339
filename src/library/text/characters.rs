//! Functions that look at one character at a time.

use super::argument::Characters;
use crate::eval::{Arguments, Context};
use crate::value::{Result, Text, Value};

pub(super) fn trim(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    trimmed(ctx, &arguments, true, true)
}

pub(super) fn trim_start(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    trimmed(ctx, &arguments, true, false)
}

pub(super) fn trim_end(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    trimmed(ctx, &arguments, false, true)
}

fn trimmed(ctx: &Context, arguments: &Arguments<'_>, start: bool, end: bool) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let characters = match arguments.value(1) {
        Value::Null => None,
        trim => Some(Characters::read(ctx, trim)?),
    };
    let rest = rest(&text, characters.as_ref(), start, end);
    Ok(if rest.len() == text.len() { Value::Text(text) } else { Value::text(rest) })
}

/// What is left of a text without these characters (or blanks) at its start, its end, or both.
pub(super) fn rest<'t>(text: &'t str, characters: Option<&Characters>, start: bool, end: bool) -> &'t str {
    let goes = |character: char| match characters {
        Some(set) => set.contains(character),
        None => character.is_whitespace(),
    };
    let text = if start { text.trim_start_matches(goes) } else { text };
    if end { text.trim_end_matches(goes) } else { text }
}

pub(super) fn select(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let characters = Characters::read(ctx, arguments.value(1))?;
    Ok(kept(text, |character| characters.contains(character)))
}

pub(super) fn remove(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let characters = Characters::read(ctx, arguments.value(1))?;
    Ok(kept(text, |character| !characters.contains(character)))
}

pub(super) fn clean(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(kept(text, |character| !character.is_control()))
}

fn kept(text: Text, keep: impl Fn(char) -> bool) -> Value {
    if text.chars().all(&keep) {
        return Value::Text(text);
    }
    Value::from(text.chars().filter(|&character| keep(character)).collect::<String>())
}

pub(super) fn to_list(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let text = arguments.text(0)?;
    let mut buffer = [0; 4];
    Ok(Value::list(
        text.chars().map(|character| Value::text(character.encode_utf8(&mut buffer))).collect::<Vec<_>>(),
    ))
}

pub(super) fn reverse(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(Value::from(text.chars().rev().collect::<String>()))
}
