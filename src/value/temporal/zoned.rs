//! M's `datetimezone`.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::{DateTime, Duration, Period, TICKS_PER_MINUTE};

/// A datetime on the clock of a zone, with the zone's offset from UTC.
///
/// Equality, order and hash go by the moment in UTC: the same moment on two clocks is equal.
/// [`DateTimeZone::new`] checks the fields.
#[derive(Clone, Copy, Debug)]
pub struct DateTimeZone {
    /// Offset of the local clock from UTC in minutes, within 14 hours.
    pub offset: i16,
    /// Ticks of the local clock since 0001-01-01T00:00.
    pub ticks: i64,
}

impl DateTimeZone {
    /// The greatest offset from UTC, either way, in minutes.
    pub const MAX_OFFSET: i16 = 14 * 60;

    /// A local datetime with an offset in minutes; `None` if the offset exceeds 14 hours or the
    /// moment falls outside the years 1 to 9999 in UTC.
    pub fn new(local: DateTime, offset_minutes: i64) -> Option<Self> {
        let limit = i64::from(Self::MAX_OFFSET);
        if !(-limit..=limit).contains(&offset_minutes) {
            return None;
        }
        let zoned = Self { offset: offset_minutes as i16, ticks: local.0 };
        DateTime::from_ticks(zoned.utc_ticks()).map(|_| zoned)
    }

    /// The moment given in UTC, shown on the clock of an offset.
    pub fn from_utc(utc: DateTime, offset_minutes: i64) -> Option<Self> {
        let shift = offset_minutes.checked_mul(TICKS_PER_MINUTE)?;
        Self::new(utc.checked_add(Duration(shift))?, offset_minutes)
    }

    /// What the local clock shows.
    pub fn local(self) -> DateTime {
        DateTime(self.ticks)
    }

    /// The moment in UTC.
    pub fn utc(self) -> DateTime {
        DateTime(self.utc_ticks())
    }

    fn utc_ticks(self) -> i64 {
        self.ticks.saturating_sub(i64::from(self.offset) * TICKS_PER_MINUTE)
    }

    /// The same moment on the clock of another offset.
    pub fn switch_zone(self, offset_minutes: i64) -> Option<Self> {
        Self::from_utc(self.utc(), offset_minutes)
    }

    /// Hours of the offset, with its sign.
    pub fn zone_hours(self) -> i64 {
        i64::from(self.offset / 60)
    }

    /// Minutes of the offset beyond its hours, with its sign.
    pub fn zone_minutes(self) -> i64 {
        i64::from(self.offset % 60)
    }

    /// The same zone with the local clock changed by `change`.
    pub fn try_map(self, change: impl FnOnce(DateTime) -> Option<DateTime>) -> Option<Self> {
        Self::new(change(self.local())?, i64::from(self.offset))
    }

    /// The moment `duration` later.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        self.try_map(|local| local.checked_add(duration))
    }

    /// The moment `duration` earlier.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        self.try_map(|local| local.checked_sub(duration))
    }

    /// The time from `earlier` to this moment.
    pub fn since(self, earlier: Self) -> Duration {
        self.utc().since(earlier.utc())
    }

    /// Midnight, on the local clock, at the start of the period this moment is in.
    pub fn start_of(self, period: Period) -> Option<Self> {
        self.try_map(|local| local.start_of(period))
    }

    /// The last tick, on the local clock, of the period this moment is in.
    pub fn end_of(self, period: Period) -> Option<Self> {
        self.try_map(|local| local.end_of(period))
    }
}

impl PartialEq for DateTimeZone {
    fn eq(&self, other: &Self) -> bool {
        self.utc_ticks() == other.utc_ticks()
    }
}

impl Eq for DateTimeZone {}

impl PartialOrd for DateTimeZone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DateTimeZone {
    fn cmp(&self, other: &Self) -> Ordering {
        self.utc_ticks().cmp(&other.utc_ticks())
    }
}

impl Hash for DateTimeZone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.utc_ticks().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Date, TICKS_PER_HOUR, Time};
    use super::*;

    fn at(year: i64, month: i64, day: i64, hour: i64, offset: i64) -> Option<DateTimeZone> {
        let local = DateTime::new(Date::new(year, month, day)?, Time(hour * TICKS_PER_HOUR))?;
        DateTimeZone::new(local, offset)
    }

    #[test]
    fn one_moment_on_two_clocks_is_equal() {
        assert_eq!(at(2010, 12, 31, 11, 120), at(2010, 12, 31, 9, 0));
        assert!(at(2010, 12, 31, 11, 120) < at(2010, 12, 31, 11, 60));
    }

    #[test]
    fn switching_the_zone_keeps_the_moment() {
        let moment = at(2010, 12, 31, 11, 450);
        let switched = moment.and_then(|zoned| zoned.switch_zone(-30));
        assert_eq!(switched, moment);
        assert_eq!(switched.map(DateTimeZone::local), at(2010, 12, 31, 3, 0).map(|zoned| zoned.local()));
        assert_eq!(switched.map(|zoned| (zoned.zone_hours(), zoned.zone_minutes())), Some((0, -30)));
    }

    #[test]
    fn offsets_and_range_are_checked() {
        assert!(at(2020, 1, 1, 0, 840).is_some());
        assert!(at(2020, 1, 1, 0, 841).is_none());
        assert!(at(1, 1, 1, 0, 60).is_none());
        assert!(at(1, 1, 1, 0, -60).is_some());
    }

    #[test]
    fn fits_sixteen_bytes() {
        assert_eq!(size_of::<DateTimeZone>(), 16);
    }
}
