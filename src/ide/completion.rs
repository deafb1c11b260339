//! Completion: what could stand at the cursor.

use super::context::{Before, unquoted};
use super::library_names::LibraryNames;
use super::names::{field_text, name_text};
use super::scope::Scope;
use super::shape::Shape;
use crate::library::Library;
use crate::syntax::TokenKind;
use crate::value::quote;

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The name as people read it.
    pub label: String,
    /// The text to put in place of the span.
    pub insert: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A word or type beside it; may be empty.
    pub detail: String,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    /// A column of a table or field of a record.
    Field,
    /// A step, query or parameter.
    Name,
    /// A name of the library.
    Library,
    /// A keyword.
    Keyword,
}

/// All that could stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The byte where the text to be replaced begins; it ends at the cursor.
    pub start: usize,
    /// The candidates, best first.
    pub items: Vec<Completion>,
}

/// Says what the value of an expression is made of, where that can be found out quickly enough.
pub type ShapeOf<'a> = &'a dyn Fn(&str) -> Option<Shape>;

const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "each",
    "else",
    "error",
    "false",
    "if",
    "in",
    "is",
    "let",
    "meta",
    "not",
    "null",
    "or",
    "otherwise",
    "then",
    "true",
    "try",
    "type",
];

/// What could stand at `offset` of `text`: library names and those of the scope, and, in brackets or in the texts that
/// name columns, the columns and fields of the value at hand. `shape_of` is asked for expressions that are no name.
pub fn complete(text: &str, offset: usize, scope: &Scope, shape_of: ShapeOf<'_>) -> Completions {
    let before = Before::new(text, offset);
    if before.in_comment {
        return Completions::default();
    }
    let finder = Finder { before: &before, scope, shape_of };
    match before.open_quote() {
        Some((start, TokenKind::Text)) => finder.column_texts(start),
        Some((start, _)) => finder.quoted_names(start),
        None => match finder.field() {
            Some(found) => found,
            None => finder.names(),
        },
    }
}

struct Finder<'a> {
    before: &'a Before<'a>,
    scope: &'a Scope,
    shape_of: ShapeOf<'a>,
}

