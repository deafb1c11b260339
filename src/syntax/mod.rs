//! From text to tree: tokens with trivia, the error-tolerant parser, the lossless [`Tree`].
//!
//! Knows nothing of evaluation. [`parse`] never fails and never panics: it always returns a tree, and
//! with it as many diagnostics as there are mistakes.

mod character;
mod error;
mod lexer;
pub mod literal;
mod parser;
pub mod token;
pub mod tree;
mod walk;

pub use character::is_regular_identifier;
pub use error::{SyntaxError, SyntaxErrorCode};
pub use parser::{Completeness, MAX_CHAIN, MAX_DEPTH, PRIMITIVE_TYPES, Parsed, parse, parse_expression};
pub use token::{Token, TokenKind};
pub use tree::{BinaryOp, Node, NodeId, NodeList, Tree, UnaryOp};
