//! The proleptic Gregorian calendar: day numbers to year, month, day and back.

/// Days from 0000-03-01 to 0001-01-01: the era arithmetic below starts its years in March, so that
/// the leap day comes last.
const MARCH_SHIFT: i32 = 306;
/// 400 years.
const DAYS_PER_ERA: u32 = 146_097;

/// A day of the week; Sunday is 0 as in M's `Day.Sunday`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayOfWeek {
    /// `Day.Sunday`, 0.
    Sunday,
    /// `Day.Monday`, 1.
    Monday,
    /// `Day.Tuesday`, 2.
    Tuesday,
    /// `Day.Wednesday`, 3.
    Wednesday,
    /// `Day.Thursday`, 4.
    Thursday,
    /// `Day.Friday`, 5.
    Friday,
    /// `Day.Saturday`, 6.
    Saturday,
}

impl DayOfWeek {
    /// The day with M's number (0 for Sunday to 6 for Saturday).
    pub fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            0 => Self::Sunday,
            1 => Self::Monday,
            2 => Self::Tuesday,
            3 => Self::Wednesday,
            4 => Self::Thursday,
            5 => Self::Friday,
            6 => Self::Saturday,
            _ => return None,
        })
    }

    /// M's number of the day, 0 for Sunday.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// How many days after `first` this day comes in a week that starts with `first` (0 to 6).
    pub fn days_after(self, first: Self) -> u8 {
        (self.number() + 7 - first.number()) % 7
    }
}

/// A stretch of the calendar that has a start and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// One day.
    Day,
    /// Seven days that start with the given day.
    Week(DayOfWeek),
    /// A month.
    Month,
    /// January to March and so on.
    Quarter,
    /// A year.
    Year,
}

/// Whether the year has a 29 February.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Number of days in the year.
pub fn days_in_year(year: i32) -> u32 {
    if is_leap_year(year) { 366 } else { 365 }
}

/// Number of days in the month (1 to 12); 0 for another month number.
#[inline]
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}

/// Days from 0001-01-01 to the given day. The caller has checked the components.
#[inline]
pub(super) fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let (march_year, march_month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let years = march_year.unsigned_abs();
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    (years * 365 + years / 4 - years / 100 + years / 400 + day_of_year) as i32 - MARCH_SHIFT
}

/// Year, month and day of a day number, by way of multiplications that stand for divisions (C. Neri and L. Schneider,
/// "Euclidean affine functions and their application to calendar algorithms", 2023).
#[inline]
pub(super) fn civil_from_days(days: i32) -> (i32, u32, u32) {
    const PER_FOUR_YEARS: u64 = 2_939_745;
    let quarters = (days.wrapping_add(MARCH_SHIFT) as u32).wrapping_mul(4).wrapping_add(3);
    let century = quarters / DAYS_PER_ERA;
    let of_century = u64::from(quarters % DAYS_PER_ERA / 4 * 4 + 3) * PER_FOUR_YEARS;
    let year_of_century = (of_century >> 32) as u32;
    let day_of_year = (of_century & 0xFFFF_FFFF) / PER_FOUR_YEARS / 4;
    let scaled = day_of_year as u32 * 2141 + 197_913;
    let (march_month, day) = (scaled >> 16, (scaled & 0xFFFF) / 2141 + 1);
    // March years end with February.
    let next = day_of_year >= 306;
    let year = century * 100 + year_of_century + u32::from(next);
    (year as i32, if next { march_month - 12 } else { march_month }, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_and_civil_dates_are_inverse_over_all_years() {
        let mut expected = 0;
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let days = days_from_civil(year, month, day);
                    assert_eq!(civil_from_days(days), (year, month, day));
                }
                assert_eq!(days_from_civil(year, month, 1), expected);
                expected += days_in_month(year, month) as i32;
            }
        }
        assert_eq!(expected, 3_652_059);
    }

    #[test]
    fn centuries_are_leap_years_every_four_hundred_years() {
        assert!(is_leap_year(2000) && is_leap_year(2024));
        assert!(!is_leap_year(1900) && !is_leap_year(2023));
        assert_eq!(days_in_month(2100, 2), 28);
    }

    #[test]
    fn days_after_counts_from_the_first_day_of_the_week() {
        assert_eq!(DayOfWeek::Sunday.days_after(DayOfWeek::Monday), 6);
        assert_eq!(DayOfWeek::Monday.days_after(DayOfWeek::Monday), 0);
        assert_eq!(DayOfWeek::from_number(7), None);
    }
}
