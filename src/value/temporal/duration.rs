//! M's `duration`.

use super::{TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND, seconds_to_ticks, ticks_of};

/// A span of time in ticks, positive or negative, of up to some 29,000 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(pub i64);

impl Duration {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// The sum of the parts, each of which may be negative or too big for its place.
    pub fn new(days: f64, hours: f64, minutes: f64, seconds: f64) -> Option<Self> {
        let ticks = ticks_of(days, TICKS_PER_DAY)?
            .checked_add(ticks_of(hours, TICKS_PER_HOUR)?)?
            .checked_add(ticks_of(minutes, TICKS_PER_MINUTE)?)?
            .checked_add(seconds_to_ticks(seconds)?)?;
        Some(Self(ticks))
    }

    /// A number of days with a fraction, to the nearest tick.
    pub fn from_days(days: f64) -> Option<Self> {
        ticks_of(days, TICKS_PER_DAY).map(Self)
    }

    /// Whole days; negative for a negative duration, as are the other parts.
    pub fn days(self) -> i64 {
        self.0 / TICKS_PER_DAY
    }

    /// Hours beyond the whole days, -23 to 23.
    pub fn hours(self) -> i64 {
        self.0 / TICKS_PER_HOUR % 24
    }

    /// Minutes beyond the whole hours, -59 to 59.
    pub fn minutes(self) -> i64 {
        self.0 / TICKS_PER_MINUTE % 60
    }

    /// Seconds beyond the whole minutes, with their fraction.
    pub fn seconds(self) -> f64 {
        self.second_ticks() as f64 / TICKS_PER_SECOND as f64
    }

    /// Ticks beyond the whole minutes.
    pub fn second_ticks(self) -> i64 {
        self.0 % TICKS_PER_MINUTE
    }

    /// The whole duration in days.
    pub fn total_days(self) -> f64 {
        // A product with the reciprocal, as .NET computes it: results match to the last digit.
        self.0 as f64 * (1.0 / TICKS_PER_DAY as f64)
    }

    /// The whole duration in hours.
    pub fn total_hours(self) -> f64 {
        self.0 as f64 * (1.0 / TICKS_PER_HOUR as f64)
    }

    /// The whole duration in minutes.
    pub fn total_minutes(self) -> f64 {
        self.0 as f64 * (1.0 / TICKS_PER_MINUTE as f64)
    }

    /// The whole duration in seconds.
    pub fn total_seconds(self) -> f64 {
        self.0 as f64 * (1.0 / TICKS_PER_SECOND as f64)
    }

    /// The sum, if it fits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, if it fits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The duration turned round.
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }

    /// The duration times a number, to the nearest tick.
    pub fn checked_mul(self, factor: f64) -> Option<Self> {
        if factor.trunc() == factor && factor.abs() < 9e15 {
            return self.0.checked_mul(factor as i64).map(Self);
        }
        ticks_of(self.0 as f64 * factor, 1).map(Self)
    }

    /// The duration divided by a number, to the nearest tick; `None` for zero.
    pub fn checked_div(self, divisor: f64) -> Option<Self> {
        ticks_of((self.0 as f64 / divisor).round(), 1).map(Self)
    }

    /// How often `other` goes into this duration (infinite or not a number if `other` is zero).
    pub fn ratio(self, other: Self) -> f64 {
        self.0 as f64 / other.0 as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_overflow_into_the_next() {
        let ninety_seconds = Duration::new(0.0, 0.0, 0.0, 90.0);
        assert_eq!(ninety_seconds.map(|d| (d.minutes(), d.seconds())), Some((1, 30.0)));
        let twenty_five_hours = Duration::new(0.0, 25.0, 0.0, 0.0);
        assert_eq!(twenty_five_hours.map(|d| (d.days(), d.hours())), Some((1, 1)));
        assert_eq!(Duration::new(f64::NAN, 0.0, 0.0, 0.0), None);
        assert_eq!(Duration::new(1e12, 0.0, 0.0, 0.0), None);
    }

    #[test]
    fn a_negative_duration_has_negative_parts() {
        let duration = Duration::new(-2.0, -12.0, 0.0, -1.5);
        let parts = duration.map(|d| (d.days(), d.hours(), d.minutes(), d.seconds()));
        assert_eq!(parts, Some((-2, -12, 0, -1.5)));
    }

    #[test]
    fn totals_match_to_the_last_digit() {
        let duration = Duration::new(5.0, 4.0, 3.0, 2.0).unwrap_or_default();
        let all_digits = |total: f64| format!("{total:.16e}");
        assert_eq!(all_digits(duration.total_days()), "5.1687731481481478e0");
        assert_eq!(all_digits(duration.total_minutes()), "7.4430333333333338e3");
        assert_eq!(duration.total_seconds(), 446_582.0);
        assert_eq!(Duration::from_days(2.525), Duration::new(2.0, 12.0, 36.0, 0.0));
    }

    #[test]
    fn scaling_rounds_to_the_nearest_tick() {
        assert_eq!(Duration(10).checked_mul(0.25), Some(Duration(3)));
        assert_eq!(Duration(10).checked_div(4.0), Some(Duration(3)));
        assert_eq!(Duration(10).checked_div(0.0), None);
        assert_eq!(Duration(i64::MAX).checked_mul(2.0), None);
        assert_eq!(Duration(30).ratio(Duration(20)), 1.5);
    }
}
