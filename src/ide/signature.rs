//! Signatures: which parameters a call takes, and which of them is being written.

use super::context::Before;
use super::scope::Scope;
use super::shape::Shape;
use crate::value::type_text;

/// The signature of the call around a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The function's name.
    pub name: String,
    /// The parameters: `table as table`, `optional count as nullable number`.
    pub parameters: Vec<String>,
    /// What it gives: `table`.
    pub returns: String,
    /// The parameter that the cursor is in, from 0; may be past the last.
    pub active: usize,
    /// Whether nothing of the active argument is written yet.
    pub empty: bool,
}

/// The signature of the innermost call around `offset`, if its function is known.
pub fn signature(text: &str, offset: usize, scope: &Scope) -> Option<Signature> {
    let before = Before::new(text, offset);
    if before.in_comment {
        return None;
    }
    let call = before.call(before.tokens.len())?;
    let Shape::Function(function) = scope.shape(&call.callee) else { return None };
    let parameters = function
        .parameters
        .iter()
        .enumerate()
        .map(|(at, parameter)| {
            let optional = if at >= function.required { "optional " } else { "" };
            let ty = type_text(&parameter.ty);
            let ty = ty.strip_prefix("type ").unwrap_or(&ty);
            format!("{optional}{} as {ty}", parameter.name.as_str())
        })
        .collect();
    let returns = type_text(&function.returns);
    Some(Signature {
        name: call.callee,
        parameters,
        returns: returns.strip_prefix("type ").unwrap_or(&returns).to_owned(),
        active: call.argument,
        empty: call.empty,
    })
}

impl Signature {
    /// What is still to be written, as a hint that goes on where the cursor stands.
    pub fn rest(&self) -> String {
        let from = if self.empty { self.active } else { self.active + 1 };
        let left = self.parameters.get(from..).unwrap_or_default().join(", ");
        let between = if self.empty || left.is_empty() { "" } else { ", " };
        format!("{between}{left})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> Option<Signature> {
        signature(text, text.len(), &Scope::new())
    }

    #[test]
    fn the_innermost_call_counts() {
        let found = at_end("Table.SelectRows(Table.FirstN(").unwrap();
        assert_eq!((found.name.as_str(), found.active, found.empty), ("Table.FirstN", 0, true));
        let found = at_end("Table.SelectRows(Table.FirstN(t, 3), ").unwrap();
        assert_eq!((found.name.as_str(), found.active, found.empty), ("Table.SelectRows", 1, true));
        assert_eq!(at_end("1 + "), None);
        assert_eq!(at_end("Table.FirstN(t, 3)"), None);
    }

    #[test]
    fn lists_and_records_inside_a_call_do_not_hide_it() {
        let found = at_end("Table.RenameColumns(t, {{\"a\", \"b").unwrap();
        assert_eq!((found.name.as_str(), found.active, found.empty), ("Table.RenameColumns", 1, false));
    }

    #[test]
    fn the_hint_goes_on_where_the_cursor_stands() {
        assert_eq!(at_end("Text.Repeat(").unwrap().rest(), "text as nullable text, count as number)");
        assert_eq!(at_end("Text.Repeat(\"a\"").unwrap().rest(), ", count as number)");
        assert_eq!(at_end("Text.Repeat(\"a\", ").unwrap().rest(), "count as number)");
        assert_eq!(at_end("Text.Repeat(\"a\", 3").unwrap().rest(), ")");
    }
}
