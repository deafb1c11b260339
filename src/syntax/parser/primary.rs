//! Literals, names, brackets and what follows them: calls and selections.

use super::advice::{foreign_operator, found};
use super::recovery::Sequence;
use super::{MAX_CHAIN, Parser};
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId};

/// Whose parameters or fields are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Function,
    Type,
}

impl Parser<'_> {
    /// A primary expression with the calls and selections after it.
    pub(super) fn primary(&mut self) -> NodeId {
        let start = self.pos;
        let node = match self.kind {
            TokenKind::Identifier if self.intro_in_capitals() => return self.capital_intro(),
            TokenKind::Identifier | TokenKind::QuotedIdentifier | TokenKind::HashName => {
                self.advance();
                let name = self.node(Node::Name { inclusive: false }, start);
                if self.kind == TokenKind::Exclamation && self.kind_at(self.pos + 1) != TokenKind::Equal {
                    self.section_access(name, start)
                } else {
                    name
                }
            }
            TokenKind::Number => self.leaf(Node::Number),
            TokenKind::Text => self.leaf(Node::Text),
            TokenKind::Null => self.leaf(Node::Null),
            TokenKind::True => self.leaf(Node::Logical(true)),
            TokenKind::False => self.leaf(Node::Logical(false)),
            TokenKind::Verbatim => self.leaf(Node::Verbatim),
            TokenKind::Ellipsis => self.leaf(Node::NotImplemented),
            TokenKind::LeftParen if !self.function_ahead() => self.parenthesized(),
            TokenKind::LeftBracket => self.bracketed(),
            TokenKind::LeftBrace => self.braces(),
            TokenKind::At => self.inclusive(),
            _ => match self.not_primary() {
                Ok(node) => node,
                Err(node) => return node,
            },
        };
        self.selections(node, start)
    }

    fn leaf(&mut self, node: Node) -> NodeId {
        let start = self.pos;
        self.advance();
        self.node(node, start)
    }

    /// Calls and selections after a primary expression.
    fn selections(&mut self, mut target: NodeId, start: usize) -> NodeId {
        let mut length = 0;
        loop {
            let node = match self.kind {
                TokenKind::LeftParen => {
                    let shape = Sequence {
                        opener: self.pos,
                        close: TokenKind::RightParen,
                        item: "an argument",
                        named: false,
                    };
                    self.advance();
                    let arguments = self.sequence(shape, |parser| Some(parser.expression()));
                    Node::Call { callee: target, arguments }
                }
                TokenKind::LeftBrace => {
                    let shape = Sequence {
                        opener: self.pos,
                        close: TokenKind::RightBrace,
                        item: "an index",
                        named: false,
                    };
                    self.advance();
                    let index = self.single(shape);
                    Node::Item { target, index, optional: self.eat(TokenKind::Question) }
                }
                TokenKind::LeftBracket if self.next_kind() == TokenKind::LeftBracket => {
                    self.projection(Some(target))
                }
                TokenKind::LeftBracket => self.field(Some(target)),
                _ => return target,
            };
            target = self.node(node, start);
            length += 1;
            if length > MAX_CHAIN {
                return self.too_deep("calls and selections", MAX_CHAIN);
            }
        }
    }

    /// One expression in brackets, the closing one included.
    fn single(&mut self, shape: Sequence) -> NodeId {
        if let Some(wait) = super::Wait::of(shape.close) {
            self.push_open(wait, shape.opener);
            let node = self.expression();
            let told = self.errors.len();
            self.settle_before(shape);
            self.pop_open();
            if self.kind != shape.close && self.errors.len() > told {
                // Never closed: what stood before the bracket that is absent was right.
                self.errors.truncate(told);
                self.last_error = usize::MAX;
            }
            self.close(shape);
            node
        } else {
            self.expression()
        }
    }

    /// Reports and skips what stands between the only item in brackets and the closing bracket.
    fn settle_before(&mut self, shape: Sequence) {
        use TokenKind::*;
        while self.kind != shape.close
            && !matches!(self.kind, End | RightParen | RightBracket | RightBrace)
            && (self.kind == Comma || !self.is_waited_for(self.kind))
        {
            let close = shape.close.spelling().unwrap_or("the end");
            let error = SyntaxError::new(
                SyntaxErrorCode::CommaExpected,
                self.here(),
                format!("Expected `{close}`, found {}.", found(self)),
            )
            .with_expected(close)
            .with_found(self.kind);
            let error = match (self.kind, shape.close) {
                (Comma, RightBrace) => error.with_help("Only one index fits in `{ }` after a value."),
                (Comma, RightParen) => error.with_help("A list is written in braces: {1, 2}."),
                _ => match super::advice::separator_help(self, shape.item) {
                    Some(help) => error.with_help(help),
                    None => error,
                },
            };
            self.report(error);
            if self.kind == Comma {
                self.advance();
                self.last_error = self.pos;
            }
            self.skip_to(shape.close);
            if self.kind == Comma {
                self.last_error = self.pos;
            }
        }
    }

    fn parenthesized(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let shape =
            Sequence { opener: start, close: TokenKind::RightParen, item: "an expression", named: false };
        let inner = self.single(shape);
        self.node(Node::Paren(inner), start)
    }

    fn braces(&mut self) -> NodeId {
        let start = self.pos;
        let shape = Sequence { opener: start, close: TokenKind::RightBrace, item: "an item", named: false };
        self.advance();
        let items = self.sequence(shape, |parser| {
            let start = parser.pos;
            let from = parser.expression();
            if !parser.eat(TokenKind::DotDot) {
                return Some(from);
            }
            let to = parser.expression();
            Some(parser.node(Node::Range { from, to }, start))
        });
        self.node(Node::List(items), start)
    }

    fn inclusive(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        match self.kind {
            TokenKind::Identifier | TokenKind::QuotedIdentifier | TokenKind::HashName => {
                self.advance();
                self.node(Node::Name { inclusive: true }, start)
            }
            _ => {
                self.name_missing("a name after `@`");
                self.node(Node::Missing, start)
            }
        }
    }

    fn section_access(&mut self, section: NodeId, start: usize) -> NodeId {
        self.advance();
        let at = self.pos;
        let member = match self.kind {
            TokenKind::Identifier | TokenKind::QuotedIdentifier => {
                self.advance();
                self.node(Node::Name { inclusive: false }, at)
            }
            _ => self.name_missing("the name of a section member"),
        };
        self.node(Node::SectionAccess { section, member }, start)
    }

    /// What starts with `[`: a record, or a selection from `_`.
    fn bracketed(&mut self) -> NodeId {
        let start = self.pos;
        let inside = self.after(start);
        let node = match self.kind_at(inside) {
            TokenKind::LeftBracket => self.projection(None),
            TokenKind::RightBracket => return self.record(),
            _ if self.kind_after_field_name(inside) == TokenKind::RightBracket => self.field(None),
            _ => return self.record(),
        };
        self.node(node, start)
    }

    pub(super) fn record(&mut self) -> NodeId {
        let start = self.pos;
        let shape = Sequence { opener: start, close: TokenKind::RightBracket, item: "a field", named: true };
        self.advance();
        let fields = self.sequence(shape, |parser| {
            if parser.kind == TokenKind::Ellipsis {
                let error = SyntaxError::new(
                    SyntaxErrorCode::OpenMarker,
                    parser.here(),
                    "`...` cannot stand in a record.",
                )
                .with_found(parser.kind)
                .with_help("Only a record type, as in type [a = text, ...], can be open.");
                parser.report(error);
                parser.advance();
                return None;
            }
            Some(parser.binding(true))
        });
        self.check_names(fields, "this record");
        self.node(Node::Record(fields), start)
    }

    /// `[name]`
    fn field(&mut self, target: Option<NodeId>) -> Node {
        let name = self.selector();
        Node::Field { target, name, optional: self.eat(TokenKind::Question) }
    }

    fn selector(&mut self) -> NodeId {
        let shape =
            Sequence { opener: self.pos, close: TokenKind::RightBracket, item: "a field", named: false };
        self.advance();
        self.push_open(super::Wait::Bracket, shape.opener);
        let name = self.field_name();
        if self.kind == TokenKind::Comma && matches!(self.node_of(name), Node::Name { .. }) {
            let error = SyntaxError::new(
                SyntaxErrorCode::CommaExpected,
                self.here(),
                "Expected `]`, found `,`.".to_owned(),
            )
            .with_expected("]")
            .with_found(self.kind)
            .with_help("To keep several fields, write each in brackets: x[[a], [b]].");
            self.report(error);
            while self.kind == TokenKind::Comma {
                self.advance();
                self.last_error = self.pos;
                self.skip_to(shape.close);
            }
        } else {
            self.settle_before(shape);
        }
        self.pop_open();
        self.close(shape);
        name
    }

    /// `[[a], [b]]`
    fn projection(&mut self, target: Option<NodeId>) -> Node {
        let shape = Sequence {
            opener: self.pos,
            close: TokenKind::RightBracket,
            item: "a field in brackets",
            named: false,
        };
        self.advance();
        let names = self.sequence(shape, |parser| {
            if parser.kind == TokenKind::LeftBracket {
                return Some(parser.selector());
            }
            let error = SyntaxError::new(
                SyntaxErrorCode::NameExpected,
                parser.here(),
                format!("Expected a field in brackets, found {}.", found(parser)),
            )
            .with_expected("a field in brackets")
            .with_found(parser.kind)
            .with_help("Every field of a projection has brackets of its own: [[a], [b]].");
            parser.report(error);
            None
        });
        Node::Projection { target, names, optional: self.eat(TokenKind::Question) }
    }

    /// Reports what stands where an operand belongs. `Ok` if selections may follow.
    fn not_primary(&mut self) -> Result<NodeId, NodeId> {
        let start = self.pos;
        let kind = self.kind;
        // `1 + if ...`: understood, but M wants parentheses.
        if matches!(
            kind,
            TokenKind::If
                | TokenKind::Let
                | TokenKind::Each
                | TokenKind::Error
                | TokenKind::Try
                | TokenKind::LeftParen
        ) {
            let what = if kind == TokenKind::LeftParen {
                "A function".to_owned()
            } else {
                format!("`{}`", kind.spelling().unwrap_or_default())
            };
            let error = SyntaxError::new(
                SyntaxErrorCode::ParenthesesNeeded,
                self.here(),
                format!("{what} cannot stand next to an operator without parentheses."),
            )
            .with_expected("an operand")
            .with_found(kind)
            .with_help("Put it in parentheses.");
            self.report(error);
            return Err(self.expression());
        }
        if kind == TokenKind::Unknown {
            return self.unknown_operand();
        }
        let error = SyntaxError::new(
            SyntaxErrorCode::ExpressionExpected,
            self.here(),
            format!("Expected an expression, found {}.", found(self)),
        )
        .with_expected("an expression")
        .with_found(kind);
        let error = match kind {
            kind if kind.is_keyword() => {
                if self.next_kind() == TokenKind::Equal && !self.is_waited_for(kind) {
                    error.with_help(format!("A keyword can be a name only in quotes: #\"{}\".", self.word()))
                } else {
                    error.with_help(format!("Something is missing before `{}`.", self.word()))
                }
            }
            TokenKind::Equal if self.prev_end == 0 => {
                error.with_help("Leave out the leading `=` of the formula bar.")
            }
            TokenKind::Comma => error.with_help("Remove the comma, or put an item before it."),
            _ => error,
        };
        let formula = kind == TokenKind::Equal && self.prev_end == 0;
        self.report(error);
        if formula {
            self.advance();
            return Err(self.expression());
        }
        let node = self.missing();
        // A keyword that nothing waits for would only be in the way.
        if kind.is_keyword() && !self.is_waited_for(kind) && self.strays(kind) {
            self.advance();
            self.last_error = self.pos;
            return Err(self.node(Node::Missing, start));
        }
        Err(node)
    }

    /// Whether a keyword in place of an operand is best skipped.
    fn strays(&self, kind: TokenKind) -> bool {
        matches!(
            kind,
            TokenKind::In | TokenKind::Then | TokenKind::Else | TokenKind::Section | TokenKind::Shared
        ) && !(kind == TokenKind::Shared && self.is_waited_for(TokenKind::Semicolon))
    }

    /// A character M does not use, or text in foreign quotes.
    fn unknown_operand(&mut self) -> Result<NodeId, NodeId> {
        let start = self.pos;
        let word = self.word();
        let quoted = word.chars().count() > 1
            && word.starts_with([
                '\'', '`', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201c}', '\u{201d}', '\u{201e}', '«', '»',
            ])
            && !word.chars().all(|c| word.starts_with(c));
        let error = if quoted {
            let inner: String = word.chars().skip(1).take(word.chars().count() - 2).collect();
            SyntaxError::new(
                SyntaxErrorCode::WrongQuotes,
                self.here(),
                "Texts stand in straight double quotation marks in M.",
            )
            .with_help(format!("Write \"{}\".", self.shorten(&inner)))
        } else {
            let error = SyntaxError::new(
                SyntaxErrorCode::UnexpectedCharacter,
                self.here(),
                format!("Expected an expression, found {}.", found(self)),
            );
            let help = if word.starts_with(['“', '”', '„', '‘', '’', '\'', '`']) {
                Some("Texts stand in straight double quotation marks: \"...\".")
            } else {
                foreign_operator(word)
            };
            match help {
                Some(help) => error.with_help(help),
                None => error.with_help("M does not use this character."),
            }
        };
        self.report(error.with_expected("an expression").with_found(TokenKind::Unknown));
        self.advance();
        let node = self.node(Node::Missing, start);
        // Something may well follow the stray character: `$"text"`, `\x`.
        if !quoted && self.adjacent() && super::recovery::starts_expression(self.kind) {
            return Err(self.nested(Parser::primary));
        }
        if quoted { Ok(node) } else { Err(node) }
    }

    /// Whether a name here is a keyword in capitals: nothing else can follow a name like that.
    fn intro_in_capitals(&self) -> bool {
        use TokenKind::*;
        let word = self.word();
        if word.len() > 5 || !word.starts_with(|c: char| c.is_ascii_uppercase()) || self.intro(word).is_none()
        {
            return false;
        }
        matches!(
            self.next_kind(),
            Identifier
                | QuotedIdentifier
                | HashName
                | Number
                | Text
                | Null
                | True
                | False
                | Not
                | Let
                | If
                | Each
                | Error
                | Try
        )
    }

    fn intro(&self, word: &str) -> Option<(TokenKind, &'static str)> {
        [
            (TokenKind::Let, "let"),
            (TokenKind::If, "if"),
            (TokenKind::Each, "each"),
            (TokenKind::Error, "error"),
            (TokenKind::Try, "try"),
            (TokenKind::Not, "not"),
            (TokenKind::Type, "type"),
        ]
        .into_iter()
        .find(|(_, lower)| word.eq_ignore_ascii_case(lower))
    }

    fn capital_intro(&mut self) -> NodeId {
        let Some((kind, lower)) = self.intro(self.word()) else { return self.missing() };
        self.keyword_case(lower);
        if let Some(node) = self.keyword_expression(kind) {
            return node;
        }
        let start = self.pos;
        self.advance();
        let operand = self.nested(Parser::primary);
        if kind == TokenKind::Not {
            self.node(Node::Unary { op: crate::syntax::tree::UnaryOp::Not, operand }, start)
        } else {
            self.node(Node::Type(operand), start)
        }
    }
}
