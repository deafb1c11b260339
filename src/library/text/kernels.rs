//! What text functions do to whole columns: the bodies of the functions themselves, on texts that are not copied.

use memchr::memmem;

use super::argument::{Characters, single_character};
use super::position::{byte_at, length, position_of, slice};
use crate::culture::Culture;
use crate::culture::number::{Number, push_text};
use crate::eval::Context;
use crate::library::conversion::document_culture;
use crate::table::{Made, Vector};
use crate::value::{Result, Value};

type Given = Result<Option<Vector>>;

/// The argument, if it is the same in each row; `null` if it is not given.
pub(in crate::library) fn same(given: &[Vector], at: usize) -> Option<&Value> {
    match given.get(at) {
        None => Some(&Value::Null),
        Some(vector) => vector.as_same().map(Value::as_plain),
    }
}

pub(super) fn same_text(given: &[Vector], at: usize) -> Option<&str> {
    same(given, at)?.as_text()
}

fn same_count(given: &[Vector], at: usize) -> Option<usize> {
    match same(given, at)? {
        Value::Int64(count) => usize::try_from(*count).ok(),
        _ => None,
    }
}

pub(in crate::library) fn same_culture(ctx: &Context, given: &[Vector], at: usize) -> Option<Culture> {
    match same(given, at)? {
        Value::Null => Some(document_culture(ctx)),
        Value::Text(name) => Culture::find(name),
        _ => None,
    }
}

/// Texts of which each is made anew.
fn written(given: &[Vector], write: impl Fn(&str, &mut String)) -> Given {
    Ok(given.first().and_then(|texts| {
        texts.map_texts(|text, written| {
            write(text, written);
            Made::Written
        })
    }))
}

/// Texts of which each is a part of the one that is given; `None` raises.
fn parts(given: &[Vector], part: impl for<'t> Fn(&'t str) -> Option<&'t str>) -> Given {
    Ok(given
        .first()
        .and_then(|texts| texts.map_texts(|text, _| part(text).map_or(Made::Nothing, Made::Part))))
}

pub(super) fn upper(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    written(given, |text, written| culture.write_upper(text, written))
}

pub(super) fn lower(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    written(given, |text, written| culture.write_lower(text, written))
}

pub(super) fn proper(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    written(given, |text, written| super::casing::write_capitalised(text, culture, written))
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
    parts(given, |text| Some(super::characters::rest(text, characters.as_ref(), start, end)))
}

/// The characters of a text that are kept, in the pieces they stand in.
fn chosen<'t>(text: &'t str, written: &mut String, keeps: impl Fn(char) -> bool) -> Made<'t> {
    let mut piece = None;
    // The first piece is written only if there is another one.
    let mut first: Option<(usize, usize)> = None;
    let mut end = |from: usize, to: usize| match first {
        None => first = Some((from, to)),
        Some((start, stop)) => {
            if written.is_empty() {
                written.push_str(text.get(start..stop).unwrap_or_default());
            }
            written.push_str(text.get(from..to).unwrap_or_default());
        }
    };
    for (at, character) in text.char_indices() {
        if keeps(character) {
            piece.get_or_insert(at);
        } else if let Some(from) = piece.take() {
            end(from, at);
        }
    }
    if let Some(from) = piece {
        end(from, text.len());
    }
    if !written.is_empty() {
        return Made::Written;
    }
    Made::Part(first.and_then(|(from, to)| text.get(from..to)).unwrap_or_default())
}

pub(super) fn clean(_: &Context, given: &[Vector]) -> Given {
    let clean = |texts: &Vector| {
        texts.map_texts(|text, written| match text.bytes().any(|byte| !(b' '..=b'~').contains(&byte)) {
            true => chosen(text, written, |character| !character.is_control()),
            false => Made::Part(text),
        })
    };
    Ok(given.first().and_then(clean))
}

pub(super) fn reverse(_: &Context, given: &[Vector]) -> Given {
    written(given, |text, written| written.extend(text.chars().rev()))
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
    let keeps = |character: char| characters.contains(character) == wanted;
    Ok(given.first().and_then(|texts| texts.map_texts(|text, written| chosen(text, written, keeps))))
}

pub(super) fn text_length(_: &Context, given: &[Vector]) -> Given {
    Ok(given.first().and_then(|texts| texts.text_lengths(length)))
}

pub(super) fn at(_: &Context, given: &[Vector]) -> Given {
    let Some(index) = same_count(given, 1) else { return Ok(None) };
    parts(given, |text| match text.is_ascii() {
        true => text.get(index..index.checked_add(1)?),
        false => byte_at(text, index).filter(|byte| *byte < text.len()).map(|_| slice(text, index, 1)),
    })
}

