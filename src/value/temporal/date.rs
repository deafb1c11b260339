//! M's `date`.

use super::calendar::{civil_from_days, days_from_civil, days_in_month, is_leap_year};
use super::{DateTime, DayOfWeek, Duration, Period, TICKS_PER_DAY};

/// A day, as the number of days since 0001-01-01 (0 to [`Date::MAX`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

impl Date {
    /// 0001-01-01.
    pub const MIN: Self = Self(0);
    /// 9999-12-31.
    pub const MAX: Self = Self(3_652_058);

    /// The date with these components, if there is one.
    #[inline]
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        let (year, month) = (year as i32, month as u32);
        if day < 1 || day > i64::from(days_in_month(year, month)) {
            return None;
        }
        Some(Self(days_from_civil(year, month, day as u32)))
    }

    /// The date so many days after 0001-01-01, if within the range.
    pub fn from_days(days: i64) -> Option<Self> {
        (0..=i64::from(Self::MAX.0)).contains(&days).then_some(Self(days as i32))
    }

    /// Year, month (1 to 12) and day (1 to 31).
    #[inline]
    pub fn components(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.components().0
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.components().1
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.components().2
    }

    /// The quarter of the year, 1 to 4.
    pub fn quarter(self) -> u32 {
        (self.month() - 1) / 3 + 1
    }

    /// The day of the week.
    pub fn day_of_week(self) -> DayOfWeek {
        // 0001-01-01 was a Monday.
        match (i64::from(self.0) + 1).rem_euclid(7) {
            0 => DayOfWeek::Sunday,
            1 => DayOfWeek::Monday,
            2 => DayOfWeek::Tuesday,
            3 => DayOfWeek::Wednesday,
            4 => DayOfWeek::Thursday,
            5 => DayOfWeek::Friday,
            _ => DayOfWeek::Saturday,
        }
    }

    /// The day of the year, 1 to 366.
    pub fn day_of_year(self) -> u32 {
        (self.0 - days_from_civil(self.year(), 1, 1) + 1) as u32
    }

    /// The week of the year, 1 to 54; week 1 starts on 1 January, however short, and the others on
    /// `first`.
    pub fn week_of_year(self, first: DayOfWeek) -> u32 {
        let new_year = Self(days_from_civil(self.year(), 1, 1));
        let lead = u32::from(new_year.day_of_week().days_after(first));
        (self.day_of_year() - 1 + lead) / 7 + 1
    }

    /// The week of the month, 1 to 6; week 1 starts on the 1st, however short, and the others on
    /// `first`.
    pub fn week_of_month(self, first: DayOfWeek) -> u32 {
        let day = self.day();
        let first_of_month = Self(self.0 - (day as i32 - 1));
        let lead = u32::from(first_of_month.day_of_week().days_after(first));
        (day - 1 + lead) / 7 + 1
    }

    /// Number of days in this date's month.
    pub fn days_in_month(self) -> u32 {
        let (year, month, _) = self.components();
        days_in_month(year, month)
    }

    /// Whether this date's year is a leap year.
    pub fn is_leap_year(self) -> bool {
        is_leap_year(self.year())
    }

    /// Midnight at the start of this date.
    pub fn at_midnight(self) -> DateTime {
        DateTime(i64::from(self.0) * TICKS_PER_DAY)
    }

    /// The date so many days later (or earlier).
    pub fn add_days(self, days: i64) -> Option<Self> {
        Self::from_days(i64::from(self.0).checked_add(days)?)
    }

    /// The same day so many months later (or earlier); a day the month lacks becomes its last.
    pub fn add_months(self, months: i64) -> Option<Self> {
        let (year, month, day) = self.components();
        let month_count = (i64::from(year) * 12 + i64::from(month) - 1).checked_add(months)?;
        let (year, month) = (month_count.div_euclid(12), month_count.rem_euclid(12) + 1);
        let first = Self::new(year, month, 1)?;
        first.add_days(i64::from(day.min(first.days_in_month())) - 1)
    }

    /// The same day so many years later (or earlier); 29 February becomes the 28th where needed.
    pub fn add_years(self, years: i64) -> Option<Self> {
        self.add_months(years.checked_mul(12)?)
    }

    /// The date that holds the moment `duration` after this date's midnight.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        self.at_midnight().checked_add(duration).map(DateTime::date)
    }

    /// The date that holds the moment `duration` before this date's midnight.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        self.at_midnight().checked_sub(duration).map(DateTime::date)
    }

    /// The time from `earlier` to this date.
    pub fn since(self, earlier: Self) -> Duration {
        Duration((i64::from(self.0) - i64::from(earlier.0)) * TICKS_PER_DAY)
    }

    /// The first day of the period this date is in; `None` if that lies before year 1.
    pub fn start_of(self, period: Period) -> Option<Self> {
        let (year, month, day) = self.components();
        match period {
            Period::Day => Some(self),
            Period::Week(first) => self.add_days(-i64::from(self.day_of_week().days_after(first))),
            Period::Month => self.add_days(1 - i64::from(day)),
            Period::Quarter => Self::new(i64::from(year), i64::from((month - 1) / 3 * 3 + 1), 1),
            Period::Year => Self::new(i64::from(year), 1, 1),
        }
    }

    /// The last day of the period this date is in; `None` if that lies after year 9999.
    pub fn end_of(self, period: Period) -> Option<Self> {
        let (year, month, _) = self.components();
        match period {
            Period::Day => Some(self),
            Period::Week(first) => self.add_days(6 - i64::from(self.day_of_week().days_after(first))),
            Period::Month => Self::last_of_month(year, month),
            Period::Quarter => Self::last_of_month(year, (month - 1) / 3 * 3 + 3),
            Period::Year => Self::last_of_month(year, 12),
        }
    }

    fn last_of_month(year: i32, month: u32) -> Option<Self> {
        let day = days_in_month(year, month);
        Self::new(i64::from(year), i64::from(month), i64::from(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i64, month: i64, day: i64) -> Date {
        Date::new(year, month, day).unwrap_or(Date(-1))
    }

    #[test]
    fn components_are_checked() {
        assert_eq!(Date::new(2023, 2, 29), None);
        assert_eq!(Date::new(0, 1, 1), None);
        assert_eq!(Date::new(10_000, 1, 1), None);
        assert_eq!(Date::new(2023, 13, 1), None);
        assert_eq!(date(1, 1, 1), Date::MIN);
        assert_eq!(date(9999, 12, 31), Date::MAX);
        assert_eq!(date(2024, 2, 29).components(), (2024, 2, 29));
    }

    #[test]
    fn adding_months_clamps_to_the_last_day() {
        assert_eq!(date(1990, 1, 31).add_months(1), Some(date(1990, 2, 28)));
        assert_eq!(date(2011, 11, 30).add_months(3), Some(date(2012, 2, 29)));
        assert_eq!(date(2200, 3, 31).add_months(-1), Some(date(2200, 2, 28)));
        assert_eq!(date(2016, 2, 29).add_years(1), Some(date(2017, 2, 28)));
        assert_eq!(date(9999, 12, 1).add_months(1), None);
        assert_eq!(date(2000, 1, 1).add_months(i64::MAX), None);
    }

    #[test]
    fn weeks_start_on_the_given_day_and_first_ones_may_be_short() {
        assert_eq!(date(2011, 2, 21).day_of_week(), DayOfWeek::Monday);
        assert_eq!(date(2011, 3, 27).week_of_year(DayOfWeek::Sunday), 14);
        assert_eq!(date(2011, 3, 27).week_of_year(DayOfWeek::Monday), 13);
        assert_eq!(date(2006, 1, 1).week_of_year(DayOfWeek::Monday), 1);
        assert_eq!(date(2011, 3, 15).week_of_month(DayOfWeek::Sunday), 3);
        assert_eq!(date(2011, 3, 6).week_of_month(DayOfWeek::Monday), 1);
        assert_eq!(date(2020, 2, 29).day_of_year(), 60);
    }

    #[test]
    fn periods_start_and_end() {
        let week = Period::Week(DayOfWeek::Sunday);
        assert_eq!(date(1990, 1, 1).end_of(week), Some(date(1990, 1, 6)));
        assert_eq!(date(1990, 10, 11).start_of(week), Some(date(1990, 10, 7)));
        assert_eq!(Date::MIN.start_of(week), None);
        assert_eq!(date(2011, 4, 7).end_of(Period::Month), Some(date(2011, 4, 30)));
        assert_eq!(date(2011, 12, 7).end_of(Period::Quarter), Some(date(2011, 12, 31)));
        assert_eq!(date(2200, 2, 15).start_of(Period::Quarter), Some(date(2200, 1, 1)));
        assert_eq!(date(2200, 2, 15).start_of(Period::Year), Some(date(2200, 1, 1)));
        assert_eq!(date(2200, 2, 15).end_of(Period::Year), Some(date(2200, 12, 31)));
    }

    #[test]
    fn a_date_plus_a_duration_stays_a_date() {
        let noon = Duration(TICKS_PER_DAY / 2);
        assert_eq!(date(2020, 1, 1).checked_add(noon), Some(date(2020, 1, 1)));
        assert_eq!(date(2020, 1, 1).checked_sub(noon), Some(date(2019, 12, 31)));
        assert_eq!(date(2022, 3, 4).since(date(2022, 2, 25)), Duration(7 * TICKS_PER_DAY));
        assert_eq!(Date::MAX.checked_add(Duration(TICKS_PER_DAY)), None);
    }
}