impl Finder<'_> {
    /// Columns inside a text: `Table.RemoveColumns(Source, {"Am`.
    fn column_texts(&self, start: usize) -> Completions {
        let Some(call) = self.before.call(self.before.tokens.len().saturating_sub(1)) else {
            return Completions::default();
        };
        let typed = self.before.text.get(start..).unwrap_or("");
        let shape = call.first.map_or(Shape::Unknown, |first| self.shape(first));
        let mut items = Vec::new();
        for part in shape.parts().iter().filter(|part| matches_start(&part.name, typed)) {
            let mut quoted = String::new();
            quote(&part.name, &mut quoted);
            // The first quote stands there already.
            let insert = quoted.get(1..).unwrap_or("").to_owned();
            items.push(completion(&part.name, insert, CompletionKind::Field, &part.ty));
        }
        Completions { start, items }
    }

    /// Names inside `#"`.
    fn quoted_names(&self, start: usize) -> Completions {
        let typed = self.before.text.get(start..).unwrap_or("");
        let found = self.scope.iter().filter(|(name, _)| matches_start(name, typed));
        let items = found
            .map(|(name, known)| completion(name, name_quoted(name), CompletionKind::Name, known.role))
            .collect();
        Completions { start: start.saturating_sub(2), items }
    }

    /// Fields inside brackets: `row[Am`, and `each [Am` of the rows at hand.
    fn field(&self) -> Option<Completions> {
        let before = self.before;
        let count = before.tokens.len();
        let open = before.open_bracket(count)?;
        if before.kind(open) != Some(TokenKind::LeftBracket) {
            return None;
        }
        let word = |kind: TokenKind| {
            kind.is_keyword()
                || matches!(kind, TokenKind::Identifier | TokenKind::Number | TokenKind::Unknown)
        };
        if !(open + 1..count).all(|at| before.kind(at).is_some_and(word)) {
            return None;
        }
        // `[[A], [B` selects several fields of what stands before the outer bracket.
        let selector = match open.checked_sub(1).and_then(|_| before.open_bracket(open)) {
            Some(outer) if before.kind(outer) == Some(TokenKind::LeftBracket) => outer,
            _ => open,
        };
        let shape = match selector.checked_sub(1) {
            Some(last) if before.ends_value(last) => {
                let start = before.value_start(selector);
                self.target(before.text_of(start, selector), selector)
            }
            _ => self.row_at_hand(selector),
        };
        let after = before.tokens.get(open).map_or(0, |token| token.span.end as usize);
        let blank = before.text.get(after..).map_or(0, |rest| rest.len() - rest.trim_start().len());
        let start = after + blank;
        let typed = before.text.get(start..).unwrap_or("");
        let items: Vec<Completion> = shape
            .parts()
            .iter()
            .filter(|part| matches_start(&part.name, typed))
            .map(|part| {
                completion(
                    &part.name,
                    format!("{}]", field_text(&part.name)),
                    CompletionKind::Field,
                    &part.ty,
                )
            })
            .collect();
        // Brackets may also begin a record, whose names nobody can guess.
        (!items.is_empty() || !typed.is_empty()).then_some(Completions { start, items })
    }

    /// The shape of what stands before a bracket.
    fn target(&self, text: &str, at: usize) -> Shape {
        match self.shape(text) {
            // A parameter of a function that gets rows, perhaps.
            Shape::Unknown => self.row_at_hand(at),
            shape => shape,
        }
    }

    /// The row that `_` means at a token: of the table that is the first argument of a call around it.
    fn row_at_hand(&self, at: usize) -> Shape {
        let mut at = at;
        while let Some(open) = self.before.open_bracket(at) {
            if let Some(call) = self.before.call(at)
                && let Some(first) = call.first
            {
                let shape = self.shape(first);
                if !shape.parts().is_empty() {
                    return shape;
                }
            }
            at = open;
        }
        // Outside of any call the REPL lets `_` mean the last step.
        self.scope.get("_").map_or(Shape::Unknown, |known| known.shape.clone())
    }

    /// The shape of an expression.
    fn shape(&self, text: &str) -> Shape {
        let text = text.trim().trim_start_matches('@');
        if let Some(known) = self.scope.get(&unquoted(text)) {
            return known.shape.clone();
        }
        if let Some(shape) = (self.shape_of)(text) {
            return shape;
        }
        // Most functions of tables keep most columns: those of their own first argument are a good guess.
        let inner = Before::new(text, text.len().saturating_sub(1));
        match inner.call(inner.tokens.len()).and_then(|call| call.first) {
            Some(first) if first.len() < text.len() => self.shape(first),
            _ => Shape::Unknown,
        }
    }

    fn names(&self) -> Completions {
        let text = self.before.text;
        let start = text
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '.' | '#'))
            .last()
            .map_or(text.len(), |(at, _)| at);
        let typed = text.get(start..).unwrap_or("");
        if typed.starts_with(|c: char| c.is_ascii_digit()) {
            return Completions { start, items: Vec::new() };
        }
        let folded = typed.to_lowercase();
        let mut items: Vec<Completion> = self.names_where(|name| name.starts_with(&folded));
        let library = LibraryNames::get();
        if !typed.is_empty() {
            items.extend(library.beginning(&folded).filter_map(|name| self.library_name(name)));
            for &word in KEYWORDS.iter().filter(|word| word.starts_with(typed)) {
                items.push(completion(word, word.to_owned(), CompletionKind::Keyword, ""));
            }
            // What begins so is better than what has it after a point; if there is such, the rest is noise.
            if items.is_empty() {
                items = self.names_where(|name| {
                    name.rsplit_once('.').is_some_and(|(_, last)| last.starts_with(&folded))
                });
                items.extend(library.ending(&folded).filter_map(|name| self.library_name(name)));
            }
        }
        items.sort_by(|a, b| (a.kind, &a.label).cmp(&(b.kind, &b.label)));
        Completions { start, items }
    }

    /// The names of the scope that, lower-cased, are as asked for.
    fn names_where(&self, asked: impl Fn(&str) -> bool) -> Vec<Completion> {
        let named = self.scope.iter().filter(|(name, _)| *name != "_" && asked(&name.to_lowercase()));
        named
            .map(|(name, known)| completion(name, name_text(name), CompletionKind::Name, known.role))
            .collect()
    }

    /// A name of the library, unless the scope hides it.
    fn library_name(&self, name: &str) -> Option<Completion> {
        let hidden = self.scope.get(name).is_some();
        let detail = if Library::get().is_absent(name) { "not available yet" } else { "" };
        (!hidden).then(|| completion(name, name.to_owned(), CompletionKind::Library, detail))
    }
}

