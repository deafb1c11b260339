//! The commonest kinds of cells as bytes, written as [`scalar`](super::scalar) writes them.

use pqm::value::number::{ShortText, append_digits, two_digits};
use pqm::value::temporal::{Date, DateTime, TICKS_PER_SECOND, Time};

/// Appends `2024-01-31`.
pub fn date(date: Date, out: &mut Vec<u8>) {
    out.extend_from_slice(&date_bytes(date));
}

#[inline]
fn date_bytes(date: Date) -> [u8; 10] {
    let (year, month, day) = date.components();
    let year = year.unsigned_abs();
    let ([a, b], [c, d]) = (two_digits(year / 100), two_digits(year % 100));
    let ([e, f], [g, h]) = (two_digits(month), two_digits(day));
    [a, b, c, d, b'-', e, f, b'-', g, h]
}

/// What [`date`] appends.
#[inline]
pub fn short_date(date: Date) -> ShortText {
    let [a, b, c, d, e, f, g, h, i, j] = date_bytes(date);
    let bytes = u128::from_le_bytes([a, b, c, d, e, f, g, h, i, j, 0, 0, 0, 0, 0, 0]);
    ShortText { bytes, len: 10 }
}

/// Appends `10:20:30.5`.
pub fn time(time: Time, out: &mut Vec<u8>) {
    let (hour, minute, ticks) = time.components();
    let second = (ticks / TICKS_PER_SECOND).unsigned_abs() as u32;
    let ([a, b], [c, d], [e, f]) = (two_digits(hour), two_digits(minute), two_digits(second));
    out.extend_from_slice(&[a, b, b':', c, d, b':', e, f]);
    let fraction = ticks % TICKS_PER_SECOND;
    if fraction != 0 {
        out.push(b'.');
        append_digits(out, fraction.unsigned_abs(), 7);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

/// Appends `2024-01-31T10:20:30`.
pub fn datetime(datetime: DateTime, out: &mut Vec<u8>) {
    date(datetime.date(), out);
    out.push(b'T');
    time(datetime.time(), out);
}

#[cfg(test)]
mod tests {
    use super::super::scalar::{self, Dates};
    use super::*;
    use pqm::value::Value;

    #[test]
    fn both_ways_of_writing_agree() {
        let ctx = pqm::Engine::new().compile("test", "null").unwrap().start();
        let ticks =
            [0, 1, 36_000_000_000, 637_134_336_305_000_000, 3_155_378_975_999_999_999, 864_000_000_000];
        for ticks in ticks {
            let value = DateTime(ticks);
            let (mut fast, mut plain) = (Vec::new(), String::new());
            datetime(value, &mut fast);
            scalar::push(&ctx, &Value::DateTime(value), Dates::Data, &mut plain).unwrap();
            assert_eq!(String::from_utf8(fast).unwrap(), plain);
        }
    }
}
