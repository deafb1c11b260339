//! M's `time`.

use super::{Duration, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND, seconds_to_ticks};

/// A time of day, as ticks since midnight; 24:00 ([`Time::MAX`]) is legal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// Midnight.
    pub const MIN: Self = Self(0);
    /// 24:00, the end of the day.
    pub const MAX: Self = Self(TICKS_PER_DAY);

    /// The time with these components (0:00:00 to 24:00:00, seconds with a fraction), if there is
    /// one.
    pub fn new(hour: i64, minute: i64, second: f64) -> Option<Self> {
        if !(0.0..60.0).contains(&second) {
            return None;
        }
        let second_ticks = seconds_to_ticks(second)?;
        if !(0..=24).contains(&hour) || !(0..60).contains(&minute) {
            return None;
        }
        Self::from_ticks(hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + second_ticks)
    }

    /// The time so many ticks after midnight, if not past 24:00.
    pub fn from_ticks(ticks: i64) -> Option<Self> {
        (0..=TICKS_PER_DAY).contains(&ticks).then_some(Self(ticks))
    }

    /// Hour (0 to 24), minute, and ticks within the minute.
    pub fn components(self) -> (u32, u32, i64) {
        (self.hour(), self.minute(), self.second_ticks())
    }

    /// The hour, 0 to 24.
    pub fn hour(self) -> u32 {
        (self.0 / TICKS_PER_HOUR) as u32
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u32 {
        (self.0 / TICKS_PER_MINUTE % 60) as u32
    }

    /// The second with its fraction.
    pub fn second(self) -> f64 {
        self.second_ticks() as f64 / TICKS_PER_SECOND as f64
    }

    /// The ticks within the minute.
    pub fn second_ticks(self) -> i64 {
        self.0 % TICKS_PER_MINUTE
    }

    /// The time `duration` later, going round at midnight.
    pub fn wrapping_add(self, duration: Duration) -> Self {
        Self((self.0 % TICKS_PER_DAY + duration.0 % TICKS_PER_DAY).rem_euclid(TICKS_PER_DAY))
    }

    /// The time `duration` earlier, going round at midnight.
    pub fn wrapping_sub(self, duration: Duration) -> Self {
        Self((self.0 % TICKS_PER_DAY - duration.0 % TICKS_PER_DAY).rem_euclid(TICKS_PER_DAY))
    }

    /// The time from `earlier` to this one (negative if `earlier` is later).
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0 - earlier.0)
    }

    /// The start of the hour.
    pub fn start_of_hour(self) -> Self {
        Self(self.0 - self.0 % TICKS_PER_HOUR)
    }

    /// The last tick of the hour.
    pub fn end_of_hour(self) -> Self {
        Self((self.start_of_hour().0 + TICKS_PER_HOUR - 1).min(TICKS_PER_DAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_checked_and_the_end_of_the_day_is_legal() {
        assert_eq!(Time::new(24, 0, 0.0), Some(Time::MAX));
        assert_eq!(Time::new(24, 0, 0.1), None);
        assert_eq!(Time::new(23, 60, 0.0), None);
        assert_eq!(Time::new(0, 0, 60.0), None);
        assert_eq!(Time::new(0, 0, f64::NAN), None);
        let time = Time::new(13, 45, 30.6175425);
        assert_eq!(time.map(Time::components), Some((13, 45, 306_175_425)));
        assert_eq!(time.map(Time::second), Some(30.6175425));
    }

    #[test]
    fn sums_go_round_at_midnight() {
        let late = Time(23 * TICKS_PER_HOUR);
        assert_eq!(late.wrapping_add(Duration(2 * TICKS_PER_HOUR)), Time(TICKS_PER_HOUR));
        assert_eq!(Time(0).wrapping_sub(Duration(TICKS_PER_HOUR)), late);
        assert_eq!(late.wrapping_add(Duration(i64::MIN)).0 / TICKS_PER_DAY, 0);
        assert_eq!(Time(0).since(late), Duration(-23 * TICKS_PER_HOUR));
    }

    #[test]
    fn hours_end_one_tick_before_the_next() {
        let time = Time(5 * TICKS_PER_HOUR + 7);
        assert_eq!(time.start_of_hour(), Time(5 * TICKS_PER_HOUR));
        assert_eq!(time.end_of_hour(), Time(6 * TICKS_PER_HOUR - 1));
    }
}
