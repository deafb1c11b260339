//! Functions: telling them from parentheses, their parameters, and the one after `catch`.

use super::Parser;
use super::primary::Shape;
use super::recovery::Sequence;
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId, NodeList};

impl Parser<'_> {
    /// Whether the parenthesis here starts a function, judged by the few tokens that tell.
    pub(super) fn function_ahead(&self) -> bool {
        use TokenKind::*;
        let mut pos = self.after(self.pos);
        let mut kind = self.kind_at(pos);
        if kind == RightParen {
            return true;
        }
        if kind == Identifier && self.text_at(pos) == "optional" {
            let next = self.after(pos);
            if matches!(self.kind_at(next), Identifier | QuotedIdentifier) {
                return true;
            }
        }
        let keyword = kind.is_keyword();
        if !(keyword || matches!(kind, Identifier | QuotedIdentifier)) {
            return false;
        }
        pos = self.after(pos);
        kind = self.kind_at(pos);
        if kind == As && !keyword {
            match self.type_end(self.after(pos)) {
                Some(end) => pos = end,
                None => return false,
            }
            kind = self.kind_at(pos);
        }
        match kind {
            Comma => !keyword,
            RightParen => self.arrow_after(pos),
            _ => false,
        }
    }

    /// Whether `=>`, perhaps after a return type, follows the parenthesis at `pos`.
    fn arrow_after(&self, pos: usize) -> bool {
        let next = self.after(pos);
        match self.kind_at(next) {
            TokenKind::Arrow => true,
            // `->` is meant as `=>`.
            TokenKind::Minus => self.kind_at(next + 1) == TokenKind::Greater,
            TokenKind::As => {
                self.type_end(self.after(next)).is_some_and(|end| self.kind_at(end) == TokenKind::Arrow)
            }
            _ => false,
        }
    }

    /// The position after the simple type at `pos`.
    fn type_end(&self, pos: usize) -> Option<usize> {
        use TokenKind::*;
        let mut pos = pos;
        if self.kind_at(pos) == Identifier && self.text_at(pos) == "nullable" {
            let next = self.after(pos);
            if matches!(self.kind_at(next), Identifier | Null | Type) {
                pos = next;
            }
        }
        matches!(self.kind_at(pos), Identifier | QuotedIdentifier | Null | Type).then(|| self.after(pos))
    }

    pub(super) fn function(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let shape =
            Sequence { opener: start, close: TokenKind::RightParen, item: "a parameter", named: false };
        let parameters = self.parameters(shape, Shape::Function);
        let returns = self.eat(TokenKind::As).then(|| self.primitive_type());
        self.arrow();
        let body = self.expression();
        self.node(Node::Function { parameters, returns, body }, start)
    }

    fn arrow(&mut self) {
        if self.kind == TokenKind::Minus && self.kind_at(self.pos + 1) == TokenKind::Greater {
            self.foreign(2, "Write `=>`.");
            self.advance();
            self.advance();
            return;
        }
        self.expect(TokenKind::Arrow, SyntaxErrorCode::ArrowExpected, |_, error| {
            error.with_help("After the parameters of a function stands `=>`: (x) => x + 1.")
        });
    }

    /// The parameters of a function or of a function type, the closing parenthesis included.
    pub(super) fn parameters(&mut self, shape: Sequence, of: Shape) -> NodeList {
        let mut optional_before = None;
        let parameters = self.sequence(shape, |parser| {
            let start = parser.pos;
            let optional = parser.at_word("optional")
                && !matches!(parser.next_kind(), TokenKind::Comma | TokenKind::RightParen | TokenKind::As);
            if optional {
                parser.advance();
                optional_before = Some(parser.previous());
            }
            if !optional && parser.kind == TokenKind::Ellipsis {
                parser.name_missing("a parameter");
                parser.advance();
                return None;
            }
            let name = parser.declared_name(
                "a parameter",
                &[TokenKind::Comma, TokenKind::RightParen, TokenKind::As, TokenKind::Arrow],
            );
            let ty = if parser.eat(TokenKind::As) {
                Some(match of {
                    Shape::Function => parser.primitive_type(),
                    Shape::Type => parser.nested(Parser::type_here),
                })
            } else {
                if of == Shape::Type && parser.last_error != parser.pos {
                    let span = parser.node_span(name);
                    parser.push_error(
                        SyntaxError::new(
                            SyntaxErrorCode::ParameterTypeExpected,
                            span,
                            "A parameter of a function type needs a type.",
                        )
                        .with_help(format!("Write {} as any.", parser.shorten(span.of(parser.text)))),
                    );
                }
                None
            };
            if !optional && let Some(before) = optional_before {
                let span = parser.node_span(name);
                parser.push_error(
                    SyntaxError::new(
                        SyntaxErrorCode::OptionalNotLast,
                        span,
                        "A required parameter cannot follow an optional one.",
                    )
                    .with_help("Make it optional too, or move it to the front.")
                    .with_related(before, "the optional parameters start here"),
                );
            }
            Some(parser.node(Node::Parameter { name, ty, optional }, start))
        });
        self.check_names(parameters, "this parameter list");
        parameters
    }

    /// The function after `catch`: written out, with no parameter or one without type.
    pub(super) fn catch_function(&mut self) -> NodeId {
        let start = self.pos;
        let handler = self.expression();
        let fault = match self.node_of(handler) {
            Node::Function { parameters, returns, .. } => {
                let typed = self.children_of(parameters).iter().any(|&parameter| {
                    matches!(
                        self.node_of(parameter),
                        Node::Parameter { ty: Some(_), .. } | Node::Parameter { optional: true, .. }
                    )
                });
                if parameters.len() > 1 {
                    Some("The function after `catch` takes no parameter or one, the error.")
                } else if typed || returns.is_some() {
                    Some("The function after `catch` takes a plain parameter: no types, no `optional`.")
                } else {
                    None
                }
            }
            Node::Missing => None,
            _ => Some("After `catch` a function must be written out."),
        };
        if let Some(message) = fault {
            let span = self.span_at(start).to(self.previous());
            self.push_error(
                SyntaxError::new(SyntaxErrorCode::CatchFunction, span, message)
                    .with_expected("a function")
                    .with_help("Write `catch (e) => ...` or `catch () => ...`; for a plain value there is `otherwise`."),
            );
        }
        handler
    }
}
