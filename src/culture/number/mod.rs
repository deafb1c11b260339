//! Numbers as text in a culture, and back.

mod custom;
mod standard;

use rust_decimal::Decimal;

use super::Culture;
use crate::value::number::{DOUBLE_DIGITS, Digits, NumberText, ParsedNumber, push_finite};

/// A number in one of M's representations.
#[derive(Clone, Copy, Debug)]
pub enum Number<'a> {
    /// A whole number.
    Whole(i64),
    /// A double.
    Double(f64),
    /// A decimal.
    Decimal(&'a Decimal),
}

impl Number<'_> {
    /// The digits of a finite number, doubles with up to `precision` of them.
    fn digits(self, precision: usize) -> Digits {
        match self {
            Self::Whole(value) => Digits::of_whole(value),
            Self::Double(value) => Digits::of_double(value, precision),
            Self::Decimal(value) => Digits::of_decimal(value),
        }
    }

    /// The number as a whole one, if it is whole and fits.
    fn whole(self) -> Option<i64> {
        match self {
            Self::Whole(value) => Some(value),
            Self::Double(value) => {
                let fits = value.trunc() == value && value.abs() < 9_223_372_036_854_775_807.0;
                fits.then_some(value as i64)
            }
            Self::Decimal(value) => value.is_integer().then(|| value.trunc().try_into().ok())?,
        }
    }
}

/// The format string asks for something the number does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the format is not one for this number")]
pub struct NumberFormatError;

/// The default text of a number: all its digits, with the culture's separator and sign.
pub fn text(number: Number<'_>, culture: Culture) -> String {
    let mut text = String::with_capacity(24);
    push_text(&mut text, number, culture);
    text
}

/// Puts the [`text`] of a number behind another.
pub fn push_text(text: &mut String, number: Number<'_>, culture: Culture) {
    let symbols = &culture.data().symbols;
    match number {
        Number::Whole(value) => text.push_str(itoa::Buffer::new().format(value)),
        Number::Decimal(value) => text.push_str(&value.to_string().replace('.', symbols.decimal)),
        Number::Double(value) => match special(value, culture) {
            Some(symbol) => text.push_str(symbol),
            None => push_finite(text, value, symbols.decimal, symbols.negative),
        },
    }
}

/// The text of a number by a .NET format string: a standard one (a letter and an optional
/// precision) or a custom one. An empty format gives the default text.
pub fn format(number: Number<'_>, format: &str, culture: Culture) -> Result<String, NumberFormatError> {
    if format.is_empty() {
        return Ok(text(number, culture));
    }
    if let Number::Double(value) = number
        && let Some(symbol) = special(value, culture)
    {
        return Ok(symbol.to_owned());
    }
    match standard::specifier(format) {
        Some((letter, precision)) => standard::format(number, letter, precision, culture),
        None => Ok(custom::format(number.digits(DOUBLE_DIGITS), format, culture)),
    }
}

/// The symbol of a double that is no finite number.
fn special(value: f64, culture: Culture) -> Option<&'static str> {
    let symbols = &culture.data().symbols;
    if value.is_nan() {
        Some(symbols.nan)
    } else if value.is_infinite() {
        Some(if value > 0.0 { symbols.positive_infinity } else { symbols.negative_infinity })
    } else {
        None
    }
}

/// Reads a number as the culture writes it. `None` if the text is no number.
pub fn parse(text: &str, culture: Culture) -> Option<ParsedNumber> {
    if let Some(number) = parse_plain(text, culture.data().symbols.decimal) {
        return Some(number);
    }
    NumberText::scan(text, &culture.data().symbols).map(|number| number.to_number())
}

/// The short way for what most columns hold: a sign, digits, and perhaps a point and digits.
fn parse_plain(text: &str, decimal: &str) -> Option<ParsedNumber> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut points = 0;
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if decimal == "." => points += 1,
            _ => return None,
        }
    }
    match points {
        0 => text.parse().ok().map(ParsedNumber::Whole),
        _ => text.parse().ok().map(ParsedNumber::Double),
    }
}

/// Reads a number as a decimal, with all the digits a decimal holds. `None` if the text is no
/// number or too big.
pub fn parse_decimal(text: &str, culture: Culture) -> Option<Decimal> {
    NumberText::scan(text, &culture.data().symbols)?.to_decimal()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn culture(name: &str) -> Culture {
        Culture::find(name).unwrap_or_default()
    }

    #[test]
    fn default_text_takes_the_culture_s_separator() {
        assert_eq!(text(Number::Double(-1234.5), culture("de-DE")), "-1234,5");
        assert_eq!(text(Number::Double(0.1 + 0.2), Culture::default()), "0.30000000000000004");
        assert_eq!(text(Number::Whole(4_607_182_418_800_017_408), Culture::default()), "4607182418800017408");
        assert_eq!(text(Number::Decimal(&Decimal::new(123440, 5)), culture("fr-FR")), "1,23440");
        assert_eq!(text(Number::Double(f64::INFINITY), Culture::default()), "∞");
        assert_eq!(text(Number::Double(f64::NEG_INFINITY), Culture::invariant()), "-Infinity");
    }

    #[test]
    fn text_is_read_as_the_culture_writes_it() {
        assert_eq!(parse("1.234,5", culture("de-DE")), Some(ParsedNumber::Double(1234.5)));
        assert_eq!(parse("1,5", Culture::default()), Some(ParsedNumber::Whole(15)));
        assert_eq!(parse("1.000", culture("de-DE")), Some(ParsedNumber::Whole(1000)));
        assert_eq!(parse("12,3%", culture("de-DE")), Some(ParsedNumber::Double(0.123)));
        assert_eq!(parse("12 units", Culture::default()), None);
        assert_eq!(parse_decimal("1.23445", Culture::default()), Some(Decimal::new(123_445, 5)));
    }

    #[test]
    fn unknown_letters_are_no_format() {
        assert_eq!(format(Number::Whole(1234), "Z", Culture::default()), Err(NumberFormatError));
        assert_eq!(format(Number::Double(1.5), "D", Culture::default()), Err(NumberFormatError));
        assert_eq!(format(Number::Double(12.0), "D4", Culture::default()), Ok("0012".to_owned()));
        assert_eq!(format(Number::Double(f64::NAN), "N2", Culture::default()), Ok("NaN".to_owned()));
    }
}
