//! From the pieces found in a text to a date and a time.

use super::{ParsedDate, ParsedText};
use crate::culture::calendar::Calendar;
use crate::value::temporal::{
    Date, DateTimeZone, DayOfWeek, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND, Time,
};

/// Before or after noon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HalfDay {
    Morning,
    Afternoon,
}

/// The pieces, each if found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pieces {
    pub year: Option<i64>,
    pub month: Option<i64>,
    pub day: Option<i64>,
    pub day_of_week: Option<DayOfWeek>,
    pub hour: Option<i64>,
    pub minute: Option<i64>,
    pub second: Option<i64>,
    /// Ticks within the second.
    pub fraction: i64,
    pub half: Option<HalfDay>,
    /// Minutes from UTC.
    pub offset: Option<i64>,
}

impl Pieces {
    /// Puts the pieces together; `None` if they contradict each other, are out of range, or give
    /// neither a date nor a time.
    pub fn assemble(self, calendar: Calendar) -> Option<ParsedText> {
        let limit = i64::from(DateTimeZone::MAX_OFFSET);
        let offset = match self.offset {
            Some(offset) if !(-limit..=limit).contains(&offset) => return None,
            offset => offset.map(|offset| offset as i16),
        };
        let (date, time) = (self.date(calendar)?, self.time()?);
        (date.is_some() || time.is_some()).then_some(ParsedText { date, time, offset })
    }

    /// The date if there is one; the outer `None` is for what is out of range.
    fn date(self, calendar: Calendar) -> Option<Option<ParsedDate>> {
        let (year, month, day) = match (self.year, self.month, self.day) {
            (None, None, None) => return Some(None),
            (None, month, day) => {
                // A leap year stands for the year to come; 29 February may still turn out wrong.
                let (month, day) = (month.unwrap_or(1), day.unwrap_or(1));
                Date::new(2000, month, day)?;
                let (month, day) = (month as u32, day as u32);
                return Some(Some(ParsedDate::MonthDay { month, day }));
            }
            (Some(year), month, day) => (year, month.unwrap_or(1), day.unwrap_or(1)),
        };
        let date = calendar.date(year, month, day)?;
        let fits = self.day_of_week.is_none_or(|day_of_week| day_of_week == date.day_of_week());
        fits.then_some(Some(ParsedDate::Full(date)))
    }

    /// The time if there is one; the outer `None` is for what is out of range.
    fn time(self) -> Option<Option<Time>> {
        if self.hour.is_none() && self.minute.is_none() && self.second.is_none() && self.half.is_none() {
            return Some((self.fraction != 0).then_some(Time(self.fraction)));
        }
        let (minute, second) = (self.minute.unwrap_or(0), self.second.unwrap_or(0));
        let hour = match (self.hour.unwrap_or(0), self.half) {
            (hour, None) => hour,
            (12, Some(HalfDay::Morning)) => 0,
            (hour, Some(HalfDay::Morning)) if hour < 12 => hour,
            (hour, Some(HalfDay::Afternoon)) if hour < 12 => hour + 12,
            (hour, Some(HalfDay::Afternoon)) => hour,
            _ => return None,
        };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let ticks =
            hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second * TICKS_PER_SECOND + self.fraction;
        Time::from_ticks(ticks).map(Some)
    }
}

/// Ticks of the digits after a second's decimal point; digits past the seventh round.
pub(super) fn fraction_ticks(digits: &str) -> Option<i64> {
    let kept = digits.get(..digits.len().min(7))?;
    let scale = 10i64.pow(7 - kept.len() as u32);
    let ticks = kept.parse::<i64>().ok()? * scale;
    let rounds_up = digits.as_bytes().get(7).is_some_and(|&next| next >= b'5');
    Some((ticks + i64::from(rounds_up)).min(TICKS_PER_SECOND - 1))
}

/// If `text` starts with `prefix` in any case of letters, the rest.
pub(super) fn strip_caseless<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in prefix.chars() {
        let found = rest.next()?;
        let hard_space = |letter: char| if letter == '\u{a0}' || letter == '\u{202f}' { ' ' } else { letter };
        let same = if found.is_ascii() && expected.is_ascii() {
            found.eq_ignore_ascii_case(&expected)
        } else {
            hard_space(found) == hard_space(expected) || found.to_lowercase().eq(expected.to_lowercase())
        };
        if !same {
            return None;
        }
    }
    Some(rest.as_str())
}

/// The longest of the names that `text` starts with, as its place in the list and the rest.
pub(super) fn longest_name<'a, 'n>(
    text: &'a str,
    names: impl IntoIterator<Item = &'n &'n str>,
) -> Option<(usize, &'a str)> {
    let matches = names.into_iter().enumerate().filter(|(_, name)| !name.is_empty());
    let found = matches.filter_map(|(index, name)| Some((index, strip_caseless(text, name)?)));
    found.min_by_key(|(_, rest)| rest.len())
}
