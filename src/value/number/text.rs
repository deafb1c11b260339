//! The default text of numbers, as the engine prints them.

use std::fmt::Write;

use super::digits::{DOUBLE_DIGITS, Digits};

/// Digits that tell every double from its neighbours.
const ROUND_TRIP_DIGITS: usize = 17;

/// The digits of the default text of a finite double, and how many digits may stand before the
/// decimal point: 15 digits if they give the same double back, else 17.
pub fn round_trip_digits(value: f64) -> (Digits, usize) {
    if value.is_normal() {
        // The shortest text that reads back is the 15-digit text whenever it has 15 digits or less,
        // and the standard library finds it faster than the 15 digits and a reading back.
        let shortest = Digits::of_scientific(&format!("{value:e}"));
        if shortest.len() <= DOUBLE_DIGITS {
            return (shortest, DOUBLE_DIGITS);
        }
        return (Digits::of_double(value, ROUND_TRIP_DIGITS), ROUND_TRIP_DIGITS);
    }
    let text = format!("{:.*e}", DOUBLE_DIGITS - 1, value);
    if text.parse() == Ok(value) {
        return (Digits::of_scientific(&text), DOUBLE_DIGITS);
    }
    (Digits::of_double(value, ROUND_TRIP_DIGITS), ROUND_TRIP_DIGITS)
}

/// Writes digits in the shorter of fixed and exponent form: exponents are written from 10 to the
/// power of `max_digits` and below 1E-4, with at least `exponent_digits` digits after `exponent`.
///
/// `decimal_separator` and `negative_sign` are the culture's.
pub fn general_text(
    digits: &Digits,
    max_digits: usize,
    (exponent, exponent_digits): (char, usize),
    decimal_separator: &str,
    negative_sign: &str,
) -> String {
    let mut text = String::with_capacity(24);
    if digits.negative {
        text.push_str(negative_sign);
    }
    let scientific = i64::from(digits.scale) > max_digits as i64 || digits.scale < -3;
    let whole_digits = if scientific { 1 } else { digits.scale };
    if whole_digits <= 0 {
        text.push('0');
    }
    let whole_digits = usize::try_from(whole_digits).unwrap_or(0);
    (0..whole_digits).for_each(|at| text.push(char::from(b'0' + digits.digit(at))));
    if digits.len() > whole_digits {
        text.push_str(decimal_separator);
        if !scientific {
            (digits.scale..0).for_each(|_| text.push('0'));
        }
        (whole_digits..digits.len()).for_each(|at| text.push(char::from(b'0' + digits.digit(at))));
    }
    if scientific {
        let power = digits.scale - 1;
        let sign = if power < 0 { negative_sign } else { "+" };
        // Writing to a text cannot fail.
        let _ = write!(text, "{exponent}{sign}{:0exponent_digits$}", power.unsigned_abs());
    }
    text
}

/// The default text of a double in the invariant culture: `0.30000000000000004`, `1E+15`, `NaN`.
pub fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let mut text = String::with_capacity(24);
    push_finite(&mut text, value, ".", "-");
    text
}

/// Appends the default text of a finite double; `decimal_separator` and `negative_sign` are the
/// culture's.
pub fn push_finite(text: &mut String, value: f64, decimal_separator: &str, negative_sign: &str) {
    // Most numbers need no exponent and at most 15 digits; the standard library writes those as the
    // engine does. Writing to a text cannot fail.
    let start = text.len();
    if value.trunc() == value && value.abs() < 1e15 {
        text.push_str(itoa::Buffer::new().format(value as i64));
    } else if (1e-4..1e15).contains(&value.abs()) {
        let _ = write!(text, "{value}");
    }
    let written = text.get(start..).unwrap_or("");
    let digits = written.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let plain = decimal_separator == "." && negative_sign == "-";
    if plain && !written.is_empty() && digits <= DOUBLE_DIGITS {
        return;
    }
    text.truncate(start);
    let (digits, max_digits) = round_trip_digits(value);
    text.push_str(&general_text(&digits, max_digits, ('E', 2), decimal_separator, negative_sign));
}

/// The M literal of a double: like [`double_text`], but `#nan`, `#infinity` and `-#infinity`.
pub fn double_literal(value: f64) -> String {
    if value.is_nan() {
        return "#nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "#infinity" } else { "-#infinity" }.to_owned();
    }
    double_text(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_fifteen_digits_or_else_seventeen() {
        for (value, text) in [
            (0.1 + 0.2, "0.30000000000000004"),
            (std::f64::consts::LN_2, "0.69314718055994529"),
            (10.5 % 0.2, "0.099999999999999423"),
            (std::f64::consts::E, "2.7182818284590451"),
            (std::f64::consts::LOG10_2, "0.3010299956639812"),
            (f64::from_bits(1), "4.94065645841247E-324"),
            (0.1, "0.1"),
            (1234.5, "1234.5"),
            (-0.0, "0"),
            (f64::MAX, "1.7976931348623157E+308"),
        ] {
            assert_eq!(double_text(value), text);
        }
    }

    #[test]
    fn exponents_start_where_the_digits_end() {
        for (value, text) in [
            (1e15, "1E+15"),
            (123456789012345.0, "123456789012345"),
            (999999999999999.0, "999999999999999"),
            (1234567890123456.0, "1234567890123456"),
            (12345678901234567.0, "12345678901234568"),
            (123456789012345678.0, "1.2345678901234568E+17"),
            (0.0001, "0.0001"),
            (0.00001, "1E-05"),
            (5e-10, "5E-10"),
            (-2.3e-6, "-2.3E-06"),
            (1e100, "1E+100"),
        ] {
            assert_eq!(double_text(value), text);
        }
    }

    #[test]
    fn the_short_way_and_the_long_way_agree() {
        let mut bits = 0x3FF0_1234_5678_9ABC_u64;
        for _ in 0..20_000 {
            // A step through numbers of all sizes; halves of them cut to few digits.
            bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let scaled = (bits >> 40) as f64 / 1000.0;
            for value in [f64::from_bits(bits), scaled, -scaled] {
                if value.is_finite() {
                    let (digits, max_digits) = round_trip_digits(value);
                    let long = general_text(&digits, max_digits, ('E', 2), ".", "-");
                    assert_eq!(double_text(value), long);
                    assert_eq!(long.parse(), Ok(value));
                }
            }
        }
    }

    #[test]
    fn literals_name_what_is_no_number() {
        assert_eq!(double_literal(f64::NAN), "#nan");
        assert_eq!(double_literal(f64::NEG_INFINITY), "-#infinity");
        assert_eq!(double_literal(5e-10), "5E-10");
        assert_eq!(double_text(f64::INFINITY), "Infinity");
    }
}
