//! From text to tokens. Every byte of the text belongs to exactly one token.
//!
//! Knows nothing of the grammar: what a stray character means is for the parser to tell. Only what is wrong
//! wherever it stands (escapes, unclosed texts and comments, unknown `#names`) is told here.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{digit1, hex_digit1, one_of};
use nom::combinator::{opt, recognize};
use nom::{IResult, Parser};

use super::character;
use super::error::{SyntaxError, SyntaxErrorCode};
use super::literal::{self, EscapeFault};
use super::token::{self, Token, TokenKind};
use crate::text::Span;

/// Cuts `text`, which must be shorter than 4 GiB, into tokens. The last one is [`TokenKind::End`].
pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<SyntaxError>) {
    // Realistic texts have one token for every three to five bytes.
    let mut lexer = Lexer { text, errors: Vec::new() };
    let mut tokens = Vec::with_capacity(text.len() / 3 + 8);
    let mut at = 0;
    while at < text.len() {
        let (kind, end) = lexer.token(at);
        // No token is empty, so that the loop ends whatever happens.
        let end = end.max(at + 1);
        tokens.push(Token { kind, span: Span::new(at as u32, end as u32) });
        at = end;
    }
    tokens.push(Token { kind: TokenKind::End, span: Span::at(text.len() as u32) });
    (tokens, lexer.errors)
}

struct Lexer<'s> {
    text: &'s str,
    errors: Vec<SyntaxError>,
}

