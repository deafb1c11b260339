//! .NET's standard numeric format strings: a letter, and a precision of up to two digits.

use std::fmt::Write;

use super::{Number, NumberFormatError};
use crate::culture::Culture;
use crate::value::number::{DOUBLE_DIGITS, Digits, general_text, round_trip_digits};

/// Digits that `E` and `G` can draw from a double beyond those that always survive.
const MAX_DOUBLE_DIGITS: usize = 17;

/// The letter and the precision, if the format is a standard one.
pub(super) fn specifier(format: &str) -> Option<(char, Option<usize>)> {
    let letter = format.chars().next().filter(char::is_ascii_alphabetic)?;
    let precision = format.get(1..)?;
    if precision.is_empty() {
        return Some((letter, None));
    }
    let is_precision = precision.len() <= 2 && precision.bytes().all(|byte| byte.is_ascii_digit());
    is_precision.then(|| (letter, precision.parse().ok()))
}

pub(super) fn format(
    number: Number<'_>,
    letter: char,
    precision: Option<usize>,
    culture: Culture,
) -> Result<String, NumberFormatError> {
    let data = culture.data();
    let symbols = &data.symbols;
    let places = |default: u8| precision.unwrap_or(usize::from(default));
    Ok(match letter.to_ascii_uppercase() {
        'C' => {
            let mut digits = number.digits(DOUBLE_DIGITS);
            let places = places(data.currency_digits);
            digits.round_to_places(places as i64);
            let grouping = (symbols.currency_group, data.currency_group_sizes.as_slice());
            let body = fixed(&digits, places, symbols.currency_decimal, Some(grouping));
            let pattern = if digits.negative { data.currency_negative } else { data.currency_positive };
            fill(pattern, &body, symbols.negative, symbols.currency)
        }
        'D' => {
            let value = number.whole().ok_or(NumberFormatError)?;
            let sign = if value < 0 { symbols.negative } else { "" };
            format!("{sign}{:0width$}", value.unsigned_abs(), width = precision.unwrap_or(1))
        }
        'E' => {
            let places = precision.unwrap_or(6);
            let mut digits =
                number.digits(if places >= DOUBLE_DIGITS { MAX_DOUBLE_DIGITS } else { DOUBLE_DIGITS });
            digits.round_to(places as i64 + 1);
            scientific(&digits, places, letter, culture)
        }
        'F' => {
            let mut digits = number.digits(DOUBLE_DIGITS);
            let places = places(2);
            digits.round_to_places(places as i64);
            let sign = if digits.negative { symbols.negative } else { "" };
            format!("{sign}{}", fixed(&digits, places, symbols.decimal, None))
        }
        'G' => general(number, letter, precision.filter(|&precision| precision > 0), culture),
        'N' => {
            let mut digits = number.digits(DOUBLE_DIGITS);
            let places = places(2);
            digits.round_to_places(places as i64);
            let grouping = (symbols.group, data.group_sizes.as_slice());
            let body = fixed(&digits, places, symbols.decimal, Some(grouping));
            let pattern = if digits.negative { data.number_negative } else { "n" };
            fill(pattern, &body, symbols.negative, "")
        }
        'P' => {
            let mut digits = number.digits(DOUBLE_DIGITS);
            let places = places(2);
            digits.shift(2);
            digits.round_to_places(places as i64);
            let grouping = (symbols.group, data.group_sizes.as_slice());
            let body = fixed(&digits, places, symbols.decimal, Some(grouping));
            let pattern = if digits.negative { data.percent_negative } else { data.percent_positive };
            fill(pattern, &body, symbols.negative, symbols.percent)
        }
        'R' => super::text(number, culture),
        'X' => {
            let value = number.whole().ok_or(NumberFormatError)?;
            hexadecimal(value, letter == 'X', precision.unwrap_or(1))
        }
        _ => return Err(NumberFormatError),
    })
}

/// Puts the digits, the sign and the symbol into a pattern such as `($n)` or `-n %`.
fn fill(pattern: &str, body: &str, negative_sign: &str, symbol: &str) -> String {
    let mut text = String::with_capacity(pattern.len() + body.len() + symbol.len());
    for part in pattern.chars() {
        match part {
            'n' => text.push_str(body),
            '-' => text.push_str(negative_sign),
            '$' | '%' => text.push_str(symbol),
            other => text.push(other),
        }
    }
    text
}

/// The digits without a sign, with `places` of them after the decimal separator.
fn fixed(digits: &Digits, places: usize, decimal: &str, grouping: Option<(&str, &[u8])>) -> String {
    let whole_digits = usize::try_from(digits.scale).unwrap_or(0);
    let mut text = String::with_capacity(whole_digits + places + 8);
    if whole_digits == 0 {
        text.push('0');
    }
    let breaks = grouping.map(|(_, sizes)| group_breaks(whole_digits, sizes)).unwrap_or_default();
    for at in 0..whole_digits {
        if let Some((separator, _)) = grouping
            && breaks.contains(&(whole_digits - at))
        {
            text.push_str(separator);
        }
        text.push(char::from(b'0' + digits.digit(at)));
    }
    if places > 0 {
        text.push_str(decimal);
        for place in 0..places as i64 {
            let at = place + i64::from(digits.scale);
            text.push(usize::try_from(at).map_or('0', |at| char::from(b'0' + digits.digit(at))));
        }
    }
    text
}

