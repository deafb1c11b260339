//! Combiners: functions that put the texts of a list together.

use super::arguments::{combiner, counts, positions, quotes, ranges, texts};
use super::scan::Quotes;
use crate::eval::{Arguments, Context};
use crate::value::{Result, Text, Value};

pub(super) fn by_delimiter(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (delimiter, quotes) = (arguments.text(0)?, quotes(&arguments, 1)?);
    Ok(combiner("Combiner.CombineTextByDelimiter", move |texts| {
        let mut combined = String::new();
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                combined.push_str(&delimiter);
            }
            push_quoted(text, quotes, std::slice::from_ref(&delimiter), &mut combined);
        }
        combined
    }))
}

pub(super) fn by_each_delimiter(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (delimiters, quotes) = (texts(ctx, &arguments.list(0)?)?, quotes(&arguments, 1)?);
    Ok(combiner("Combiner.CombineTextByEachDelimiter", move |texts| {
        let mut combined = String::new();
        for (at, text) in texts.iter().enumerate() {
            if let Some(delimiter) = at.checked_sub(1).and_then(|before| delimiters.get(before)) {
                combined.push_str(delimiter);
            }
            push_quoted(text, quotes, &delimiters, &mut combined);
        }
        combined
    }))
}

/// Puts a text that a splitter would take apart in quotes.
fn push_quoted(text: &str, quotes: Quotes, delimiters: &[Text], out: &mut String) {
    let would_split = |delimiter: &Text| !delimiter.is_empty() && text.contains(delimiter.as_str());
    if quotes == Quotes::Ignored || !(text.contains(['"', '\r', '\n']) || delimiters.iter().any(would_split))
    {
        out.push_str(text);
        return;
    }
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

pub(super) fn by_positions(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let positions = positions(ctx, &arguments)?;
    let ends = positions.iter().skip(1).copied().map(Some).chain([None]);
    let ranges =
        positions.iter().zip(ends).map(|(&start, end)| (start, end.map(|end| end - start))).collect();
    placed("Combiner.CombineTextByPositions", &arguments, ranges)
}

pub(super) fn by_lengths(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut start: usize = 0;
    let ranges = counts(ctx, &arguments.list(0)?, "lengths")?
        .into_iter()
        .map(|length| {
            let next = start.saturating_add(length);
            (std::mem::replace(&mut start, next), Some(length))
        })
        .collect();
    placed("Combiner.CombineTextByLengths", &arguments, ranges)
}

pub(super) fn by_ranges(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let ranges = ranges(ctx, &arguments.list(0)?)?;
    placed("Combiner.CombineTextByRanges", &arguments, ranges)
}

/// The longest text that a combiner fills up with blanks, in characters.
const LONGEST: usize = 1 << 26;

/// A combiner that writes each text over a template at its range: what is longer is cut, what lies between stays
/// as in the template, or blank.
fn placed(name: &str, arguments: &Arguments<'_>, ranges: Vec<(usize, Option<usize>)>) -> Result<Value> {
    if ranges.iter().any(|&(start, _)| start > LONGEST) {
        return Err(crate::library::text::argument::out_of_range("positions", arguments.value(0)));
    }
    let template: Vec<char> = arguments.optional_text(1)?.unwrap_or_default().chars().collect();
    Ok(combiner(name, move |texts| {
        let mut combined = template.clone();
        for (text, &(start, length)) in texts.iter().zip(&ranges) {
            for (at, character) in text.chars().take(length.unwrap_or(usize::MAX)).enumerate() {
                let at = start + at;
                if combined.len() <= at {
                    combined.resize(at + 1, ' ');
                }
                if let Some(place) = combined.get_mut(at) {
                    *place = character;
                }
            }
        }
        combined.into_iter().collect()
    }))
}
