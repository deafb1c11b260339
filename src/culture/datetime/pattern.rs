//! .NET's date and time format strings, taken apart.

use crate::culture::Culture;
use crate::culture::data::CultureData;

/// An item of a custom format string; numbers say how often its letter is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `d`: day; from three on its name.
    Day(usize),
    /// `M`: month; from three on its name.
    Month(usize),
    /// `y`
    Year(usize),
    /// `h`
    Hour12(usize),
    /// `H`
    Hour24(usize),
    /// `m`
    Minute(usize),
    /// `s`
    Second(usize),
    /// `f`: digits of the second's fraction, at most seven.
    Fraction(usize),
    /// `F`: the same without trailing zeros.
    ShortFraction(usize),
    /// `t`: before or after noon.
    Designator(usize),
    /// `z`: hours, and from three on minutes, of the offset.
    Offset(usize),
    /// `K`: the offset if there is one.
    OptionalOffset,
    /// `g`
    Era,
    /// `/`
    DateSeparator,
    /// `:`
    TimeSeparator,
    /// Anything else, copied.
    Literal(String),
}

/// Patterns that no culture changes.
pub(super) const ROUND_TRIP: &str = "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK";
pub(super) const RFC1123: &str = "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'";
pub(super) const SORTABLE: &str = "yyyy'-'MM'-'dd'T'HH':'mm':'ss";
pub(super) const UNIVERSAL_SORTABLE: &str = "yyyy'-'MM'-'dd HH':'mm':'ss'Z'";

/// A standard format string: what its letter stands for in a culture.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Standard {
    pub pattern: String,
    /// Whether the invariant culture applies, whatever the culture.
    pub invariant: bool,
    /// Whether a moment with an offset is shown in UTC.
    pub utc: bool,
}

/// The pattern of a standard format letter; `None` if the letter is none.
pub(super) fn standard(letter: char, culture: Culture) -> Option<Standard> {
    let data: &CultureData = culture.data();
    let joined = |date: &str, time: &str| format!("{date} {time}");
    let own = |pattern: String| Standard { pattern, invariant: false, utc: false };
    let fixed = |pattern: &str, utc| Standard { pattern: pattern.to_owned(), invariant: true, utc };
    Some(match letter {
        'd' => own(data.short_date.to_owned()),
        'D' => own(data.long_date.to_owned()),
        'f' => own(joined(data.long_date, data.short_time)),
        'F' => own(joined(data.long_date, data.long_time)),
        'g' => own(joined(data.short_date, data.short_time)),
        'G' => own(joined(data.short_date, data.long_time)),
        'm' | 'M' => own(data.month_day.to_owned()),
        'o' | 'O' => fixed(ROUND_TRIP, false),
        'r' | 'R' => fixed(RFC1123, true),
        's' => fixed(SORTABLE, false),
        't' => own(data.short_time.to_owned()),
        'T' => own(data.long_time.to_owned()),
        'u' => fixed(UNIVERSAL_SORTABLE, true),
        'U' => Standard { utc: true, ..own(joined(data.long_date, data.long_time)) },
        'y' | 'Y' => own(data.year_month.to_owned()),
        _ => return None,
    })
}

/// Takes a custom format string apart. `None` if a quote or an escape has no end, or a fraction has
/// more than seven digits.
pub(super) fn tokens(format: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut characters = format.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                let mut literal = String::new();
                loop {
                    match characters.next()? {
                        end if end == character => break,
                        '\\' => literal.push(characters.next()?),
                        other => literal.push(other),
                    }
                }
                push_literal(&mut tokens, &literal);
            }
            '\\' => {
                let escaped = characters.next()?;
                push_literal(&mut tokens, escaped.encode_utf8(&mut [0; 4]));
            }
            '%' => {
                let single = characters.next().filter(|&next| next != '%')?;
                push(&mut tokens, single, 1)?;
            }
            _ => {
                let mut count = 1;
                let repeats = "dMyhHmsfFtzg".contains(character);
                while repeats && characters.next_if_eq(&character).is_some() {
                    count += 1;
                }
                push(&mut tokens, character, count)?;
            }
        }
    }
    Some(tokens)
}

fn push(tokens: &mut Vec<Token>, letter: char, count: usize) -> Option<()> {
    tokens.push(match letter {
        'd' => Token::Day(count),
        'M' => Token::Month(count),
        'y' => Token::Year(count),
        'h' => Token::Hour12(count),
        'H' => Token::Hour24(count),
        'm' => Token::Minute(count),
        's' => Token::Second(count),
        'f' | 'F' if count > 7 => return None,
        'f' => Token::Fraction(count),
        'F' => Token::ShortFraction(count),
        't' => Token::Designator(count),
        'z' => Token::Offset(count),
        'K' => Token::OptionalOffset,
        'g' => Token::Era,
        '/' => Token::DateSeparator,
        ':' => Token::TimeSeparator,
        other => {
            push_literal(tokens, other.encode_utf8(&mut [0; 4]));
            return Some(());
        }
    });
    Some(())
}

fn push_literal(tokens: &mut Vec<Token>, text: &str) {
    if let Some(Token::Literal(literal)) = tokens.last_mut() {
        literal.push_str(text);
    } else {
        tokens.push(Token::Literal(text.to_owned()));
    }
}

/// Whether the month at `index` stands beside a day number, where many languages use another form
/// of its name.
pub(super) fn is_beside_day(tokens: &[Token], index: usize) -> bool {
    let number = |token: &Token| match token {
        Token::Day(count) => Some(*count <= 2),
        _ => None,
    };
    let before = tokens.get(..index).and_then(|before| before.iter().rev().find_map(number));
    let after = tokens.get(index + 1..).and_then(|after| after.iter().find_map(number));
    before == Some(true) || after == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_repeat_and_text_is_kept() {
        let expected = vec![
            Token::Hour12(1),
            Token::Literal(" h".into()),
            Token::TimeSeparator,
            Token::Designator(2),
            Token::Literal(" it's".into()),
        ];
        assert_eq!(tokens(r#"h \h:tt' it'"'s""#), Some(expected));
        assert_eq!(tokens("%hh"), Some(vec![Token::Hour12(1), Token::Hour12(1)]));
        assert_eq!(tokens("p's''t'"), Some(vec![Token::Literal("pst".into())]));
    }

    #[test]
    fn what_has_no_end_is_no_format() {
        for format in ["'abc", "\\", "%", "ffffffff"] {
            assert_eq!(tokens(format), None, "{format}");
        }
    }

    #[test]
    fn only_the_nearest_day_decides_the_form_of_the_month() {
        let beside = |format| tokens(format).map(|tokens| is_beside_day(&tokens, 2));
        assert_eq!(beside("d MMMM yyyy"), Some(true));
        assert_eq!(beside("dddd MMMM dd"), Some(true));
        assert_eq!(beside("dddd MMMM yyyy"), Some(false));
    }
}
