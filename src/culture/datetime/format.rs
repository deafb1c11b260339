//! Writing dates and times.

use std::fmt::Write;

use super::pattern::{Token, is_beside_day, standard, tokens};
use crate::culture::data::nth;
use crate::culture::{Culture, CultureData};
use crate::value::temporal::{Date, DateTime, DateTimeZone, TICKS_PER_SECOND, Time};

/// Why a date or time cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateTimeFormatError {
    /// The format string is not well formed, or a single letter that stands for nothing.
    #[error("the format string is not valid")]
    Format,
    /// The culture's calendar does not reach the date.
    #[error("the date is outside the calendar of the culture")]
    Calendar,
}

/// Writes a date.
pub fn format_date(date: Date, format: &str, culture: Culture) -> Result<String, DateTimeFormatError> {
    DateTimeFormat::new(format, culture)?.date(date)
}

/// Writes a time.
pub fn format_time(time: Time, format: &str, culture: Culture) -> Result<String, DateTimeFormatError> {
    DateTimeFormat::new(format, culture)?.time(time)
}

/// Writes a datetime.
pub fn format_datetime(
    datetime: DateTime,
    format: &str,
    culture: Culture,
) -> Result<String, DateTimeFormatError> {
    DateTimeFormat::new(format, culture)?.datetime(datetime)
}

/// Writes a datetimezone.
pub fn format_datetimezone(
    zoned: DateTimeZone,
    format: &str,
    culture: Culture,
) -> Result<String, DateTimeFormatError> {
    DateTimeFormat::new(format, culture)?.datetimezone(zoned)
}

/// A format string taken apart for a culture, to write many moments with.
#[derive(Debug)]
pub struct DateTimeFormat {
    tokens: Vec<Token>,
    culture: Culture,
    /// Whether a moment with an offset is shown in UTC.
    utc: bool,
    /// Whether day, month or year appear, for which the calendar is needed: a time alone has none.
    shows_date: bool,
}

impl DateTimeFormat {
    /// Takes a standard (one letter) or custom format string apart.
    pub fn new(format: &str, culture: Culture) -> Result<Self, DateTimeFormatError> {
        let mut letters = format.chars();
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            let standard = standard(letter, culture).ok_or(DateTimeFormatError::Format)?;
            let culture = if standard.invariant { Culture::invariant() } else { culture };
            return Self::custom(&standard.pattern, culture, standard.utc);
        }
        Self::custom(format, culture, false)
    }

    fn custom(pattern: &str, culture: Culture, utc: bool) -> Result<Self, DateTimeFormatError> {
        let tokens = tokens(pattern).ok_or(DateTimeFormatError::Format)?;
        let is_date = |token: &Token| matches!(token, Token::Day(1 | 2) | Token::Month(_) | Token::Year(_));
        let shows_date = tokens.iter().any(is_date);
        Ok(Self { tokens, culture, utc, shows_date })
    }

    /// Writes a date.
    pub fn date(&self, date: Date) -> Result<String, DateTimeFormatError> {
        self.written(date.at_midnight(), None)
    }

    /// Writes a time.
    pub fn time(&self, time: Time) -> Result<String, DateTimeFormatError> {
        self.written(DateTime(time.0), None)
    }

    /// Writes a datetime.
    pub fn datetime(&self, datetime: DateTime) -> Result<String, DateTimeFormatError> {
        self.written(datetime, None)
    }

    /// Writes a date behind a text.
    pub fn write_date(&self, date: Date, text: &mut String) -> Result<(), DateTimeFormatError> {
        self.write(date.at_midnight(), None, text)
    }

    /// Writes a datetime behind a text.
    pub fn write_datetime(&self, datetime: DateTime, text: &mut String) -> Result<(), DateTimeFormatError> {
        self.write(datetime, None, text)
    }

    /// Writes a datetimezone.
    pub fn datetimezone(&self, zoned: DateTimeZone) -> Result<String, DateTimeFormatError> {
        if self.utc {
            self.written(zoned.utc(), None)
        } else {
            self.written(zoned.local(), Some(zoned.offset))
        }
    }

    fn written(&self, local: DateTime, offset: Option<i16>) -> Result<String, DateTimeFormatError> {
        let mut text = String::with_capacity(32);
        self.write(local, offset, &mut text)?;
        Ok(text)
    }

    fn write(
        &self,
        local: DateTime,
        offset: Option<i16>,
        text: &mut String,
    ) -> Result<(), DateTimeFormatError> {
        let data = self.culture.data();
        let date = local.date();
        let (year, month, day) = if self.shows_date {
            data.calendar.components(date).ok_or(DateTimeFormatError::Calendar)?
        } else {
            (1, 1, 1)
        };
        let time = local.time();
        let fraction = time.second_ticks() % TICKS_PER_SECOND;
        let second = time.second_ticks() / TICKS_PER_SECOND;
        for (index, token) in self.tokens.iter().enumerate() {
            // Writing to a text cannot fail.
            let _ = match token {
                Token::Day(count @ 1..=2) => padded(text, day.into(), *count),
                Token::Day(count) => {
                    let names = if *count == 3 { &data.days_short } else { &data.days };
                    text.write_str(names.get(usize::from(date.day_of_week().number())).unwrap_or(&""))
                }
                Token::Month(count @ 1..=2) => padded(text, month.into(), *count),
                Token::Month(count) => {
                    text.write_str(month_name(data, month, *count, is_beside_day(&self.tokens, index)))
                }
                Token::Year(count @ 1..=2) => padded(text, (year % 100).into(), *count),
                Token::Year(count) => padded(text, year.into(), *count),
                Token::Hour12(count) => {
                    let hour = (time.hour() + 11) % 12 + 1;
                    padded(text, hour.into(), (*count).min(2))
                }
                Token::Hour24(count) => padded(text, time.hour().into(), (*count).min(2)),
                Token::Minute(count) => padded(text, time.minute().into(), (*count).min(2)),
                Token::Second(count) => padded(text, second, (*count).min(2)),
                Token::Fraction(count) => padded(text, first_digits(fraction, *count), *count),
                Token::ShortFraction(count) => {
                    write_short_fraction(text, first_digits(fraction, *count), *count);
                    Ok(())
                }
                Token::Designator(count) => {
                    let designator = if time.hour() % 24 < 12 { data.am } else { data.pm };
                    let length = if *count == 1 { 1 } else { usize::MAX };
                    text.extend(designator.chars().take(length));
                    Ok(())
                }
                Token::Offset(count) => write_offset(text, offset.unwrap_or(0), *count),
                Token::OptionalOffset => match offset {
                    Some(offset) => write_offset(text, offset, 3),
                    None => Ok(()),
                },
                Token::Era => text.write_str(data.era),
                Token::DateSeparator => text.write_str(data.date_separator),
                Token::TimeSeparator => text.write_str(data.time_separator),
                Token::Literal(literal) => text.write_str(literal),
            };
        }
        Ok(())
    }
}