impl Lexer<'_> {
    /// The kind and the end of the token that starts at `at`.
    fn token(&mut self, at: usize) -> (TokenKind, usize) {
        use TokenKind::*;
        let bytes = self.text.as_bytes();
        let byte = |ahead: usize| bytes.get(at + ahead).copied().unwrap_or(0);
        let (kind, length) = match byte(0) {
            b' ' | b'\t'..=b'\r' => return (WhiteSpace, self.white_space_end(at)),
            b'a'..=b'z' => {
                let end = self.identifier_end(at);
                return (bytes.get(at..end).and_then(token::keyword).unwrap_or(Identifier), end);
            }
            b'A'..=b'Z' | b'_' => return (Identifier, self.identifier_end(at)),
            b'0'..=b'9' => return self.number(at),
            b'"' => return self.text_literal(at, at, Text),
            b'#' => return self.hash(at),
            b',' => (Comma, 1),
            b';' => (Semicolon, 1),
            b'=' if byte(1) == b'>' => (Arrow, 2),
            b'=' => (Equal, 1),
            b'<' if byte(1) == b'=' => (LessEqual, 2),
            b'<' if byte(1) == b'>' => (NotEqual, 2),
            b'<' => (Less, 1),
            b'>' if byte(1) == b'=' => (GreaterEqual, 2),
            b'>' => (Greater, 1),
            b'+' => (Plus, 1),
            b'-' => (Minus, 1),
            b'*' => (Asterisk, 1),
            b'/' if byte(1) == b'/' => return (LineComment, self.line_end(at)),
            b'/' if byte(1) == b'*' => return self.delimited_comment(at),
            b'/' => (Slash, 1),
            b'&' => (Ampersand, 1),
            b'(' => (LeftParen, 1),
            b')' => (RightParen, 1),
            b'[' => (LeftBracket, 1),
            b']' => (RightBracket, 1),
            b'{' => (LeftBrace, 1),
            b'}' => (RightBrace, 1),
            b'@' => (At, 1),
            b'!' => (Exclamation, 1),
            b'?' if byte(1) == b'?' => (DoubleQuestion, 2),
            b'?' => (Question, 1),
            b'.' if byte(1) == b'.' && byte(2) == b'.' => (Ellipsis, 3),
            b'.' if byte(1) == b'.' => (DotDot, 2),
            b'.' if byte(1).is_ascii_digit() => return self.number(at),
            _ => return self.unusual(at),
        };
        (kind, at + length)
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.text.as_bytes().get(at..).unwrap_or(&[])
    }

    fn character(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn white_space_end(&self, mut at: usize) -> usize {
        loop {
            at += ascii_white_space(self.rest(at));
            match self.rest(at).first() {
                Some(128..) => match self.character(at) {
                    Some(c) if character::is_white_space(c) => at += c.len_utf8(),
                    _ => return at,
                },
                // A Control-Z that ends the text is a mark of old tools, not part of the document.
                Some(0x1A) if at + 1 == self.text.len() => return at + 1,
                _ => return at,
            }
        }
    }

    /// The end of the identifier, dots included, whose first character stands at `at`.
    fn identifier_end(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            while bytes.get(at).copied().is_some_and(character::is_ascii_part) {
                at += 1;
            }
            match bytes.get(at) {
                Some(b'.') if self.part_at(at + 1).is_some() => at += 1,
                Some(128..) => match self.part_at(at) {
                    Some(c) => at += c.len_utf8(),
                    None => return at,
                },
                _ => return at,
            }
        }
    }

    fn part_at(&self, at: usize) -> Option<char> {
        self.character(at).filter(|&c| character::is_identifier_part(c))
    }

    fn number(&mut self, at: usize) -> (TokenKind, usize) {
        let rest = self.rest(at);
        let length = number(rest).map_or(1, |(left, _)| rest.len() - left.len());
        let end = at + length;
        // More than 16 hexadecimal digits may still be few enough bits.
        if length > 18
            && let Some(literal) = self.text.get(at..end)
            && matches!(literal.as_bytes(), [_, b'x' | b'X', ..])
            && literal::number(literal) == Some(literal::NumberLiteral::OutOfRange)
        {
            let span = Span::new(at as u32, end as u32);
            self.errors.push(
                SyntaxError::new(
                    SyntaxErrorCode::MalformedNumber,
                    span,
                    "A hexadecimal number holds at most 64 bits.",
                )
                .with_help("Write at most 16 hexadecimal digits after 0x."),
            );
        }
        (TokenKind::Number, end)
    }

    /// A text literal, quoted identifier or verbatim literal that starts at `at` and whose opening quote
    /// stands at `quote`.
    fn text_literal(&mut self, at: usize, quote: usize, kind: TokenKind) -> (TokenKind, usize) {
        let bytes = self.text.as_bytes();
        let mut escapes = false;
        let mut search = quote + 1;
        let end = loop {
            let Some(found) = memchr::memchr2(b'"', b'#', self.rest(search)) else {
                self.unterminated(at, quote, kind);
                break self.text.len();
            };
            let found = search + found;
            let next = bytes.get(found + 1);
            if bytes.get(found) == Some(&b'#') {
                escapes |= next == Some(&b'(');
                search = found + 1;
            } else if next == Some(&b'"') {
                search = found + 2;
            } else {
                break found + 1;
            }
        };
        // A verbatim literal keeps text that was never right, escapes and all.
        if escapes && kind != TokenKind::Verbatim {
            self.check_escapes(quote, end);
        }
        (kind, end)
    }

    fn check_escapes(&mut self, quote: usize, end: usize) {
        let body = self.text.get(quote..end).map_or("", literal::body);
        let start = quote + 1;
        let errors = &mut self.errors;
        literal::decode(body, &mut String::new(), |range, fault| {
            let span = Span::new((start + range.start) as u32, (start + range.end) as u32);
            let (message, help) = match fault {
                EscapeFault::Form => (
                    "This is not an escape sequence.",
                    "Escapes are #(cr), #(lf), #(tab), #(#), four or eight hexadecimal digits as in #(000D), and lists of these \
                     as in #(cr,lf), without blanks. A plain #( is written #(#)(.",
                ),
                EscapeFault::CodePoint => (
                    "This escape sequence names no Unicode character.",
                    "Code points go up to 0010FFFF; D800 to DFFF stand only in pairs, as in #(D83D,DE00).",
                ),
            };
            errors.push(SyntaxError::new(SyntaxErrorCode::InvalidEscape, span, message).with_help(help));
        });
    }

    fn unterminated(&mut self, at: usize, quote: usize, kind: TokenKind) {
        let what = match kind {
            TokenKind::QuotedIdentifier => "This quoted name",
            TokenKind::Verbatim => "This verbatim literal",
            _ => "This text",
        };
        let span = Span::new(at as u32, quote as u32 + 1);
        self.errors.push(
            SyntaxError::new(
                SyntaxErrorCode::UnterminatedText,
                span,
                format!("{what} starts here and is never closed."),
            )
            .with_help("Close it with a quotation mark. A quotation mark inside is written twice: \"\".")
            .ending(),
        );
    }

    /// What starts with `#`: a quoted identifier, a verbatim literal or a name.
    fn hash(&mut self, at: usize) -> (TokenKind, usize) {
        match (self.rest(at).get(1), self.rest(at).get(2)) {
            (Some(b'"'), _) => return self.text_literal(at, at + 1, TokenKind::QuotedIdentifier),
            (Some(b'!'), Some(b'"')) => return self.text_literal(at, at + 2, TokenKind::Verbatim),
            _ => {}
        }
        if !self.character(at + 1).is_some_and(character::is_identifier_start) {
            return (TokenKind::Unknown, at + 1);
        }
        let end = self.identifier_end(at + 1);
        let name = self.text.get(at..end).unwrap_or("");
        if !token::HASH_NAMES.contains(&name) {
            let lower = name.to_ascii_lowercase();
            let help = if token::HASH_NAMES.contains(&lower.as_str()) {
                format!("Write {lower}, in lower case.")
            } else {
                format!(
                    "The names with # are {}. A name of your own in quotes is written #\"{}\".",
                    token::HASH_NAMES.join(", "),
                    name.trim_start_matches('#')
                )
            };
            let span = Span::new(at as u32, end as u32);
            self.errors.push(
                SyntaxError::new(SyntaxErrorCode::UnknownHashName, span, format!("There is no {name} in M."))
                    .with_help(help),
            );
        }
        (TokenKind::HashName, end)
    }

    /// The end of the line that `at` stands in.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = self.text.get(at..at + length).unwrap_or("");
        if line.is_ascii() {
            return at + length;
        }
        at + line.find(character::is_new_line).unwrap_or(length)
    }

    fn delimited_comment(&mut self, at: usize) -> (TokenKind, usize) {
        let end = match memchr::memmem::find(self.rest(at + 2), b"*/") {
            Some(found) => at + 2 + found + 2,
            None => {
                self.errors.push(
                    SyntaxError::new(
                        SyntaxErrorCode::UnterminatedComment,
                        Span::new(at as u32, at as u32 + 2),
                        "This comment starts here and is never closed.",
                    )
                    .with_help("Close it with */.")
                    .ending(),
                );
                self.text.len()
            }
        };
        (TokenKind::DelimitedComment, end)
    }

    /// What does not start like a token in ASCII: white space, identifiers in other scripts, and what is no M.
    fn unusual(&self, at: usize) -> (TokenKind, usize) {
        let Some(c) = self.character(at) else { return (TokenKind::Unknown, self.text.len()) };
        let end = at + c.len_utf8();
        if character::is_white_space(c) || (c == '\u{1a}' && end == self.text.len()) {
            return (TokenKind::WhiteSpace, self.white_space_end(at));
        }
        if character::is_identifier_start(c) {
            return (TokenKind::Identifier, self.identifier_end(end));
        }
        // Text in quotes of another kind is one token if its line holds the closing quote.
        if let Some(close) = closing_quote(c)
            && let Some(rest) = self.text.get(end..)
            && let Some(found) = rest.find(|next| close.contains(&next) || character::is_new_line(next))
            && let Some(end_quote) = rest.get(found..).and_then(|rest| rest.chars().next())
            && close.contains(&end_quote)
        {
            return (TokenKind::Unknown, end + found + end_quote.len_utf8());
        }
        // Foreign operators such as `||` stay together.
        let run = self.text.get(at..).map_or(0, |rest| rest.chars().take_while(|&next| next == c).count());
        (TokenKind::Unknown, at + run.max(1) * c.len_utf8())
    }
}

