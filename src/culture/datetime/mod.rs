//! Dates and times as text in a culture, and back.
//!
//! Formatting takes .NET's standard (one letter) and custom format strings. Reading comes in two
//! kinds: [`parse`] understands what people write, [`parse_exact`] follows a format string.

mod assemble;
mod exact;
mod format;
mod lenient;
mod order;
mod pattern;

use super::Culture;
use crate::value::temporal::{Date, DateTime, DateTimeZone, Time};

pub use exact::{ExactError, parse_exact};
pub use format::{
    DateTimeFormat, DateTimeFormatError, format_date, format_datetime, format_datetimezone, format_time,
};
pub use lenient::{parse, parse_time};

/// The formats of the default texts of a culture, made once.
#[derive(Debug)]
pub(super) struct DefaultFormats {
    date: DateTimeFormat,
    time: DateTimeFormat,
    datetime: DateTimeFormat,
    datetimezone: DateTimeFormat,
}

impl DefaultFormats {
    fn of(culture: Culture) -> Option<&'static Self> {
        let data = culture.data();
        let format = |format: &str| DateTimeFormat::new(format, culture).ok();
        let make = || {
            let zoned = format!("{} {} zzz", data.short_date, data.long_time);
            let (date, time, datetime) = (format("d")?, format("t")?, format("G")?);
            Some(Self { date, time, datetime, datetimezone: format(&zoned)? })
        };
        data.default_formats.get_or_init(make).as_ref()
    }
}

/// The default text of a date: the culture's short date.
pub fn date_text(date: Date, culture: Culture) -> String {
    let text = DefaultFormats::of(culture).and_then(|formats| formats.date.date(date).ok());
    text.unwrap_or_else(|| invariant_date(date))
}

/// The default text of a time: the culture's short time.
pub fn time_text(time: Time, culture: Culture) -> String {
    DefaultFormats::of(culture).and_then(|formats| formats.time.time(time).ok()).unwrap_or_default()
}

/// The default text of a datetime: the culture's short date and long time.
pub fn datetime_text(datetime: DateTime, culture: Culture) -> String {
    let text = DefaultFormats::of(culture).and_then(|formats| formats.datetime.datetime(datetime).ok());
    text.unwrap_or_else(|| invariant_date(datetime.date()))
}

/// The default text of a datetimezone: the culture's short date and long time, and the offset.
pub fn datetimezone_text(zoned: DateTimeZone, culture: Culture) -> String {
    let text = DefaultFormats::of(culture).and_then(|formats| formats.datetimezone.datetimezone(zoned).ok());
    text.unwrap_or_else(|| invariant_date(zoned.local().date()))
}

/// For dates that the culture's calendar does not reach.
fn invariant_date(date: Date) -> String {
    let (year, month, day) = date.components();
    format!("{year:04}-{month:02}-{day:02}")
}

/// A date as a text gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsedDate {
    /// All of it.
    Full(Date),
    /// A day without a year, as in `15 June`; the day exists in leap years at least.
    MonthDay {
        /// The month of the Gregorian calendar, 1 to 12.
        month: u32,
        /// The day of the month.
        day: u32,
    },
}

/// What a text says about a moment; parts that it leaves out are `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedText {
    /// The date.
    pub date: Option<ParsedDate>,
    /// The time of day.
    pub time: Option<Time>,
    /// The offset from UTC in minutes.
    pub offset: Option<i16>,
}

impl ParsedText {
    /// The date; `current_year` is asked for only if the text gives no year. `None` if the text
    /// has no date.
    pub fn date(self, current_year: impl FnOnce() -> i32) -> Option<Date> {
        match self.date? {
            ParsedDate::Full(date) => Some(date),
            ParsedDate::MonthDay { month, day } => Date::new(current_year().into(), month.into(), day.into()),
        }
    }

    /// The date and the time of day, midnight if the text has none. `None` if it has no date.
    pub fn datetime(self, current_year: impl FnOnce() -> i32) -> Option<DateTime> {
        DateTime::new(self.date(current_year)?, self.time.unwrap_or(Time::MIN))
    }

    /// The datetime with its offset; `local_offset` (in minutes) is asked for only if the text gives
    /// none.
    pub fn datetimezone(
        self,
        current_year: impl FnOnce() -> i32,
        local_offset: impl FnOnce(DateTime) -> i64,
    ) -> Option<DateTimeZone> {
        let local = self.datetime(current_year)?;
        let offset = self.offset.map_or_else(|| local_offset(local), i64::from);
        DateTimeZone::new(local, offset)
    }
}