/// Writes a number that is not negative with at least so many digits.
fn padded(text: &mut String, number: i64, width: usize) -> std::fmt::Result {
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(number);
    (digits.len()..width).for_each(|_| text.push('0'));
    text.write_str(digits)
}

fn month_name(data: &CultureData, month: u32, count: usize, beside_day: bool) -> &'static str {
    let names = match (count, beside_day) {
        (3, false) => &data.months_short,
        (3, true) => &data.months_genitive_short,
        (_, false) => &data.months,
        (_, true) => &data.months_genitive,
    };
    nth(names, month)
}

/// The first `count` of the seven digits of a fraction.
fn first_digits(fraction: i64, count: usize) -> i64 {
    fraction / 10i64.pow(7u32.saturating_sub(count as u32))
}

/// Writes a fraction without trailing zeros; with nothing left to write, a point before it goes too.
fn write_short_fraction(text: &mut String, fraction: i64, count: usize) {
    if fraction == 0 {
        if text.ends_with('.') {
            text.pop();
        }
        return;
    }
    text.push_str(format!("{fraction:0count$}").trim_end_matches('0'));
}

fn write_offset(text: &mut String, offset: i16, count: usize) -> std::fmt::Result {
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
    match count {
        1 => write!(text, "{sign}{hours}"),
        2 => write!(text, "{sign}{hours:02}"),
        _ => write!(text, "{sign}{hours:02}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::temporal::TICKS_PER_HOUR;

    fn sample() -> DateTime {
        let time = Time::new(13, 45, 30.617).unwrap_or(Time::MIN);
        Date::new(2009, 6, 15).and_then(|date| DateTime::new(date, time)).unwrap_or(DateTime::MIN)
    }

    fn show(format: &str, culture: &str) -> Result<String, DateTimeFormatError> {
        format_datetime(sample(), format, Culture::find(culture).unwrap_or_default())
    }

    #[test]
    fn standard_formats_take_the_culture_s_patterns() {
        assert_eq!(show("F", "en-US").as_deref(), Ok("Monday, June 15, 2009 1:45:30 PM"));
        assert_eq!(show("D", "de-DE").as_deref(), Ok("Montag, 15. Juni 2009"));
        assert_eq!(show("f", "el-GR").as_deref(), Ok("Δευτέρα, 15 Ιουνίου 2009 1:45 μμ"));
        assert_eq!(show("r", "de-DE").as_deref(), Ok("Mon, 15 Jun 2009 13:45:30 GMT"));
        assert_eq!(show("q", "en-US"), Err(DateTimeFormatError::Format));
        assert_eq!(show("h", "en-US"), Err(DateTimeFormatError::Format));
    }

    #[test]
    fn fractions_may_lose_their_zeros_and_the_point() {
        assert_eq!(show("ss.ffff", "").as_deref(), Ok("30.6170"));
        assert_eq!(show("ss.FFFF", "").as_deref(), Ok("30.617"));
        let midnight = format_time(Time::MIN, "h:m:s.F t", Culture::invariant());
        assert_eq!(midnight.as_deref(), Ok("12:0:0 A"));
    }

    #[test]
    fn offsets_show_or_turn_into_utc() {
        let zoned = DateTimeZone { offset: -450, ticks: sample().0 };
        let show = |format| format_datetimezone(zoned, format, Culture::invariant());
        assert_eq!(show("o").as_deref(), Ok("2009-06-15T13:45:30.6170000-07:30"));
        assert_eq!(show("u").as_deref(), Ok("2009-06-15 21:15:30Z"));
        assert_eq!(show("{0:%z} zz zzz").as_deref(), Ok("{0:-7} -07 -07:30"));
    }

    #[test]
    fn other_calendars_count_their_own_years() {
        assert_eq!(show("d/M/yyyy", "th-TH").as_deref(), Ok("15/6/2552"));
        assert_eq!(show("yyyy/MM/dd", "ar-SA").as_deref(), Ok("1430/06/22"));
        let saudi = Culture::find("ar-SA").unwrap_or_default();
        assert_eq!(format_date(Date::MIN, "d", saudi), Err(DateTimeFormatError::Calendar));
        assert!(format_time(Time(TICKS_PER_HOUR), "t", saudi).is_ok());
    }
}
