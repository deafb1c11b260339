//! Dates, times and durations as ISO 8601 text, the way destinations hold them.

use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, TICKS_PER_SECOND, Time};

pub(super) fn date(date: Date) -> String {
    let (year, month, day) = date.components();
    format!("{year:04}-{month:02}-{day:02}")
}

/// Hours, minutes and seconds; a fraction only where there is one.
pub(super) fn time(time: Time) -> String {
    let (hour, minute, ticks) = time.components();
    let ticks = ticks.unsigned_abs();
    format!("{hour:02}:{minute:02}:{:02}{}", ticks / TICKS, fraction(ticks))
}

pub(super) fn date_time(both: DateTime) -> String {
    format!("{}T{}", date(both.date()), time(both.time()))
}

pub(super) fn date_time_zone(zoned: DateTimeZone) -> String {
    let sign = if zoned.offset < 0 { '-' } else { '+' };
    let minutes = zoned.offset.unsigned_abs();
    format!("{}{sign}{:02}:{:02}", date_time(zoned.local()), minutes / 60, minutes % 60)
}

/// Such as `P1DT2H3M4.5S`; a minus sign before the whole of a negative duration.
pub(super) fn duration(duration: Duration) -> String {
    let mut text = String::from(if duration.0 < 0 { "-P" } else { "P" });
    let days = duration.days().unsigned_abs();
    if days > 0 {
        text.push_str(&format!("{days}D"));
    }
    let (hours, minutes) = (duration.hours().unsigned_abs(), duration.minutes().unsigned_abs());
    let ticks = duration.second_ticks().unsigned_abs();
    if days == 0 || hours > 0 || minutes > 0 || ticks > 0 {
        text.push('T');
    }
    if hours > 0 {
        text.push_str(&format!("{hours}H"));
    }
    if minutes > 0 {
        text.push_str(&format!("{minutes}M"));
    }
    if ticks > 0 || duration.0 == 0 {
        text.push_str(&format!("{}{}S", ticks / TICKS, fraction(ticks)));
    }
    text
}

const TICKS: u64 = TICKS_PER_SECOND.unsigned_abs();

fn fraction(ticks: u64) -> String {
    match ticks % TICKS {
        0 => String::new(),
        rest => format!(".{}", format!("{rest:07}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_iso_text() {
        let day = Date::new(2026, 3, 1).unwrap();
        assert_eq!(date(day), "2026-03-01");
        assert_eq!(date(Date::new(1, 1, 1).unwrap()), "0001-01-01");
        let at = Time::new(14, 5, 0.25).unwrap();
        assert_eq!(time(at), "14:05:00.25");
        let both = DateTime::new(day, Time::new(14, 5, 0.0).unwrap()).unwrap();
        assert_eq!(date_time(both), "2026-03-01T14:05:00");
        assert_eq!(date_time_zone(DateTimeZone::new(both, -210).unwrap()), "2026-03-01T14:05:00-03:30");
        assert_eq!(date_time_zone(DateTimeZone::new(both, 0).unwrap()), "2026-03-01T14:05:00+00:00");
    }

    #[test]
    fn durations_name_only_the_parts_they_have() {
        let of = |d: f64, h: f64, m: f64, s: f64| duration(Duration::new(d, h, m, s).unwrap());
        assert_eq!(of(1.0, 2.0, 0.0, 0.0), "P1DT2H");
        assert_eq!(of(0.0, 0.0, 0.0, 0.0), "PT0S");
        assert_eq!(of(3.0, 0.0, 0.0, 0.0), "P3D");
        assert_eq!(of(0.0, 0.0, -90.0, -0.5), "-PT1H30M0.5S");
    }
}
