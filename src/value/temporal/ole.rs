//! OLE automation dates: days since 1899-12-30 with the time of day as a fraction, which is how M
//! turns dates into numbers and back.

use super::{Date, DateTime, TICKS_PER_DAY, TICKS_PER_MILLISECOND};

/// Days from 0001-01-01 to 1899-12-30.
const EPOCH_DAYS: i64 = 693_593;
const MILLISECONDS_PER_DAY: i64 = 86_400_000;
/// Numbers must lie between these, both excluded (years 100 to 9999).
const MIN_NUMBER: f64 = -657_435.0;
const MAX_NUMBER: f64 = 2_958_466.0;

/// An OLE automation date number, to the millisecond as .NET keeps it.
///
/// Before the epoch the fraction still counts forward from midnight: -1.25 is 06:00 on 1899-12-29.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct OleDate(pub f64);

impl OleDate {
    /// The number of a date.
    pub fn from_date(date: Date) -> Self {
        Self((i64::from(date.0) - EPOCH_DAYS) as f64)
    }

    /// The number of a datetime; milliseconds are kept, smaller parts are dropped.
    pub fn from_datetime(datetime: DateTime) -> Self {
        let mut milliseconds = (datetime.0 - EPOCH_DAYS * TICKS_PER_DAY) / TICKS_PER_MILLISECOND;
        if milliseconds < 0 {
            let fraction = milliseconds % MILLISECONDS_PER_DAY;
            if fraction != 0 {
                milliseconds -= (MILLISECONDS_PER_DAY + fraction) * 2;
            }
        }
        Self(milliseconds as f64 / MILLISECONDS_PER_DAY as f64)
    }

    /// The datetime of the number, to the nearest millisecond; `None` outside the years 100 to
    /// 9999.
    pub fn to_datetime(self) -> Option<DateTime> {
        if !(self.0 > MIN_NUMBER && self.0 < MAX_NUMBER) {
            return None;
        }
        let mut milliseconds = (self.0 * MILLISECONDS_PER_DAY as f64).round() as i64;
        if milliseconds < 0 {
            milliseconds -= milliseconds % MILLISECONDS_PER_DAY * 2;
        }
        let ticks = milliseconds * TICKS_PER_MILLISECOND;
        DateTime::from_ticks(EPOCH_DAYS * TICKS_PER_DAY + ticks)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TICKS_PER_HOUR, Time};
    use super::*;

    fn at(year: i64, month: i64, day: i64, hour: i64) -> Option<DateTime> {
        DateTime::new(Date::new(year, month, day)?, Time(hour * TICKS_PER_HOUR))
    }

    #[test]
    fn days_count_from_the_end_of_1899() {
        assert_eq!(Date::new(1899, 12, 30).map(OleDate::from_date), Some(OleDate(0.0)));
        assert_eq!(OleDate(43_910.0).to_datetime(), at(2020, 3, 20, 0));
        assert_eq!(at(2020, 3, 20, 6).map(OleDate::from_datetime), Some(OleDate(43_910.25)));
    }

    #[test]
    fn before_the_epoch_fractions_count_forward() {
        assert_eq!(at(1899, 12, 29, 6).map(OleDate::from_datetime), Some(OleDate(-1.25)));
        assert_eq!(OleDate(-1.25).to_datetime(), at(1899, 12, 29, 6));
        assert_eq!(OleDate(-0.25).to_datetime(), OleDate(0.25).to_datetime());
    }

    #[test]
    fn numbers_out_of_range_have_no_date() {
        assert_eq!(OleDate(f64::NAN).to_datetime(), None);
        assert_eq!(OleDate(2_958_466.0).to_datetime(), None);
        assert_eq!(OleDate(-657_435.0).to_datetime(), None);
    }
}
