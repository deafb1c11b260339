//! Durations as text: `[-][days.]hours:minutes:seconds[.fraction]`, the same in every culture.

use std::fmt::Write;

use crate::value::temporal::{Duration, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND};

/// The text of a duration; days and the seven digits of a fraction are left out where zero.
pub fn text(duration: Duration) -> String {
    let ticks = duration.0.unsigned_abs();
    let unit = |ticks_per_unit: i64| ticks / ticks_per_unit.unsigned_abs();
    let mut text = String::with_capacity(26);
    if duration.0 < 0 {
        text.push('-');
    }
    // Writing to a text cannot fail.
    let _ = match unit(TICKS_PER_DAY) {
        0 => Ok(()),
        days => write!(text, "{days}."),
    };
    let (hours, minutes) = (unit(TICKS_PER_HOUR) % 24, unit(TICKS_PER_MINUTE) % 60);
    let _ = write!(text, "{hours:02}:{minutes:02}:{:02}", unit(TICKS_PER_SECOND) % 60);
    let _ = match ticks % TICKS_PER_SECOND.unsigned_abs() {
        0 => Ok(()),
        fraction => write!(text, ".{fraction:07}"),
    };
    text
}

/// Reads a duration: whole days alone, or hours and minutes, with days before and seconds (and a
/// fraction of up to seven digits) behind where given. Each part must be within its usual range.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let ticks = parse_unsigned(text)?;
    Some(Duration(sign * ticks))
}

fn parse_unsigned(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let first = parts.next()?;
    let Some(minutes) = parts.next() else {
        return number(first)?.checked_mul(TICKS_PER_DAY);
    };
    let (days, hours) = match first.split_once('.') {
        Some((days, hours)) => (number(days)?, number(hours)?),
        None => (0, number(first)?),
    };
    let minutes = number(minutes)?;
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            Some((seconds, digits)) => (number(seconds)?, fraction_ticks(digits)?),
            None => (number(seconds)?, 0),
        },
    };
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let clock = hours * TICKS_PER_HOUR + minutes * TICKS_PER_MINUTE + seconds * TICKS_PER_SECOND + fraction;
    days.checked_mul(TICKS_PER_DAY)?.checked_add(clock)
}

fn number(digits: &str) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

fn fraction_ticks(digits: &str) -> Option<i64> {
    if digits.len() > 7 {
        return None;
    }
    let scale = 10i64.pow(7 - digits.len() as u32);
    number(digits).map(|fraction| fraction * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration(days: f64, hours: f64, minutes: f64, seconds: f64) -> Option<Duration> {
        Duration::new(days, hours, minutes, seconds)
    }

    #[test]
    fn text_leaves_out_days_and_fraction_where_zero() {
        assert_eq!(duration(2.0, 5.0, 55.0, 20.0).map(text), Some("2.05:55:20".to_owned()));
        assert_eq!(duration(0.0, 0.0, 54.0, 40.0).map(text), Some("00:54:40".to_owned()));
        assert_eq!(duration(-1.0, 0.0, 0.0, -0.5).map(text), Some("-1.00:00:00.5000000".to_owned()));
        assert_eq!(text(Duration(i64::MIN)), "-10675199.02:48:05.4775808");
    }

    #[test]
    fn parts_are_read_from_hours_and_minutes_outward() {
        assert_eq!(parse("01:02"), duration(0.0, 1.0, 2.0, 0.0));
        assert_eq!(parse("2.05:55:20.34567"), duration(2.0, 5.0, 55.0, 20.34567));
        assert_eq!(parse("-1.00:00"), duration(-1.0, 0.0, 0.0, 0.0));
        assert_eq!(parse("7"), duration(7.0, 0.0, 0.0, 0.0));
        for bad in ["", "24:00", "1:60", "1:2:60", "a", "1:2:3:4", "1.5", "1:2:3.12345678", "99999999999"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
