//! Reporting mistakes and finding the place to go on; and the comma-separated sequences, where most of
//! that happens.

use super::advice::{found, separator_help};
use super::{MAX_ERRORS, Parser, Wait};
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId, NodeList};
use crate::text::Span;

/// Whether an expression can start with a token of this kind.
pub(super) fn starts_expression(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Identifier
            | QuotedIdentifier
            | HashName
            | Number
            | Text
            | Verbatim
            | Null
            | True
            | False
            | LeftParen
            | LeftBracket
            | LeftBrace
            | At
            | Each
            | If
            | Let
            | Error
            | Try
            | Type
            | Not
            | Plus
            | Minus
            | Ellipsis
    )
}

/// What a comma-separated sequence consists of.
#[derive(Clone, Copy)]
pub(super) struct Sequence {
    /// The token of the opening bracket.
    pub opener: usize,
    /// The kind of the closing bracket.
    pub close: TokenKind,
    /// One item, in words: "an argument".
    pub item: &'static str,
    /// Whether an item is a name and its value.
    pub named: bool,
}

impl Parser<'_> {
    /// Reports an error, unless it is the echo of one reported at the same token.
    pub(super) fn report(&mut self, error: SyntaxError) {
        if self.last_error == self.pos {
            return;
        }
        self.last_error = self.pos;
        let error = if self.kind == TokenKind::End { self.at_end(error) } else { error };
        self.push_error(error);
    }

    /// Adds an error that is no reason to skip anything.
    pub(super) fn push_error(&mut self, error: SyntaxError) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    /// An error because the text ends: points at the innermost bracket that is still open, too.
    fn at_end(&self, error: SyntaxError) -> SyntaxError {
        let error = error.ending();
        if error.related.is_some() {
            return error;
        }
        let bracket = self
            .open
            .iter()
            .rev()
            .find(|open| matches!(open.wait, Wait::Paren | Wait::Bracket | Wait::Brace));
        match bracket {
            Some(open) if self.span_at(open.token as usize) != error.span => {
                error.with_related(self.span_at(open.token as usize), "this bracket is still open")
            }
            _ => error,
        }
    }

    /// Consumes a token of this kind, or reports that it is absent.
    pub(super) fn expect(
        &mut self,
        kind: TokenKind,
        code: SyntaxErrorCode,
        error: impl FnOnce(&Self, SyntaxError) -> SyntaxError,
    ) -> bool {
        if self.eat(kind) {
            return true;
        }
        let spelling = kind.spelling().unwrap_or("more");
        let report =
            SyntaxError::new(code, self.here(), format!("Expected `{spelling}`, found {}.", found(self)))
                .with_expected(spelling)
                .with_found(self.kind);
        let report = error(self, report);
        self.report(report);
        false
    }

    /// Skips to the next comma, to `close`, or to whatever a construct around waits for. Brackets are
    /// skipped with what is in them.
    pub(super) fn skip_to(&mut self, close: TokenKind) {
        use TokenKind::*;
        let mut brackets = 0usize;
        let mut lets = 0usize;
        loop {
            let kind = self.kind;
            match kind {
                End => return,
                Semicolon if self.is_waited_for(Semicolon) => return,
                _ if brackets == 0 && (kind == Comma || kind == close && lets == 0) => return,
                LeftParen | LeftBracket | LeftBrace => brackets += 1,
                RightParen | RightBracket | RightBrace if brackets > 0 => brackets -= 1,
                Let => lets += 1,
                In if lets > 0 => lets -= 1,
                _ if brackets == 0 && self.is_waited_for(kind) => return,
                _ => {}
            }
            self.advance();
        }
    }

    /// A sequence in brackets, the closing one included; the opening one has been consumed. Items push
    /// themselves by returning a node.
    pub(super) fn sequence(
        &mut self,
        shape: Sequence,
        mut item: impl FnMut(&mut Self) -> Option<NodeId>,
    ) -> NodeList {
        let mark = self.scratch.len();
        if let Some(wait) = Wait::of(shape.close) {
            self.push_open(wait, shape.opener);
        }
        if self.kind != shape.close {
            self.items(shape, &mut item);
        }
        if Wait::of(shape.close).is_some() {
            self.pop_open();
        }
        self.close(shape);
        self.list(mark)
    }

    fn items(&mut self, shape: Sequence, item: &mut impl FnMut(&mut Self) -> Option<NodeId>) {
        loop {
            let before = self.pos;
            if let Some(node) = item(self) {
                self.scratch.push(node);
            }
            loop {
                if self.kind == TokenKind::Comma {
                    let comma = self.here();
                    self.advance();
                    if self.kind == shape.close {
                        self.trailing_comma(comma, shape.item);
                        return;
                    }
                    break;
                }
                if self.kind == shape.close || self.ends_sequence() {
                    return;
                }
                // Something else stands where a comma belongs.
                let starts = if shape.named { self.starts_named() } else { starts_expression(self.kind) };
                self.comma_missing(shape);
                if starts && self.pos > before {
                    break;
                }
                let at = self.pos;
                self.skip_to(shape.close);
                if self.pos == at && self.kind != TokenKind::Comma && self.kind != shape.close {
                    return;
                }
            }
        }
    }

    /// Whether the current token can only belong to something around the sequence.
    fn ends_sequence(&self) -> bool {
        use TokenKind::*;
        matches!(self.kind, End | RightParen | RightBracket | RightBrace) || self.is_waited_for(self.kind)
    }

    /// Whether a name and `=` stand here.
    pub(super) fn starts_named(&self) -> bool {
        let named = matches!(self.kind, TokenKind::Identifier | TokenKind::QuotedIdentifier)
            || self.kind.is_keyword();
        named && self.kind_after_field_name(self.pos) == TokenKind::Equal
    }

    fn comma_missing(&mut self, shape: Sequence) {
        let close = shape.close.spelling().unwrap_or("the end");
        let error = SyntaxError::new(
            SyntaxErrorCode::CommaExpected,
            self.here(),
            format!("Expected `,` or `{close}`, found {}.", found(self)),
        )
        .with_expected("a comma")
        .with_found(self.kind);
        let error = match separator_help(self, shape.item) {
            Some(help) => error.with_help(help),
            None => error,
        };
        self.report(error);
    }

    pub(super) fn trailing_comma(&mut self, comma: Span, item: &str) {
        let error = SyntaxError::new(
            SyntaxErrorCode::TrailingComma,
            comma,
            format!("After this comma {item} must follow, found {}.", found(self)),
        )
        .with_expected("another item")
        .with_found(self.kind)
        .with_help("Remove the comma: M does not allow one after the last item.");
        self.report(error);
    }

    /// Consumes the closing bracket, or tells that it is absent.
    pub(super) fn close(&mut self, shape: Sequence) {
        use TokenKind::*;
        if self.eat(shape.close) {
            return;
        }
        let opener = self.span_at(shape.opener);
        let open = opener.of(self.text);
        let close = shape.close.spelling().unwrap_or("more");
        if matches!(self.kind, RightParen | RightBracket | RightBrace) && !self.is_waited_for(self.kind) {
            let error = SyntaxError::new(
                SyntaxErrorCode::MismatchedBracket,
                self.here(),
                format!("Expected `{close}`, found {}.", found(self)),
            )
            .with_expected(close)
            .with_found(self.kind)
            .with_help(format!("The bracket `{open}` is closed by `{close}`."))
            .with_related(opener, "the bracket to close");
            self.report(error);
            self.advance();
            return;
        }
        let error = SyntaxError::new(
            SyntaxErrorCode::UnclosedBracket,
            opener,
            format!("This `{open}` is never closed."),
        )
        .with_expected(close)
        .with_found(self.kind)
        .with_help(format!("Add the missing `{close}`."))
        .with_related(self.here(), format!("`{close}` was expected before this"));
        self.report(error);
    }

    /// Gives up, with `Missing`, on an expression nested too deeply.
    pub(super) fn too_deep(&mut self, what: &str, limit: u32) -> NodeId {
        let start = self.pos;
        if self.last_error != self.pos {
            self.push_error(
                SyntaxError::new(
                    SyntaxErrorCode::TooDeep,
                    self.here(),
                    format!("This text is nested too deeply: {what} may be nested {limit} deep."),
                )
                .with_help("Give parts of it names of their own in a let."),
            );
        }
        // Nothing after this can be understood; the end of the text silences every follow-up error.
        self.pos = self.tokens.len().saturating_sub(1);
        self.prev_end = self.pos;
        self.settle();
        self.last_error = self.pos;
        self.node(Node::Missing, start.min(self.pos))
    }
}
