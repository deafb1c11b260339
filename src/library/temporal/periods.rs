//! Starts and ends of days, weeks, months, quarters, years and hours.

use super::CHANGE;
use super::moment::{Accepts, Moment, first_day, same_first_day};
use crate::eval::Arguments;
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::table::lane::{DateTimes, Times, one};
use crate::value::temporal::{DateTime, Period, Time};
use crate::value::{Result, Value};

const WEEK: &str = "(dateTime as any, optional firstDayOfWeek as nullable number) as any";

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Date.StartOfDay",
        CHANGE,
        "The start of the day.",
        &[example("Date.StartOfDay(#datetime(2011, 10, 10, 8, 0, 0))", "#datetime(2011, 10, 10, 0, 0, 0)")],
        |_, arguments| start(&arguments, "Date.StartOfDay", Period::Day),
    )
    .with_kernel(|_, given| Ok(starts(given, Period::Day))),
    native(
        "Date.StartOfWeek",
        WEEK,
        "The start of the week. Weeks start with the given day, or as in the document's culture.",
        &[example("Date.StartOfWeek(#date(2011, 10, 11), Day.Monday)", "#date(2011, 10, 10)")],
        |ctx, arguments| {
            let first = first_day(ctx, &arguments, 1)?;
            start(&arguments, "Date.StartOfWeek", Period::Week(first))
        },
    )
    .with_kernel(|ctx, given| {
        Ok(same_first_day(ctx, given).and_then(|first| starts(given, Period::Week(first))))
    }),
    native(
        "Date.StartOfMonth",
        CHANGE,
        "The start of the month.",
        &[example("Date.StartOfMonth(#date(2011, 10, 10))", "#date(2011, 10, 1)")],
        |_, arguments| start(&arguments, "Date.StartOfMonth", Period::Month),
    )
    .with_kernel(|_, given| Ok(starts(given, Period::Month))),
    native(
        "Date.StartOfQuarter",
        CHANGE,
        "The start of the quarter.",
        &[example("Date.StartOfQuarter(#date(2011, 11, 10))", "#date(2011, 10, 1)")],
        |_, arguments| start(&arguments, "Date.StartOfQuarter", Period::Quarter),
    )
    .with_kernel(|_, given| Ok(starts(given, Period::Quarter))),
    native(
        "Date.StartOfYear",
        CHANGE,
        "The start of the year.",
        &[example("Date.StartOfYear(#date(2011, 10, 10))", "#date(2011, 1, 1)")],
        |_, arguments| start(&arguments, "Date.StartOfYear", Period::Year),
    )
    .with_kernel(|_, given| Ok(starts(given, Period::Year))),
    native(
        "Date.EndOfDay",
        CHANGE,
        "The last moment of the day, 100 ns before the next.",
        &[example(
            "Date.EndOfDay(#datetime(2011, 5, 14, 17, 0, 0))",
            "#datetime(2011, 5, 14, 23, 59, 59.9999999)",
        )],
        |_, arguments| end(&arguments, "Date.EndOfDay", Period::Day),
    )
    .with_kernel(|_, given| Ok(ends(given, Period::Day))),
    native(
        "Date.EndOfWeek",
        WEEK,
        "The last day or moment of the week. Weeks start with the given day, or as in the document's culture.",
        &[example("Date.EndOfWeek(#date(2011, 5, 17), Day.Sunday)", "#date(2011, 5, 21)")],
        |ctx, arguments| {
            let first = first_day(ctx, &arguments, 1)?;
            end(&arguments, "Date.EndOfWeek", Period::Week(first))
        },
    )
    .with_kernel(|ctx, given| {
        Ok(same_first_day(ctx, given).and_then(|first| ends(given, Period::Week(first))))
    }),
    native(
        "Date.EndOfMonth",
        CHANGE,
        "The last day or moment of the month.",
        &[example("Date.EndOfMonth(#date(2012, 2, 14))", "#date(2012, 2, 29)")],
        |_, arguments| end(&arguments, "Date.EndOfMonth", Period::Month),
    )
    .with_kernel(|_, given| Ok(ends(given, Period::Month))),
    native(
        "Date.EndOfQuarter",
        CHANGE,
        "The last day or moment of the quarter.",
        &[example("Date.EndOfQuarter(#date(2011, 10, 10))", "#date(2011, 12, 31)")],
        |_, arguments| end(&arguments, "Date.EndOfQuarter", Period::Quarter),
    )
    .with_kernel(|_, given| Ok(ends(given, Period::Quarter))),
    native(
        "Date.EndOfYear",
        CHANGE,
        "The last day or moment of the year.",
        &[example("Date.EndOfYear(#date(2011, 5, 14))", "#date(2011, 12, 31)")],
        |_, arguments| end(&arguments, "Date.EndOfYear", Period::Year),
    )
    .with_kernel(|_, given| Ok(ends(given, Period::Year))),
    native(
        "Time.StartOfHour",
        CHANGE,
        "The start of the hour.",
        &[example("Time.StartOfHour(#time(8, 10, 32))", "#time(8, 0, 0)")],
        |_, arguments| hour(&arguments, "Time.StartOfHour", DateTime::start_of_hour),
    )
    .with_kernel(|_, given| Ok(hours(given, DateTime::start_of_hour))),
    native(
        "Time.EndOfHour",
        CHANGE,
        "The last moment of the hour, 100 ns before the next.",
        &[example("Time.EndOfHour(#time(5, 0, 0))", "#time(5, 59, 59.9999999)")],
        |_, arguments| hour(&arguments, "Time.EndOfHour", DateTime::end_of_hour),
    )
    .with_kernel(|_, given| Ok(hours(given, DateTime::end_of_hour))),
];

