//! Types: after `type`, `is`, `as`, and inside one another.

use super::Parser;
use super::advice::found;
use super::primary::Shape;
use super::recovery::Sequence;
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId};

/// The names of the primitive types.
pub const PRIMITIVE_TYPES: [&str; 18] = [
    "any",
    "anynonnull",
    "binary",
    "date",
    "datetime",
    "datetimezone",
    "duration",
    "function",
    "list",
    "logical",
    "none",
    "null",
    "number",
    "record",
    "table",
    "text",
    "time",
    "type",
];

impl Parser<'_> {
    /// `type t`
    pub(super) fn type_expression(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        // What is a value is read as one all the same, so that what follows is no mistake too.
        if self.at_type_value() {
            self.type_needless();
        }
        let ty = self.nested(Parser::type_here);
        self.node(Node::Type(ty), start)
    }

    /// Whether a value starts here that may stand for a type inside of another.
    fn at_type_value(&self) -> bool {
        match self.kind {
            TokenKind::Identifier => !self.at_primitive() && !self.at_word("nullable"),
            TokenKind::QuotedIdentifier
            | TokenKind::HashName
            | TokenKind::At
            | TokenKind::LeftParen
            | TokenKind::Verbatim
            | TokenKind::Ellipsis
            | TokenKind::Number
            | TokenKind::Text
            | TokenKind::True
            | TokenKind::False => true,
            _ => false,
        }
    }

    /// `type Int64.Type`: only a type that is written out may follow `type`.
    fn type_needless(&mut self) {
        let error = SyntaxError::new(
            SyntaxErrorCode::TypeExpected,
            self.here(),
            format!("Expected a type that is written out, as text or {{number}}, found {}.", found(self)),
        )
        .with_expected("a type")
        .with_found(self.kind);
        let error = match self.kind {
            TokenKind::Number
            | TokenKind::Text
            | TokenKind::True
            | TokenKind::False
            | TokenKind::Verbatim => error,
            _ => error
                .with_help("A value that is a type already stands alone: leave out the word type before it."),
        };
        self.report(error);
    }

    fn at_primitive(&self) -> bool {
        self.primitive_at(self.pos)
    }

    fn primitive_at(&self, pos: usize) -> bool {
        match self.kind_at(pos) {
            TokenKind::Null | TokenKind::Type => true,
            TokenKind::Identifier => PRIMITIVE_TYPES.contains(&self.text_at(pos)),
            _ => false,
        }
    }

    /// Whether a type can start at the token after the current one; `catch` would start a handler there.
    fn type_follows(&self) -> bool {
        let next = self.after(self.pos);
        match self.kind_at(next) {
            TokenKind::Identifier => self.text_at(next) != "catch",
            TokenKind::LeftBracket
            | TokenKind::LeftBrace
            | TokenKind::LeftParen
            | TokenKind::Null
            | TokenKind::Type
            | TokenKind::QuotedIdentifier
            | TokenKind::HashName
            | TokenKind::At => true,
            _ => false,
        }
    }

    /// Any type, in a type context.
    pub(super) fn type_here(&mut self) -> NodeId {
        let start = self.pos;
        match self.kind {
            TokenKind::LeftBracket => return self.record_type(true),
            TokenKind::LeftBrace => return self.list_type(),
            TokenKind::Null | TokenKind::Type => {}
            TokenKind::Identifier => match self.word() {
                "nullable" => {
                    self.advance();
                    let inner = self.nested(Parser::type_here);
                    return self.node(Node::NullableType(inner), start);
                }
                "table" if self.type_follows() => {
                    self.advance();
                    let row = if self.kind == TokenKind::LeftBracket {
                        self.record_type(false)
                    } else {
                        self.nested(Parser::primary)
                    };
                    return self.node(Node::TableType(row), start);
                }
                "function" if self.next_kind() == TokenKind::LeftParen => return self.function_type(),
                _ if self.at_primitive() => {}
                _ => return self.primary(),
            },
            _ if self.at_type_value() => return self.primary(),
            _ => return self.type_missing(SyntaxErrorCode::TypeExpected),
        }
        self.advance();
        self.node(Node::PrimitiveType, start)
    }

    fn type_missing(&mut self, code: SyntaxErrorCode) -> NodeId {
        let error = SyntaxError::new(code, self.here(), format!("Expected a type, found {}.", found(self)))
            .with_expected("a type")
            .with_found(self.kind);
        let error = if self.kind == TokenKind::Equal {
            error.with_help("A variable called type is quoted: #\"type\".")
        } else {
            error
        };
        self.report(error);
        self.missing()
    }

    /// The type after `is`; `is not null` is told apart.
    pub(super) fn tested_type(&mut self) -> NodeId {
        if self.kind == TokenKind::Not {
            let error = SyntaxError::new(
                SyntaxErrorCode::PrimitiveTypeExpected,
                self.here(),
                "Expected a type, found the keyword `not`.",
            )
            .with_expected("a type")
            .with_found(self.kind)
            .with_help("Write `x <> null`, or `not (x is text)`.");
            self.report(error);
            self.advance();
        }
        self.primitive_type()
    }

    /// A primitive type, perhaps nullable: all that `is`, `as` and parameters take.
    pub(super) fn primitive_type(&mut self) -> NodeId {
        let start = self.pos;
        if self.at_word("nullable") {
            let next = self.after(self.pos);
            if matches!(self.kind_at(next), TokenKind::Identifier | TokenKind::Null | TokenKind::Type)
                && self.text_at(next) != "catch"
            {
                self.advance();
                let inner = self.primitive_name();
                return self.node(Node::NullableType(inner), start);
            }
        }
        self.primitive_name()
    }

    fn primitive_name(&mut self) -> NodeId {
        let start = self.pos;
        if self.at_primitive() {
            self.advance();
            // `as table [a = text]` is a type, but not one that can stand here.
            if matches!(self.kind, TokenKind::LeftBracket | TokenKind::LeftBrace) {
                self.type_too_complex(start);
                self.nested(Parser::type_here);
                return self.node(Node::Missing, start);
            }
            return self.node(Node::PrimitiveType, start);
        }
        match self.kind {
            TokenKind::Identifier | TokenKind::QuotedIdentifier => {
                self.type_too_complex(start);
                self.advance();
                self.node(Node::Missing, start)
            }
            TokenKind::LeftBracket | TokenKind::LeftBrace | TokenKind::LeftParen => {
                self.type_too_complex(start);
                self.nested(Parser::type_here);
                self.node(Node::Missing, start)
            }
            _ => self.type_missing(SyntaxErrorCode::PrimitiveTypeExpected),
        }
    }

    fn type_too_complex(&mut self, start: usize) {
        let word = self.text_at(start);
        let lower = word.to_ascii_lowercase();
        let error = SyntaxError::new(
            SyntaxErrorCode::PrimitiveTypeExpected,
            self.here(),
            format!("Expected a primitive type, found {}.", found(self)),
        )
        .with_expected("a primitive type")
        .with_found(self.kind);
        let error = match word {
            _ if PRIMITIVE_TYPES.contains(&lower.as_str()) && lower != word => {
                error.with_help(format!("Write {lower}, in lower case."))
            }
            "string" | "String" | "str" | "varchar" | "Text.Type" => error.with_help("Write text."),
            "int" | "integer" | "Integer" | "double" | "float" | "decimal" | "Decimal" | "Int64.Type"
            | "Currency.Type" | "Percentage.Type" => error
                .with_help("Write number; only primitive types can stand here, and `nullable` before them."),
            "bool" | "boolean" | "Boolean" => error.with_help("Write logical."),
            _ => error.with_help(format!(
                "Only {} can stand here, with `nullable` before them or not.",
                PRIMITIVE_TYPES.join(", ")
            )),
        };
        self.report(error);
    }

    fn list_type(&mut self) -> NodeId {
        let start = self.pos;
        let shape = Sequence { opener: start, close: TokenKind::RightBrace, item: "a type", named: false };
        self.advance();
        let mark = self.scratch.len();
        let items = self.sequence(shape, |parser| Some(parser.nested(Parser::type_here)));
        debug_assert_eq!(mark, self.scratch.len());
        let item = match self.children_of(items) {
            [item] => *item,
            [item, second, ..] => {
                let (item, second) = (*item, *second);
                let span = self.node_span(second);
                self.push_error(
                    SyntaxError::new(SyntaxErrorCode::TypeExpected, span, "A list type has one item type.")
                        .with_help("Write type {number}; for any items, type list."),
                );
                item
            }
            [] => {
                let span = self.span_at(start).to(self.previous());
                self.push_error(
                    SyntaxError::new(SyntaxErrorCode::TypeExpected, span, "A list type needs an item type.")
                        .with_help("Write type {number}; for any items, type list."),
                );
                self.missing()
            }
        };
        self.node(Node::ListType(item), start)
    }

    /// `[a = text, optional b, ...]`
    fn record_type(&mut self, may_be_open: bool) -> NodeId {
        let start = self.pos;
        let shape = Sequence { opener: start, close: TokenKind::RightBracket, item: "a field", named: true };
        self.advance();
        let mut open = false;
        let fields = self.sequence(shape, |parser| {
            if parser.kind == TokenKind::Ellipsis {
                let here = parser.here();
                parser.advance();
                let fault = if !may_be_open {
                    Some("The row of a table type cannot be open.")
                } else if parser.kind == TokenKind::Comma {
                    Some("`...` must stand last in a record type.")
                } else {
                    None
                };
                if let Some(message) = fault {
                    parser.push_error(
                        SyntaxError::new(SyntaxErrorCode::OpenMarker, here, message)
                            .with_found(TokenKind::Ellipsis)
                            .with_help("Remove it, or move it to the end of a record type."),
                    );
                }
                open = true;
                return None;
            }
            let start = parser.pos;
            let optional = parser.at_word("optional")
                && (super::names::is_field_word(parser.next_kind())
                    || parser.next_kind() == TokenKind::QuotedIdentifier);
            if optional {
                parser.advance();
            }
            let name = parser.field_name();
            let ty = parser.eat(TokenKind::Equal).then(|| parser.nested(Parser::type_here));
            Some(parser.node(Node::FieldType { name, ty, optional }, start))
        });
        self.check_names(fields, "this record type");
        self.node(Node::RecordType { fields, open }, start)
    }

    fn function_type(&mut self) -> NodeId {
        let start = self.pos;
        self.advance();
        let shape =
            Sequence { opener: self.pos, close: TokenKind::RightParen, item: "a parameter", named: false };
        self.advance();
        let parameters = self.parameters(shape, Shape::Type);
        let returns = if self.expect(TokenKind::As, SyntaxErrorCode::TypeExpected, |_, error| {
            error.with_help(
                "A function type ends with the type of its result: type function (a as text) as number.",
            )
        }) {
            self.nested(Parser::type_here)
        } else {
            self.missing()
        };
        self.node(Node::FunctionType { parameters, returns }, start)
    }
}
