//! Moving over the tokens and making nodes.

use super::{Open, Parser, Wait};
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::tree::{Node, NodeId, NodeList};
use crate::text::Span;

impl<'s> Parser<'s> {
    /// Makes the current token the next one that is not trivia, starting with the current one.
    pub(super) fn settle(&mut self) {
        let mut pos = self.pos;
        loop {
            let kind = self.tokens.get(pos).map_or(TokenKind::End, |token| token.kind);
            if !kind.is_trivia() {
                self.pos = pos;
                self.kind = kind;
                return;
            }
            pos += 1;
        }
    }

    /// Consumes the current token; the end of the text stays.
    pub(super) fn advance(&mut self) {
        if self.kind != TokenKind::End {
            self.pos += 1;
            self.prev_end = self.pos;
            self.settle();
        }
    }

    /// Consumes the current token if it is of this kind.
    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let eaten = self.kind == kind;
        if eaten {
            self.advance();
        }
        eaten
    }

    /// The position of the first token after `pos` that is not trivia.
    pub(super) fn after(&self, pos: usize) -> usize {
        let mut next = pos + 1;
        while self.kind_at(next).is_trivia() {
            next += 1;
        }
        next
    }

    /// The kind of the token at `pos`; past the end, the end.
    pub(super) fn kind_at(&self, pos: usize) -> TokenKind {
        self.tokens.get(pos).map_or(TokenKind::End, |token| token.kind)
    }

    /// The kind of the token after the current one.
    pub(super) fn next_kind(&self) -> TokenKind {
        self.kind_at(self.after(self.pos))
    }

    /// Where the token at `pos` stands.
    pub(super) fn span_at(&self, pos: usize) -> Span {
        match self.tokens.get(pos).or(self.tokens.last()) {
            Some(Token { span, .. }) => *span,
            None => Span::at(0),
        }
    }

    /// Where the current token stands.
    pub(super) fn here(&self) -> Span {
        self.span_at(self.pos)
    }

    /// Where the last consumed token stands; at the start of the text, its first place.
    pub(super) fn previous(&self) -> Span {
        match self.prev_end.checked_sub(1) {
            Some(pos) => self.span_at(pos),
            None => Span::at(0),
        }
    }

    /// The text of the token at `pos`.
    pub(super) fn text_at(&self, pos: usize) -> &'s str {
        self.span_at(pos).of(self.text)
    }

    /// The text of the current token.
    pub(super) fn word(&self) -> &'s str {
        self.text_at(self.pos)
    }

    /// Whether the current token is the contextual keyword `word`.
    pub(super) fn at_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Identifier && self.word() == word
    }

    /// Whether nothing stands between the current token and the one before.
    pub(super) fn adjacent(&self) -> bool {
        self.pos == self.prev_end
    }

    /// Makes a node from the token `start` to the last consumed token; if nothing was consumed, an empty one.
    pub(super) fn node(&mut self, node: Node, start: usize) -> NodeId {
        let id = NodeId::from_index(self.nodes.len());
        self.nodes.push(node);
        self.ranges.push((start as u32, self.prev_end.max(start) as u32));
        id
    }

    /// Makes a `Missing` node right after the last consumed token.
    pub(super) fn missing(&mut self) -> NodeId {
        self.node(Node::Missing, self.prev_end)
    }

    /// The first token of a node.
    pub(super) fn start_of(&self, id: NodeId) -> usize {
        self.ranges.get(id.index()).map_or(0, |range| range.0 as usize)
    }

    /// Where a node stands.
    pub(super) fn node_span(&self, id: NodeId) -> Span {
        let (start, end) = self.ranges.get(id.index()).copied().unwrap_or_default();
        let first = self.span_at(start as usize);
        if end > start { first.to(self.span_at(end as usize - 1)) } else { Span::at(first.start) }
    }

    /// The kind of a node.
    pub(super) fn node_of(&self, id: NodeId) -> Node {
        self.nodes.get(id.index()).copied().unwrap_or(Node::Missing)
    }

    /// Turns the nodes on the scratch stack above `mark` into a list.
    pub(super) fn list(&mut self, mark: usize) -> NodeList {
        let start = self.children.len() as u32;
        self.children.extend(self.scratch.drain(mark..));
        NodeList { start, len: self.children.len() as u32 - start }
    }

    /// Notes that a construct started by the token at `token` waits for something.
    pub(super) fn push_open(&mut self, wait: Wait, token: usize) {
        self.open.push(Open { wait, token: token as u32 });
        self.waiting[wait as usize] += 1;
    }

    /// Forgets the construct noted last.
    pub(super) fn pop_open(&mut self) {
        if let Some(open) = self.open.pop() {
            self.waiting[open.wait as usize] -= 1;
        }
    }

    /// Whether some construct around waits for a token of this kind.
    pub(super) fn is_waited_for(&self, kind: TokenKind) -> bool {
        Wait::of(kind).is_some_and(|wait| self.waiting[wait as usize] > 0)
    }
}