fn start(arguments: &Arguments<'_>, name: &str, period: Period) -> Result<Value> {
    let Some(moment) = Moment::at(arguments, name, Accepts::Dates)? else { return Ok(Value::Null) };
    let start = moment.map(|date| date.start_of(period), |moment| moment.start_of(period));
    start.ok_or_else(|| moment.out_of_range(arguments))
}

fn end(arguments: &Arguments<'_>, name: &str, period: Period) -> Result<Value> {
    let Some(moment) = Moment::at(arguments, name, Accepts::Dates)? else { return Ok(Value::Null) };
    let end = moment.map(|date| date.end_of(period), |moment| moment.end_of(period));
    end.ok_or_else(|| moment.out_of_range(arguments))
}

fn starts(given: &[Vector], period: Period) -> Option<Vector> {
    given.first()?.map_dates(|date| date.start_of(period), |moment| moment.start_of(period))
}

fn ends(given: &[Vector], period: Period) -> Option<Vector> {
    given.first()?.map_dates(|date| date.end_of(period), |moment| moment.end_of(period))
}

fn hours(given: &[Vector], change: fn(DateTime) -> DateTime) -> Option<Vector> {
    let of_time = |time: Time| if time == Time::MAX { time } else { change(DateTime(time.0)).time() };
    one::<Times<'_>, Time>(given, |time| Some(of_time(time)))
        .or_else(|| one::<DateTimes<'_>, DateTime>(given, |moment| Some(change(moment))))
}

fn hour(arguments: &Arguments<'_>, name: &str, change: fn(DateTime) -> DateTime) -> Result<Value> {
    let Some(moment) = Moment::at(arguments, name, Accepts::Times)? else { return Ok(Value::Null) };
    // A time of day may be 24:00, the start of an hour that is not there.
    if let Moment::Time(time) = moment
        && time == crate::value::temporal::Time::MAX
    {
        return Ok(Value::Time(time));
    }
    moment.map(Some, |moment| Some(change(moment))).ok_or_else(|| moment.out_of_range(arguments))
}
