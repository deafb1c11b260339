//! Upper and lower case.

use super::long::mapped;
use crate::culture::Culture;
use crate::eval::{Arguments, Context};
use crate::library::conversion::culture_of;
use crate::value::{Result, Value};

pub(super) fn upper(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let culture = culture_of(ctx, &arguments, 1)?;
    mapped(ctx, &text, |piece| culture.to_upper(piece))
}

pub(super) fn lower(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let culture = culture_of(ctx, &arguments, 1)?;
    mapped(ctx, &text, |piece| culture.to_lower(piece))
}

pub(super) fn proper(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let culture = culture_of(ctx, &arguments, 1)?;
    let mut inside = false;
    mapped(ctx, &text, |piece| continued(piece, culture, &mut inside))
}

/// Writes the text with each word in capitals at its start behind another. A word starts at each letter that no letter
/// precedes, so that `o'brien` is two words.
pub(super) fn write_capitalised(text: &str, culture: Culture, result: &mut String) {
    write_continued(text, culture, &mut false, result);
}

/// The next part of a text, whose start is `inside` of a word or not.
fn continued(text: &str, culture: Culture, inside: &mut bool) -> String {
    let mut result = String::with_capacity(text.len());
    write_continued(text, culture, inside, &mut result);
    result
}

fn write_continued(text: &str, culture: Culture, inside: &mut bool, result: &mut String) {
    if text.is_ascii() && !culture.has_dotless_i() {
        return result.extend(text.bytes().map(|byte| {
            let cased = if *inside { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
            *inside = byte.is_ascii_alphabetic();
            char::from(cased)
        }));
    }
    for character in text.chars() {
        let is_letter = character.is_alphabetic();
        result.push(match (is_letter, *inside) {
            (false, _) => character,
            (true, true) => culture.letter_to_lower(character),
            (true, false) => culture.letter_to_upper(character),
        });
        // A combining mark belongs to the letter before.
        *inside = is_letter || (*inside && unicode_normalization::char::is_combining_mark(character));
    }
}
