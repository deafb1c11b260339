//! Documents: an expression, or a section with its members.

use super::advice::{blanks_help, found, stray_help};
use super::{Parser, Wait};
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId};

impl Parser<'_> {
    pub(super) fn document(&mut self) -> NodeId {
        if self.section_ahead() { self.section() } else { self.expression_document() }
    }

    pub(super) fn expression_document(&mut self) -> NodeId {
        let root = self.expression();
        if self.kind != TokenKind::End {
            let error = SyntaxError::new(
                SyntaxErrorCode::TextAfterEnd,
                self.here(),
                format!("The expression ends before this; found {}.", found(self)),
            )
            .with_expected("the end of the text")
            .with_found(self.kind);
            let error = match self.kind {
                TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => {
                    error.with_help("No bracket is open here: remove this one, or open it before.")
                }
                TokenKind::Comma => error.with_help("Several values go into a list {1, 2} or a let."),
                TokenKind::Semicolon => error.with_help("An expression has no `;` at its end."),
                TokenKind::Equal => error.with_help("Names get values in a let: let x = 1 in x."),
                TokenKind::In => error.with_help("This `in` has no `let` before it."),
                TokenKind::Then | TokenKind::Else => {
                    error.with_help(format!("This `{}` has no `if` before it.", self.word()))
                }
                TokenKind::Otherwise => error.with_help("`otherwise` needs a `try` before it."),
                _ => match stray_help(self).or_else(|| blanks_help(self)) {
                    Some(help) => error.with_help(help),
                    None => error.with_help("Perhaps an operator or a comma is missing before it."),
                },
            };
            self.report(error);
        }
        root
    }

    /// Whether the text starts, after attributes, with `section`.
    fn section_ahead(&self) -> bool {
        use TokenKind::*;
        if self.kind == Section {
            return true;
        }
        if self.kind != LeftBracket {
            return false;
        }
        let mut open = 0usize;
        let mut pos = self.pos;
        loop {
            match self.kind_at(pos) {
                End => return false,
                LeftParen | LeftBracket | LeftBrace => open += 1,
                RightParen | RightBracket | RightBrace => {
                    open -= 1;
                    if open == 0 {
                        return self.kind_at(self.after(pos)) == Section;
                    }
                }
                _ => {}
            }
            pos += 1;
        }
    }

    fn section(&mut self) -> NodeId {
        let start = self.pos;
        let attributes = self.attributes();
        self.advance();
        let name = if self.kind == TokenKind::Semicolon {
            self.name_missing("the name of the section");
            None
        } else {
            Some(self.declared_name("the name of the section", &[TokenKind::Semicolon]))
        };
        self.semicolon("section");
        let mark = self.scratch.len();
        while self.kind != TokenKind::End {
            let before = self.pos;
            if let Some(member) = self.member() {
                self.scratch.push(member);
            }
            if self.pos == before {
                self.advance();
            }
        }
        let members = self.list(mark);
        self.check_names(members, "this section");
        self.node(Node::Section { attributes, name, members }, start)
    }

    fn member(&mut self) -> Option<NodeId> {
        let start = self.pos;
        let attributes = self.attributes();
        let shared = self.eat(TokenKind::Shared);
        if !shared && attributes.is_none() && !self.member_ahead() {
            let error = SyntaxError::new(
                SyntaxErrorCode::MemberExpected,
                self.here(),
                format!("Expected a member of the section, found {}.", found(self)),
            )
            .with_expected("a member of the section")
            .with_found(self.kind)
            .with_help("Members are written: name = value; or shared name = value;");
            self.report(error);
            self.skip_member();
            return None;
        }
        self.push_open(Wait::Semicolon, start);
        let name = self.declared_name("the name of a section member", &[TokenKind::Equal]);
        self.equals(name);
        let value = self.expression();
        self.pop_open();
        let node = self.node(Node::SectionMember { attributes, shared, name, value }, start);
        self.semicolon("section member");
        Some(node)
    }

    /// Whether a member, or something much like one, starts here.
    fn member_ahead(&self) -> bool {
        let kind = self.kind;
        matches!(
            kind,
            TokenKind::Identifier | TokenKind::QuotedIdentifier | TokenKind::Shared | TokenKind::LeftBracket
        ) || kind.is_keyword() && self.next_kind() == TokenKind::Equal
    }

    /// The `;` after `what`; stray text before it is skipped up to the next member.
    fn semicolon(&mut self, what: &str) {
        if self.eat(TokenKind::Semicolon) {
            return;
        }
        let after = self.previous();
        let error = SyntaxError::new(
            SyntaxErrorCode::SemicolonExpected,
            self.here(),
            format!("Expected `;`, found {}.", found(self)),
        )
        .with_expected(";")
        .with_found(self.kind)
        .with_help(format!("Every {what} ends with `;`."))
        .with_related(after, "the `;` belongs after this");
        self.report(error);
        if !(self.kind == TokenKind::Shared || self.starts_named()) {
            self.skip_member();
        }
    }

    /// Skips past the next `;`, or up to what looks like the next member.
    fn skip_member(&mut self) {
        loop {
            match self.kind {
                TokenKind::End | TokenKind::Shared => return,
                TokenKind::Semicolon => {
                    self.advance();
                    return;
                }
                _ => self.advance(),
            }
        }
    }

    /// A record of literals before a section or a member.
    fn attributes(&mut self) -> Option<NodeId> {
        if self.kind != TokenKind::LeftBracket {
            return None;
        }
        let record = self.nested(Parser::record);
        self.check_literal(record);
        Some(record)
    }

    /// Attributes are read, not evaluated: they hold nothing but literals.
    fn check_literal(&mut self, value: NodeId) {
        let mut todo = vec![value];
        while let Some(value) = todo.pop() {
            match self.node_of(value) {
                Node::Record(items) | Node::List(items) => todo.extend_from_slice(self.children_of(items)),
                Node::Binding { value, .. } => todo.push(value),
                Node::Null | Node::Logical(_) | Node::Number | Node::Text | Node::Missing => {}
                _ => {
                    let span = self.node_span(value);
                    self.push_error(
                        SyntaxError::new(
                            SyntaxErrorCode::LiteralExpected,
                            span,
                            "Attributes hold only literals.",
                        )
                        .with_expected("a literal")
                        .with_help(
                            "Numbers without sign, texts, true, false, null, and lists and records of them can stand here.",
                        ),
                    );
                }
            }
        }
    }
}
