//! What text functions do to whole columns: the bodies of the functions themselves, on texts that are not copied.

use super::argument::Characters;
use super::position::{byte_at, length, slice};
use crate::culture::Culture;
use crate::eval::Context;
use crate::library::conversion::document_culture;
use crate::table::{Made, Vector};
use crate::value::{Result, Value};

type Given = Result<Option<Vector>>;

/// The argument, if it is the same in each row; `null` if it is not given.
fn same(given: &[Vector], at: usize) -> Option<&Value> {
    match given.get(at) {
        None => Some(&Value::Null),
        Some(vector) => vector.as_same().map(Value::as_plain),
    }
}

fn same_text(given: &[Vector], at: usize) -> Option<&str> {
    same(given, at)?.as_text()
}

fn same_count(given: &[Vector], at: usize) -> Option<usize> {
    match same(given, at)? {
        Value::Int64(count) => usize::try_from(*count).ok(),
        _ => None,
    }
}

fn same_culture(ctx: &Context, given: &[Vector], at: usize) -> Option<Culture> {
    match same(given, at)? {
        Value::Null => Some(document_culture(ctx)),
        Value::Text(name) => Culture::find(name),
        _ => None,
    }
}

pub(super) fn upper(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    Ok(given.first().and_then(|texts| texts.map_texts(|text| Made::Text(culture.to_upper(text)))))
}

pub(super) fn lower(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    Ok(given.first().and_then(|texts| texts.map_texts(|text| Made::Text(culture.to_lower(text)))))
}

pub(super) fn proper(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    let made = |text: &str| super::casing::capitalised(text, culture);
    Ok(given.first().and_then(|texts| texts.map_texts(|text| Made::Text(made(text)))))
}

/// `Text.Trim` and its halves.
pub(super) fn trimmed(ctx: &Context, given: &[Vector], start: bool, end: bool) -> Given {
    let characters = match same(given, 1) {
        Some(Value::Null) => None,
        Some(trim) => match Characters::read(ctx, trim) {
            Ok(characters) => Some(characters),
            Err(error) if error.is_stop() => return Err(error),
            Err(_) => return Ok(None),
        },
        None => return Ok(None),
    };
    let trimmed = |texts: &Vector| {
        texts.map_texts(|text| Made::Part(super::characters::rest(text, characters.as_ref(), start, end)))
    };
    Ok(given.first().and_then(trimmed))
}

pub(super) fn clean(_: &Context, given: &[Vector]) -> Given {
    let clean = |text: &str| text.chars().filter(|character| !character.is_control()).collect();
    Ok(given.first().and_then(|texts| {
        texts.map_texts(|text| match text.chars().any(char::is_control) {
            true => Made::Text(clean(text)),
            false => Made::Part(text),
        })
    }))
}

pub(super) fn reverse(_: &Context, given: &[Vector]) -> Given {
    Ok(given.first().and_then(|texts| texts.map_texts(|text| Made::Text(text.chars().rev().collect()))))
}

/// `Text.Remove` and `Text.Select`.
pub(super) fn kept(ctx: &Context, given: &[Vector], wanted: bool) -> Given {
    let Some(characters) = same(given, 1).map(|characters| Characters::read(ctx, characters)) else {
        return Ok(None);
    };
    let characters = match characters {
        Ok(characters) => characters,
        Err(error) if error.is_stop() => return Err(error),
        Err(_) => return Ok(None),
    };
    let keeps = |character: &char| characters.contains(*character) == wanted;
    Ok(given.first().and_then(|texts| {
        texts.map_texts(|text| match text.chars().all(|character| keeps(&character)) {
            true => Made::Part(text),
            false => Made::Text(text.chars().filter(keeps).collect()),
        })
    }))
}

pub(super) fn text_length(_: &Context, given: &[Vector]) -> Given {
    Ok(given.first().and_then(|texts| texts.map_texts_to_wholes(|text| length(text) as i64)))
}

pub(super) fn start(_: &Context, given: &[Vector]) -> Given {
    let Some(count) = same_count(given, 1) else { return Ok(None) };
    let part = |texts: &Vector| {
        texts.map_texts(|text| {
            Made::Part(byte_at(text, count).and_then(|end| text.get(..end)).unwrap_or(text))
        })
    };
    Ok(given.first().and_then(part))
}

pub(super) fn end(_: &Context, given: &[Vector]) -> Given {
    let Some(count) = same_count(given, 1) else { return Ok(None) };
    let part = |texts: &Vector| {
        texts.map_texts(|text| {
            let from = byte_at(text, length(text).saturating_sub(count)).unwrap_or(0);
            Made::Part(text.get(from..).unwrap_or(""))
        })
    };
    Ok(given.first().and_then(part))
}

pub(super) fn middle(_: &Context, given: &[Vector]) -> Given {
    let Some(start) = same_count(given, 1) else { return Ok(None) };
    let count = match same(given, 2) {
        Some(Value::Null) => usize::MAX,
        Some(_) => match same_count(given, 2) {
            Some(count) => count,
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    Ok(given.first().and_then(|texts| texts.map_texts(|text| Made::Part(slice(text, start, count)))))
}

/// The delimiter of a function that looks for the first one.
fn delimiter(given: &[Vector]) -> Option<&str> {
    match same(given, 2)? {
        Value::Null | Value::Int64(0) => same_text(given, 1),
        _ => None,
    }
}

pub(super) fn before(_: &Context, given: &[Vector]) -> Given {
    let Some(delimiter) = delimiter(given) else { return Ok(None) };
    let part = |texts: &Vector| {
        texts.map_texts(|text| Made::Part(text.find(delimiter).and_then(|at| text.get(..at)).unwrap_or(text)))
    };
    Ok(given.first().and_then(part))
}

pub(super) fn after(_: &Context, given: &[Vector]) -> Given {
    let Some(delimiter) = delimiter(given) else { return Ok(None) };
    let part = |texts: &Vector| {
        texts.map_texts(|text| {
            let found = text.find(delimiter).and_then(|at| text.get(at + delimiter.len()..));
            Made::Part(found.unwrap_or(""))
        })
    };
    Ok(given.first().and_then(part))
}

pub(in crate::library) fn replace_in_texts(_: &Context, given: &[Vector]) -> Given {
    let (Some(old), Some(new)) = (same_text(given, 1), same_text(given, 2)) else { return Ok(None) };
    // What may become too large is left to the function, which asks for the memory first.
    if new.len() > 1024 {
        return Ok(None);
    }
    let replaced = |texts: &Vector| {
        texts.map_texts(|text| match old.is_empty() || !text.contains(old) {
            true => Made::Part(text),
            false => Made::Text(text.replace(old, new)),
        })
    };
    Ok(given.first().and_then(replaced))
}

/// A question about a text and another one that is the same in each row, without a comparer.
pub(super) fn asked(given: &[Vector], ask: impl Fn(&str, &str) -> bool) -> Option<Vector> {
    let Some(Value::Null) = same(given, 2) else { return None };
    let substring = same_text(given, 1)?;
    given.first()?.map_texts_to_logicals(|text| ask(text, substring))
}
