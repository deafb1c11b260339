//! When a schedule's times are. Pure computation: the clock is somebody else's.
//!
//! Minutes and hours pass evenly, whatever clocks do. Days, weeks and months keep the time of day: a time that clocks
//! leave out in spring comes as much later as they are set forward, and one that they show twice in autumn comes the
//! first time only. Cron does as cron has always done: with "*" in the hour it follows the clocks minute by minute,
//! with named hours it is a time of day as above.

use cronexpr::{Crontab, MakeTimestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::model::Schedule;

/// What "every" counts from where nothing is said: a Monday, and the first day of a month, a year and a century.
const ORIGIN: DateTime = jiff::civil::datetime(2001, 1, 1, 0, 0, 0, 0);
/// More than clocks were ever set forward at once (a whole day, on islands that changed sides of the date line).
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(25);
/// More than any system runs: keeps computations away from the end of time.
const MOST: i64 = 100_000;

/// A mistake in a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field.
    pub field: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The times of a schedule.
#[derive(Clone, Debug)]
pub struct Timing {
    zone: TimeZone,
    recurrence: Recurrence,
    start: Option<Timestamp>,
    until: Option<Timestamp>,
}

#[derive(Clone, Debug)]
enum Recurrence {
    /// Even steps from an instant.
    Elapsed { from: Timestamp, step: SignedDuration },
    /// Every so many days from a time of a day.
    Days { from: DateTime, step: i64 },
    /// Every so many months; a day that a month lacks is its last one.
    Months { from: DateTime, step: i64 },
    /// Cron, minute by minute as clocks go.
    Cron(Box<Crontab>),
    /// Cron at times of day: an expression over times that clocks show, as if they were UTC.
    CronOfDay(Box<Crontab>),
}

impl Timing {
    /// The times of a schedule.
    ///
    /// # Errors
    /// The first field that means nothing.
    pub fn of(schedule: &Schedule) -> Result<Timing, Mistake> {
        let name = schedule.time_zone.as_deref().unwrap_or("UTC");
        let zone = TimeZone::get(name).map_err(|_| Mistake {
            field: "time_zone",
            message: format!("there is no time zone {name:?}"),
            help: "use a name of the IANA database such as Europe/Berlin, America/New_York or UTC".to_owned(),
        })?;
        let civil = |field: &'static str, text: &Option<String>| {
            text.as_deref().map(|text| wall_time(field, text)).transpose()
        };
        let (start, until) = (civil("start", &schedule.start)?, civil("until", &schedule.until)?);
        let instant = |at: DateTime| in_zone(&zone, at);
        let recurrence = match (&schedule.every, &schedule.cron) {
            (Some(every), None) => {
                let (count, unit) = every_text(every)?;
                let from = start.unwrap_or(ORIGIN);
                let even = |minutes: i64| -> Option<Recurrence> {
                    let step = SignedDuration::from_mins(minutes.checked_mul(count)?);
                    Some(Recurrence::Elapsed { from: instant(from)?, step })
                };
                match unit {
                    Unit::Minute => even(1),
                    Unit::Hour => even(60),
                    Unit::Day => Some(Recurrence::Days { from, step: count }),
                    Unit::Week => Some(Recurrence::Days { from, step: count * 7 }),
                    Unit::Month => Some(Recurrence::Months { from, step: count }),
                }
                .ok_or_else(|| wrong_time("start", schedule.start.as_deref().unwrap_or_default()))?
            }
            (None, Some(cron)) => cron_text(cron, name)?,
            (Some(_), Some(_)) => {
                return Err(Mistake {
                    field: "cron",
                    message: "a schedule has either every or cron".to_owned(),
                    help: "remove one of them".to_owned(),
                });
            }
            (None, None) => {
                return Err(Mistake {
                    field: "name",
                    message: "the schedule does not say when".to_owned(),
                    help: "add every: 1 day, or cron: \"30 2 * * *\"".to_owned(),
                });
            }
        };
        let (start, until) = (start.and_then(instant), until.and_then(instant));
        if let (Some(start), Some(until)) = (start, until)
            && until < start
        {
            return Err(Mistake {
                field: "until",
                message: "the schedule ends before it starts".to_owned(),
                help: "until is the last time that may be".to_owned(),
            });
        }
        let timing = Timing { zone, recurrence, start, until };
        if timing.until.is_none() && timing.next(Timestamp::UNIX_EPOCH).is_none() {
            return Err(Mistake {
                field: "cron",
                message: "this time never comes".to_owned(),
                help: "such as 30 February; correct day and month".to_owned(),
            });
        }
        Ok(timing)
    }

    /// The first time after an instant; none if there is no more.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        // The start itself is a time.
        let before_start = self.start.and_then(|start| start.checked_sub(SignedDuration::from_nanos(1)).ok());
        let after = before_start.map_or(after, |before| before.max(after));
        let next = match &self.recurrence {
            Recurrence::Elapsed { from, step } => elapsed(*from, *step, after),
            Recurrence::Days { from, step } => {
                let days = |date: Date| Some(i64::from(date.since(from.date()).ok()?.get_days()));
                let ahead = |days| Span::new().try_days(days).ok();
                self.calendar(*from, after, *step, days, ahead)
            }
            Recurrence::Months { from, step } => {
                let number = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
                let months = |date: Date| Some(number(date) - number(from.date()));
                let ahead = |months| Span::new().try_months(months).ok();
                self.calendar(*from, after, *step, months, ahead)
            }
            Recurrence::Cron(cron) => cron.find_next(MakeTimestamp(after)).ok().map(|at| at.timestamp()),
            Recurrence::CronOfDay(cron) => self.cron_of_day(cron, after),
        };
        next.filter(|next| self.until.is_none_or(|until| *next <= until))
    }

    /// The time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first of a row of times of days after an instant. `units` counts the days or months from the first of the
    /// row to a date, `ahead` is so many of them.
    fn calendar(
        &self,
        from: DateTime,
        after: Timestamp,
        step: i64,
        units: impl Fn(Date) -> Option<i64>,
        ahead: impl Fn(i64) -> Option<Span>,
    ) -> Option<Timestamp> {
        let shown = after.to_zoned(self.zone.clone()).date();
        // A few steps before, so that what clocks do in between leaves none out.
        let mut number = (units(shown)?.div_euclid(step) - 3).max(0);
        loop {
            let at = in_zone(&self.zone, from.checked_add(ahead(number.checked_mul(step)?)?).ok()?)?;
            if at > after {
                return Some(at);
            }
            number += 1;
        }
    }

    /// The first time of a day after an instant. Where clocks are set forward, a time that they leave out may come
    /// after a later one that they show.
    fn cron_of_day(&self, cron: &Crontab, after: Timestamp) -> Option<Timestamp> {
        let shown = after.to_zoned(self.zone.clone()).datetime().checked_sub(LONGEST_GAP).ok()?;
        let as_if_utc = |at: DateTime| at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
        let mut at = as_if_utc(shown)?;
        let mut found: Option<(Timestamp, DateTime)> = None;
        loop {
            let Ok(next) = cron.find_next(MakeTimestamp(at)) else { return found.map(|(at, _)| at) };
            at = next.timestamp();
            let shown = next.datetime();
            if let Some((best, until)) = found
                && shown > until
            {
                return Some(best);
            }
            let Some(mapped) = in_zone(&self.zone, shown) else { return found.map(|(at, _)| at) };
            if mapped > after {
                let is_shown = mapped.to_zoned(self.zone.clone()).datetime();
                let until = found.map_or(is_shown, |(_, until)| until);
                found = Some((found.map_or(mapped, |(best, _)| best.min(mapped)), until));
            }
        }
    }
}

