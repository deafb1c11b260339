//! Dates, times and durations as ISO 8601 text, for documents and databases: the same in every culture.

use std::fmt::Write;

use super::{
    Date, DateTime, DateTimeZone, Duration, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE,
    TICKS_PER_SECOND, Time,
};

// Writing to a text cannot fail, so that the results of `write!` say nothing here.

/// Appends `2026-03-01`.
pub fn push_date(out: &mut String, date: Date) {
    let (year, month, day) = date.components();
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

/// Appends `14:05:00`, with as many digits of a fraction as there are.
pub fn push_time(out: &mut String, time: Time) {
    let (hour, minute, ticks) = time.components();
    let _ = write!(out, "{hour:02}:{minute:02}:{:02}", ticks / TICKS_PER_SECOND);
    push_fraction(out, (ticks % TICKS_PER_SECOND).unsigned_abs());
}

/// Appends `2026-03-01T14:05:00`.
pub fn push_datetime(out: &mut String, datetime: DateTime) {
    push_date(out, datetime.date());
    out.push('T');
    push_time(out, datetime.time());
}

/// Appends `2026-03-01T14:05:00+02:00`.
pub fn push_datetimezone(out: &mut String, zoned: DateTimeZone) {
    push_datetime(out, zoned.local());
    let sign = if zoned.offset < 0 { '-' } else { '+' };
    let minutes = zoned.offset.unsigned_abs();
    let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
}

/// Appends `P1DT2H3M4.5S`; parts that are zero are left out, and `PT0S` stands for no time at all.
pub fn push_duration(out: &mut String, duration: Duration) {
    let ticks = duration.0.unsigned_abs();
    let part = |unit: i64, of: i64| (ticks % of.unsigned_abs()) / unit.unsigned_abs();
    if duration.0 < 0 {
        out.push('-');
    }
    out.push('P');
    let days = ticks / TICKS_PER_DAY.unsigned_abs();
    if days > 0 {
        let _ = write!(out, "{days}D");
    }
    if days > 0 && ticks.is_multiple_of(TICKS_PER_DAY.unsigned_abs()) {
        return;
    }
    out.push('T');
    let hours = part(TICKS_PER_HOUR, TICKS_PER_DAY);
    let minutes = part(TICKS_PER_MINUTE, TICKS_PER_HOUR);
    let seconds = part(TICKS_PER_SECOND, TICKS_PER_MINUTE);
    let fraction = ticks % TICKS_PER_SECOND.unsigned_abs();
    if hours > 0 {
        let _ = write!(out, "{hours}H");
    }
    if minutes > 0 {
        let _ = write!(out, "{minutes}M");
    }
    if seconds > 0 || fraction > 0 || hours + minutes == 0 {
        let _ = write!(out, "{seconds}");
        push_fraction(out, fraction);
        out.push('S');
    }
}

/// Reads `2026-03-01`, and nothing else.
pub fn parse_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Date::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
}

/// Reads `14:05`, `14:05:00` or `14:05:00.25`, with up to seven digits of a fraction, and nothing else.
pub fn parse_time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (second, ticks) = match parts.next().map(|second| second.split_once('.').unwrap_or((second, "0"))) {
        None => (0, 0),
        Some((second, fraction)) => {
            let length = fraction.len();
            let scale = 10_i64.checked_pow(u32::try_from(7_usize.checked_sub(length)?).ok()?)?;
            (digits(second, 2)?, digits(fraction, length)?.checked_mul(scale)?)
        }
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Time::from_ticks(hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second * TICKS_PER_SECOND + ticks)
}

/// Reads a date and a time with `T` or a blank between them, and nothing else.
pub fn parse_datetime(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    DateTime::new(parse_date(date)?, parse_time(time)?)
}

/// A number written with exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<i64> {
    let plain = text.len() == length && length > 0 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn push_fraction(out: &mut String, ticks: u64) {
    if ticks > 0 {
        let digits = format!("{ticks:07}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration(days: f64, hours: f64, minutes: f64, seconds: f64) -> String {
        let mut out = String::new();
        push_duration(&mut out, Duration::new(days, hours, minutes, seconds).unwrap());
        out
    }

    #[test]
    fn durations_leave_out_what_is_zero() {
        assert_eq!(duration(1.0, 2.0, 3.0, 4.5), "P1DT2H3M4.5S");
        assert_eq!(duration(0.0, 0.0, 0.0, 0.0), "PT0S");
        assert_eq!(duration(2.0, 0.0, 0.0, 0.0), "P2D");
        assert_eq!(duration(0.0, -1.0, -30.0, 0.0), "-PT1H30M");
        assert_eq!(duration(1.0, 0.0, 0.0, 0.25), "P1DT0.25S");
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in ["2024-02-29T23:59:59.1234567", "0001-01-01T00:00:00", "2024-02-29T10:20:30.5"] {
            let mut out = String::new();
            push_datetime(&mut out, parse_datetime(text).unwrap());
            assert_eq!(out, text);
        }
        assert_eq!(parse_datetime("2024-02-29 10:20"), parse_datetime("2024-02-29T10:20:00.0"));
        for bad in ["2023-02-29", "24-02-01", "2024-2-1", "2024-02-01x", "", "2024-02-01T00:00:00"] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
        for bad in
            ["24:00", "1:00", "10:60", "10:00:60", "10:00:00.", "10:00:00.12345678", "10:00:00:00", "10"]
        {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_have_their_offset() {
        let local = DateTime::new(Date::new(987, 3, 4).unwrap(), Time::new(5, 6, 7.25).unwrap()).unwrap();
        let mut out = String::new();
        push_datetimezone(&mut out, DateTimeZone::new(local, -570).unwrap());
        assert_eq!(out, "0987-03-04T05:06:07.25-09:30");
    }
}
