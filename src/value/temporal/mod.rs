//! Dates, times and durations as M counts them: ticks of 100 ns over the years 1 to 9999 of the
//! proleptic Gregorian calendar.
//!
//! Every type is a plain copyable number. Constructors from components check their arguments;
//! arithmetic that could leave the range returns `None`, which the caller turns into M's error.
//! The tuple fields are public so that columns can hold bare numbers; all accessors are total, so
//! a number out of range gives a meaningless answer but never a panic.
//!
//! Nothing here knows text, cultures, the clock or the local time zone.

mod calendar;
mod date;
mod datetime;
mod duration;
pub mod iso;
mod ole;
mod time;
mod zoned;

pub use calendar::{DayOfWeek, Period, days_in_month, days_in_year, is_leap_year};
pub use date::Date;
pub use datetime::DateTime;
pub use duration::Duration;
pub use ole::OleDate;
pub use time::Time;
pub use zoned::DateTimeZone;

/// Ticks in a microsecond.
pub const TICKS_PER_MICROSECOND: i64 = 10;
/// Ticks in a millisecond.
pub const TICKS_PER_MILLISECOND: i64 = 10_000;
/// Ticks in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// Ticks in a minute.
pub const TICKS_PER_MINUTE: i64 = 60 * TICKS_PER_SECOND;
/// Ticks in an hour.
pub const TICKS_PER_HOUR: i64 = 60 * TICKS_PER_MINUTE;
/// Ticks in a day.
pub const TICKS_PER_DAY: i64 = 24 * TICKS_PER_HOUR;

/// Turns seconds with a fraction into ticks, to the nearest tick; `None` if it does not fit or is
/// not a number.
pub fn seconds_to_ticks(seconds: f64) -> Option<i64> {
    ticks_of(seconds, TICKS_PER_SECOND)
}

/// `amount` units of `unit` ticks each, rounded to the nearest tick.
pub(crate) fn ticks_of(amount: f64, unit: i64) -> Option<i64> {
    // Whole units are multiplied as integers: a double would lose ticks above some 28 years.
    let whole = amount.trunc();
    if !whole.is_finite() || whole.abs() > 9.3e18 {
        return None;
    }
    let fraction = ((amount - whole) * unit as f64).round() as i64;
    (whole as i64).checked_mul(unit)?.checked_add(fraction)
}
