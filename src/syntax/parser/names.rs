//! Names in declarations, and the generalized identifiers of records.

use super::Parser;
use super::advice::found;
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId};

/// Whether a token of this kind can be (a word of) a generalized identifier.
pub(super) fn is_field_word(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Identifier | TokenKind::Number) || kind.is_keyword()
}

impl Parser<'_> {
    /// The name of a variable, parameter or section member. `followed_by` is what must come next for a
    /// keyword to be taken for a mistaken name, and not for the start of something else.
    pub(super) fn declared_name(&mut self, what: &'static str, followed_by: &[TokenKind]) -> NodeId {
        let start = self.pos;
        match self.kind {
            TokenKind::Identifier => {
                self.advance();
                if is_field_word(self.kind)
                    && followed_by.contains(&TokenKind::Equal)
                    && let Some(end) = self.words_before_equal()
                {
                    while self.pos < end {
                        self.advance();
                    }
                    let span = self.span_at(start).to(self.previous());
                    let name = span.of(self.text);
                    self.errors.push(
                        SyntaxError::new(
                            SyntaxErrorCode::NameNeedsQuotes,
                            span,
                            "A name with blanks needs quotes here.",
                        )
                        .with_help(format!("Write #\"{name}\".")),
                    );
                }
            }
            TokenKind::QuotedIdentifier => self.advance(),
            kind if kind.is_keyword() && followed_by.contains(&self.next_kind()) => {
                self.keyword_as_name();
                self.advance();
            }
            TokenKind::HashName | TokenKind::Number | TokenKind::Text
                if followed_by.contains(&self.next_kind()) =>
            {
                let word = self.word();
                let error = SyntaxError::new(
                    SyntaxErrorCode::NameExpected,
                    self.here(),
                    format!("Expected {what}, found {}.", found(self)),
                )
                .with_expected(what)
                .with_found(self.kind)
                .with_help(format!("A name like this is written #\"{}\".", word.trim_matches('"')));
                self.report(error);
                self.advance();
            }
            _ => return self.name_missing(what),
        }
        self.node(Node::Name { inclusive: false }, start)
    }

    fn keyword_as_name(&mut self) {
        let word = self.word();
        let error = SyntaxError::new(
            SyntaxErrorCode::KeywordAsName,
            self.here(),
            format!("The keyword `{word}` cannot be a name here."),
        )
        .with_found(self.kind)
        .with_help(format!("Quote it: #\"{word}\"."));
        self.report(error);
    }

    /// If only words follow up to an `=`, the position of the `=`.
    fn words_before_equal(&self) -> Option<usize> {
        let mut pos = self.pos;
        while is_field_word(self.kind_at(pos)) {
            pos = self.after(pos);
        }
        (self.kind_at(pos) == TokenKind::Equal).then_some(pos)
    }

    pub(super) fn name_missing(&mut self, what: &'static str) -> NodeId {
        let error = SyntaxError::new(
            SyntaxErrorCode::NameExpected,
            self.here(),
            format!("Expected {what}, found {}.", found(self)),
        )
        .with_expected(what)
        .with_found(self.kind);
        let error = if self.kind.is_keyword() {
            error.with_help(format!("A keyword can be a name only in quotes: #\"{}\".", self.word()))
        } else {
            error
        };
        self.report(error);
        self.missing()
    }

    /// The name of a field: a quoted identifier, or words with nothing but U+0020 blanks between them.
    pub(super) fn field_name(&mut self) -> NodeId {
        let start = self.pos;
        if self.kind == TokenKind::QuotedIdentifier {
            self.advance();
        } else if is_field_word(self.kind) {
            let end = self.field_words_end(start);
            self.pos = end;
            self.prev_end = end;
            self.settle();
            // Words after other white space: clearly meant, but only blanks can stand there.
            if is_field_word(self.kind) {
                while is_field_word(self.kind) {
                    self.advance();
                }
                let span = self.span_at(start).to(self.previous());
                self.errors.push(
                    SyntaxError::new(
                        SyntaxErrorCode::NameNeedsQuotes,
                        span,
                        "Only blanks can stand between the words of a field name.",
                    )
                    .with_help("Put the name on one line, or quote it: #\"...\"."),
                );
            }
        } else if self.kind == TokenKind::Text {
            let error = SyntaxError::new(
                SyntaxErrorCode::NameExpected,
                self.here(),
                format!("Expected the name of a field, found {}.", found(self)),
            )
            .with_expected("the name of a field")
            .with_found(self.kind)
            .with_help(format!(
                "Field names stand without quotation marks, as in [Name], or as #{}.",
                self.word()
            ));
            self.report(error);
            self.advance();
            return self.node(Node::Missing, start);
        } else {
            return self.name_missing("the name of a field");
        }
        self.node(Node::Name { inclusive: false }, start)
    }

    /// One past the last token of the generalized identifier that starts at `start`.
    fn field_words_end(&self, start: usize) -> usize {
        let mut end = start + 1;
        loop {
            let kind = self.kind_at(end);
            if is_field_word(kind) {
                end += 1;
            } else if kind == TokenKind::WhiteSpace
                && is_field_word(self.kind_at(end + 1))
                && self.text_at(end).bytes().all(|byte| byte == b' ')
            {
                end += 2;
            } else if kind == TokenKind::Unknown
                && self.text_at(end) == "."
                && is_field_word(self.kind_at(end + 1))
            {
                // A point after a number: `[2e5.b]`, which the lexer cannot take together.
                end += 2;
            } else {
                return end;
            }
        }
    }

    /// The kind of the first token after the field name that starts at the token `pos`.
    pub(super) fn kind_after_field_name(&self, pos: usize) -> TokenKind {
        let mut pos = pos;
        if matches!(self.kind_at(pos), TokenKind::QuotedIdentifier | TokenKind::Text) {
            pos = self.after(pos);
        } else {
            while is_field_word(self.kind_at(pos)) {
                pos = self.after(self.field_words_end(pos) - 1);
            }
        }
        self.kind_at(pos)
    }
}
