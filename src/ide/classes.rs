//! Classes of the parts of a text, for colours.

use super::scope::Scope;
use crate::library::Library;
use crate::syntax::{TokenKind, parse};
use crate::text::Span;

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A keyword of M.
    Keyword,
    /// A name of the library.
    Library,
    /// A step, query or parameter.
    Name,
    /// A field or column in brackets.
    Field,
    /// A text.
    Text,
    /// A number.
    Number,
    /// `null`, `true`, `false`.
    Constant,
    /// A comment.
    Comment,
    /// Something M does not have.
    Wrong,
}

/// The classes of the parts of a text that have one, in the order of the text. Works for texts with mistakes too.
pub fn classify(text: &str, scope: &Scope) -> Vec<(Span, Class)> {
    let parsed = parse(text);
    let tokens = parsed.tree.tokens();
    let mut found = Vec::new();
    // Names directly after a bracket, up to the closing one, are fields.
    let mut previous = TokenKind::End;
    for (at, token) in tokens.iter().enumerate() {
        let word = token.span.of(text);
        let class = match token.kind {
            TokenKind::LineComment | TokenKind::DelimitedComment => Some(Class::Comment),
            TokenKind::Text => Some(Class::Text),
            TokenKind::Number | TokenKind::Verbatim => Some(Class::Number),
            TokenKind::Null | TokenKind::True | TokenKind::False => Some(Class::Constant),
            TokenKind::HashName => Some(Class::Library),
            TokenKind::Unknown if word.starts_with('"') => Some(Class::Text),
            TokenKind::Unknown if word.starts_with("#\"") => Some(Class::Name),
            TokenKind::Unknown if word == "." => None,
            TokenKind::Unknown => Some(Class::Wrong),
            TokenKind::Identifier | TokenKind::QuotedIdentifier
                if previous == TokenKind::LeftBracket || is_field(tokens, at) =>
            {
                Some(Class::Field)
            }
            TokenKind::QuotedIdentifier => Some(Class::Name),
            TokenKind::Identifier if scope.get(word).is_some() => Some(Class::Name),
            TokenKind::Identifier if Library::get().all_names().binary_search(&word).is_ok() => {
                Some(Class::Library)
            }
            kind if kind.is_keyword() => Some(Class::Keyword),
            _ => None,
        };
        if let Some(class) = class {
            found.push((token.span, class));
        }
        if !token.kind.is_trivia() {
            previous = token.kind;
        }
    }
    found
}

/// Whether a word stands among words that a bracket opens and closes: `[Unit Price]`.
fn is_field(tokens: &[crate::syntax::Token], at: usize) -> bool {
    let word =
        |kind: TokenKind| kind.is_keyword() || matches!(kind, TokenKind::Identifier | TokenKind::WhiteSpace);
    let before = tokens.iter().take(at).rev().find(|token| !word(token.kind));
    let after = tokens.iter().skip(at).find(|token| !word(token.kind));
    before.is_some_and(|token| token.kind == TokenKind::LeftBracket)
        && after.is_some_and(|token| token.kind == TokenKind::RightBracket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_class() {
        let mut scope = Scope::new();
        scope.insert("Source", "step", super::super::shape::Shape::Unknown);
        let text = "Table.SelectRows(Source, each [Unit Price] > 1.5 and x <> null) // all";
        let classes: Vec<(&str, Class)> =
            classify(text, &scope).into_iter().map(|(span, class)| (span.of(text), class)).collect();
        assert_eq!(
            classes,
            [
                ("Table.SelectRows", Class::Library),
                ("Source", Class::Name),
                ("each", Class::Keyword),
                ("Unit", Class::Field),
                ("Price", Class::Field),
                ("1.5", Class::Number),
                ("and", Class::Keyword),
                ("null", Class::Constant),
                ("// all", Class::Comment),
            ]
        );
    }

    #[test]
    fn texts_with_mistakes_have_classes_too() {
        let text = "f(\"open";
        assert_eq!(classify(text, &Scope::new()).last().map(|(_, class)| *class), Some(Class::Text));
    }
}
