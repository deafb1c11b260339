//! Expressions that start with a keyword, functions, and the entry to all others.

use super::advice::found;
use super::recovery::{Sequence, starts_expression};
use super::{MAX_DEPTH, Parser, Wait};
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId, NodeList};

/// A stack with less room than this gets more; one level of nesting needs far less.
const RED_ZONE: usize = 128 * 1024;
const STACK: usize = 2 * 1024 * 1024;

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self) -> NodeId {
        self.nested(Parser::expression_here)
    }

    /// Goes one level deeper, if that is allowed.
    pub(super) fn nested(&mut self, parse: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        if self.depth >= MAX_DEPTH {
            return self.too_deep("expressions and types", MAX_DEPTH);
        }
        self.depth += 1;
        let node = stacker::maybe_grow(RED_ZONE, STACK, || parse(self));
        self.depth -= 1;
        node
    }

    fn expression_here(&mut self) -> NodeId {
        match self.keyword_expression(self.kind) {
            Some(node) => node,
            None => self.operators(),
        }
    }

    /// An expression that no operator can follow or, without parentheses, precede.
    pub(super) fn keyword_expression(&mut self, kind: TokenKind) -> Option<NodeId> {
        Some(match kind {
            TokenKind::Each => self.each(),
            TokenKind::Let => self.let_in(),
            TokenKind::If => self.if_then_else(),
            TokenKind::Error => self.error_raising(),
            TokenKind::Try => self.try_handler(),
            TokenKind::LeftParen if self.function_ahead() => self.function(),
            _ => return None,
        })
    }

    fn each(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let body = self.expression();
        self.node(Node::Each(body), start)
    }

    fn error_raising(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let operand = self.expression();
        self.node(Node::Error(operand), start)
    }

    fn let_in(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let mark = self.scratch.len();
        self.push_open(Wait::In, start);
        self.variables(start);
        self.pop_open();
        let bindings = self.list(mark);
        self.check_names(bindings, "this `let`");
        self.in_keyword(start);
        let body = self.expression();
        self.node(Node::Let { bindings, body }, start)
    }

    fn in_keyword(&mut self, start: usize) {
        if self.kind == TokenKind::Identifier && self.word().eq_ignore_ascii_case("in") {
            self.keyword_case("in");
            self.advance();
            return;
        }
        let opener = self.span_at(start);
        self.expect(TokenKind::In, SyntaxErrorCode::InExpected, |_, error| {
            error
                .with_help("A let ends with `in` and the expression that is its result: let x = 1 in x.")
                .with_related(opener, "the let to end")
        });
    }

    /// The variables of a `let`, onto the scratch stack.
    fn variables(&mut self, start: usize) {
        if self.kind == TokenKind::In {
            self.name_missing("a variable");
            return;
        }
        let shape = Sequence { opener: start, close: TokenKind::In, item: "a variable", named: true };
        loop {
            let before = self.pos;
            let variable = self.binding(false);
            self.scratch.push(variable);
            loop {
                if self.kind == TokenKind::Comma {
                    let comma = self.here();
                    self.advance();
                    if self.kind == TokenKind::In {
                        self.trailing_comma(comma, shape.item);
                        return;
                    }
                    break;
                }
                let kind = self.kind;
                if matches!(kind, TokenKind::In | TokenKind::End) {
                    return;
                }
                // `;` between variables is another language's comma, unless it ends a section member.
                if kind == TokenKind::Semicolon && !self.is_waited_for(kind) {
                    self.variable_comma();
                    self.advance();
                    if self.kind == TokenKind::In {
                        return;
                    }
                    break;
                }
                if self.is_waited_for(kind) {
                    return;
                }
                if self.starts_named() && self.pos > before {
                    self.variable_comma();
                    break;
                }
                // With a comma or `in` further on, this stray text is part of the variable; else the
                // result of the let stands here without `in`.
                if starts_expression(kind) && !self.comma_or_in_ahead() {
                    return;
                }
                if kind == TokenKind::Identifier && self.word().eq_ignore_ascii_case("in") {
                    return;
                }
                self.variable_comma();
                let at = self.pos;
                self.skip_to(TokenKind::In);
                if self.pos == at {
                    return;
                }
            }
        }
    }

    fn variable_comma(&mut self) {
        let error = SyntaxError::new(
            SyntaxErrorCode::CommaExpected,
            self.here(),
            format!("Expected `,` or `in`, found {}.", found(self)),
        )
        .with_expected("a comma")
        .with_found(self.kind);
        let error = match super::advice::separator_help(self, "a variable") {
            Some(help) => error.with_help(help),
            None => error,
        };
        self.report(error);
    }

    /// Whether a comma or `in` follows before anything else that could end this `let`.
    fn comma_or_in_ahead(&self) -> bool {
        use TokenKind::*;
        let mut brackets = 0usize;
        let mut lets = 0usize;
        let mut pos = self.pos;
        loop {
            match self.kind_at(pos) {
                End | Semicolon => return false,
                Comma if brackets == 0 => return true,
                In if brackets == 0 && lets == 0 => return true,
                In => lets = lets.saturating_sub(1),
                Let => lets += 1,
                LeftParen | LeftBracket | LeftBrace => brackets += 1,
                RightParen | RightBracket | RightBrace if brackets == 0 => return false,
                RightParen | RightBracket | RightBrace => brackets -= 1,
                _ => {}
            }
            pos += 1;
        }
    }

    /// `name = value`; in a record the name may be a generalized identifier.
    pub(super) fn binding(&mut self, field: bool) -> NodeId {
        let start = self.pos;
        let name = if field {
            self.field_name()
        } else {
            self.declared_name("the name of a variable", &[TokenKind::Equal])
        };
        self.equals(name);
        let value = self.expression();
        self.node(Node::Binding { name, value }, start)
    }

    /// The `=` after a name.
    pub(super) fn equals(&mut self, name: NodeId) {
        // `:=` and `==` are meant as `=`.
        if self.kind == TokenKind::Unknown && self.word() == ":" {
            let both = self.kind_at(self.pos + 1) == TokenKind::Equal;
            self.foreign(1 + usize::from(both), "A name and its value are joined by `=`.");
            self.advance();
            if both {
                self.advance();
            }
            return;
        }
        if self.eat(TokenKind::Equal) {
            if self.kind == TokenKind::Equal && self.adjacent() {
                self.foreign(1, "A single `=` stands between a name and its value.");
                self.advance();
            }
            return;
        }
        let name = self.node_span(name);
        self.expect(TokenKind::Equal, SyntaxErrorCode::EqualsExpected, |parser, error| {
            if name.is_empty() {
                return error;
            }
            let name = parser.shorten(name.of(parser.text));
            match parser.kind {
                TokenKind::Comma | TokenKind::In | TokenKind::RightBracket | TokenKind::End => {
                    error.with_help(format!("Give {name} a value: {name} = ..."))
                }
                _ => error.with_help("A name and its value are joined by `=`."),
            }
        });
    }

    fn if_then_else(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        self.push_open(Wait::Else, start);
        self.push_open(Wait::Then, start);
        let condition = self.expression();
        let opener = self.span_at(start);
        self.clause(TokenKind::Then, SyntaxErrorCode::ThenExpected, |error| {
            error
                .with_help("Write: if condition then value else value.")
                .with_related(opener, "the if that needs `then`")
        });
        self.pop_open();
        let then = self.expression();
        self.pop_open();
        let chained = self.kind == TokenKind::Identifier
            && ["elseif", "elif", "elsif"].iter().any(|word| self.word().eq_ignore_ascii_case(word));
        let otherwise = if chained {
            let word = self.word();
            let error = SyntaxError::new(
                SyntaxErrorCode::ElseExpected,
                self.here(),
                format!("Expected `else`, found the name `{word}`."),
            )
            .with_expected("else")
            .with_found(self.kind)
            .with_help("Write `else if`, two words.");
            self.report(error);
            // The word is consumed as the `if` of the inner expression.
            self.nested(Parser::if_then_else)
        } else {
            let found = self.clause(TokenKind::Else, SyntaxErrorCode::ElseExpected, |error| {
                error
                    .with_help("Every `if` needs an `else` in M; use `else null` if there is nothing to say.")
                    .with_related(opener, "the if that needs `else`")
            });
            if found || starts_expression(self.kind) { self.expression() } else { self.missing() }
        };
        self.node(Node::If { condition, then, otherwise }, start)
    }

    /// `then` or `else`; stray text before it is skipped.
    fn clause(
        &mut self,
        kind: TokenKind,
        code: SyntaxErrorCode,
        explain: impl FnOnce(SyntaxError) -> SyntaxError,
    ) -> bool {
        if self.eat(kind) {
            return true;
        }
        let word = kind.spelling().unwrap_or("");
        if self.kind == TokenKind::Identifier && self.word().eq_ignore_ascii_case(word) {
            self.keyword_case(word);
            self.advance();
            return true;
        }
        if self.expect(kind, code, |_, error| explain(error)) {
            return true;
        }
        // The keyword may stand a little further on, after something unreadable.
        let readable =
            starts_expression(self.kind) || self.kind == TokenKind::Comma || self.is_waited_for(self.kind);
        if !readable || self.clause_ahead(kind) {
            self.skip_to(kind);
        }
        self.eat(kind)
    }

    /// Whether `kind` follows before a comma or anything else that something around waits for.
    fn clause_ahead(&self, kind: TokenKind) -> bool {
        use TokenKind::*;
        let mut brackets = 0usize;
        let mut pos = self.pos;
        loop {
            let at = self.kind_at(pos);
            match at {
                End | Semicolon | If | Let => return false,
                _ if brackets == 0 && at == kind => return true,
                LeftParen | LeftBracket | LeftBrace => brackets += 1,
                RightParen | RightBracket | RightBrace if brackets == 0 => return false,
                RightParen | RightBracket | RightBrace => brackets -= 1,
                Comma | In | Then | Else if brackets == 0 => return false,
                _ => {}
            }
            pos += 1;
        }
    }

    fn try_handler(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let body = self.expression();
        let (handler, catch) = if self.eat(TokenKind::Otherwise) {
            (Some(self.expression()), false)
        } else if self.at_word("catch") {
            self.advance();
            (Some(self.catch_function()), true)
        } else {
            (None, false)
        };
        self.node(Node::Try { body, handler, catch }, start)
    }

    pub(super) fn children_of(&self, list: NodeList) -> &[NodeId] {
        self.children.get(list.start as usize..(list.start + list.len) as usize).unwrap_or(&[])
    }
}
