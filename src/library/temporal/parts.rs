//! Parts of dates and times: numbers, names, records.

use super::PART;
use super::kernels::{of_dates, of_times};
use super::moment::{Accepts, Moment, first_day, same_first_day};
use crate::culture::Culture;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::conversion::culture_of;
use crate::library::text::same_culture;
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::table::lane::{DateTimes, one};
use crate::value::temporal::{Date, DayOfWeek, Time};
use crate::value::types::Form;
use crate::value::{Result, Type, Value};
use std::sync::Arc;

const WEEK_PART: &str = "(dateTime as any, optional firstDayOfWeek as nullable number) as nullable number";
const NAME: &str = "(date as any, optional culture as nullable text) as nullable text";

/// Declares a function of the date in a moment, and what it does to whole columns.
macro_rules! date_part {
    ($name:literal, $summary:literal, $examples:expr, $part:expr $(,)?) => {
        native($name, PART, $summary, $examples, |_, arguments| of_date(&arguments, $name, $part))
            .with_kernel(|_, given| Ok(given.first().and_then(|dates| dates.map_dates_to_wholes($part))))
    };
}

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    date_part!(
        "Date.Year",
        "The year of a date.",
        &[example("Date.Year(#date(2011, 12, 31))", "2011")],
        |date| date.year().into(),
    ),
    date_part!(
        "Date.Month",
        "The month of a date, 1 to 12.",
        &[example("Date.Month(#datetime(2011, 12, 31, 9, 15, 36))", "12")],
        |date| date.month().into(),
    ),
    date_part!(
        "Date.Day",
        "The day of the month of a date.",
        &[
            example("Date.Day(#date(2011, 5, 14))", "14"),
            example(
                "Date.Day(1)",
                "error: Expression.Error: The Date.Day function expects an input of type Date, DateTime, or DateTimeZone. | Detail: 1",
            ),
        ],
        |date| date.day().into(),
    ),
    date_part!(
        "Date.QuarterOfYear",
        "The quarter of the year of a date, 1 to 4.",
        &[example("Date.QuarterOfYear(#date(2011, 12, 31))", "4")],
        |date| date.quarter().into(),
    ),
    date_part!(
        "Date.DayOfYear",
        "The number of the day in its year, 1 to 366.",
        &[example("Date.DayOfYear(#date(2011, 3, 1))", "60")],
        |date| date.day_of_year().into(),
    ),
    date_part!(
        "Date.DaysInMonth",
        "How many days the month of a date has.",
        &[example("Date.DaysInMonth(#date(2012, 2, 1))", "29")],
        |date| date.days_in_month().into(),
    ),
    native(
        "Date.IsLeapYear",
        super::QUESTION,
        "Whether the year of a date has a 29 February.",
        &[example("Date.IsLeapYear(#date(2012, 1, 1))", "true")],
        |_, arguments| {
            let moment = Moment::at(&arguments, "Date.IsLeapYear", Accepts::Dates)?;
            Ok(moment.map_or(Value::Null, |moment| Value::Logical(moment.date().is_leap_year())))
        },
    )
    .with_kernel(|_, given| Ok(of_dates(given, |date| date.is_leap_year()))),
    native(
        "Date.DayOfWeek",
        WEEK_PART,
        "How many days a date comes after the first day of its week, 0 to 6. Weeks start with the given day, or as in the document's culture.",
        &[
            example("Date.DayOfWeek(#date(2011, 2, 21), Day.Sunday)", "1"),
            example("Date.DayOfWeek(#date(2011, 2, 21), Day.Monday)", "0"),
        ],
        |ctx, arguments| {
            let first = first_day(ctx, &arguments, 1)?;
            of_date(&arguments, "Date.DayOfWeek", |date| date.day_of_week().days_after(first).into())
        },
    )
    .with_kernel(|ctx, given| Ok(of_week(ctx, given, |date, first| date.day_of_week().days_after(first).into()))),
    native(
        "Date.WeekOfMonth",
        WEEK_PART,
        "The number of the week in its month, 1 to 6. The first week may be short.",
        &[example("Date.WeekOfMonth(#date(2011, 3, 6), Day.Monday)", "1")],
        |ctx, arguments| {
            let first = first_day(ctx, &arguments, 1)?;
            of_date(&arguments, "Date.WeekOfMonth", |date| date.week_of_month(first).into())
        },
    )
    .with_kernel(|ctx, given| Ok(of_week(ctx, given, |date, first| date.week_of_month(first).into()))),
    native(
        "Date.WeekOfYear",
        WEEK_PART,
        "The number of the week in its year, 1 to 54. The first week starts on 1 January, however short it is.",
        &[example("Date.WeekOfYear(#date(2011, 3, 27), Day.Monday)", "13")],
        |ctx, arguments| {
            let first = first_day(ctx, &arguments, 1)?;
            of_date(&arguments, "Date.WeekOfYear", |date| date.week_of_year(first).into())
        },
    )
    .with_kernel(|ctx, given| Ok(of_week(ctx, given, |date, first| date.week_of_year(first).into()))),
    native(
        "Date.DayOfWeekName",
        NAME,
        "The name of the day of the week in a culture.",
        &[example("Date.DayOfWeekName(#date(2011, 12, 31), \"it-IT\")", "\"sabato\"")],
        |ctx, arguments| {
            name(ctx, &arguments, "Date.DayOfWeekName", |date, culture| culture.day_name(date.day_of_week()))
        },
    )
    .with_kernel(|ctx, given| Ok(names(ctx, given, |date, culture| culture.day_name(date.day_of_week())))),
    native(
        "Date.MonthName",
        NAME,
        "The name of the month in a culture.",
        &[example("Date.MonthName(#date(2011, 12, 31), \"fr-FR\")", "\"décembre\"")],
        |ctx, arguments| {
            name(ctx, &arguments, "Date.MonthName", |date, culture| culture.month_name(date.month()))
        },
    )
    .with_kernel(|ctx, given| Ok(names(ctx, given, |date, culture| culture.month_name(date.month())))),
    native(
        "Date.ToRecord",
        "(date as date) as record",
        "A date as a record of year, month and day.",
        &[example("Date.ToRecord(#date(2011, 12, 31))", "[Year = 2011, Month = 12, Day = 31]")],
        |_, arguments| match arguments.value(0) {
            Value::Date(date) => Ok(Value::record(date_fields(*date))),
            other => Err(conversion_error(other, &Arc::new(Type::new(Form::Date)))),
        },
    ),
    native(
        "Time.Hour",
        PART,
        "The hour of a time of day, 0 to 24.",
        &[example("Time.Hour(#datetime(2011, 12, 31, 9, 15, 36))", "9")],
        |_, arguments| of_time(&arguments, "Time.Hour", |time| Value::Int64(time.hour().into())),
    )
    .with_kernel(|_, given| Ok(of_times::<i64>(given, |time| time.hour().into()))),
    native(
        "Time.Minute",
        PART,
        "The minute of a time of day.",
        &[example("Time.Minute(#time(9, 15, 36))", "15")],
        |_, arguments| of_time(&arguments, "Time.Minute", |time| Value::Int64(time.minute().into())),
    )
    .with_kernel(|_, given| Ok(of_times::<i64>(given, |time| time.minute().into()))),
    native(
        "Time.Second",
        PART,
        "The second of a time of day with its fraction.",
        &[example("Time.Second(#time(9, 15, 36.5))", "36.5")],
        |_, arguments| of_time(&arguments, "Time.Second", |time| Value::Double(time.second())),
    )
    .with_kernel(|_, given| Ok(of_times(given, Time::second))),
    native(
        "Time.ToRecord",
        "(time as time) as record",
        "A time of day as a record of hour, minute and second.",
        &[example("Time.ToRecord(#time(11, 56, 2))", "[Hour = 11, Minute = 56, Second = 2]")],
        |_, arguments| match arguments.value(0) {
            Value::Time(time) => Ok(Value::record(time_fields(*time))),
            other => Err(conversion_error(other, &Arc::new(Type::new(Form::Time)))),
        },
    ),
    native(
        "DateTime.Date",
        "(dateTime as any) as nullable date",
        "The date of a date, datetime or datetimezone.",
        &[example("DateTime.Date(#datetime(2010, 12, 31, 11, 56, 2))", "#date(2010, 12, 31)")],
        |_, arguments| {
            let moment = Moment::at(&arguments, "DateTime.Date", Accepts::Dates)?;
            Ok(moment.map_or(Value::Null, |moment| Value::Date(moment.date())))
        },
    )
    .with_kernel(|_, given| Ok(of_dates(given, |date| date))),
    native(
        "DateTime.Time",
        "(dateTime as any) as nullable time",
        "The time of day of a datetime or datetimezone.",
        &[example("DateTime.Time(#datetime(2010, 12, 31, 11, 56, 2))", "#time(11, 56, 2)")],
        |_, arguments| {
            let moment = Moment::at(&arguments, "DateTime.Time", Accepts::Both)?;
            Ok(moment.map_or(Value::Null, |moment| Value::Time(moment.time())))
        },
    )
    .with_kernel(|_, given| Ok(one::<DateTimes<'_>, Time>(given, |moment| Some(moment.time())))),
    native(
        "DateTime.ToRecord",
        "(dateTime as datetime) as record",
        "A datetime as a record of its parts.",
        &[example(
            "DateTime.ToRecord(#datetime(2011, 12, 31, 11, 56, 2))",
            "[Year = 2011, Month = 12, Day = 31, Hour = 11, Minute = 56, Second = 2]",
        )],
        |_, arguments| match arguments.value(0) {
            Value::DateTime(moment) => {
                Ok(Value::record(date_fields(moment.date()).into_iter().chain(time_fields(moment.time()))))
            }
            other => Err(conversion_error(other, &Arc::new(Type::new(Form::DateTime)))),
        },
    ),
    native(
        "DateTimeZone.ToRecord",
        "(dateTimeZone as datetimezone) as record",
        "A datetimezone as a record of its parts.",
        &[example(
            "DateTimeZone.ToRecord(#datetimezone(2011, 12, 31, 11, 56, 2, 8, 30))",
            "[Year = 2011, Month = 12, Day = 31, Hour = 11, Minute = 56, Second = 2, ZoneHours = 8, ZoneMinutes = 30]",
        )],
        zoned_record,
    ),
];

fn of_date(arguments: &Arguments<'_>, name: &str, part: impl FnOnce(Date) -> i64) -> Result<Value> {
    let moment = Moment::at(arguments, name, Accepts::Dates)?;
    Ok(moment.map_or(Value::Null, |moment| Value::Int64(part(moment.date()))))
}

/// A part of each date that depends on the first day of the week, the second argument.
fn of_week(ctx: &Context, given: &[Vector], part: impl Fn(Date, DayOfWeek) -> i64) -> Option<Vector> {
    let first = same_first_day(ctx, given)?;
    given.first()?.map_dates_to_wholes(|date| part(date, first))
}

fn of_time(arguments: &Arguments<'_>, name: &str, part: impl FnOnce(Time) -> Value) -> Result<Value> {
    let moment = Moment::at(arguments, name, Accepts::Times)?;
    Ok(moment.map_or(Value::Null, |moment| part(moment.time())))
}

fn name(
    ctx: &Context,
    arguments: &Arguments<'_>,
    function: &str,
    name: impl FnOnce(Date, Culture) -> &'static str,
) -> Result<Value> {
    let culture = culture_of(ctx, arguments, 1)?;
    let moment = Moment::at(arguments, function, Accepts::Dates)?;
    Ok(moment.map_or(Value::Null, |moment| Value::text(name(moment.date(), culture))))
}

fn names(ctx: &Context, given: &[Vector], name: impl Fn(Date, Culture) -> &'static str) -> Option<Vector> {
    let culture = same_culture(ctx, given, 1)?;
    of_dates(given, |date| name(date, culture))
}

fn date_fields(date: Date) -> [(&'static str, Value); 3] {
    let (year, month, day) = date.components();
    [("Year", i64::from(year).into()), ("Month", i64::from(month).into()), ("Day", i64::from(day).into())]
}

fn time_fields(time: Time) -> [(&'static str, Value); 3] {
    let (hour, minute) = (i64::from(time.hour()), i64::from(time.minute()));
    [("Hour", hour.into()), ("Minute", minute.into()), ("Second", time.second().into())]
}

fn zoned_record(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let value = arguments.value(0);
    let Some(zoned) = value.zoned() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::DateTimeZone))));
    };
    let local = zoned.local();
    let zone = [("ZoneHours", zoned.zone_hours().into()), ("ZoneMinutes", zoned.zone_minutes().into())];
    let fields = date_fields(local.date()).into_iter().chain(time_fields(local.time())).chain(zone);
    Ok(Value::record(fields))
}
