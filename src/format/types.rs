//! Where types and parameters may break.

use super::document::{Flat, Op};
use super::writer::Writer;
use crate::syntax::{Node, NodeId, TokenKind};

impl Writer<'_> {
    /// A node of a type, or a parameter.
    pub(super) fn ty(&mut self, id: NodeId) {
        match self.tree.node(id) {
            Node::Parameter { name, ty, optional } => self.declared(name, TokenKind::As, ty, optional),
            Node::FieldType { name, ty, optional } => self.declared(name, TokenKind::Equal, ty, optional),
            Node::NullableType(inner) => self.prefixed("nullable", inner),
            Node::TableType(row) => self.prefixed("table", row),
            Node::ListType(item) => self.enclosed(TokenKind::LeftBrace, item, TokenKind::RightBrace),
            Node::RecordType { fields, open } => self.record_type(self.tree.list(fields), open),
            Node::FunctionType { parameters, returns } => {
                self.word("function");
                self.space();
                self.bracketed(TokenKind::LeftParen, parameters, TokenKind::RightParen);
                self.space();
                self.take(TokenKind::As);
                self.space();
                self.node(returns);
            }
            _ => self.verbatim(id),
        }
    }

    fn prefixed(&mut self, word: &str, inner: NodeId) {
        self.word(word);
        self.space();
        self.node(inner);
    }

    /// A parameter or field of a type, with its type if it has one.
    fn declared(&mut self, name: NodeId, before_type: TokenKind, ty: Option<NodeId>, optional: bool) {
        if optional {
            self.word("optional");
            self.space();
        }
        self.node(name);
        if let Some(ty) = ty {
            self.space();
            self.take(before_type);
            self.space();
            self.node(ty);
        }
    }

    /// `[a = text, ...]`
    fn record_type(&mut self, fields: &[NodeId], open: bool) {
        self.out.push(Op::Open);
        self.take(TokenKind::LeftBracket);
        if !fields.is_empty() || open || self.breaks_here() {
            self.out.push(Op::Indent);
            for (at, &field) in fields.iter().enumerate() {
                if at > 0 {
                    self.take(TokenKind::Comma);
                }
                self.line(if at > 0 { Flat::Blank } else { Flat::Empty }, at > 0);
                self.node(field);
            }
            if open {
                if !fields.is_empty() {
                    self.take(TokenKind::Comma);
                }
                self.line(if fields.is_empty() { Flat::Empty } else { Flat::Blank }, false);
                self.take(TokenKind::Ellipsis);
            }
            self.closing_line(Flat::Empty);
        }
        self.take(TokenKind::RightBracket);
        self.out.push(Op::Close);
    }
}