pub(super) fn start(_: &Context, given: &[Vector]) -> Given {
    let Some(count) = same_count(given, 1) else { return Ok(None) };
    parts(given, |text| Some(byte_at(text, count).and_then(|end| text.get(..end)).unwrap_or(text)))
}

pub(super) fn end(_: &Context, given: &[Vector]) -> Given {
    let Some(count) = same_count(given, 1) else { return Ok(None) };
    parts(given, |text| {
        let from = byte_at(text, length(text).saturating_sub(count)).unwrap_or(0);
        Some(text.get(from..).unwrap_or(""))
    })
}

/// The count at a position, `missing` where it is `null`; nothing if it differs from row to row or is none.
fn optional_count(given: &[Vector], at: usize, missing: usize) -> Option<usize> {
    match same(given, at)? {
        Value::Null => Some(missing),
        _ => same_count(given, at),
    }
}

pub(super) fn middle(_: &Context, given: &[Vector]) -> Given {
    let (Some(start), Some(count)) = (same_count(given, 1), optional_count(given, 2, usize::MAX)) else {
        return Ok(None);
    };
    parts(given, |text| Some(slice(text, start, count)))
}

pub(super) fn range(_: &Context, given: &[Vector]) -> Given {
    let (Some(offset), Some(count)) = (same_count(given, 1), optional_count(given, 2, usize::MAX)) else {
        return Ok(None);
    };
    parts(given, |text| {
        let from = byte_at(text, offset)?;
        match count {
            usize::MAX => text.get(from..),
            count => text.get(from..byte_at(text, offset.checked_add(count)?)?),
        }
    })
}

pub(super) fn insert(_: &Context, given: &[Vector]) -> Given {
    let (Some(offset), Some(new)) = (same_count(given, 1), same_text(given, 2)) else { return Ok(None) };
    Ok(given.first().and_then(|texts| {
        texts.map_texts(|text, written| {
            let Some((before, after)) = byte_at(text, offset).and_then(|at| text.split_at_checked(at)) else {
                return Made::Nothing;
            };
            [before, new, after].iter().for_each(|piece| written.push_str(piece));
            Made::Written
        })
    }))
}

/// What may become too large is left to the function, which asks for the memory first.
const LARGE: usize = 1024;

pub(super) fn repeated(_: &Context, given: &[Vector]) -> Given {
    let Some(count) = same_count(given, 1).filter(|count| *count <= LARGE) else { return Ok(None) };
    Ok(given.first().and_then(|texts| {
        texts.map_texts(|text, written| {
            if text.len() > LARGE {
                return Made::Nothing;
            }
            (0..count).for_each(|_| written.push_str(text));
            Made::Written
        })
    }))
}

/// `Text.PadStart` and `Text.PadEnd`.
pub(super) fn padded(_: &Context, given: &[Vector], at_start: bool) -> Given {
    let Some(count) = same_count(given, 1).filter(|count| *count <= LARGE) else { return Ok(None) };
    let character = match same(given, 2) {
        Some(Value::Null) => ' ',
        Some(character) => match single_character(character) {
            Ok(character) => character,
            Err(_) => return Ok(None),
        },
        None => return Ok(None),
    };
    Ok(given.first().and_then(|texts| {
        texts.map_texts(|text, written| {
            let missing = count.saturating_sub(length(text)) / character.len_utf16();
            if missing == 0 {
                return Made::Part(text);
            }
            if !at_start {
                written.push_str(text);
            }
            (0..missing).for_each(|_| written.push(character));
            if at_start {
                written.push_str(text);
            }
            Made::Written
        })
    }))
}

/// The delimiter of a function that looks for the first one.
fn delimiter(given: &[Vector], index: usize) -> Option<Finder<'_>> {
    match same(given, index)? {
        Value::Null | Value::Int64(0) => same_text(given, 1).map(Finder::new),
        _ => None,
    }
}

pub(super) fn before(_: &Context, given: &[Vector]) -> Given {
    let Some(delimiter) = delimiter(given, 2) else { return Ok(None) };
    parts(given, |text| Some(delimiter.find(text).and_then(|at| text.get(..at)).unwrap_or(text)))
}

pub(super) fn after(_: &Context, given: &[Vector]) -> Given {
    let Some(delimiter) = delimiter(given, 2) else { return Ok(None) };
    parts(given, |text| Some(delimiter.find(text).and_then(|at| delimiter.rest(text, at)).unwrap_or("")))
}

pub(super) fn between(_: &Context, given: &[Vector]) -> Given {
    let Some(Value::Null | Value::Int64(0)) = same(given, 4) else { return Ok(None) };
    let (Some(opening), Some(closing)) = (delimiter(given, 3), same_text(given, 2)) else { return Ok(None) };
    let closing = Finder::new(closing);
    parts(given, |text| {
        let Some(after) = opening.find(text).and_then(|at| opening.rest(text, at)) else { return Some("") };
        Some(closing.find(after).and_then(|at| after.get(..at)).unwrap_or(after))
    })
}