fn completion(label: &str, insert: String, kind: CompletionKind, detail: &str) -> Completion {
    Completion { label: label.to_owned(), insert, kind, detail: detail.to_owned() }
}

/// A name in quotes even where it would not need them.
fn name_quoted(name: &str) -> String {
    let mut text = String::from("#");
    quote(name, &mut text);
    text
}

fn matches_start(name: &str, typed: &str) -> bool {
    name.to_lowercase().starts_with(&typed.trim_start_matches("#\"").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::shape::Part;
    use super::*;

    fn scope() -> Scope {
        let part = |name: &str| Part { name: name.to_owned(), ty: "text".to_owned() };
        let mut scope = Scope::new();
        scope.insert(
            "Source",
            "step",
            Shape::Table(vec![part("Amount"), part("Unit Price"), part("ROI ($)")]),
        );
        scope.insert("Filtered rows", "step", Shape::Table(vec![part("Amount")]));
        scope.insert("Options", "step", Shape::Record(vec![part("Delimiter")]));
        scope
    }

    fn inserts(text: &str) -> Vec<String> {
        let found = complete(text, text.len(), &scope(), &|_| None);
        found.items.into_iter().map(|item| item.insert).collect()
    }

    #[test]
    fn names_of_the_library_and_of_the_scope() {
        assert_eq!(inserts("Table.SelectRows"), ["Table.SelectRows", "Table.SelectRowsWithErrors"]);
        assert_eq!(inserts("1 + Filt"), ["#\"Filtered rows\""]);
        assert_eq!(inserts("#\"Filt"), ["#\"Filtered rows\""]);
        assert!(inserts("SelectRows").contains(&"Table.SelectRows".to_owned()));
        assert!(inserts("le").contains(&"let".to_owned()));
        assert_eq!(inserts("// Tabl"), Vec::<String>::new());
    }

    #[test]
    fn columns_of_the_rows_at_hand() {
        assert_eq!(inserts("Table.SelectRows(Source, each [Am"), ["Amount]"]);
        assert_eq!(inserts("Table.SelectRows(Source, each [Amount] > 1 and [u"), ["Unit Price]"]);
        assert_eq!(inserts("Table.SelectRows(Source, (row) => row[r"), ["#\"ROI ($)\"]"]);
        assert_eq!(inserts("Table.AddColumn(Source, \"x\", each Text.From([").len(), 3);
        assert_eq!(inserts("Table.SelectRows(Table.FirstN(Source, 3), each [Am"), ["Amount]"]);
    }

    #[test]
    fn fields_and_columns_of_names() {
        assert_eq!(inserts("Options[D"), ["Delimiter]"]);
        assert_eq!(inserts("#\"Filtered rows\"[A"), ["Amount]"]);
        assert_eq!(inserts("Source[[Amount], [U"), ["Unit Price]"]);
    }

    #[test]
    fn columns_inside_texts() {
        assert_eq!(inserts("Table.RemoveColumns(Source, {\"Am"), ["Amount\""]);
        assert_eq!(inserts("Table.RemoveColumns(Source, {\"Amount\", \"RO"), ["ROI ($)\""]);
        assert_eq!(inserts("Text.Upper(\"Am"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_name_is_asked_for() {
        let asked = |text: &str| {
            (text == "#table({\"Zig\"}, {})")
                .then(|| Shape::Table(vec![Part { name: "Zig".into(), ty: String::new() }]))
        };
        let text = "Table.Sort(#table({\"Zig\"}, {}), {\"Z";
        let found = complete(text, text.len(), &Scope::new(), &asked);
        assert_eq!(found.items.len(), 1);
        assert_eq!(found.start, text.len() - 1);
    }

    #[test]
    fn a_record_is_not_taken_for_fields() {
        assert_eq!(inserts("Csv.Document(x, [Delimiter = Sou"), ["Source"]);
    }
}
