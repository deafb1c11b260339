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
    fn moments_have_their_offset() {
        let local = DateTime::new(Date::new(987, 3, 4).unwrap(), Time::new(5, 6, 7.25).unwrap()).unwrap();
        let mut out = String::new();
        push_datetimezone(&mut out, DateTimeZone::new(local, -570).unwrap());
        assert_eq!(out, "0987-03-04T05:06:07.25-09:30");
    }
}
