//! The forms that most columns of text hold, read byte by byte. Anything else is `None`: the conversion of a single
//! value decides then. What is read here, it reads the same (a test compares them).

use crate::culture::Culture;
use crate::value::number::ParsedNumber;
use crate::value::temporal::{Date, DateTime, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND, Time};

/// Up to this many digits a mantissa is exact in a double.
const EXACT_DIGITS: usize = 15;
/// Up to this many digits a whole number fits 64 bits.
const WHOLE_DIGITS: usize = 18;

/// Powers of ten that doubles hold exactly; more than [`EXACT_DIGITS`] decimal places are never asked for.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Whether the culture writes `1.5` for one and a half.
pub(super) fn has_point(culture: Culture) -> bool {
    culture.decimal_separator() == "."
}

/// `123`, `-1`, and where the decimal separator is a `point`, `-1.25`.
#[inline]
pub(super) fn number(text: &[u8], point: bool) -> Option<ParsedNumber> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > WHOLE_DIGITS {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut places = None;
    for (at, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if *byte == b'.' && places.is_none() && point {
            places = Some(digits.len() - at - 1);
        } else {
            return None;
        }
    }
    let Some(places) = places else {
        let whole = mantissa as i64;
        return Some(ParsedNumber::Whole(if negative { -whole } else { whole }));
    };
    if digits.len() - 1 > EXACT_DIGITS || digits.len() == 1 {
        return None;
    }
    // Both are exact, so that the quotient is the nearest double.
    let double = mantissa as f64 / POWERS.get(places)?;
    Some(ParsedNumber::Double(if negative { -double } else { double }))
}

/// The number that ASCII digits stand for; `None` if one of them is no digit.
#[inline]
fn digits<const N: usize>(text: [u8; N]) -> Option<i64> {
    let (mut number, mut highest) = (0, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        number = number * 10 + i64::from(digit);
        highest = digit.max(highest);
    }
    (highest <= 9).then_some(number)
}

/// `2024-03-01`
#[inline]
pub(super) fn date(text: &[u8]) -> Option<Date> {
    match *text {
        [a, b, c, d, b'-', e, f, b'-', g, h] => {
            Date::new(digits([a, b, c, d])?, digits([e, f])?, digits([g, h])?)
        }
        _ => None,
    }
}

/// `2024-03-01T10:11:12`, with a blank for the `T`, or without the time.
#[inline]
pub(super) fn datetime(text: &[u8]) -> Option<DateTime> {
    match text.split_at_checked(10) {
        Some((day, [])) => date(day).map(Date::at_midnight),
        Some((day, [b'T' | b' ', rest @ ..])) => DateTime::new(date(day)?, time(rest)?),
        _ => None,
    }
}

/// `10:11:12`
#[inline]
pub(super) fn time(text: &[u8]) -> Option<Time> {
    let [a, b, b':', c, d, b':', e, f] = *text else { return None };
    let (hour, minute, second) = (digits([a, b])?, digits([c, d])?, digits([e, f])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Time::from_ticks(hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second * TICKS_PER_SECOND)
}

/// `true` and `false`
#[inline]
pub(super) fn logical(text: &[u8]) -> Option<bool> {
    match text {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}
