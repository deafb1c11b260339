//! Formatting a part of a text, as editors ask for it.

use super::{FormatError, Style, formatted, is_comment};
use crate::syntax::{self, Parsed, Token, Tree};
use crate::text::Span;

/// A replacement in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What takes its place.
    pub text: String,
}

/// Formats the lines that a range touches, and no more than that: what it gives is what [`format`](super::format)
/// would make of these lines. None if they are well already. Where comments would move out of the range, the range
/// grows to hold them.
///
/// # Errors
/// As for [`format`](super::format): the whole text must parse.
pub fn format_range(source: &str, range: Span, style: &Style) -> Result<Option<Edit>, FormatError> {
    let Parsed { tree, errors } = syntax::parse(source);
    if !errors.is_empty() {
        return Err(FormatError::Syntax(errors));
    }
    let (text, again) = formatted(&tree, source, style)?;
    let (old, new) = (Tokens::of(&tree), Tokens::of(&again));
    // Both have the same tokens: what is replaced goes from the gap before the first token of the range's first
    // line to the last token of its last line.
    let count = old.starts.len();
    let (start, end) = (line_start(source, range.start), line_end(source, range.end));
    let mut first = old.starts.partition_point(|token| token.span.end <= start).min(count.saturating_sub(1));
    let mut last = old.starts.partition_point(|token| token.span.start < end).saturating_sub(1);
    if end as usize == source.len() {
        last = count.saturating_sub(1);
    }
    last = last.max(first);
    // A comment that moved over a token: the same comments must stand on both sides.
    while first > 0 && old.comments_before(first) != new.comments_before(first) {
        first -= 1;
    }
    while last + 1 < count && old.comments.get(last) != new.comments.get(last) {
        last += 1;
    }
    let (before, after) = (old.place(first, last), new.place(first, last));
    let replacement = after.of(&text);
    if before.of(source) == replacement {
        return Ok(None);
    }
    Ok(Some(Edit { span: before, text: replacement.to_owned() }))
}

/// The tokens that are not trivia, with the number of comments before the start of each.
struct Tokens {
    starts: Vec<Token>,
    comments: Vec<usize>,
}

impl Tokens {
    fn of(tree: &Tree) -> Tokens {
        let (mut starts, mut comments, mut seen) = (Vec::new(), Vec::new(), 0);
        for &token in tree.tokens() {
            seen += usize::from(is_comment(token));
            if !token.kind.is_trivia() {
                starts.push(token);
                comments.push(seen);
            }
        }
        Tokens { starts, comments }
    }

    /// The number of comments before the gap in front of a token.
    fn comments_before(&self, token: usize) -> usize {
        token.checked_sub(1).and_then(|before| self.comments.get(before)).copied().unwrap_or(0)
    }

    /// From the end of the token before `first` to the end of the token `last`.
    fn place(&self, first: usize, last: usize) -> Span {
        let start = first.checked_sub(1).and_then(|at| self.starts.get(at)).map_or(0, |token| token.span.end);
        let end = self.starts.get(last).map_or(start, |token| token.span.end);
        Span::new(start, end.max(start))
    }
}

fn line_start(source: &str, at: u32) -> u32 {
    let before = source.get(..at as usize).unwrap_or(source);
    before.rfind('\n').map_or(0, |newline| newline as u32 + 1)
}

fn line_end(source: &str, at: u32) -> u32 {
    let after = source.get(at as usize..).unwrap_or("");
    after.find('\n').map_or(source.len() as u32, |newline| at + newline as u32)
}
