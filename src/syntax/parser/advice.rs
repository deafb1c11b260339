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
    if let Some(help) = stray_help(parser) {
        return Some(help);
    }
    Some(match parser.kind {
        Semicolon => "Items are separated by commas in M.".to_owned(),
        Equal => "A name and its value, `name = value`, stand only in let and in [ ].".to_owned(),
        _ if parser.starts_named() => format!("Put a comma before {item} that follows."),
        Identifier | Number => match blanks_help(parser) {
            Some(help) => format!("If these are two items, put a comma between them. {help}"),
            None => "If this is the next item, put a comma before it.".to_owned(),
        },
        kind if starts_expression(kind) => "If this is the next item, put a comma before it.".to_owned(),
        _ => return None,
    })
}

/// What to do about something after an expression that belongs to no expression of M.
pub(super) fn stray_help(parser: &Parser<'_>) -> Option<String> {
    use TokenKind::*;
    let word = parser.word();
    let (before, first) = parser.word_before();
    Some(match parser.kind {
        Question => "M has no `? :`; write: if condition then value else value.".to_owned(),
        Unknown if word.starts_with(':') => "A name and its value are joined by `=`.".to_owned(),
        Unknown if word == "." && before == Number => {
            format!("A number needs a digit after its point: {first}.0.")
        }
        Unknown if word == "." => "A field is read with brackets, as in record[field].".to_owned(),
        Unknown => foreign_operator(word).unwrap_or("M does not use this character.").to_owned(),
        Arrow => arrow_help(),
        Identifier | Number
            if before == Identifier && TokenKind::keyword(&first.to_ascii_lowercase()).is_some() =>
        {
            format!("Keywords are written in lower case: {}.", first.to_ascii_lowercase())
        }
        _ => return None,
    })
}

/// For two words in a row: that a name may have blanks only in quotes.
pub(super) fn blanks_help(parser: &Parser<'_>) -> Option<String> {
    let (before, first) = parser.word_before();
    let words =
        before == TokenKind::Identifier && matches!(parser.kind, TokenKind::Identifier | TokenKind::Number);
    words.then(|| format!("A name with blanks is quoted: #\"{first} {}\".", parser.word()))
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
    /// `text`, cut short if it is long, in one line. Looks at no more of it than it shows.
    pub(super) fn shorten(&self, text: &str) -> String {
        let mut short = String::new();
        for (count, c) in text.chars().enumerate() {
            if count == SHOWN || c == '\n' || c == '\r' {
                short.push('…');
                break;
            }
            short.push(c);
        }
        short
    }

    /// The last consumed token and its text.
    fn word_before(&self) -> (TokenKind, &str) {
        match self.prev_end.checked_sub(1) {
            Some(pos) => (self.kind_at(pos), self.text_at(pos)),
            None => (TokenKind::End, ""),
        }
    }

    /// Tells that the next `tokens` tokens, which touch, are an operator M does not have. Nothing is
    /// consumed.
    pub(super) fn foreign(&mut self, tokens: usize, help: impl Into<String>) {
        let span = self.here().to(self.span_at(self.pos + tokens.saturating_sub(1)));
        let error = SyntaxError::new(
            SyntaxErrorCode::ForeignOperator,
            span,
            format!("M has no operator `{}` here.", span.of(self.text)),
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
