//! The calendars that cultures count years and months in.
//!
//! All have twelve months. Dates outside a calendar's range have no components in it.

use std::sync::OnceLock;

use crate::value::temporal::Date;

/// Years between the Thai Buddhist era and ours.
const BUDDHIST_ERA: i64 = 543;
/// Day number before 1 Farvardin of the Persian year 1.
const PERSIAN_EPOCH: i64 = 226_893;
/// The last Persian year within the range of dates.
const PERSIAN_LAST_YEAR: i64 = 9377;

static UMALQURA: &str = include_str!("data/umalqura.txt");

/// A calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calendar {
    Gregorian,
    /// The Gregorian calendar with years of the Thai Buddhist era.
    Buddhist,
    /// The solar calendar of Iran, by the 33-year rule (exact from 1799 to 2254).
    Persian,
    /// The lunar calendar of Saudi Arabia, from 1924 to 2077.
    UmAlQura,
}

impl Calendar {
    /// The calendar with the name that the culture data uses.
    pub fn named(name: &str) -> Self {
        match name {
            "buddhist" => Self::Buddhist,
            "persian" => Self::Persian,
            "umalqura" => Self::UmAlQura,
            _ => Self::Gregorian,
        }
    }

    /// Year, month and day of a date.
    pub fn components(self, date: Date) -> Option<(i32, u32, u32)> {
        let (year, month, day) = date.components();
        match self {
            Self::Gregorian => Some((year, month, day)),
            Self::Buddhist => Some((year + BUDDHIST_ERA as i32, month, day)),
            Self::Persian => persian_components(date),
            Self::UmAlQura => umalqura().components(date),
        }
    }

    /// The date with these components.
    pub fn date(self, year: i64, month: i64, day: i64) -> Option<Date> {
        match self {
            Self::Gregorian => Date::new(year, month, day),
            Self::Buddhist => Date::new(year.checked_sub(BUDDHIST_ERA)?, month, day),
            Self::Persian => persian_date(year, month, day),
            Self::UmAlQura => umalqura().date(year, month, day),
        }
    }

    /// The year that a year of two digits stands for: up to 49 in the later century. In other
    /// calendars the century is that of the window's end there.
    pub fn full_year(self, short: i64) -> i64 {
        let last = match self {
            Self::Gregorian => 2049,
            Self::Buddhist => 2572,
            Self::Persian => 1410,
            Self::UmAlQura => 1451,
        };
        let year = last / 100 * 100 + short;
        if year > last { year - 100 } else { year }
    }
}

/// Day number of the last day before the Persian year.
fn persian_year_start(year: i64) -> i64 {
    PERSIAN_EPOCH + 365 * (year - 1) + (8 * year + 21).div_euclid(33)
}

/// Days of the Persian year before the month (1 to 13).
fn persian_month_start(month: i64) -> i64 {
    if month <= 7 { 31 * (month - 1) } else { 186 + 30 * (month - 7) }
}

fn persian_components(date: Date) -> Option<(i32, u32, u32)> {
    let days = i64::from(date.0);
    let mut year = (days - PERSIAN_EPOCH) * 33 / 12_053 + 1;
    while persian_year_start(year) >= days {
        year -= 1;
    }
    while persian_year_start(year + 1) < days {
        year += 1;
    }
    if year < 1 {
        return None;
    }
    let day_of_year = days - persian_year_start(year) - 1;
    let month = if day_of_year < 186 { day_of_year / 31 + 1 } else { (day_of_year - 186) / 30 + 7 };
    let day = day_of_year - persian_month_start(month) + 1;
    Some((year as i32, month as u32, day as u32))
}

fn persian_date(year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1..=PERSIAN_LAST_YEAR).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let start = persian_year_start(year) + persian_month_start(month);
    let end = if month == 12 {
        persian_year_start(year + 1)
    } else {
        persian_year_start(year) + persian_month_start(month + 1)
    };
    (1..=end - start).contains(&day).then(|| Date::from_days(start + day))?
}

