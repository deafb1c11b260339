//! The commonest kinds of cells as bytes, written as [`scalar`](super::scalar) writes them.

use pqm::value::number::append_digits;
use pqm::value::temporal::{Date, DateTime, TICKS_PER_SECOND, Time};

/// Appends `2024-01-31`.
pub fn date(date: Date, out: &mut Vec<u8>) {
    let (year, month, day) = date.components();
    append_digits(out, u64::from(year.unsigned_abs()), 4);
    out.push(b'-');
    append_digits(out, u64::from(month), 2);
    out.push(b'-');
    append_digits(out, u64::from(day), 2);
}

/// Appends `10:20:30.5`.
pub fn time(time: Time, out: &mut Vec<u8>) {
    let (hour, minute, ticks) = time.components();
    let parts = [u64::from(hour), u64::from(minute), (ticks / TICKS_PER_SECOND).unsigned_abs()];
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            out.push(b':');
        }
        append_digits(out, part, 2);
    }
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
