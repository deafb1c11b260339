//! Functions that look at one character at a time.

use std::sync::OnceLock;

use super::argument::Characters;
use super::long::{Pieces, each_piece, is_long, mapped};
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
    kept(ctx, text, |character| characters.contains(character))
}

pub(super) fn remove(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let characters = Characters::read(ctx, arguments.value(1))?;
    kept(ctx, text, |character| !characters.contains(character))
}

pub(super) fn clean(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    kept(ctx, text, |character| !character.is_control())
}

fn kept(ctx: &Context, text: Text, keep: impl Fn(char) -> bool) -> Result<Value> {
    if !is_long(&text) && text.chars().all(&keep) {
        return Ok(Value::Text(text));
    }
    mapped(ctx, &text, |piece| piece.chars().filter(|&character| keep(character)).collect())
}

pub(super) fn to_list(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let text = arguments.text(0)?;
    let mut characters = Vec::new();
    each_piece(ctx, &text, |piece| {
        characters.extend(piece.chars().map(|character| Value::Text(alone(character))));
        ctx.reserve(characters.len().saturating_mul(size_of::<Value>()))
    })?;
    Ok(Value::list(characters))
}

/// A character as a text. The texts of plain letters and digits are shared.
fn alone(character: char) -> Text {
    static PLAIN: OnceLock<[Text; 128]> = OnceLock::new();
    let make = |character: char| Text::new(character.encode_utf8(&mut [0; 4]));
    let plain = PLAIN.get_or_init(|| std::array::from_fn(|code| make(char::from(code as u8))));
    plain.get(character as usize).map_or_else(|| make(character), Text::clone)
}

pub(super) fn reverse(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    if !is_long(&text) {
        return Ok(Value::from(text.chars().rev().collect::<String>()));
    }
    let (mut pieces, mut reversed) = (Vec::new(), Pieces::default());
    each_piece(ctx, &text, |piece| {
        pieces.push(piece);
        Ok(())
    })?;
    for piece in pieces.into_iter().rev() {
        reversed.push(ctx, &piece.chars().rev().collect::<String>())?;
    }
    reversed.finish(ctx)
}
