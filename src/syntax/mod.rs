//! From text to tree: tokens with trivia, the error-tolerant parser, the lossless [`Tree`].
//!
//! Knows nothing of evaluation. [`parse`] never fails and never panics: it always returns a tree, and
//! with it as many diagnostics as there are mistakes.

pub mod tree;

pub use tree::{BinaryOp, Node, NodeId, NodeList, Tree, UnaryOp};
