//! What literals and names mean: escapes decoded, numbers read. Knows nothing of the grammar.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::combinator::{map, map_res, value};
use nom::multi::separated_list1;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::token::TokenKind;
use super::tree::{NodeId, Tree};

/// The value of a number literal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NumberLiteral {
    /// A whole number written without point and exponent, or in hexadecimal.
    Integer(u64),
    /// Any other number, in double precision.
    Float(f64),
    /// A number beyond double precision, or hexadecimal digits beyond 64 bits.
    OutOfRange,
}

/// Reads a number literal as the lexer delimits it; `None` if `literal` is no number literal.
pub fn number(literal: &str) -> Option<NumberLiteral> {
    if let Some(digits) = literal.strip_prefix("0x").or_else(|| literal.strip_prefix("0X")) {
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        return Some(
            u64::from_str_radix(digits, 16).map_or(NumberLiteral::OutOfRange, NumberLiteral::Integer),
        );
    }
    let first = literal.bytes().next()?;
    // The standard library also reads "inf", signs and "1.": none of them is an M number.
    if !(first.is_ascii_digit() || first == b'.') || literal.ends_with('.') {
        return None;
    }
    if literal.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(integer) = literal.parse::<u64>()
    {
        return Some(NumberLiteral::Integer(integer));
    }
    let float: f64 = literal.parse().ok()?;
    Some(if float.is_finite() { NumberLiteral::Float(float) } else { NumberLiteral::OutOfRange })
}

/// The name that the `Name` node `id` spells.
pub(super) fn name<'s>(tree: &Tree, id: NodeId, source: &'s str) -> Cow<'s, str> {
    let range = tree.token_range(id);
    let tokens = tree.tokens.get(range).unwrap_or(&[]);
    // An inclusive reference starts with `@`, perhaps followed by white space.
    let word = tokens.iter().find(|token| token.kind != TokenKind::At && !token.kind.is_trivia());
    let (Some(first), Some(last)) = (word, tokens.last()) else { return Cow::Borrowed("") };
    if first.kind == TokenKind::QuotedIdentifier {
        return quoted_identifier(first.span.of(source));
    }
    Cow::Borrowed(first.span.to(last.span).of(source))
}

/// The name that a quoted identifier `#"..."` spells.
pub fn quoted_identifier(literal: &str) -> Cow<'_, str> {
    text(literal.strip_prefix('#').unwrap_or(literal))
}

/// The value of a text literal, quotes included. An escape that is wrong stays as it is written.
pub fn text(literal: &str) -> Cow<'_, str> {
    let body = body(literal);
    if memchr::memchr2(b'"', b'#', body.as_bytes()).is_none() {
        return Cow::Borrowed(body);
    }
    let mut value = String::with_capacity(body.len());
    decode(body, &mut value, |_, _| ());
    Cow::Owned(value)
}

/// What stands between the quotes; the closing one may be absent.
pub(super) fn body(literal: &str) -> &str {
    let Some(open) = literal.strip_prefix('"') else { return literal };
    // A closing quote is one too many: those inside come in pairs.
    let quotes = open.bytes().rev().take_while(|&byte| byte == b'"').count();
    if quotes % 2 == 1 { &open[..open.len() - 1] } else { open }
}

/// Why an escape sequence is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum EscapeFault {
    /// It is not one of the forms there are.
    Form,
    /// It names a code point that is no character.
    CodePoint,
}

/// Decodes the inside of a text literal into `value` and tells `fault` the byte range of every escape
/// sequence that is wrong.
pub(super) fn decode(
    body: &str,
    value: &mut String,
    mut fault: impl FnMut(std::ops::Range<usize>, EscapeFault),
) {
    // A character beyond U+FFFF may be written as its two UTF-16 halves; this is the first half.
    let mut half: Option<(u32, std::ops::Range<usize>)> = None;
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("#(") {
            match escape(rest) {
                Ok((left, units)) => {
                    let end = body.len() - left.len();
                    for unit in units {
                        push_unit(unit, at..end, value, &mut half, &mut fault);
                    }
                    at = end;
                }
                Err(_) => {
                    flush_half(&mut half, value, &mut fault);
                    let end = memchr::memchr2(b')', b'"', rest.as_bytes()).unwrap_or(rest.len());
                    let end = if rest[end..].starts_with(')') { end + 1 } else { end };
                    fault(at..at + end, EscapeFault::Form);
                    value.push_str("#(");
                    at += 2;
                }
            }
            continue;
        }
        flush_half(&mut half, value, &mut fault);
        // The rest up to the next character that may mean something else.
        let skip = rest.chars().next().map_or(1, char::len_utf8);
        if rest.starts_with('"') {
            value.push('"');
            at += if rest.starts_with("\"\"") { 2 } else { 1 };
            continue;
        }
        let plain =
            memchr::memchr2(b'"', b'#', &rest.as_bytes()[skip..]).map_or(rest.len(), |found| found + skip);
        value.push_str(&rest[..plain]);
        at += plain;
    }
    flush_half(&mut half, value, &mut fault);
}