/// How many digits stand after each separator among `count` digits. The last size repeats, and a
/// size of 0 ends the grouping.
pub(super) fn group_breaks(count: usize, sizes: &[u8]) -> Vec<usize> {
    let mut breaks = Vec::new();
    let mut after = 0;
    for index in 0.. {
        let size = usize::from(sizes.get(index).or(sizes.last()).copied().unwrap_or(0));
        after += size;
        if size == 0 || after >= count {
            break;
        }
        breaks.push(after);
    }
    breaks
}

fn scientific(digits: &Digits, places: usize, letter: char, culture: Culture) -> String {
    let symbols = &culture.data().symbols;
    let mut text = String::with_capacity(places + 10);
    if digits.negative {
        text.push_str(symbols.negative);
    }
    text.push(char::from(b'0' + digits.digit(0)));
    if places > 0 {
        text.push_str(symbols.decimal);
        (1..=places).for_each(|at| text.push(char::from(b'0' + digits.digit(at))));
    }
    let power = if digits.is_zero() { 0 } else { digits.scale - 1 };
    let sign = if power < 0 { symbols.negative } else { symbols.positive };
    // Writing to a text cannot fail.
    let _ = write!(text, "{letter}{sign}{:03}", power.unsigned_abs());
    text
}

fn general(number: Number<'_>, letter: char, precision: Option<usize>, culture: Culture) -> String {
    let symbols = &culture.data().symbols;
    let (digits, max_digits) = match (number, precision) {
        (Number::Whole(_) | Number::Decimal(_), None) => return super::text(number, culture),
        (Number::Double(value), None) if value.trunc() == value && value.abs() < 1e15 => {
            return super::text(number, culture);
        }
        (Number::Double(value), None) => {
            // The default text stops at 17 digits, this format at 15.
            match round_trip_digits(value) {
                (digits, DOUBLE_DIGITS) => (digits, DOUBLE_DIGITS),
                _ => (Digits::of_double(value, DOUBLE_DIGITS), DOUBLE_DIGITS),
            }
        }
        (_, Some(precision)) => {
            let available = if precision > DOUBLE_DIGITS { MAX_DOUBLE_DIGITS } else { DOUBLE_DIGITS };
            let mut digits = number.digits(available);
            digits.round_to(precision as i64);
            (digits, precision)
        }
    };
    let exponent = if letter == 'g' { 'e' } else { 'E' };
    general_text(&digits, max_digits, (exponent, 2), symbols.decimal, symbols.negative)
}

/// Hexadecimal digits; below zero the two's complement of the smallest of 32 and 64 bits that holds
/// the number.
fn hexadecimal(value: i64, upper: bool, width: usize) -> String {
    let bits = match i32::try_from(value) {
        Ok(small) if value < 0 => u64::from(small.cast_unsigned()),
        _ => value.cast_unsigned(),
    };
    if upper { format!("{bits:0width$X}") } else { format!("{bits:0width$x}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: f64, format: &str, culture: &str) -> String {
        let culture = Culture::find(culture).unwrap_or_default();
        super::super::format(Number::Double(value), format, culture).unwrap_or_else(|_| "error".into())
    }

    #[test]
    fn money_and_percent_follow_the_culture_s_patterns() {
        assert_eq!(show(-123.456, "C3", "en-US"), "($123.456)");
        assert_eq!(show(12345.6789, "C3", "da-DK"), "12.345,679 kr.");
        assert_eq!(show(123.456, "C", "ja-JP"), "¥123");
        assert_eq!(show(0.2468013, "P1", "en-US"), "24.7%");
        assert_eq!(show(-0.1234, "P1", ""), "-12.3 %");
    }

    #[test]
    fn groups_follow_the_culture_s_sizes() {
        assert_eq!(show(1234567890.5, "N1", "hi-IN"), "1,23,45,67,890.5");
        assert_eq!(show(-12445.6789, "N", ""), "-12,445.68");
        assert_eq!(show(999.999, "N2", ""), "1,000.00");
        assert_eq!(group_breaks(10, &[3, 0]), [3]);
    }

    #[test]
    fn fixed_and_scientific_round_decimal_digits() {
        assert_eq!(show(-0.001, "F2", ""), "0.00");
        assert_eq!(show(0.1, "F20", ""), "0.10000000000000000000");
        assert_eq!(show(12345.6789, "e4", ""), "1.2346e+004");
        assert_eq!(show(0.0, "E2", ""), "0.00E+000");
        assert_eq!(show(2.675, "F2", ""), "2.68");
    }

    #[test]
    fn general_stops_at_its_precision() {
        assert_eq!(show(10.5 % 0.2, "G", ""), "0.0999999999999994");
        assert_eq!(show(123.4546, "G4", ""), "123.5");
        assert_eq!(show(12345.0, "G2", ""), "1.2E+04");
        assert_eq!(show(-1.23456789e-25, "g", ""), "-1.23456789e-25");
    }

    #[test]
    fn hexadecimal_is_twos_complement_below_zero() {
        assert_eq!(show(132190.0, "X8", ""), "0002045E");
        assert_eq!(show(-1.0, "x", ""), "ffffffff");
        assert_eq!(show(0.5, "x", ""), "error");
    }
}
