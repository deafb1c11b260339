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
#[inline(always)]
pub(super) fn number(text: &[u8], point: bool) -> Option<ParsedNumber> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (mantissa, places) = match digits.len() {
        0..=8 => short(digits)?,
        9..=WHOLE_DIGITS => long(digits)?,
        _ => return None,
    };
    let Some(places) = places else {
        let whole = mantissa as i64;
        return Some(ParsedNumber::Whole(if negative { -whole } else { whole }));
    };
    if !point || digits.len() - 1 > EXACT_DIGITS || digits.len() == 1 {
        return None;
    }
    // Both are exact, so that the quotient is the nearest double.
    let double = mantissa as f64 / POWERS.get(places)?;
    Some(ParsedNumber::Double(if negative { -double } else { double }))
}

/// The digits of a text as a number, and how many of them stand behind its point if it has one.
#[inline]
fn long(text: &[u8]) -> Option<(u64, Option<usize>)> {
    let (mut mantissa, mut places) = (0_u64, None);
    for (at, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if *byte == b'.' && places.is_none() {
            places = Some(text.len() - at - 1);
        } else {
            return None;
        }
    }
    Some((mantissa, places))
}

/// [`long`] for one to eight bytes, all of them at once: how many there are, which is hard to foresee, decides nothing.
#[inline(always)]
fn short(text: &[u8]) -> Option<(u64, Option<usize>)> {
    const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);
    const POINTS: u64 = u64::from_ne_bytes([b'.'; 8]);
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    /// What takes the first number with two digits, and no digit, to the highest bit.
    const ABOVE: u64 = u64::from_ne_bytes([0x76; 8]);
    let len = text.len();
    let byte = |at: usize| u64::from(text.get(at).copied().unwrap_or(0)) << (8 * at);
    let bytes = match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4))
        }
        _ if len == 0 => return None,
        _ => byte(0) | byte(len / 2) | byte(len - 1),
    };
    // To the end, with zeros in front.
    let shift = 64 - 8 * len as u32;
    let mut bytes = bytes << shift | ZEROS & !(u64::MAX << shift);
    let other = bytes ^ POINTS;
    let points = !(((other & LOW) + LOW) | other | LOW);
    let mut places = None;
    if points != 0 {
        let bit = points.trailing_zeros() & !7;
        places = Some(7 - bit as usize / 8);
        // What stands before the point moves to its place.
        let before = (1_u64 << bit) - 1;
        bytes = (bytes & before) << 8 | bytes & !(before << 8 | 0xFF) | u64::from(b'0');
    }
    let digits = bytes ^ ZEROS;
    if (digits | ((digits & LOW) + ABOVE)) & HIGH != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(2561) >> 8 & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(6_553_601) >> 16 & 0x0000_FFFF_0000_FFFF;
    Some((fours.wrapping_mul(42_949_672_960_001) >> 32, places))
}

/// The number that ASCII digits stand for; `None` if one of them is no digit.
#[inline(always)]
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
#[inline(always)]
pub(super) fn date(text: &[u8]) -> Option<Date> {
    const FORM: u64 = u64::from_le_bytes(*b"0000-00-");
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    /// What takes the first value of each byte that is not allowed to the highest bit: 10, and 1 for the dashes.
    const ABOVE: u64 = u64::from_le_bytes([0x76, 0x76, 0x76, 0x76, 0x7F, 0x76, 0x76, 0x7F]);
    let (10, Some(first), Some(day)) = (text.len(), text.first_chunk(), text.last_chunk::<2>()) else {
        return None;
    };
    let bytes = u64::from_le_bytes(*first) ^ FORM;
    if (bytes | ((bytes & LOW) + ABOVE)) & HIGH != 0 {
        return None;
    }
    let digit = |at: u32| (bytes >> (8 * at) & 0xFF) as i64;
    let year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    Date::new(year, digit(5) * 10 + digit(6), digits(*day)?)
}

/// `2024-03-01T10:11:12`, with a blank for the `T`, or without the time.
#[inline(always)]
pub(super) fn datetime(text: &[u8]) -> Option<DateTime> {
    match text.split_at_checked(10) {
        Some((day, [])) => date(day).map(Date::at_midnight),
        Some((day, [b'T' | b' ', rest @ ..])) => DateTime::new(date(day)?, time(rest)?),
        _ => None,
    }
}

/// `10:11:12`
#[inline(always)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn all_at_once_is_one_after_the_other(text in prop_oneof![
            4 => "[0-9]{1,8}", 4 => "[0-9]{0,7}\\.[0-9]{0,7}", 2 => "[0-9./:;!]{1,8}", 1 => "\\PC{1,8}",
        ]) {
            let text = text.as_bytes();
            if (1..=8).contains(&text.len()) {
                prop_assert_eq!(short(text), long(text));
            }
        }
    }

    #[test]
    fn each_byte_of_a_date_counts() {
        let text = b"2024-02-29";
        assert_eq!(date(text), Date::new(2024, 2, 29));
        for at in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut other = *text;
                other[at] = byte;
                let is_digit = byte.is_ascii_digit() && !matches!(at, 4 | 7);
                let expected =
                    std::str::from_utf8(&other).ok().filter(|_| is_digit || byte == b'-').and_then(|text| {
                        let part = |from: usize, to: usize| text[from..to].parse::<u32>().ok().map(i64::from);
                        let dashes = text[4..5] == *"-" && text[7..8] == *"-";
                        Date::new(part(0, 4).filter(|_| dashes)?, part(5, 7)?, part(8, 10)?)
                    });
                assert_eq!(date(&other), expected, "{byte} at {at}");
            }
        }
        assert_eq!((date(b"2024-02-2"), date(b"2024-02-290"), date(b"")), (None, None, None));
    }

    #[test]
    fn a_point_is_no_number() {
        for text in ["", ".", "-", "-.", "1..2", "1.2."] {
            assert!(number(text.as_bytes(), true).is_none(), "{text}");
        }
        assert!(matches!(number(b"-.5", true), Some(ParsedNumber::Double(double)) if double == -0.5));
        assert!(number(b"0.5", false).is_none());
    }
}
