//! What was entered: a command, a step with a name, or an expression.

use crate::syntax::{Completeness, TokenKind, literal, parse, parse_expression};

/// One entry of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing but white space and comments.
    Empty,
    /// `:name arguments`
    Command(String),
    /// `Name = expression`
    Named(String, String),
    /// An expression.
    Expression(String),
}

/// What a text is. Its mistakes are found when it is compiled.
pub fn entry(text: &str) -> Entry {
    let trimmed = text.trim();
    if let Some(command) = trimmed.strip_prefix(':') {
        return Entry::Command(command.trim().to_owned());
    }
    match named(trimmed) {
        Some((name, at)) => Entry::Named(name, trimmed.get(at..).unwrap_or("").trim().to_owned()),
        None => {
            let blank =
                parse(trimmed).tree.tokens().iter().all(|t| t.kind.is_trivia() || t.kind == TokenKind::End);
            if blank { Entry::Empty } else { Entry::Expression(trimmed.to_owned()) }
        }
    }
}

/// The name before an `=`, and where the expression begins. Words need no quotes here; `(a = b)` is a comparison.
fn named(text: &str) -> Option<(String, usize)> {
    let parsed = parse(text);
    let mut words: Vec<&str> = Vec::new();
    let mut quoted = None;
    for token in parsed.tree.tokens() {
        let word = token.span.of(text);
        match token.kind {
            kind if kind.is_trivia() => {}
            TokenKind::Equal => {
                let name = quoted.or_else(|| (!words.is_empty()).then(|| words.join(" ")))?;
                return Some((name, token.span.end as usize));
            }
            TokenKind::QuotedIdentifier if words.is_empty() && quoted.is_none() => {
                quoted = Some(literal::quoted_identifier(word).into_owned());
            }
            TokenKind::Identifier if quoted.is_none() => words.push(word),
            TokenKind::Number if quoted.is_none() && !words.is_empty() => words.push(word),
            _ => return None,
        }
    }
    None
}

/// Whether an entry is whole: decided by the parser, which says of each mistake whether more text could mend it.
pub fn completeness(text: &str) -> Completeness {
    match entry(text) {
        Entry::Empty | Entry::Command(_) => Completeness::Complete,
        Entry::Named(_, expression) | Entry::Expression(expression) => {
            parse_expression(&expression).completeness()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_a_name_and_an_equals_sign() {
        assert_eq!(entry("Source = 1"), Entry::Named("Source".into(), "1".into()));
        assert_eq!(entry("#\"Filtered rows\" = x = 1"), Entry::Named("Filtered rows".into(), "x = 1".into()));
        assert_eq!(entry("Filtered rows 1 = x"), Entry::Named("Filtered rows 1".into(), "x".into()));
        assert_eq!(entry("(a = b)"), Entry::Expression("(a = b)".into()));
        assert_eq!(entry("f(a) = b"), Entry::Expression("f(a) = b".into()));
        assert_eq!(entry("[a = 1]"), Entry::Expression("[a = 1]".into()));
        assert_eq!(entry(" :steps "), Entry::Command("steps".into()));
        assert_eq!(entry("// only this"), Entry::Empty);
    }

    #[test]
    fn what_more_text_could_mend_is_incomplete() {
        assert_eq!(completeness("Table.FirstN("), Completeness::Incomplete);
        assert_eq!(completeness("Source ="), Completeness::Incomplete);
        assert_eq!(completeness("let a = 1 in"), Completeness::Incomplete);
        assert_eq!(completeness("\"open"), Completeness::Incomplete);
        assert_eq!(completeness("a )"), Completeness::Invalid);
        assert_eq!(completeness("1 + 2"), Completeness::Complete);
    }
}
