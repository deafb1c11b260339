//! M's `datetime`.

use super::{Date, Duration, Period, TICKS_PER_DAY, Time};

/// A date with a time of day, as ticks since 0001-01-01T00:00 (0 to [`DateTime::MAX`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(pub i64);

impl DateTime {
    /// 0001-01-01T00:00.
    pub const MIN: Self = Self(0);
    /// The last tick of the year 9999.
    pub const MAX: Self = Self((Date::MAX.0 as i64 + 1) * TICKS_PER_DAY - 1);

    /// The datetime of a date and a time; 24:00 is midnight of the next day.
    pub fn new(date: Date, time: Time) -> Option<Self> {
        Self::from_ticks(i64::from(date.0) * TICKS_PER_DAY + time.0)
    }

    /// The datetime so many ticks after 0001-01-01T00:00, if within the range.
    pub fn from_ticks(ticks: i64) -> Option<Self> {
        (0..=Self::MAX.0).contains(&ticks).then_some(Self(ticks))
    }

    /// The date.
    pub fn date(self) -> Date {
        Date(self.0.div_euclid(TICKS_PER_DAY) as i32)
    }

    /// The time of day.
    pub fn time(self) -> Time {
        Time(self.0.rem_euclid(TICKS_PER_DAY))
    }

    /// The moment `duration` later.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        Self::from_ticks(self.0.checked_add(duration.0)?)
    }

    /// The moment `duration` earlier.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        Self::from_ticks(self.0.checked_sub(duration.0)?)
    }

    /// The time from `earlier` to this moment.
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// The same time of day so many days later.
    pub fn add_days(self, days: i64) -> Option<Self> {
        Self::new(self.date().add_days(days)?, self.time())
    }

    /// The same time of day so many months later; a day the month lacks becomes its last.
    pub fn add_months(self, months: i64) -> Option<Self> {
        Self::new(self.date().add_months(months)?, self.time())
    }

    /// The same time of day so many years later; 29 February becomes the 28th where needed.
    pub fn add_years(self, years: i64) -> Option<Self> {
        Self::new(self.date().add_years(years)?, self.time())
    }

    /// Midnight at the start of the period this moment is in.
    pub fn start_of(self, period: Period) -> Option<Self> {
        self.date().start_of(period).map(Date::at_midnight)
    }

    /// The last tick of the period this moment is in.
    pub fn end_of(self, period: Period) -> Option<Self> {
        Self::from_ticks(self.date().end_of(period)?.at_midnight().0 + TICKS_PER_DAY - 1)
    }

    /// The start of the hour.
    pub fn start_of_hour(self) -> Self {
        Self(self.date().at_midnight().0 + self.time().start_of_hour().0)
    }

    /// The last tick of the hour.
    pub fn end_of_hour(self) -> Self {
        Self(self.date().at_midnight().0 + self.time().end_of_hour().0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TICKS_PER_HOUR, TICKS_PER_SECOND};
    use super::*;

    fn at(year: i64, month: i64, day: i64, seconds: i64) -> Option<DateTime> {
        DateTime::new(Date::new(year, month, day)?, Time(seconds * TICKS_PER_SECOND))
    }

    #[test]
    fn date_and_time_come_back() -> Result<(), &'static str> {
        let moment = at(1990, 12, 31, 86_399).ok_or("a datetime")?;
        assert_eq!(moment.date().components(), (1990, 12, 31));
        assert_eq!(moment.time(), Time(86_399 * TICKS_PER_SECOND));
        assert_eq!(DateTime::new(moment.date(), Time::MAX), at(1991, 1, 1, 0));
        Ok(())
    }

    #[test]
    fn periods_end_with_their_last_tick() -> Result<(), &'static str> {
        let moment = at(2011, 4, 7, 34_200).ok_or("a datetime")?;
        let next_month = at(2011, 5, 1, 0).ok_or("a datetime")?;
        assert_eq!(moment.end_of(Period::Month), Some(DateTime(next_month.0 - 1)));
        assert_eq!(moment.start_of(Period::Day), at(2011, 4, 7, 0));
        assert_eq!(DateTime::MAX.end_of(Period::Year), Some(DateTime::MAX));
        assert_eq!(moment.start_of_hour().time(), Time(9 * TICKS_PER_HOUR));
        assert_eq!(moment.end_of_hour().time(), Time(10 * TICKS_PER_HOUR - 1));
        Ok(())
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(DateTime::MAX.checked_add(Duration(1)), None);
        assert_eq!(DateTime::MIN.checked_sub(Duration(1)), None);
        assert_eq!(DateTime::MIN.checked_sub(Duration(i64::MIN)), None);
        assert_eq!(DateTime(10).since(DateTime(30)), Duration(-20));
    }
}
