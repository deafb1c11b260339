//! Functions that put texts together.

use super::argument::single_character;
use super::position::length;
use crate::eval::{Arguments, Context, Limits, conversion_error};
use crate::value::types::Form;
use crate::value::{Result, Text, Type, Value};

pub(super) fn combine(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let texts = arguments.list(0)?;
    let separator = arguments.optional_text(1)?.unwrap_or_default();
    let mut combined = String::new();
    let mut first = true;
    let mut items = texts.items();
    while let Some(item) = items.next_value(ctx)? {
        let text = match item {
            Value::Null => continue,
            Value::Text(text) => text,
            other => return Err(conversion_error(&other, &std::sync::Arc::new(Type::new(Form::Text)))),
        };
        if !std::mem::take(&mut first) {
            combined.push_str(&separator);
        }
        combined.push_str(&text);
        ctx.reserve(combined.len())?;
    }
    Ok(Value::from(combined))
}

pub(super) fn repeat(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    ctx.reserve(text.len().saturating_mul(count))?;
    Ok(Value::from(text.repeat(count)))
}

pub(super) fn pad_start(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(Value::from(padding(ctx, &text, &arguments)? + &text))
}

pub(super) fn pad_end(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let padding = padding(ctx, &text, &arguments)?;
    Ok(Value::from([text.as_str(), &padding].concat()))
}

fn padding(ctx: &Context, text: &str, arguments: &Arguments<'_>) -> Result<String> {
    let count = arguments.count(1, "count")?;
    let character = match arguments.value(2) {
        Value::Null => ' ',
        value => single_character(value)?,
    };
    let missing = count.saturating_sub(length(text)) / character.len_utf16();
    ctx.reserve(missing.saturating_mul(character.len_utf8()))?;
    Ok(std::iter::repeat_n(character, missing).collect())
}

pub(super) fn replace(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (old, new) = (arguments.text(1)?, arguments.text(2)?);
    if !old.is_empty() && text.len().saturating_mul(new.len()) as u64 > Limits::LARGEST_VALUE {
        // Only what may become too large is worth a look beforehand.
        let added = text.matches(old.as_str()).count().saturating_mul(new.len().saturating_sub(old.len()));
        ctx.reserve(text.len().saturating_add(added))?;
    }
    Ok(replaced(text, &old, &new))
}

/// The text with each `old` in it replaced by `new`.
pub(in crate::library) fn replaced(text: Text, old: &str, new: &str) -> Value {
    if old.is_empty() || !text.contains(old) {
        return Value::Text(text);
    }
    Value::from(text.replace(old, new))
}