/// The months of the Umm al-Qura calendar, which follows observation and has no rule.
struct UmAlQura {
    first_year: i64,
    /// Day numbers of the starts of all months, and of the end of the last.
    starts: Vec<i64>,
}

fn umalqura() -> &'static UmAlQura {
    static CALENDAR: OnceLock<UmAlQura> = OnceLock::new();
    CALENDAR.get_or_init(|| {
        let mut lines = UMALQURA.lines();
        let mut start = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
        let mut calendar = UmAlQura { first_year: 0, starts: vec![start] };
        for (year, months) in lines.filter_map(|line| line.split_once(' ')) {
            if calendar.first_year == 0 {
                calendar.first_year = year.parse().unwrap_or(0);
            }
            for length in months.bytes() {
                start += 28 + i64::from(length - b'0');
                calendar.starts.push(start);
            }
        }
        calendar
    })
}

impl UmAlQura {
    fn components(&self, date: Date) -> Option<(i32, u32, u32)> {
        let days = i64::from(date.0);
        let at = self.starts.partition_point(|&start| start <= days);
        if at == self.starts.len() {
            return None;
        }
        let month = at.checked_sub(1)?;
        let day = days - self.starts.get(month)? + 1;
        let year = self.first_year + (month / 12) as i64;
        Some((year as i32, (month % 12) as u32 + 1, day as u32))
    }

    fn date(&self, year: i64, month: i64, day: i64) -> Option<Date> {
        if !(1..=12).contains(&month) {
            return None;
        }
        let at = usize::try_from(year.checked_sub(self.first_year)?).ok()?.checked_mul(12)?;
        let at = at.checked_add(month as usize - 1)?;
        let (start, end) = (self.starts.get(at)?, self.starts.get(at + 1)?);
        (1..=end - start).contains(&day).then(|| Date::from_days(start + day - 1))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(calendar: Calendar, own: (i32, u32, u32), civil: (i64, i64, i64)) {
        let date = Date::new(civil.0, civil.1, civil.2);
        assert_eq!(calendar.date(own.0.into(), own.1.into(), own.2.into()), date, "{own:?}");
        assert_eq!(date.and_then(|date| calendar.components(date)), Some(own), "{civil:?}");
    }

    #[test]
    fn known_new_year_days() {
        check(Calendar::UmAlQura, (1400, 1, 1), (1979, 11, 20));
        check(Calendar::UmAlQura, (1446, 1, 1), (2024, 7, 7));
        check(Calendar::UmAlQura, (1500, 12, 30), (2077, 11, 16));
        check(Calendar::Buddhist, (2567, 2, 29), (2024, 2, 29));
        check(Calendar::Persian, (1403, 1, 1), (2024, 3, 20));
        check(Calendar::Persian, (1404, 1, 1), (2025, 3, 21));
        check(Calendar::Persian, (1403, 12, 30), (2025, 3, 20));
        check(Calendar::Persian, (1375, 1, 1), (1996, 3, 20));
    }

    #[test]
    fn dates_outside_a_calendar_have_no_components_in_it() {
        assert_eq!(Calendar::UmAlQura.components(Date::MIN), None);
        assert_eq!(Calendar::UmAlQura.components(Date::MAX), None);
        assert_eq!(Calendar::UmAlQura.date(1501, 1, 1), None);
        assert_eq!(Calendar::Persian.components(Date::MIN), None);
        assert_eq!(Calendar::Persian.date(1404, 12, 30), None);
        assert_eq!(Calendar::Persian.date(1403, 7, 31), None);
    }

    #[test]
    fn short_years_end_with_2049() {
        assert_eq!(Calendar::Gregorian.full_year(49), 2049);
        assert_eq!(Calendar::Gregorian.full_year(50), 1950);
        assert_eq!(Calendar::UmAlQura.full_year(45), 1445);
    }
}
