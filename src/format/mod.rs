//! The formatter: one usual layout for M texts, whatever their author's.
//!
//! [`format`] keeps every token and every comment, gives the same text when it is run twice, and never changes
//! what a text means: it parses what it made and compares the trees before it hands it out. `docs/format.md`
//! describes the style.
//!
//! The rules (`rules`, `types`) say where a line may break, the `writer` puts tokens and comments in, and
//! `layout` decides which lines break. Each goes over the text once.

mod document;
mod gap;
mod layout;
mod range;
mod rules;
mod types;
mod writer;

pub use range::{Edit, format_range};

use crate::syntax::{self, Parsed, SyntaxError, Tree};
use writer::Writer;

/// How texts are to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Characters that a line should not be longer than.
    pub width: usize,
    /// Blanks of one step of indentation.
    pub indent: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style { width: 100, indent: 4 }
    }
}

/// Why a text was not formatted.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FormatError {
    /// The text has mistakes: what it means is not known, so it is left alone.
    #[error("the text has mistakes, so it is left as it is")]
    Syntax(Vec<SyntaxError>),
    /// A bug of the formatter: its text would have meant something else, or lost a comment.
    #[error(
        "formatting would change what the text means, so it is left as it is; this is a bug in pqm, please report it with the text"
    )]
    Changed,
}

/// Formats a whole document.
///
/// # Errors
/// [`FormatError::Syntax`] if the text does not parse.
pub fn format(source: &str, style: &Style) -> Result<String, FormatError> {
    let Parsed { tree, errors } = syntax::parse(source);
    if !errors.is_empty() {
        return Err(FormatError::Syntax(errors));
    }
    Ok(formatted(&tree, source, style)?.0)
}

/// Formats what was parsed without a mistake; gives the new text and its tree, which says the same.
fn formatted(tree: &Tree, source: &str, style: &Style) -> Result<(String, Tree), FormatError> {
    let mut writer = Writer::new(tree, source);
    writer.node(tree.root());
    let ops = writer.finish().ok_or(FormatError::Changed)?;
    let text = layout::print(&ops, style, newline(tree, source));
    let Parsed { tree: again, errors } = syntax::parse(&text);
    let same = errors.is_empty()
        && syntax::equivalent(tree, source, &again, &text)
        && comments(tree, source).eq(comments(&again, &text));
    if same { Ok((text, again)) } else { Err(FormatError::Changed) }
}

/// The comments of a text, without the blanks in them: their layout may change.
fn comments<'s>(tree: &'s Tree, source: &'s str) -> impl Iterator<Item = String> + 's {
    tree.tokens()
        .iter()
        .filter(|token| is_comment(**token))
        .map(|token| token.span.of(source).split_whitespace().collect())
}

fn is_comment(token: syntax::Token) -> bool {
    matches!(token.kind, syntax::TokenKind::LineComment | syntax::TokenKind::DelimitedComment)
}

/// The line end of a text: the last one between its tokens, which formatting keeps.
fn newline(tree: &Tree, source: &str) -> &'static str {
    let white = tree.tokens().iter().rev().filter(|token| token.kind == syntax::TokenKind::WhiteSpace);
    match white.map(|token| token.span.of(source)).find(|text| text.contains('\n')) {
        Some(text) if text.contains("\r\n") => "\r\n",
        _ => "\n",
    }
}
