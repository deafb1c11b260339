//! Puts the tokens of a text into a document, one after another, and the comments between them with them.
//!
//! The rules say only where lines may break. Every token passes through here in its order, so none is lost:
//! - a comment at the end of a line stays at the end of its line, after the comma if one follows;
//! - a comment on lines of its own goes before the next token that starts a line;
//! - a comment between tokens of one line stays between them.

use super::document::{Document, Flat, Op};
use super::gap::{Comment, Gap, Place};
use crate::syntax::{Node, NodeId, Token, TokenKind, Tree};

/// Writes the document of one tree.
pub(super) struct Writer<'s> {
    pub(super) tree: &'s Tree,
    pub(super) source: &'s str,
    pub(super) out: Document<'s>,
    /// Position of the next token that is not trivia.
    next: usize,
    /// What is still to be written of the comments before it.
    gap: Gap<'s>,
    /// Comments that wait for the next line.
    carried: Vec<Comment<'s>>,
    /// No rule asked for a token that is not there.
    sound: bool,
}

impl<'s> Writer<'s> {
    pub(super) fn new(tree: &'s Tree, source: &'s str) -> Writer<'s> {
        let mut writer = Writer {
            tree,
            source,
            out: Document::default(),
            next: 0,
            gap: Gap::default(),
            carried: Vec::new(),
            sound: true,
        };
        writer.read_gap(0);
        let own = writer.take_own();
        writer.on_own_lines(&own);
        writer
    }

    /// The operations, once all tokens are written; none if a rule and the tree did not agree.
    pub(super) fn finish(mut self) -> Option<Vec<Op<'s>>> {
        let whole = self.kind() == TokenKind::End;
        for comment in self.take_own() {
            self.out.push(Op::Line { flat: Flat::Never, empty: comment.empty_before });
            self.out.push(op(comment));
        }
        (whole && self.sound).then(|| self.out.finish())
    }

    /// The kind of the next token.
    pub(super) fn kind(&self) -> TokenKind {
        self.token_at(self.next).kind
    }

    fn token_at(&self, at: usize) -> Token {
        let end = Token { kind: TokenKind::End, span: crate::text::Span::at(self.source.len() as u32) };
        self.tree.tokens().get(at).copied().unwrap_or(end)
    }

    /// Moves to the next token at or after `from`, reads the comments before it and writes those that belong
    /// to the line of the token before.
    fn read_gap(&mut self, from: usize) {
        let tokens = self.tree.tokens().get(from..).unwrap_or(&[]);
        let trivia = tokens.iter().take_while(|token| token.kind.is_trivia()).count();
        self.next = from + trivia;
        let last = self.kind() == TokenKind::End;
        self.gap = Gap::read(tokens.get(..trivia).unwrap_or(&[]), self.source, from == 0, last);
        let count = self.gap.comments.iter().take_while(|comment| comment.place == Place::Trailing).count();
        if self.comments_wait() {
            self.carry(count);
            return;
        }
        for comment in self.gap.comments.drain(..count) {
            self.out.push(Op::Trailing(comment.text));
        }
    }

    /// Whether comments have been read that are printed only where this line ends: whatever comes after them
    /// must wait too, to stay behind them.
    fn comments_wait(&self) -> bool {
        self.out.ends_in_comment() || !self.carried.is_empty()
    }

    /// Lets the first comments of the gap wait for the next line.
    fn carry(&mut self, count: usize) {
        let comments = self.gap.comments.drain(..count);
        self.carried.extend(comments.map(|comment| Comment { empty_before: false, ..comment }));
    }

    /// The comments that stand on lines of their own before the next token.
    fn take_own(&mut self) -> Vec<Comment<'s>> {
        let own = self.gap.comments.iter().take_while(|comment| comment.place == Place::Own).count();
        let mut all = std::mem::take(&mut self.carried);
        all.extend(self.gap.comments.drain(..own));
        all
    }

    /// Whether an empty line stands before `next`, or else before the next token.
    fn empty_before_next(&self, next: Option<&Comment<'_>>) -> bool {
        match next.or(self.gap.comments.first()) {
            Some(comment) => comment.empty_before,
            None => self.gap.empty_after,
        }
    }

    /// Whether a comment asks for a new line before the next token.
    pub(super) fn breaks_here(&self) -> bool {
        self.comments_wait() || self.gap.breaks()
    }

    /// A place to break, with the comments that stand there. With `keep` an empty line is kept.
    pub(super) fn line(&mut self, flat: Flat, keep: bool) {
        let own = self.take_own();
        let empty = keep && self.empty_before_next(own.first());
        let flat = if own.is_empty() { flat } else { Flat::Never };
        self.out.push(Op::Line { flat, empty });
        self.on_own_lines(&own);
    }

    /// Comments at the start of a line, each with its line end.
    fn on_own_lines(&mut self, comments: &[Comment<'s>]) {
        for (at, &comment) in comments.iter().enumerate() {
            self.out.push(op(comment));
            let empty = self.empty_before_next(comments.get(at + 1));
            self.out.push(Op::Line { flat: Flat::Never, empty });
        }
    }

    /// A place to break before what closes something: the comments before it belong inside.
    pub(super) fn closing_line(&mut self, flat: Flat) {
        let own = self.take_own();
        let flat = if own.is_empty() { flat } else { Flat::Never };
        for &comment in &own {
            self.out.push(Op::Line { flat: Flat::Never, empty: comment.empty_before });
            self.out.push(op(comment));
        }
        self.out.push(Op::Dedent);
        self.out.push(Op::Line { flat, empty: false });
    }

    /// A blank that breaks where the next item does not fit.
    pub(super) fn fill(&mut self) {
        if self.breaks_here() {
            self.line(Flat::Never, false);
        } else {
            self.out.push(Op::Fill);
        }
    }

    /// A blank.
    pub(super) fn space(&mut self) {
        self.out.push(Op::Space);
    }

    /// The next token, which must be of this kind.
    pub(super) fn take(&mut self, kind: TokenKind) {
        self.sound &= self.kind() == kind;
        self.token();
    }

    /// The next token, which must be this word.
    pub(super) fn word(&mut self, word: &str) {
        self.sound &= self.token_at(self.next).span.of(self.source) == word;
        self.token();
    }

    /// The next token, whatever it is.
    pub(super) fn token(&mut self) {
        self.tokens_up_to(self.next + 1);
    }

    /// All tokens of a node, as they stand.
    pub(super) fn verbatim(&mut self, id: NodeId) {
        let range = self.tree.token_range(id);
        self.sound &= range.start == self.next && !matches!(self.tree.node(id), Node::Missing);
        self.tokens_up_to(range.end);
    }

    fn tokens_up_to(&mut self, end: usize) {
        if self.kind() == TokenKind::End || end <= self.next {
            self.sound = false;
            return;
        }
        let own = self.gap.comments.iter().filter(|comment| comment.place != Place::Inline).count();
        self.carry(own);
        if self.comments_wait() {
            self.carry(self.gap.comments.len());
        }
        self.inline_comments();
        let (first, last) = (self.token_at(self.next), self.token_at(end - 1));
        self.out.push(Op::Text(first.span.to(last.span).of(self.source)));
        self.read_gap(end);
    }

    fn inline_comments(&mut self) {
        let comments = std::mem::take(&mut self.gap.comments);
        for &comment in &comments {
            let tight = match self.out.last() {
                Some(Op::Text(text)) => text.ends_with(['(', '[', '{']),
                Some(Op::Comment(_)) => false,
                _ => true,
            };
            if !tight {
                self.space();
            }
            self.out.push(op(comment));
        }
        use TokenKind::*;
        let closes = matches!(self.kind(), RightParen | RightBracket | RightBrace | Comma | Semicolon);
        if !comments.is_empty() && !closes {
            self.space();
        }
    }
}

fn op(comment: Comment<'_>) -> Op<'_> {
    if comment.delimited { Op::Comment(comment.text) } else { Op::Text(comment.text) }
}
