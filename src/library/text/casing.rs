//! Upper and lower case.

use crate::culture::Culture;
use crate::eval::{Arguments, Context};
use crate::library::conversion::culture_of;
use crate::value::{Result, Value};

pub(super) fn upper(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(Value::from(culture_of(ctx, &arguments, 1)?.to_upper(&text)))
}

pub(super) fn lower(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(Value::from(culture_of(ctx, &arguments, 1)?.to_lower(&text)))
}

pub(super) fn proper(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(Value::from(capitalised(&text, culture_of(ctx, &arguments, 1)?)))
}

/// A word starts at each letter that no letter precedes, so that `o'brien` is two words.
pub(super) fn capitalised(text: &str, culture: Culture) -> String {
    let mut result = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        let is_letter = character.is_alphabetic();
        result.push(match (is_letter, inside) {
            (false, _) => character,
            (true, true) => culture.letter_to_lower(character),
            (true, false) => culture.letter_to_upper(character),
        });
        // A combining mark belongs to the letter before.
        inside = is_letter || (inside && unicode_normalization::char::is_combining_mark(character));
    }
    result
}
