//! Operators, by precedence climbing.

use super::advice::{arrow_help, foreign_operator};
use super::{MAX_CHAIN, Parser};
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{BinaryOp, Node, NodeId, UnaryOp};

/// An operator after a left operand.
#[derive(Clone, Copy)]
enum Operator {
    Binary(BinaryOp),
    Is,
    As,
}

/// How tightly a binary operator binds; more is tighter.
pub fn rank(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Coalesce => 1,
        BinaryOp::Or => 2,
        BinaryOp::And => 3,
        BinaryOp::Equal | BinaryOp::NotEqual => 6,
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => 7,
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Concatenate => 8,
        BinaryOp::Multiply | BinaryOp::Divide => 9,
        BinaryOp::Meta => 10,
    }
}

/// The rank of `is`.
pub const IS_RANK: u8 = 4;
/// The rank of `as`.
pub const AS_RANK: u8 = 5;

fn operator(kind: TokenKind) -> Option<(Operator, u8)> {
    let op = match kind {
        TokenKind::Equal => BinaryOp::Equal,
        TokenKind::Ampersand => BinaryOp::Concatenate,
        TokenKind::Plus => BinaryOp::Add,
        TokenKind::Minus => BinaryOp::Subtract,
        TokenKind::Asterisk => BinaryOp::Multiply,
        TokenKind::Slash => BinaryOp::Divide,
        TokenKind::NotEqual => BinaryOp::NotEqual,
        TokenKind::Less => BinaryOp::Less,
        TokenKind::LessEqual => BinaryOp::LessEqual,
        TokenKind::Greater => BinaryOp::Greater,
        TokenKind::GreaterEqual => BinaryOp::GreaterEqual,
        TokenKind::And => BinaryOp::And,
        TokenKind::Or => BinaryOp::Or,
        TokenKind::DoubleQuestion => BinaryOp::Coalesce,
        TokenKind::Meta => BinaryOp::Meta,
        TokenKind::Is => return Some((Operator::Is, IS_RANK)),
        TokenKind::As => return Some((Operator::As, AS_RANK)),
        _ => return None,
    };
    Some((Operator::Binary(op), rank(op)))
}

