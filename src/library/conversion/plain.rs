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

#[inline]
fn two(text: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (text.get(at)?.wrapping_sub(b'0'), text.get(at + 1)?.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| i64::from(tens * 10 + ones))
}

/// Reads dates and remembers the month of the last one, since rows that follow each other often share it.
#[derive(Default)]
pub(super) struct Dates {
    month: Option<((i64, i64), i32, i64)>,
}

impl Dates {
    /// `2024-03-01`
    #[inline]
    pub(super) fn date(&mut self, text: &[u8]) -> Option<Date> {
        if text.len() == 10 { self.start(text) } else { None }
    }

    /// The date that a text starts with.
    #[inline]
    fn start(&mut self, text: &[u8]) -> Option<Date> {
        if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
            return None;
        }
        let year = two(text, 0)? * 100 + two(text, 2)?;
        let (month, day) = (two(text, 5)?, two(text, 8)?);
        if let Some((known, first, days)) = self.month
            && known == (year, month)
            && (1..=days).contains(&day)
        {
            return Some(Date(first + day as i32 - 1));
        }
        let date = Date::new(year, month, day)?;
        self.month = Some(((year, month), date.0 - (day as i32 - 1), i64::from(date.days_in_month())));
        Some(date)
    }

    /// `2024-03-01T10:11:12`, with a blank for the `T`, or without the time.
    #[inline]
    pub(super) fn datetime(&mut self, text: &[u8]) -> Option<DateTime> {
        match text.len() {
            10 => self.start(text).map(Date::at_midnight),
            19 if matches!(text.get(10), Some(b'T' | b' ')) => {
                DateTime::new(self.start(text)?, time(text.get(11..)?)?)
            }
            _ => None,
        }
    }
}

/// `10:11:12`
#[inline]
pub(super) fn time(text: &[u8]) -> Option<Time> {
    if text.len() != 8 || text.get(2) != Some(&b':') || text.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (two(text, 0)?, two(text, 3)?, two(text, 6)?);
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
