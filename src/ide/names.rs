//! How names are written in M texts.

use crate::syntax::TokenKind;
use crate::syntax::is_regular_identifier;
use crate::value::{identifier, quote};

/// A variable's name as M writes it: as it is, or `#"quoted"`.
pub fn name_text(name: &str) -> String {
    let mut text = String::new();
    identifier(name, &mut text);
    text
}

/// A field's name as it stands in brackets: words with single blanks need no quotes there.
pub fn field_text(name: &str) -> String {
    if is_generalized(name) {
        return name.to_owned();
    }
    let mut text = String::from("#");
    quote(name, &mut text);
    text
}

fn is_generalized(name: &str) -> bool {
    !name.is_empty()
        && name.split(' ').enumerate().all(|(at, word)| {
            let digits = at > 0 && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
            digits || TokenKind::keyword(word).is_some() || is_regular_identifier(word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_where_they_must_be() {
        assert_eq!(field_text("Unit Price"), "Unit Price");
        assert_eq!(field_text("ROI ($)"), "#\"ROI ($)\"");
        assert_eq!(field_text("type of 2"), "type of 2");
        assert_eq!(field_text("2 apples"), "#\"2 apples\"");
        assert_eq!(field_text("a  b"), "#\"a  b\"");
        assert_eq!(field_text(""), "#\"\"");
        assert_eq!(name_text("Filtered rows"), "#\"Filtered rows\"");
        assert_eq!(name_text("Source"), "Source");
    }

    #[test]
    fn what_is_written_is_read_as_the_same_name() {
        for name in ["Unit Price", "ROI ($)", "type of 2", "a\"b", "E-mail", "x.y", "Ünï 7"] {
            let text = format!("_[{}]", field_text(name));
            let parsed = crate::syntax::parse_expression(&text);
            assert!(parsed.errors.is_empty(), "{text}: {:?}", parsed.errors);
            let crate::syntax::Node::Field { name: node, .. } = parsed.tree.node(parsed.tree.root()) else {
                panic!("{text}");
            };
            assert_eq!(parsed.tree.name(node, &text), name);
        }
    }
}