pub(in crate::library) fn replace_in_texts(_: &Context, given: &[Vector]) -> Given {
    let (Some(old), Some(new)) = (same_text(given, 1), same_text(given, 2)) else { return Ok(None) };
    if new.len() > LARGE {
        return Ok(None);
    }
    let finder = Finder::new(old);
    let replaced = |texts: &Vector| {
        texts.map_texts(|text, written| {
            let mut rest = text;
            if old.is_empty() {
                return Made::Part(text);
            }
            while let Some(at) = finder.find(rest) {
                written.push_str(rest.get(..at).unwrap_or_default());
                written.push_str(new);
                rest = finder.rest(rest, at).unwrap_or_default();
            }
            if rest.len() == text.len() {
                return Made::Part(text);
            }
            written.push_str(rest);
            Made::Written
        })
    };
    Ok(given.first().and_then(replaced))
}

/// The first place of a text in each; -1 where there is none.
pub(super) fn position(_: &Context, given: &[Vector]) -> Given {
    let (Some(Value::Null | Value::Int64(0)), Some(Value::Null)) = (same(given, 2), same(given, 3)) else {
        return Ok(None);
    };
    let Some(finder) = same_text(given, 1).map(Finder::new) else { return Ok(None) };
    let position = |text: &str| finder.find(text).map_or(-1, |at| position_of(text, at) as i64);
    Ok(given
        .first()
        .filter(|texts| texts.has_all())
        .and_then(|texts| texts.map_texts_to_wholes(|text| Some(position(text)))))
}

pub(super) fn to_number(_: &Context, given: &[Vector]) -> Given {
    let number = |text: &str| {
        let character = text.chars().next()?;
        (character.len_utf8() == text.len()).then_some(character as i64)
    };
    Ok(given.first().and_then(|texts| texts.map_texts_to_wholes(number)))
}

pub(super) fn from_number(_: &Context, given: &[Vector]) -> Given {
    let character = |number: i64, text: &mut String| {
        text.push(char::from_u32(u32::try_from(number).ok()?)?);
        Some(())
    };
    Ok(given.first().and_then(|numbers| {
        numbers.map_numbers_to_texts(character, |double, text| {
            (double.fract() == 0.0).then_some(())?;
            character(double as i64, text)
        })
    }))
}

/// `Text.From` of numbers and texts.
pub(super) fn from(ctx: &Context, given: &[Vector]) -> Given {
    let Some(culture) = same_culture(ctx, given, 1) else { return Ok(None) };
    Ok(given.first().and_then(|values| {
        if values.column().as_text().is_some() {
            return Some(values.clone());
        }
        values.map_numbers_to_texts(
            |whole, text| {
                text.push_str(itoa::Buffer::new().format(whole));
                Some(())
            },
            |double, text| {
                push_text(text, Number::Double(double), culture);
                Some(())
            },
        )
    }))
}

/// A text that is looked for in many others.
pub(super) struct Finder<'n> {
    needle: &'n str,
    finder: memmem::Finder<'n>,
}

impl<'n> Finder<'n> {
    fn new(needle: &'n str) -> Finder<'n> {
        Finder { needle, finder: memmem::Finder::new(needle) }
    }

    /// The byte at which the text is found first.
    #[inline]
    fn find(&self, text: &str) -> Option<usize> {
        match self.needle.as_bytes() {
            [byte] => memchr::memchr(*byte, text.as_bytes()),
            _ => self.finder.find(text.as_bytes()),
        }
    }

    /// What comes after the text where it was found.
    fn rest<'t>(&self, text: &'t str, at: usize) -> Option<&'t str> {
        text.get(at + self.needle.len()..)
    }
}

/// Whether each text contains another one that is the same for all, without a comparer.
pub(super) fn contains(_: &Context, given: &[Vector]) -> Given {
    let Some(Value::Null) = same(given, 2) else { return Ok(None) };
    let Some(finder) = same_text(given, 1).map(Finder::new) else { return Ok(None) };
    Ok(given.first().and_then(|texts| texts.map_texts_to_logicals(|text| finder.find(text).is_some())))
}

/// A question about a text and another one that is the same in each row, without a comparer.
pub(super) fn asked(given: &[Vector], ask: impl Fn(&str, &str) -> bool) -> Option<Vector> {
    let Some(Value::Null) = same(given, 2) else { return None };
    let substring = same_text(given, 1)?;
    given.first()?.map_texts_to_logicals(|text| ask(text, substring))
}
