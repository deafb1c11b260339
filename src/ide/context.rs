//! Where in an expression a cursor stands, from the tokens before it.

use crate::syntax::{Token, TokenKind, literal, parse};
use crate::text::Span;

/// The tokens before a cursor, white space and comments left out.
pub(super) struct Before<'s> {
    pub(super) text: &'s str,
    pub(super) tokens: Vec<Token>,
    /// Whether the cursor stands inside a comment.
    pub(super) in_comment: bool,
}

/// The call a cursor stands in.
pub(super) struct Call<'s> {
    /// The name that is called, quotes removed.
    pub(super) callee: String,
    /// Which argument the cursor stands in, from 0.
    pub(super) argument: usize,
    /// Whether nothing of that argument is there yet.
    pub(super) empty: bool,
    /// The text of the first argument, if the cursor stands after it.
    pub(super) first: Option<&'s str>,
}

impl<'s> Before<'s> {
    pub(super) fn new(text: &'s str, offset: usize) -> Before<'s> {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or(text);
        let all = parse(text).tree.tokens().to_vec();
        let last = all.iter().rev().find(|token| token.kind != TokenKind::End);
        let in_comment = last.is_some_and(|token| {
            let written = token.span.of(text);
            match token.kind {
                TokenKind::LineComment => true,
                TokenKind::DelimitedComment => !written.ends_with("*/") || written.len() < 4,
                _ => false,
            }
        });
        let tokens =
            all.into_iter().filter(|token| !token.kind.is_trivia() && token.kind != TokenKind::End).collect();
        Before { text, tokens, in_comment }
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The text of a token.
    pub(super) fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.text))
    }

    /// Whether the cursor stands inside a text (or quoted name) that is not closed; where that begins.
    pub(super) fn open_quote(&self) -> Option<(usize, TokenKind)> {
        let last = self.tokens.last()?;
        let written = last.span.of(self.text);
        let (prefix, kind) = match written.as_bytes() {
            [b'"', ..] => (1, TokenKind::Text),
            [b'#', b'"', ..] => (2, TokenKind::QuotedIdentifier),
            _ => return None,
        };
        let inner = written.get(prefix..)?;
        // Quotes inside are doubled: an even number of them closes nothing.
        let open = inner.matches('"').count() % 2 == 0;
        open.then_some((last.span.start as usize + prefix, kind))
    }

    /// The innermost bracket that is open before the token `end`.
    pub(super) fn open_bracket(&self, end: usize) -> Option<usize> {
        let mut closed = 0usize;
        for at in (0..end).rev() {
            match self.kind(at)? {
                TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => closed += 1,
                TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::LeftBrace => match closed {
                    0 => return Some(at),
                    _ => closed -= 1,
                },
                _ => {}
            }
        }
        None
    }

    /// Whether a token can end an expression that selectors may follow.
    pub(super) fn ends_value(&self, at: usize) -> bool {
        matches!(
            self.kind(at),
            Some(
                TokenKind::Identifier
                    | TokenKind::QuotedIdentifier
                    | TokenKind::RightParen
                    | TokenKind::RightBracket
                    | TokenKind::RightBrace
                    | TokenKind::Question
            )
        )
    }

    /// The first token of the value that ends before the token `end`: a name or group with its selectors.
    pub(super) fn value_start(&self, end: usize) -> usize {
        let mut at = end;
        loop {
            let Some(last) = at.checked_sub(1) else { return at };
            match self.kind(last) {
                Some(TokenKind::Question) => at = last,
                Some(TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace) => {
                    let Some(open) = self.open_bracket(last) else { return at };
                    at = open;
                    let selector = open.checked_sub(1).is_some_and(|before| self.ends_value(before));
                    if !selector {
                        return at;
                    }
                }
                Some(TokenKind::Identifier | TokenKind::QuotedIdentifier) => {
                    let inclusive =
                        last.checked_sub(1).filter(|before| self.kind(*before) == Some(TokenKind::At));
                    return inclusive.unwrap_or(last);
                }
                _ => return at,
            }
        }
    }

    /// The text of some tokens.
    pub(super) fn text_of(&self, from: usize, end: usize) -> &'s str {
        match (self.tokens.get(from), end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if from < end => {
                Span::new(first.span.start, last.span.end).of(self.text)
            }
            _ => "",
        }
    }

    /// The innermost call around the token `end`: its callee is a name before an open parenthesis.
    pub(super) fn call(&self, end: usize) -> Option<Call<'s>> {
        let mut end_of_search = end;
        loop {
            let open = self.open_bracket(end_of_search)?;
            let callee = open.checked_sub(1).filter(|callee| {
                matches!(self.kind(*callee), Some(TokenKind::Identifier | TokenKind::QuotedIdentifier))
            });
            if self.kind(open) == Some(TokenKind::LeftParen)
                && let Some(callee) = callee
            {
                let (commas, first_end) = self.commas(open + 1, end);
                let last_is_comma = end.checked_sub(1).is_some_and(|last| {
                    last == open
                        || (self.kind(last) == Some(TokenKind::Comma)
                            && self.open_bracket(last) == Some(open))
                });
                return Some(Call {
                    callee: unquoted(self.word(callee)),
                    argument: commas,
                    empty: last_is_comma,
                    first: first_end.map(|first_end| self.text_of(open + 1, first_end)),
                });
            }
            end_of_search = open;
        }
    }

    /// How many commas stand between two tokens outside of brackets, and where the first one is.
    fn commas(&self, start: usize, end: usize) -> (usize, Option<usize>) {
        let (mut depth, mut count, mut first) = (0usize, 0, None);
        for at in start..end {
            match self.kind(at) {
                Some(TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::LeftBrace) => depth += 1,
                Some(TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace) => {
                    depth = depth.saturating_sub(1);
                }
                Some(TokenKind::Comma) if depth == 0 => {
                    count += 1;
                    first = first.or(Some(at));
                }
                _ => {}
            }
        }
        (count, first)
    }
}

/// A name without its quotes.
pub(super) fn unquoted(word: &str) -> String {
    match word.starts_with("#\"") {
        true => literal::quoted_identifier(word).into_owned(),
        false => word.to_owned(),
    }
}
