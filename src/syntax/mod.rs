//! From text to tree: tokens with trivia, the error-tolerant parser, the lossless [`Tree`].
//!
//! Knows nothing of evaluation. [`parse`] never fails and never panics: it always returns a tree, and
//! with it as many diagnostics as there are mistakes.

mod character;
mod equivalence;
mod error;
mod lexer;
pub mod literal;
mod parser;
mod print;
pub mod token;
pub mod tree;
mod walk;

pub use character::is_regular_identifier;
pub use equivalence::equivalent;
pub use error::{SyntaxError, SyntaxErrorCode};
pub use parser::{Completeness, MAX_CHAIN, MAX_DEPTH, PRIMITIVE_TYPES, Parsed, parse, parse_expression};
pub use print::{print, print_node};
pub use token::{Token, TokenKind};
pub use tree::{BinaryOp, Node, NodeId, NodeList, Tree, UnaryOp};
