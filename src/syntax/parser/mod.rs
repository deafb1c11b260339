//! The error-tolerant parser: recursive descent, precedence climbing for the operators.
//!
//! Knows tokens and nodes, nothing of names and values. Where a mistake stands it reports one error, makes a
//! `Missing` node and goes on at the next comma, keyword or bracket that something around it waits for.

mod advice;
mod cursor;
mod duplicates;
mod expression;
mod functions;
mod names;
mod operators;
mod primary;
mod recovery;
mod section;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod types;

pub(super) use operators::{AS_RANK, IS_RANK, rank};
pub use types::PRIMITIVE_TYPES;

use super::error::{SyntaxError, SyntaxErrorCode};
use super::lexer;
use super::token::{Token, TokenKind};
use super::tree::{Node, NodeId, Tree};
use crate::text::Span;

/// How deep expressions and types may be nested in one another.
pub const MAX_DEPTH: u32 = 2_000;

/// How many operators or selectors may follow one another without parentheses: they nest to the left, so
/// that such a chain is as deep as it is long.
pub const MAX_CHAIN: u32 = 5_000;

/// How many errors are kept; a text with more of them is not M at all.
const MAX_ERRORS: usize = 1_000;

/// What [`parse`] makes of a text.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; where the text has mistakes it has `Missing` nodes.
    pub tree: Tree,
    /// The mistakes, in the order of their places.
    pub errors: Vec<SyntaxError>,
}

/// Whether a text is a whole document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// It has no errors.
    Complete,
    /// It has errors only because it ends too early: more text could make it right.
    Incomplete,
    /// No further text can make it right.
    Invalid,
}

impl Parsed {
    /// Whether the text is a whole document, the beginning of one, or wrong.
    pub fn completeness(&self) -> Completeness {
        if self.errors.is_empty() {
            Completeness::Complete
        } else if self.errors.iter().all(|error| error.at_end) {
            Completeness::Incomplete
        } else {
            Completeness::Invalid
        }
    }
}

/// Parses a document: a section if it starts with `section` (after attributes), else an expression.
pub fn parse(text: &str) -> Parsed {
    parse_with(text, |parser| parser.document())
}

/// Parses an expression; `section` is not allowed.
pub fn parse_expression(text: &str) -> Parsed {
    parse_with(text, |parser| parser.expression_document())
}

fn parse_with(text: &str, start: impl FnOnce(&mut Parser<'_>) -> NodeId) -> Parsed {
    if u32::try_from(text.len()).is_err() {
        return too_long();
    }
    let (tokens, errors) = lexer::lex(text);
    // Realistic texts have one node for every two to three tokens.
    let nodes = tokens.len() / 2 + 16;
    let mut parser = Parser {
        text,
        tokens,
        pos: 0,
        kind: TokenKind::End,
        prev_end: 0,
        nodes: Vec::with_capacity(nodes),
        ranges: Vec::with_capacity(nodes),
        children: Vec::with_capacity(nodes / 2),
        scratch: Vec::with_capacity(64),
        errors,
        last_error: usize::MAX,
        open: Vec::with_capacity(32),
        waiting: [0; Wait::COUNT],
        depth: 0,
    };
    parser.settle();
    let root = start(&mut parser);
    let Parser { tokens, nodes, ranges, children, mut errors, .. } = parser;
    // A text that is never closed swallows the rest, so that what is missing at the end is its echo.
    let swallowed = |error: &SyntaxError| {
        matches!(error.code, SyntaxErrorCode::UnterminatedText | SyntaxErrorCode::UnterminatedComment)
    };
    if errors.iter().any(swallowed) {
        errors.retain(|error| !error.at_end || swallowed(error));
    }
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    let mut tree = Tree { tokens, nodes, ranges, children, root };
    if !errors.is_empty() {
        contain(&mut tree);
    }
    Parsed { tree, errors }
}

/// Moves nodes for what is missing, which have no tokens, into the ranges of their parents.
fn contain(tree: &mut Tree) {
    let mut todo = vec![tree.root];
    let mut children = Vec::new();
    while let Some(parent) = todo.pop() {
        let around = tree.token_range(parent);
        let (first, end) = (around.start as u32, around.end as u32);
        tree.visit_children(parent, |child| children.push(child));
        for child in children.drain(..) {
            if let Some(range) = tree.ranges.get_mut(child.index()) {
                *range = (range.0.clamp(first, end), range.1.clamp(first, end));
            }
            todo.push(child);
        }
    }
}

fn too_long() -> Parsed {
    let tree = Tree {
        tokens: vec![Token { kind: TokenKind::End, span: Span::at(0) }],
        nodes: vec![Node::Missing],
        ranges: vec![(0, 0)],
        children: Vec::new(),
        root: NodeId::from_index(0),
    };
    let error = SyntaxError::new(SyntaxErrorCode::TooLong, Span::at(0), "This text is 4 GiB long or longer.")
        .with_help("Split it into several documents.");
    Parsed { tree, errors: vec![error] }
}

/// What an unfinished construct around the current token waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Paren,
    Bracket,
    Brace,
    In,
    Then,
    Else,
    Semicolon,
}

impl Wait {
    const COUNT: usize = 7;

    /// What waits for a token of this kind.
    fn of(kind: TokenKind) -> Option<Wait> {
        Some(match kind {
            TokenKind::RightParen => Wait::Paren,
            TokenKind::RightBracket => Wait::Bracket,
            TokenKind::RightBrace => Wait::Brace,
            TokenKind::In => Wait::In,
            TokenKind::Then => Wait::Then,
            TokenKind::Else => Wait::Else,
            TokenKind::Semicolon => Wait::Semicolon,
            _ => return None,
        })
    }
}

/// A construct that waits for something, and the token that started it.
#[derive(Clone, Copy)]
struct Open {
    wait: Wait,
    token: u32,
}

struct Parser<'s> {
    text: &'s str,
    tokens: Vec<Token>,
    /// The current token: never trivia.
    pos: usize,
    kind: TokenKind,
    /// One past the last token that was consumed.
    prev_end: usize,
    nodes: Vec<Node>,
    ranges: Vec<(u32, u32)>,
    children: Vec<NodeId>,
    /// Children of lists that are still being read.
    scratch: Vec<NodeId>,
    errors: Vec<SyntaxError>,
    /// The current token when the last error was reported: further errors at the same token are its echo.
    last_error: usize,
    open: Vec<Open>,
    /// How many open constructs wait for each thing.
    waiting: [u32; Wait::COUNT],
    depth: u32,
}