/// The quotes that may close text opened by `open`, for quotes that M does not have. Each kind closes
/// itself too, so that no text makes the search start over and over.
fn closing_quote(open: char) -> Option<&'static [char]> {
    Some(match open {
        '\'' => &['\''],
        '`' => &['`', '\''],
        '\u{2018}' | '\u{2019}' | '\u{201a}' => &['\u{2018}', '\u{2019}', '\u{201a}'],
        '\u{201c}' | '\u{201d}' | '\u{201e}' => &['\u{201c}', '\u{201d}', '\u{201e}'],
        '«' | '»' => &['«', '»'],
        _ => return None,
    })
}

fn ascii_white_space(input: &[u8]) -> usize {
    let run: IResult<&[u8], &[u8], ()> = take_while(character::is_ascii_white_space).parse(input);
    run.map_or(0, |(_, taken)| taken.len())
}

/// A number literal. The point needs a digit after it, so that `1..2` is a range.
fn number(input: &[u8]) -> IResult<&[u8], &[u8], ()> {
    let hexadecimal = recognize((alt((tag("0x"), tag("0X"))), hex_digit1));
    let fraction = || (tag("."), digit1);
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    let decimal =
        recognize((alt((recognize((digit1, opt(fraction()))), recognize(fraction()))), opt(exponent)));
    alt((hexadecimal, decimal)).parse(input)
}

