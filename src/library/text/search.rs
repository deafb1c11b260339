//! Where a text contains another.

use super::argument::{Characters, Occurrence};
use super::matching::{Find, Matching};
use super::position::position_of;
use crate::eval::{Arguments, Context};
use crate::value::{Result, Value};

pub(super) fn contains(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    found(ctx, &arguments, Find::First)
}

pub(super) fn starts_with(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    found(ctx, &arguments, Find::AtStart)
}

pub(super) fn ends_with(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    found(ctx, &arguments, Find::AtEnd)
}

fn found(ctx: &Context, arguments: &Arguments<'_>, find: Find) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let substring = arguments.text(1)?;
    let matching = Matching::of(arguments.optional_function(2)?.as_ref());
    Ok(Value::Logical(!matching.find(ctx, &text, &substring, find)?.is_empty()))
}

pub(super) fn position(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (text, substring) = (arguments.text(0)?, arguments.text(1)?);
    let occurrence = Occurrence::read(&arguments, 2)?;
    let matching = Matching::of(arguments.optional_function(3)?.as_ref());
    let find = match occurrence {
        Occurrence::First => Find::First,
        Occurrence::Last => Find::Last,
        Occurrence::All => Find::All,
    };
    Ok(positions(&text, &matching.find(ctx, &text, &substring, find)?, occurrence))
}

pub(super) fn position_of_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let text = arguments.text(0)?;
    let characters = Characters::read(ctx, arguments.value(1))?;
    let occurrence = Occurrence::read(&arguments, 2)?;
    let is_one = |character: char| characters.contains(character);
    let bytes: Vec<usize> = match occurrence {
        Occurrence::First => text.find(is_one).into_iter().collect(),
        Occurrence::Last => text.rfind(is_one).into_iter().collect(),
        Occurrence::All => text.match_indices(is_one).map(|(at, _)| at).collect(),
    };
    Ok(positions(&text, &bytes, occurrence))
}

/// All positions as a list, or the one there is; -1 for none.
fn positions(text: &str, bytes: &[usize], occurrence: Occurrence) -> Value {
    let position = |&byte: &usize| Value::Int64(position_of(text, byte) as i64);
    match occurrence {
        Occurrence::All => Value::list(bytes.iter().map(position)),
        _ => bytes.first().map_or(Value::Int64(-1), position),
    }
}