impl Parser<'_> {
    /// Operands and operators.
    pub(super) fn operators(&mut self) -> NodeId {
        let node = self.climb(1);
        self.after_operators(node)
    }

    fn climb(&mut self, min: u8) -> NodeId {
        let start = self.pos;
        let mut left = self.unary();
        let mut length = 0;
        // Operators that bind more tightly than this cannot follow.
        let mut tightest = u8::MAX;
        loop {
            let Some((op, rank)) = self.operator_here() else { return left };
            if rank < min {
                return left;
            }
            length += 1;
            if length > MAX_CHAIN {
                return self.too_deep("operators without parentheses", MAX_CHAIN);
            }
            if rank > tightest {
                self.ungrouped(left);
            }
            tightest = match op {
                // No operand stands at the end of `x is text` that a tighter operator could take.
                Operator::Is | Operator::As => rank,
                // `meta` does not group.
                Operator::Binary(BinaryOp::Meta) => rank - 1,
                Operator::Binary(_) => u8::MAX,
            };
            self.advance();
            let node = match op {
                Operator::Is => Node::Is { value: left, ty: self.tested_type() },
                Operator::As => Node::As { value: left, ty: self.primitive_type() },
                Operator::Binary(op) => Node::Binary { op, left, right: self.climb(rank + 1) },
            };
            // A mistaken operator at the start of a text has no left operand, and no token before it.
            left = self.node(node, start);
        }
    }

    /// Tells that `left` needs parentheses before the operator here.
    fn ungrouped(&mut self, left: NodeId) {
        let operator = self.word();
        let text = self.shorten(self.node_span(left).of(self.text));
        let error = SyntaxError::new(
            SyntaxErrorCode::ParenthesesNeeded,
            self.here(),
            format!("`{operator}` cannot follow here without parentheses."),
        )
        .with_found(self.kind)
        .with_help(format!("Write ({text}) {operator} ..."))
        .with_related(self.node_span(left), "this belongs in parentheses");
        self.report(error);
    }

    /// The operator at the current token, which is its last one. Foreign operators are reported and taken
    /// for what they mean.
    fn operator_here(&mut self) -> Option<(Operator, u8)> {
        let kind = self.kind;
        match kind {
            TokenKind::Equal | TokenKind::Ampersand | TokenKind::Asterisk => {
                let next = self.kind_at(self.pos + 1);
                if next == kind || kind == TokenKind::Equal && next == TokenKind::Less {
                    return Some(self.doubled(kind, next));
                }
            }
            TokenKind::Exclamation | TokenKind::Unknown | TokenKind::Identifier => {
                return self.foreign_here();
            }
            _ => {}
        }
        operator(kind)
    }

    /// `==`, `=<`, `&&`, `**`
    fn doubled(&mut self, kind: TokenKind, next: TokenKind) -> (Operator, u8) {
        let (help, op) = match (kind, next) {
            (TokenKind::Equal, TokenKind::Equal) => ("Equality is a single `=`.", BinaryOp::Equal),
            (TokenKind::Equal, _) => ("Write `<=`.", BinaryOp::LessEqual),
            (TokenKind::Ampersand, _) => ("Write `and`.", BinaryOp::And),
            _ => ("Write Number.Power(a, b).", BinaryOp::Multiply),
        };
        // `===` has one more.
        let more = next == TokenKind::Equal && self.kind_at(self.pos + 2) == TokenKind::Equal;
        self.foreign(2 + usize::from(more), help);
        self.advance();
        if more {
            self.advance();
        }
        (Operator::Binary(op), rank(op))
    }

    fn foreign_here(&mut self) -> Option<(Operator, u8)> {
        let word = self.word();
        let op = match self.kind {
            TokenKind::Exclamation if self.kind_at(self.pos + 1) == TokenKind::Equal => {
                let more = self.kind_at(self.pos + 2) == TokenKind::Equal;
                self.foreign(2 + usize::from(more), "Unequal is written `<>`.");
                self.advance();
                if more {
                    self.advance();
                }
                BinaryOp::NotEqual
            }
            TokenKind::Unknown => {
                let op = match word {
                    "||" | "|" => BinaryOp::Or,
                    "%" | "%%" | "^" | "×" | "·" | "∙" => BinaryOp::Multiply,
                    "÷" | "∕" => BinaryOp::Divide,
                    "−" | "–" | "—" => BinaryOp::Subtract,
                    "≠" => BinaryOp::NotEqual,
                    "≤" => BinaryOp::LessEqual,
                    "≥" => BinaryOp::GreaterEqual,
                    _ => return None,
                };
                self.foreign(1, foreign_operator(word).unwrap_or_default());
                op
            }
            TokenKind::Identifier => {
                let (kind, lower) = [
                    (TokenKind::And, "and"),
                    (TokenKind::Or, "or"),
                    (TokenKind::Is, "is"),
                    (TokenKind::As, "as"),
                    (TokenKind::Meta, "meta"),
                ]
                .into_iter()
                .find(|(_, lower)| word.eq_ignore_ascii_case(lower))?;
                self.keyword_case(lower);
                return operator(kind);
            }
            _ => return None,
        };
        Some((Operator::Binary(op), rank(op)))
    }

    /// Mistakes that show only after a whole operand.
    fn after_operators(&mut self, left: NodeId) -> NodeId {
        if self.kind != TokenKind::Arrow || matches!(self.node_of(left), Node::Missing) {
            return left;
        }
        let start = self.start_of(left);
        let error = match self.node_of(left) {
            Node::Paren(_) => SyntaxError::new(
                SyntaxErrorCode::ParameterExpected,
                self.node_span(left),
                "These are not the parameters of a function.",
            )
            .with_help("Parameters are names, perhaps with a primitive type: (a, b as number) => ..."),
            Node::Name { .. } => SyntaxError::new(
                SyntaxErrorCode::ParameterExpected,
                self.node_span(left),
                "The parameters of a function stand in parentheses.",
            )
            .with_help(arrow_help()),
            _ => SyntaxError::new(SyntaxErrorCode::ForeignOperator, self.here(), "`=>` cannot stand here.")
                .with_found(self.kind)
                .with_help(arrow_help()),
        };
        // Parameters with a mistake of their own have been told about.
        let place = self.node_span(left).to(self.here());
        if !self.errors.iter().any(|told| place.start <= told.span.start && told.span.end <= place.end) {
            self.report(error);
        }
        self.advance();
        let body = self.expression();
        let parameters = self.list(self.scratch.len());
        self.node(Node::Function { parameters, returns: None, body }, start)
    }

    fn unary(&mut self) -> NodeId {
        let op = match self.kind {
            TokenKind::Plus => UnaryOp::Plus,
            TokenKind::Minus => UnaryOp::Minus,
            TokenKind::Not => UnaryOp::Not,
            TokenKind::Type => return self.type_expression(),
            TokenKind::Exclamation => {
                self.foreign(1, "Write `not`.");
                UnaryOp::Not
            }
            _ => return self.primary(),
        };
        let start = self.pos;
        self.advance();
        let operand = self.nested(Parser::unary);
        self.node(Node::Unary { op, operand }, start)
    }
}
