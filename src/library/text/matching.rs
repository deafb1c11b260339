//! Finding a text in another by any comparer.

use std::sync::Arc;

use super::long::{Matches, is_long, last_match};
use crate::criteria::Rule;
use crate::culture::Culture;
use crate::culture::collation::Collation;
use crate::eval::Context;
use crate::value::{Function, Result, Value};

/// When two pieces of text are the same.
pub(super) enum Matching {
    Exact,
    IgnoreCase,
    Collation(Collation),
    /// A comparer of the program's own, asked about pieces of the searched text that are as long as the other.
    Function(Rule),
}

/// Which matches are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Find {
    First,
    Last,
    /// All that do not overlap.
    All,
    AtStart,
    AtEnd,
}

impl Matching {
    /// What a comparer argument asks for; exact matching if there is none.
    pub(super) fn of(comparer: Option<&Arc<Function>>) -> Matching {
        let Some(function) = comparer else { return Matching::Exact };
        match Rule::of(function) {
            Rule::Plain => Matching::Exact,
            Rule::IgnoreCase => Matching::IgnoreCase,
            Rule::Collation(collation) => Matching::Collation(collation),
            rule => Matching::Function(rule),
        }
    }

    /// The bytes at which matches start.
    pub(super) fn find(&self, ctx: &Context, text: &str, wanted: &str, find: Find) -> Result<Vec<usize>> {
        let ascii = text.is_ascii() && wanted.is_ascii();
        match self {
            Matching::Exact if is_long(text) && !wanted.is_empty() => exact_in_long(ctx, text, wanted, find),
            Matching::Exact => Ok(exact(text, wanted, find)),
            Matching::IgnoreCase if ascii => {
                let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
                let same = |at: usize| {
                    Ok(text
                        .get(at..at + wanted.len())
                        .is_some_and(|piece| piece.eq_ignore_ascii_case(wanted)))
                };
                windows(ctx, text.len(), wanted.len(), find, same)
            }
            Matching::IgnoreCase => {
                let culture = Culture::default();
                let fold = |text: &str| -> Vec<(char, usize)> {
                    text.char_indices().map(|(at, letter)| (culture.letter_to_upper(letter), at)).collect()
                };
                among(ctx, &fold(text), &fold(wanted), text.len(), find)
            }
            Matching::Collation(collation) => {
                among(ctx, &collation.elements(text), &collation.elements(wanted), text.len(), find)
            }
            Matching::Function(rule) => {
                let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let (count, width) = (starts.len() - 1, wanted.chars().count());
                let wanted = Value::text(wanted);
                let same = |at: usize| {
                    let piece = starts.get(at).zip(starts.get(at + width));
                    let piece = piece.and_then(|(&from, &to)| text.get(from..to)).unwrap_or("");
                    rule.equal(ctx, &Value::text(piece), &wanted)
                };
                let found = windows(ctx, count, width, find, same)?;
                Ok(found.into_iter().filter_map(|at| starts.get(at).copied()).collect())
            }
        }
    }
}

fn exact(text: &str, wanted: &str, find: Find) -> Vec<usize> {
    let one = |found: Option<usize>| found.into_iter().collect();
    match find {
        Find::First => one(text.find(wanted)),
        Find::Last => one(text.rfind(wanted)),
        Find::All => text.match_indices(wanted).map(|(at, _)| at).collect(),
        Find::AtStart => one(text.starts_with(wanted).then_some(0)),
        Find::AtEnd => one(text.ends_with(wanted).then(|| text.len() - wanted.len())),
    }
}

fn exact_in_long(ctx: &Context, text: &str, wanted: &str, find: Find) -> Result<Vec<usize>> {
    let mut matches = Matches::new(text, wanted);
    let mut found = Vec::new();
    match find {
        Find::First => found.extend(matches.next(ctx)?),
        Find::Last => found.extend(last_match(ctx, text, wanted)?),
        Find::All => {
            while let Some(at) = matches.next(ctx)? {
                found.push(at);
            }
        }
        Find::AtStart | Find::AtEnd => return Ok(exact(text, wanted, find)),
    }
    Ok(found)
}

/// Finds a sequence of elements, each with the byte it starts at; `end` is the byte behind the last. Several elements may come from one character:
/// a match must not start within one.
fn among<E: PartialEq>(
    ctx: &Context,
    text: &[(E, usize)],
    wanted: &[(E, usize)],
    end: usize,
    find: Find,
) -> Result<Vec<usize>> {
    let byte = |at: usize| text.get(at).map(|(_, byte)| *byte);
    let starts = |at: usize| at == 0 || byte(at) != byte(at - 1);
    let same = |at: usize| {
        let piece = text.get(at..at + wanted.len()).unwrap_or(&[]);
        Ok(starts(at)
            && starts(at + wanted.len())
            && piece.iter().zip(wanted).all(|((piece, _), (wanted, _))| piece == wanted))
    };
    let found = windows(ctx, text.len(), wanted.len(), find, same)?;
    Ok(found.into_iter().map(|at| byte(at).unwrap_or(end)).collect())
}

/// The places among `count` elements at which a piece of `width` elements is the `same` as what is looked for.
fn windows(
    ctx: &Context,
    count: usize,
    width: usize,
    find: Find,
    mut same: impl FnMut(usize) -> Result<bool>,
) -> Result<Vec<usize>> {
    let mut found = Vec::new();
    let Some(last) = count.checked_sub(width) else { return Ok(found) };
    let candidates: Box<dyn Iterator<Item = usize>> = match find {
        Find::First | Find::All => Box::new(0..=last),
        Find::Last => Box::new((0..=last).rev()),
        Find::AtStart => Box::new(std::iter::once(0)),
        Find::AtEnd => Box::new(std::iter::once(last)),
    };
    let mut free_from = 0;
    for at in candidates {
        ctx.step()?;
        if at < free_from || !same(at)? {
            continue;
        }
        found.push(at);
        if find != Find::All {
            break;
        }
        free_from = at + width.max(1);
    }
    Ok(found)
}