fn push_unit(
    unit: u32,
    range: std::ops::Range<usize>,
    value: &mut String,
    half: &mut Option<(u32, std::ops::Range<usize>)>,
    fault: &mut impl FnMut(std::ops::Range<usize>, EscapeFault),
) {
    if let Some((high, _)) = half
        && (0xDC00..0xE000).contains(&unit)
    {
        let whole = 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00);
        value.push(char::from_u32(whole).unwrap_or(char::REPLACEMENT_CHARACTER));
        *half = None;
        return;
    }
    flush_half(half, value, fault);
    if (0xD800..0xDC00).contains(&unit) {
        *half = Some((unit, range));
    } else if let Some(character) = char::from_u32(unit) {
        value.push(character);
    } else {
        fault(range, EscapeFault::CodePoint);
        value.push(char::REPLACEMENT_CHARACTER);
    }
}

fn flush_half(
    half: &mut Option<(u32, std::ops::Range<usize>)>,
    value: &mut String,
    fault: &mut impl FnMut(std::ops::Range<usize>, EscapeFault),
) {
    if let Some((_, range)) = half.take() {
        fault(range, EscapeFault::CodePoint);
        value.push(char::REPLACEMENT_CHARACTER);
    }
}

/// `#(` escapes `)`: the code points or UTF-16 halves that it stands for.
fn escape(input: &str) -> IResult<&str, Vec<u32>, ()> {
    delimited(tag("#("), separated_list1(tag(","), single_escape), tag(")")).parse(input)
}

fn single_escape(input: &str) -> IResult<&str, u32, ()> {
    let hex = |digits: usize| {
        map_res(take_while_m_n(digits, digits, |c: char| c.is_ascii_hexdigit()), |text: &str| {
            u32::from_str_radix(text, 16)
        })
    };
    alt((
        hex(8),
        hex(4),
        value('\r' as u32, tag("cr")),
        value('\n' as u32, tag("lf")),
        value('\t' as u32, tag("tab")),
        map(tag("#"), |_| '#' as u32),
    ))
    .parse(input)
}

/// Writes `value` as the inside of a text literal or quoted identifier.
pub(super) fn encode(value: &str, out: &mut String) {
    let mut rest = value.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => out.push_str("\"\""),
            '#' if rest.peek() == Some(&'(') => out.push_str("#(#)"),
            '\r' if rest.peek() == Some(&'\n') => {
                rest.next();
                out.push_str("#(cr,lf)");
            }
            '\r' => out.push_str("#(cr)"),
            '\n' => out.push_str("#(lf)"),
            '\t' => out.push_str("#(tab)"),
            c if c.is_control() => out.push_str(&format!("#({:04X})", c as u32)),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<(std::ops::Range<usize>, EscapeFault)> {
        let mut found = Vec::new();
        decode(body, &mut String::new(), |range, fault| found.push((range, fault)));
        found
    }

    #[test]
    fn numbers() {
        use NumberLiteral::*;
        for (literal, expected) in [
            ("0", Integer(0)),
            ("18446744073709551615", Integer(u64::MAX)),
            ("18446744073709551616", Float(18446744073709551616.0)),
            ("1.5", Float(1.5)),
            (".5", Float(0.5)),
            ("1e3", Float(1000.0)),
            ("1E-3", Float(0.001)),
            ("0xff", Integer(255)),
            ("0XFFFFFFFFFFFFFFFF", Integer(u64::MAX)),
            ("0x10000000000000000", OutOfRange),
            ("1e999", OutOfRange),
        ] {
            assert_eq!(number(literal), Some(expected), "{literal}");
        }
        for literal in ["", "1.", "0x", "inf", "+1", "-1", "1e", "x"] {
            assert_eq!(number(literal), None, "{literal}");
        }
    }

    #[test]
    fn texts_decode() {
        for (literal, expected) in [
            (r#""""#, ""),
            (r#""abc""#, "abc"),
            (r#""a ""b"" c""#, r#"a "b" c"#),
            (r#""""""#, "\""),
            (r##""#(cr,lf)#(tab)#(#)(""##, "\r\n\t#("),
            (r##""#(000D)#(0000000A)#(41)""##, "\r\n#(41)"),
            (r##""# #x #""##, "# #x #"),
            (r##""#(D83D,DE00)#(D83D)#(DE00)#(0001F600)""##, "😀😀😀"),
            ("\"ä\r\nö\"", "ä\r\nö"),
        ] {
            assert_eq!(text(literal), expected, "{literal}");
        }
    }

    #[test]
    fn plain_texts_are_not_copied() {
        assert!(matches!(text("\"plain\""), Cow::Borrowed("plain")));
    }

    #[test]
    fn wrong_escapes_are_told() {
        assert_eq!(faults("a#(x)b"), [(1..5, EscapeFault::Form)]);
        assert_eq!(faults("#(cr, lf)"), [(0..9, EscapeFault::Form)]);
        assert_eq!(faults("#(cr"), [(0..4, EscapeFault::Form)]);
        assert_eq!(faults("#(FFFFFFFF)"), [(0..11, EscapeFault::CodePoint)]);
        assert_eq!(faults("#(D83D)x"), [(0..7, EscapeFault::CodePoint)]);
        assert_eq!(faults("#(cr)#(#)##"), []);
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        for value in ["", "a\"b", "#(cr)", "#", "##(", "\r\n\t\r", "\u{1}ä😀"] {
            let mut literal = String::from("\"");
            encode(value, &mut literal);
            literal.push('"');
            assert_eq!(text(&literal), value, "{literal}");
            assert_eq!(faults(body(&literal)), [], "{literal}");
        }
    }
}
