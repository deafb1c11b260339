//! Values without parts as plain text: ISO 8601 dates, numbers with all their digits, base 64.

use std::fmt::Write;

use pqm::culture::duration;
use pqm::eval::Context;
use pqm::value::number::double_text;
use pqm::value::temporal::{Date, DateTime, Duration, TICKS_PER_SECOND, Time};
use pqm::value::{Result, Value, base64_text, type_text};

/// How the parts of a date with time are put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dates {
    /// `2024-01-31T10:20:30`, durations as M writes them: `1.02:03:04`
    Data,
    /// As [`Dates::Data`], durations as ISO 8601 has them: `P1DT2H3M4S`
    Iso,
    /// `2024-01-31 10:20:30`
    People,
}

/// Appends a value as plain text. `false` if the value has parts (list, record, table): nothing is written then.
///
/// # Errors
/// Those of reading a binary.
pub fn push(ctx: &Context, value: &Value, dates: Dates, out: &mut String) -> Result<bool> {
    // Writing to a text cannot fail.
    match value.as_plain() {
        Value::Null => {}
        Value::Logical(logical) => out.push_str(if *logical { "true" } else { "false" }),
        Value::Int64(whole) => _ = write!(out, "{whole}"),
        Value::Double(double) => out.push_str(&double_text(*double)),
        Value::Decimal(decimal) => _ = write!(out, "{decimal}"),
        Value::Date(date) => push_date(*date, out),
        Value::Time(time) => push_time(*time, out),
        Value::DateTime(datetime) => push_datetime(*datetime, dates, out),
        Value::DateTimeZone(zoned) => {
            push_datetime(zoned.local(), dates, out);
            if dates == Dates::People {
                out.push(' ');
            }
            let sign = if zoned.offset < 0 { '-' } else { '+' };
            let minutes = zoned.offset.unsigned_abs();
            _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        Value::Duration(value) if dates == Dates::Iso => push_iso_duration(*value, out),
        Value::Duration(value) => out.push_str(&duration::text(*value)),
        Value::Text(text) => out.push_str(text),
        Value::Binary(binary) => out.push_str(&base64_text(binary.bytes(ctx)?)),
        Value::Function(function) => out.push_str(&type_text(&function.function_type())),
        Value::Type(ty) => out.push_str(&type_text(ty)),
        Value::List(_) | Value::Record(_) | Value::Table(_) | Value::Meta(_) => return Ok(false),
    }
    Ok(true)
}

fn push_date(date: Date, out: &mut String) {
    let (year, month, day) = date.components();
    _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

fn push_time(time: Time, out: &mut String) {
    let (hour, minute, ticks) = time.components();
    _ = write!(out, "{hour:02}:{minute:02}:{:02}", ticks / TICKS_PER_SECOND);
    push_fraction(ticks % TICKS_PER_SECOND, out);
}

fn push_datetime(datetime: DateTime, dates: Dates, out: &mut String) {
    push_date(datetime.date(), out);
    out.push(if dates == Dates::People { ' ' } else { 'T' });
    push_time(datetime.time(), out);
}

fn push_fraction(ticks: i64, out: &mut String) {
    if ticks != 0 {
        let digits = format!("{:07}", ticks.unsigned_abs());
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

fn push_iso_duration(duration: Duration, out: &mut String) {
    let ticks = duration.0.unsigned_abs();
    if duration.0 < 0 {
        out.push('-');
    }
    out.push('P');
    let seconds = ticks / TICKS_PER_SECOND.unsigned_abs();
    let fraction = (ticks % TICKS_PER_SECOND.unsigned_abs()) as i64;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    if days > 0 {
        _ = write!(out, "{days}D");
    }
    let rest = seconds % 60;
    if hours + minutes + rest > 0 || fraction > 0 || days == 0 {
        out.push('T');
        if hours > 0 {
            _ = write!(out, "{hours}H");
        }
        if minutes > 0 {
            _ = write!(out, "{minutes}M");
        }
        if rest > 0 || fraction > 0 || hours + minutes == 0 {
            _ = write!(out, "{rest}");
            push_fraction(fraction, out);
            out.push('S');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(days: f64, hours: f64, minutes: f64, seconds: f64) -> String {
        let mut text = String::new();
        push_iso_duration(Duration::new(days, hours, minutes, seconds).unwrap(), &mut text);
        text
    }

    #[test]
    fn durations_are_iso_8601() {
        assert_eq!(iso(1.0, 2.0, 3.0, 4.5), "P1DT2H3M4.5S");
        assert_eq!(iso(0.0, 0.0, 0.0, 0.0), "PT0S");
        assert_eq!(iso(2.0, 0.0, 0.0, 0.0), "P2D");
        assert_eq!(iso(0.0, -1.0, -30.0, 0.0), "-PT1H30M");
    }

    #[test]
    fn base_64_is_padded() {
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64_text(bytes.as_bytes()), expected);
        }
    }
}