#[cfg(test)]
mod tests {
    use super::TokenKind::*;
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let (tokens, _) = lex(text);
        let mut at = 0;
        for token in &tokens {
            assert_eq!(token.span.start, at, "{text:?}");
            at = token.span.end;
        }
        assert_eq!(at as usize, text.len());
        tokens.iter().map(|token| token.kind).filter(|kind| !matches!(kind, WhiteSpace | End)).collect()
    }

    fn codes(text: &str) -> Vec<SyntaxErrorCode> {
        lex(text).1.iter().map(|error| error.code).collect()
    }

    #[test]
    fn numbers_and_ranges() {
        assert_eq!(kinds("1..2"), [Number, DotDot, Number]);
        assert_eq!(kinds("1.5e-3 .5 0xFfg 1e"), [Number, Number, Number, Identifier, Number, Identifier]);
        assert_eq!(kinds("1."), [Number, Unknown]);
        assert_eq!(kinds("1.e3"), [Number, Unknown, Identifier]);
        assert_eq!(codes("0x11112222333344445"), [SyntaxErrorCode::MalformedNumber]);
        assert_eq!(codes("0x00001111222233334444"), []);
    }

    #[test]
    fn identifiers_take_dots_and_digits() {
        assert_eq!(
            kinds("Table.AddColumn a.1 a..b a. ж.中"),
            [Identifier, Identifier, Identifier, DotDot, Identifier, Identifier, Unknown, Identifier]
        );
        assert_eq!(kinds("let letter in.x"), [Let, Identifier, Identifier]);
    }

    #[test]
    fn hash_forms() {
        assert_eq!(
            kinds("#\"a \"\"b\"\" #(lf)\" #!\"x#(\" #date #table"),
            [QuotedIdentifier, Verbatim, HashName, HashName]
        );
        assert_eq!(
            codes("#foo #Date \"#(x)\" #!\"#(x)\""),
            [
                SyntaxErrorCode::UnknownHashName,
                SyntaxErrorCode::UnknownHashName,
                SyntaxErrorCode::InvalidEscape
            ]
        );
    }

    #[test]
    fn operators() {
        assert_eq!(
            kinds("=>= <><=>=< ???......&!@"),
            [
                Arrow,
                Equal,
                NotEqual,
                LessEqual,
                GreaterEqual,
                Less,
                DoubleQuestion,
                Question,
                Ellipsis,
                Ellipsis,
                Ampersand,
                Exclamation,
                At
            ]
        );
    }

    #[test]
    fn trivia_in_all_newline_kinds() {
        assert_eq!(
            kinds("//a\r\n//b\u{2028}//c\u{85}/* // */\u{a0}1\u{1a}"),
            [LineComment, LineComment, LineComment, DelimitedComment, Number]
        );
        assert_eq!(kinds("\u{feff}1"), [Number]);
    }

    #[test]
    fn unterminated_points_at_the_start() {
        for (text, start) in [("1 + \"abc", 4), ("x /* y", 2), ("#\"a", 0), ("\"a\"\"", 0)] {
            let (_, errors) = lex(text);
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!(errors[0].span.start, start);
            assert!(errors[0].at_end);
        }
    }

    #[test]
    fn foreign_quotes_are_one_token() {
        assert_eq!(kinds("'it is' “smart” ' ||"), [Unknown, Unknown, Unknown, Unknown]);
    }
}
