//! Words for the errors: what was found, and what an author coming from elsewhere probably meant.

use super::Parser;
use super::recovery::starts_expression;
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::token::TokenKind;

/// How much of a text's own words an error repeats.
const SHOWN: usize = 40;

/// The current token in words: "the name `x`".
pub(super) fn found(parser: &Parser<'_>) -> String {
    use TokenKind::*;
    let word = parser.word();
    let shown = parser.shorten(word);
    match parser.kind {
        End => "the end of the text".to_owned(),
        Identifier | QuotedIdentifier | HashName => format!("the name `{shown}`"),
        Number => format!("the number `{shown}`"),
        Text => format!("the text {shown}"),
        Verbatim => "a verbatim literal".to_owned(),
        kind if kind.is_keyword() => format!("the keyword `{shown}`"),
        _ => format!("`{shown}`"),
    }
}

/// What to do when a comma was expected after an item.
pub(super) fn separator_help(parser: &Parser<'_>, item: &str) -> Option<String> {
    use TokenKind::*;
    let word = parser.word();
    let previous = parser.prev_end.checked_sub(1).map(|pos| (parser.kind_at(pos), parser.text_at(pos)));
    Some(match parser.kind {
        Semicolon => "Items are separated by commas in M.".to_owned(),
        Question => "M has no `? :`; write: if condition then value else value.".to_owned(),
        Unknown if word.starts_with(':') => "A name and its value are joined by `=`.".to_owned(),
        Unknown if word == "." => match previous {
            Some((Number, number)) => {
                format!("A number needs a digit after its point: {number}.0.")
            }
            _ => "A field is read with brackets, as in record[field].".to_owned(),
        },
        Unknown => foreign_operator(word).unwrap_or("M does not use this character.").to_owned(),
        Arrow => arrow_help(),
        Equal => "A name and its value, `name = value`, stand only in let and in [ ].".to_owned(),
        Identifier | QuotedIdentifier | Number if parser.starts_named() => {
            format!("Put a comma before {item} that follows.")
        }
        Identifier | Number => match previous {
            Some((Identifier, first)) if TokenKind::keyword(&first.to_ascii_lowercase()).is_some() => {
                format!("Keywords are written in lower case: {}.", first.to_ascii_lowercase())
            }
            Some((Identifier, first)) => format!(
                "If these are two items, put a comma between them; a name with blanks is quoted: #\"{first} {word}\"."
            ),
            _ => "If this is the next item, put a comma before it.".to_owned(),
        },
        kind if starts_expression(kind) => "If this is the next item, put a comma before it.".to_owned(),
        _ => return None,
    })
}

pub(super) fn arrow_help() -> String {
    "A function's parameters stand in parentheses: (x) => x + 1. Greater or equal is written `>=`.".to_owned()
}

/// What to write for an operator that M does not have.
pub(super) fn foreign_operator(word: &str) -> Option<&'static str> {
    Some(match word {
        "||" | "|" => "Write `or`; to join texts, lists, records and tables write `&`.",
        "%" | "%%" => "Write Number.Mod(a, b).",
        "^" | "^^" => "Write Number.Power(a, b).",
        "≠" => "Write `<>`.",
        "≤" => "Write `<=`.",
        "≥" => "Write `>=`.",
        "×" | "·" | "∙" => "Write `*`.",
        "÷" | "∕" => "Write `/`.",
        "−" | "–" | "—" => "Write `-`, the hyphen of the keyboard.",
        "…" => "Write `...`, three points.",
        "~" => "M has no such operator.",
        "\\" => {
            "M does not escape with `\\`: a quotation mark inside a text is written twice, a line end #(lf)."
        }
        "$" => "M has no interpolated texts: join them with `&` and Text.From(...).",
        "⇒" | "→" => "Write `=>`.",
        _ => return None,
    })
}

impl Parser<'_> {
    /// `text`, cut short if it is long, in one line.
    pub(super) fn shorten(&self, text: &str) -> String {
        let line = text.lines().next().unwrap_or("");
        if line.len() == text.len() && line.chars().count() <= SHOWN {
            return line.to_owned();
        }
        let mut short: String = line.chars().take(SHOWN).collect();
        short.push('…');
        short
    }

    /// Tells that the tokens from here on are an operator M does not have. Nothing is consumed.
    pub(super) fn foreign(&mut self, what: &str, help: impl Into<String>) {
        let error = SyntaxError::new(
            SyntaxErrorCode::ForeignOperator,
            self.here(),
            format!("M has no operator {what} here."),
        )
        .with_found(self.kind)
        .with_help(help);
        self.report(error);
    }

    /// Tells that a keyword is written in capital letters. Nothing is consumed.
    pub(super) fn keyword_case(&mut self, word: &'static str) {
        let error = SyntaxError::new(
            SyntaxErrorCode::KeywordCase,
            self.here(),
            format!("Expected `{word}`, found {}.", found(self)),
        )
        .with_expected(word)
        .with_found(self.kind)
        .with_help(format!("Keywords are written in lower case: {word}."));
        self.report(error);
    }
}