/// The instant at which clocks show a time: as much later as they are set forward if they leave it out, the first one
/// if they show it twice.
fn in_zone(zone: &TimeZone, at: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(at).compatible().ok()
}

fn elapsed(from: Timestamp, step: SignedDuration, after: Timestamp) -> Option<Timestamp> {
    if after < from {
        return Some(from);
    }
    let steps = after.duration_since(from).as_secs().checked_div(step.as_secs())? + 1;
    from.checked_add(SignedDuration::from_secs(step.as_secs().checked_mul(steps)?)).ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

fn every_text(text: &str) -> Result<(i64, Unit), Mistake> {
    let wrong = |message: String| Mistake {
        field: "every",
        message,
        help: "write a number and minutes, hours, days, weeks or months, such as \"15 minutes\"".to_owned(),
    };
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let (count, unit) = match first.parse::<i64>() {
        Ok(count) => (count, words.next().unwrap_or_default()),
        Err(_) => (1, first),
    };
    if words.next().is_some() {
        return Err(wrong(format!("{text:?} is no interval")));
    }
    let unit = match unit.to_ascii_lowercase().trim_end_matches('s') {
        "minute" | "min" => Unit::Minute,
        "hour" | "h" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        _ => return Err(wrong(format!("{text:?} is no interval"))),
    };
    if !(1..=MOST).contains(&count) {
        return Err(wrong(format!("{count} is no number of times between 1 and {MOST}")));
    }
    Ok((count, unit))
}

fn cron_text(text: &str, zone: &str) -> Result<Recurrence, Mistake> {
    let wrong = |message: String| Mistake {
        field: "cron",
        message,
        help: "write minute, hour, day of month, month and day of week, such as \"30 2 * * MON-FRI\""
            .to_owned(),
    };
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [_, hour, ..] = fields.as_slice() else {
        return Err(wrong(format!("{text:?} is no cron expression")));
    };
    if fields.len() != 5 {
        return Err(wrong(format!("{text:?} has {} fields, not 5", fields.len())));
    }
    let parse = |zone: &str| {
        let parsed = cronexpr::parse_crontab(&format!("{} {zone}", fields.join(" ")));
        parsed.map(Box::new).map_err(|error| {
            let said = error.to_string();
            wrong(format!(
                "{text:?} is no cron expression: {}",
                said.lines().last().unwrap_or_default().trim()
            ))
        })
    };
    if hour.starts_with('*') {
        parse(zone).map(Recurrence::Cron)
    } else {
        parse("UTC").map(Recurrence::CronOfDay)
    }
}

fn wall_time(field: &'static str, text: &str) -> Result<DateTime, Mistake> {
    let trimmed = text.trim();
    // An offset or zone would say twice what time_zone says.
    let has_offset =
        trimmed.ends_with(['Z', 'z', ']']) || trimmed.get(10..).is_some_and(|t| t.contains(['+', '-']));
    let at = if has_offset { None } else { trimmed.parse::<DateTime>().ok() };
    at.filter(|at| (1900..=9000).contains(&at.year())).ok_or_else(|| wrong_time(field, text))
}

fn wrong_time(field: &'static str, text: &str) -> Mistake {
    Mistake {
        field,
        message: format!("{text:?} is no date and time"),
        help: "write it as clocks of the time zone show it, such as 2026-03-01T02:30".to_owned(),
    }
}

#[cfg(test)]
#[path = "recurrence_tests.rs"]
mod tests;
