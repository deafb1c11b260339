//! Parts of a text by delimiters.

use super::argument::out_of_range;
use super::long::{Matches, Pieces, each_piece, is_long, joined};
use crate::eval::{Arguments, Context};
use crate::value::{Result, Text, Value};

/// Which of several delimiters is meant.
#[derive(Clone, Copy)]
struct Index {
    /// How many are passed over.
    skip: usize,
    from_end: bool,
}

impl Index {
    /// Reads a number, or a list of a number and a `RelativePosition`.
    fn read(ctx: &Context, arguments: &Arguments<'_>, at: usize, parameter: &str) -> Result<Index> {
        let value = arguments.value(at);
        let Value::List(list) = value else {
            return Ok(Index {
                skip: arguments.optional_count(at, parameter)?.unwrap_or(0),
                from_end: false,
            });
        };
        let mut items = list.values(ctx)?;
        if items.is_empty() || items.len() > 2 {
            return Err(out_of_range(parameter, value));
        }
        let items = Arguments::new(&mut items);
        let from_end = match items.optional_whole(1, parameter)? {
            None | Some(0) => false,
            Some(1) => true,
            Some(_) => return Err(out_of_range(parameter, value)),
        };
        Ok(Index { skip: items.count(0, parameter)?, from_end })
    }

    /// The byte where the delimiter that is meant starts.
    fn find(self, text: &str, delimiter: &str) -> Option<usize> {
        if self.from_end {
            text.rmatch_indices(delimiter).nth(self.skip).map(|(at, _)| at)
        } else {
            text.match_indices(delimiter).nth(self.skip).map(|(at, _)| at)
        }
    }
}

pub(super) fn before(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let delimiter = arguments.text(1)?;
    let index = Index::read(ctx, &arguments, 2, "index")?;
    Ok(match index.find(&text, &delimiter) {
        Some(at) => joined(ctx, &[text.get(..at).unwrap_or("")])?,
        None => Value::Text(text),
    })
}

pub(super) fn after(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let delimiter = arguments.text(1)?;
    let index = Index::read(ctx, &arguments, 2, "index")?;
    let found = index.find(&text, &delimiter);
    joined(ctx, &[found.and_then(|at| text.get(at + delimiter.len()..)).unwrap_or("")])
}

pub(super) fn between(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (opening, closing) = (arguments.text(1)?, arguments.text(2)?);
    let start = Index::read(ctx, &arguments, 3, "startIndex")?;
    let end = Index::read(ctx, &arguments, 4, "endIndex")?;
    joined(ctx, &[enclosed(&text, &opening, &closing, start, end)])
}

/// The end delimiter is looked for from the start delimiter on: to the right, or, counted from the end, to the
/// left. Where it is missing all of that side is taken.
fn enclosed<'t>(text: &'t str, opening: &str, closing: &str, start: Index, end: Index) -> &'t str {
    let Some(at) = start.find(text, opening) else { return "" };
    let part = if end.from_end {
        let before = text.get(..at).unwrap_or("");
        match end.find(before, closing) {
            Some(closed) => before.get(closed + closing.len()..),
            None => Some(before),
        }
    } else {
        let after = text.get(at + opening.len()..).unwrap_or("");
        match end.find(after, closing) {
            Some(closed) => after.get(..closed),
            None => Some(after),
        }
    };
    part.unwrap_or("")
}

pub(super) fn split(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (text, separator) = (arguments.text(0)?, arguments.text(1)?);
    if separator.is_empty() {
        return Ok(whole(text));
    }
    if !is_long(&text) {
        return Ok(Value::list(text.split(separator.as_str()).map(Value::text)));
    }
    let (mut matches, mut parts, mut done) = (Matches::new(&text, &separator), Vec::new(), 0);
    while let Some(at) = matches.next(ctx)? {
        parts.push(joined(ctx, &[text.get(done..at).unwrap_or("")])?);
        done = at + separator.len();
    }
    parts.push(joined(ctx, &[text.get(done..).unwrap_or("")])?);
    Ok(Value::list(parts))
}

pub(super) fn split_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (text, separators) = (arguments.text(0)?, arguments.text(1)?);
    if separators.is_empty() {
        return Ok(whole(text));
    }
    let (mut parts, mut part) = (Vec::new(), Pieces::default());
    each_piece(ctx, &text, |piece| {
        let mut ends = piece.split(|character| separators.contains(character));
        part.push(ctx, ends.next().unwrap_or(""))?;
        for next in ends {
            parts.push(std::mem::take(&mut part).finish(ctx)?);
            part.push(ctx, next)?;
        }
        Ok(())
    })?;
    parts.push(part.finish(ctx)?);
    Ok(Value::list(parts))
}

fn whole(text: Text) -> Value {
    Value::list([Value::Text(text)])
}
