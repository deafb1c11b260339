use jiff::civil::{self, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use proptest::prelude::*;

use super::*;

fn every(every: &str, start: Option<&str>, zone: &str) -> Schedule {
    Schedule {
        every: Some(every.to_owned()),
        start: start.map(str::to_owned),
        time_zone: Some(zone.to_owned()),
        ..Schedule::default()
    }
}

fn cron(cron: &str, zone: &str) -> Schedule {
    Schedule { cron: Some(cron.to_owned()), time_zone: Some(zone.to_owned()), ..Schedule::default() }
}

/// The next times, as clocks show them with their offset.
fn times(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let timing = Timing::of(schedule).unwrap();
    let mut at: Timestamp = after.parse().unwrap();
    (0..count)
        .map_while(|_| {
            at = timing.next(at)?;
            Some(at.to_zoned(timing.zone().clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string())
        })
        .collect()
}

#[test]
fn days_keep_the_time_that_clocks_show() {
    let daily = every("1 day", Some("2026-01-01T02:30"), "Europe/Berlin");
    // On 29 March clocks go from 02:00 to 03:00, on 25 October from 03:00 back to 02:00.
    assert_eq!(
        times(&daily, "2026-03-28T00:00Z", 3),
        ["2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00"]
    );
    assert_eq!(
        times(&daily, "2026-10-24T01:00Z", 3),
        ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00", "2026-10-27T02:30+01:00"]
    );
}

#[test]
fn hours_pass_evenly() {
    let hourly = every("1 hour", Some("2026-01-01T00:30"), "Europe/Berlin");
    assert_eq!(
        times(&hourly, "2026-03-29T00:00Z", 3),
        ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", "2026-03-29T04:30+02:00"]
    );
    assert_eq!(
        times(&hourly, "2026-10-25T00:00Z", 3),
        ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"]
    );
}

#[test]
fn months_end_with_their_last_day_and_do_not_drift() {
    let monthly = every("1 month", Some("2026-01-31T08:00"), "UTC");
    assert_eq!(
        times(&monthly, "2026-01-31T08:00Z", 3),
        ["2026-02-28T08:00+00:00", "2026-03-31T08:00+00:00", "2026-04-30T08:00+00:00"]
    );
    assert_eq!(times(&every("week", None, "UTC"), "2026-11-25T00:00Z", 1), ["2026-11-30T00:00+00:00"]);
}

#[test]
fn cron_at_named_hours_is_a_time_of_day_and_with_a_star_follows_the_clock() {
    let berlin = |text| cron(text, "Europe/Berlin");
    assert_eq!(
        times(&berlin("30 2 * * *"), "2026-03-28T12:00Z", 2),
        ["2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00"]
    );
    assert_eq!(
        times(&berlin("30 2 * * *"), "2026-10-24T12:00Z", 2),
        ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]
    );
    // Both 02:30 and 03:00 are meant; the first comes later, as it is left out.
    assert_eq!(
        times(&berlin("0,30 2,3 * * *"), "2026-03-29T00:30Z", 3),
        ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00", "2026-03-30T02:00+02:00"]
    );
    assert_eq!(times(&berlin("*/20 * * * *"), "2026-10-25T00:30Z", 4).len(), 4);
    assert_eq!(
        times(&berlin("0 * * * *"), "2026-10-24T23:30Z", 4),
        [
            "2026-10-25T02:00+02:00",
            "2026-10-25T02:00+01:00",
            "2026-10-25T03:00+01:00",
            "2026-10-25T04:00+01:00"
        ]
    );
    assert_eq!(times(&cron("0 9 * * MON-FRI", "UTC"), "2026-11-27T10:00Z", 1), ["2026-11-30T09:00+00:00"]);
}

#[test]
fn a_day_that_an_island_left_out() {
    // There was no 30 December 2011 in Samoa.
    let daily = every("1 day", Some("2011-12-01T10:00"), "Pacific/Apia");
    assert_eq!(times(&daily, "2011-12-29T20:01Z", 2), ["2011-12-31T10:00+14:00", "2012-01-01T10:00+14:00"]);
}

#[test]
fn start_and_end_are_times_themselves() {
    let bounded = Schedule {
        until: Some("2026-01-03T00:00".to_owned()),
        ..every("1 day", Some("2026-01-01T00:00"), "UTC")
    };
    let expected = ["2026-01-01T00:00+00:00", "2026-01-02T00:00+00:00", "2026-01-03T00:00+00:00"];
    assert_eq!(times(&bounded, "1999-01-01T00:00Z", 9), expected);
    let cron = Schedule {
        start: Some("2026-01-01T00:00".to_owned()),
        until: bounded.until,
        ..cron("0 0 * * *", "UTC")
    };
    assert_eq!(times(&cron, "1999-01-01T00:00Z", 9), expected);
}

#[test]
fn mistakes_say_which_field_and_what_to_write() {
    let field = |schedule: Schedule| Timing::of(&schedule).unwrap_err().field;
    for text in [
        "",
        "0 minutes",
        "-1 day",
        "5",
        "5 parsecs",
        "1 day 2 hours",
        "99999999999 days",
        "9999999999999999999999 days",
    ] {
        assert_eq!(field(every(text, None, "UTC")), "every", "{text}");
    }
    for text in ["", "* * * *", "* * * * * *", "61 * * * *", "* 25 * * *", "0 0 30 2 *", "@daily x y z w"] {
        assert_eq!(field(cron(text, "UTC")), "cron", "{text}");
    }
    for text in
        ["2026-13-01T00:00", "yesterday", "2026-01-01T00:00Z", "2026-01-01T00:00+01:00", "0001-01-01T00:00"]
    {
        assert_eq!(field(every("1 day", Some(text), "UTC")), "start", "{text}");
    }
    assert_eq!(field(every("1 day", None, "Europe/Atlantis")), "time_zone");
    assert_eq!(field(Schedule::default()), "name");
    let both = Schedule { cron: Some("* * * * *".to_owned()), ..every("1 day", None, "UTC") };
    assert_eq!(field(both), "cron");
    let reversed = Schedule {
        until: Some("2025-01-01T00:00".to_owned()),
        ..every("1 day", Some("2026-01-01T00:00"), "UTC")
    };
    assert_eq!(field(reversed), "until");
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    // Half an hour, the other half of the year, and a quarter of an hour.
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kathmandu",
    // Clocks are set forward at midnight.
    "America/Santiago",
    "Africa/Casablanca",
];

/// What clocks show at each minute, found by asking the zone for its offset and nothing else.
fn shown(zone: &TimeZone, at: Timestamp) -> civil::DateTime {
    zone.to_offset(at).to_datetime(at)
}

/// The instant of a time of day, found by going through the minutes around it.
fn by_minutes(zone: &TimeZone, wanted: civil::DateTime) -> Timestamp {
    let around = wanted.to_zoned(TimeZone::UTC).unwrap().timestamp();
    let minute = |m: i64| around + SignedDuration::from_mins(m);
    let day = 26 * 60;
    if let Some(at) = (-day..day).map(minute).find(|at| shown(zone, *at) == wanted) {
        return at;
    }
    // Left out: clocks that had not been set forward would show it now.
    let last = (-day..day).map(minute).take_while(|at| shown(zone, *at) < wanted).last().unwrap();
    zone.to_offset(last).to_timestamp(wanted).unwrap()
}

/// Dates of schedules, by counting days one by one.
fn by_days(
    from: civil::DateTime,
    until: civil::Date,
    meant: impl Fn(i64, civil::Date) -> bool,
) -> Vec<civil::DateTime> {
    let mut found = Vec::new();
    let (mut day, mut number) = (from.date(), 0);
    while day <= until {
        if meant(number, day) {
            found.push(day.to_datetime(from.time()));
        }
        (day, number) = (day.tomorrow().unwrap(), number + 1);
    }
    found
}

fn last_day(day: civil::Date) -> i8 {
    let is_leap = day.year() % 4 == 0 && (day.year() % 100 != 0 || day.year() % 400 == 0);
    [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][day.month() as usize - 1]
}

/// A few, or as many as the long form asks for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// Against times found the slow way.
    #[test]
    fn next_times_are_those_found_by_going_through_all(
        zone in prop::sample::select(&ZONES[..]),
        start_day in 0i64..400,
        minute in 0i64..1440,
        unit in prop::sample::select(&["day", "week", "month"][..]),
        step in 1i64..5,
        skip in 0i64..500,
    ) {
        let from = date(2024, 1, 1).checked_add(Span::new().days(start_day)).unwrap().to_datetime(
            civil::time((minute / 60) as i8, (minute % 60) as i8, 0, 0));
        let schedule = every(&format!("{step} {unit}s"), Some(&from.to_string()), zone);
        let timing = Timing::of(&schedule).unwrap();
        let until = from.date().checked_add(Span::new().days(skip + 300)).unwrap();
        let months = |day: civil::Date| (i64::from(day.year()) * 12 + i64::from(day.month()))
            - (i64::from(from.year()) * 12 + i64::from(from.month()));
        let expected = by_days(from, until, |number, day| match unit {
            "day" => number % step == 0,
            "week" => number % (7 * step) == 0,
            _ => months(day) % step == 0 && day.day() == from.day().min(last_day(day)),
        });
        let tz = TimeZone::get(zone).unwrap();
        let first = from.to_zoned(TimeZone::UTC).unwrap().timestamp() + SignedDuration::from_hours(24 * skip - 48);
        let early = (first - SignedDuration::from_hours(48)).to_zoned(TimeZone::UTC).datetime();
        // Going through minutes is slow: so many are enough to come to each change of clocks in some case.
        let expected = expected.into_iter().filter(|at| *at > early).take(60).map(|at| by_minutes(&tz, at));
        let mut at = first;
        for expected in expected.filter(|at| *at > first) {
            at = timing.next(at).unwrap();
            prop_assert_eq!(at, expected);
        }
    }

    #[test]
    fn even_steps_are_even(
        zone in prop::sample::select(&ZONES[..]),
        step in 1i64..2000,
        hours in any::<bool>(),
        ahead in 0i64..100_000_000,
    ) {
        let schedule = every(&format!("{step} {}", if hours { "hours" } else { "minutes" }), Some("2025-03-03T03:03"), zone);
        let timing = Timing::of(&schedule).unwrap();
        let from: Zoned = format!("2025-03-03T03:03[{zone}]").parse().unwrap();
        let seconds = step * if hours { 3600 } else { 60 };
        let after = from.timestamp() + SignedDuration::from_secs(ahead);
        let next = timing.next(after).unwrap();
        let passed = next.as_second() - from.timestamp().as_second();
        prop_assert!(passed % seconds == 0 && next > after && next.as_second() - after.as_second() <= seconds);
    }

    /// Cron at a named hour comes once on each day, wherever clocks go; with a star it comes at every minute shown.
    #[test]
    fn cron_is_what_going_through_all_minutes_finds(
        zone in prop::sample::select(&ZONES[..]),
        minute in 0i8..60,
        hour in 0i8..24,
        day in 0i64..600,
        star in any::<bool>(),
    ) {
        let text = if star { format!("{minute} * * * *") } else { format!("{minute} {hour} * * *") };
        let timing = Timing::of(&cron(&text, zone)).unwrap();
        let tz = TimeZone::get(zone).unwrap();
        let first = date(2025, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp() + SignedDuration::from_hours(24 * day);
        let expected: Vec<Timestamp> = if star {
            (1..1440 * 2)
                .map(|m| first + SignedDuration::from_mins(m))
                .filter(|at| shown(&tz, *at).minute() == minute)
                .collect()
        } else {
            let start = shown(&tz, first).date().checked_sub(Span::new().days(2)).unwrap();
            let end = start.checked_add(Span::new().days(8)).unwrap();
            let all = by_days(start.to_datetime(civil::time(hour, minute, 0, 0)), end, |_, _| true);
            all.into_iter().map(|at| by_minutes(&tz, at)).filter(|at| *at > first).collect()
        };
        let mut at = first;
        for expected in expected {
            at = timing.next(at).unwrap();
            prop_assert_eq!(at, expected);
        }
    }
}
