//! What stands between two tokens: comments, and how many lines lie between them.

use crate::syntax::{Token, TokenKind};

/// Where a comment belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// To the line of the token before it.
    Trailing,
    /// To the lines before the next token.
    Own,
    /// To the next token, on its line.
    Inline,
}

/// A comment between two tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'s> {
    /// Its text, without blanks at its end.
    pub(super) text: &'s str,
    /// Where it belongs.
    pub(super) place: Place,
    /// Whether an empty line stands before it.
    pub(super) empty_before: bool,
    /// Whether it is in slashes and stars.
    pub(super) delimited: bool,
}

/// All that stands before a token.
#[derive(Default, Debug)]
pub(super) struct Gap<'s> {
    /// The comments in their order.
    pub(super) comments: Vec<Comment<'s>>,
    /// Whether an empty line stands right before the token.
    pub(super) empty_after: bool,
}

impl<'s> Gap<'s> {
    /// Reads the trivia before a token. `last` says that it is the end of the text, `first` that nothing stands before.
    pub(super) fn read(trivia: &[Token], source: &'s str, first: bool, last: bool) -> Gap<'s> {
        if let [] | [Token { kind: TokenKind::WhiteSpace, .. }] = trivia {
            let lines = trivia.iter().map(|token| line_ends(token.span.of(source))).sum::<usize>();
            return Gap { comments: Vec::new(), empty_after: lines > 1 };
        }
        let mut comments: Vec<Comment<'s>> = Vec::new();
        // For each comment the line ends before it; then those before the token.
        let mut lines = 0;
        let mut before = Vec::new();
        for token in trivia {
            let text = token.span.of(source);
            if token.kind == TokenKind::WhiteSpace {
                lines += line_ends(text);
                continue;
            }
            before.push(std::mem::take(&mut lines));
            comments.push(Comment {
                text: text.trim_end(),
                place: Place::Inline,
                empty_before: false,
                delimited: token.kind == TokenKind::DelimitedComment,
            });
        }
        before.push(lines);
        // The comments on the line of the token before: if the line ends there.
        let broken = before.iter().any(|lines| *lines > 0) || last || comments.iter().any(|c| !c.delimited);
        let own_line = before.iter().skip(1).position(|lines| *lines > 0).map_or(comments.len(), |at| at + 1);
        let trailing = match before.first() {
            Some(0) if broken && !first => own_line,
            _ => 0,
        };
        // The comments on the line of the next token.
        let inline = before.iter().rposition(|lines| *lines > 0).unwrap_or(0);
        let inline = if last { comments.len() } else { inline.max(trailing) };
        let after_line_comment =
            comments.iter().rposition(|comment| !comment.delimited).map_or(0, |at| at + 1);
        let inline = inline.max(after_line_comment);
        for (at, comment) in comments.iter_mut().enumerate() {
            comment.empty_before = before.get(at).is_some_and(|lines| *lines > 1);
            comment.place = if at < trailing {
                Place::Trailing
            } else if at < inline {
                Place::Own
            } else {
                Place::Inline
            };
        }
        let empty_after = before.last().is_some_and(|lines| *lines > 1);
        Gap { comments, empty_after }
    }

    /// Whether the gap ends a line for its comments' sake.
    pub(super) fn breaks(&self) -> bool {
        self.comments.iter().any(|comment| comment.place != Place::Inline)
    }
}

/// The number of line ends in white space.
fn line_ends(text: &str) -> usize {
    let mut count = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                count += 1;
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => count += 1,
            _ => {}
        }
    }
    count
}
