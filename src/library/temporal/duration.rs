//! `Duration.*`.

use std::sync::Arc;

use crate::culture::duration;
use crate::eval::{Arguments, conversion_error};
use crate::library::conversion::{
    Target, converted_to, duration_from, duration_from_text, texts_converted_to,
};
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::table::lane::{Durations, one};
use crate::value::temporal::Duration;
use crate::value::types::Form;
use crate::value::{Error, Result, Type, Value};

const PART: &str = "(duration as nullable duration) as nullable number";

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Duration.From",
        "(value as any) as nullable duration",
        "Makes a duration of text or of a number of days.",
        &[
            example("Duration.From(2.525)", "#duration(2, 12, 36, 0)"),
            example("Duration.From(\"2.05:55:20\")", "#duration(2, 5, 55, 20)"),
        ],
        |_, arguments| duration_from(arguments.value(0)),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Duration)),
    native(
        "Duration.FromText",
        "(text as nullable text) as nullable duration",
        "Reads a duration: `[-][days.]hours:minutes[:seconds]`, or whole days alone.",
        &[
            example("Duration.FromText(\"01:02\")", "#duration(0, 1, 2, 0)"),
            example("Duration.FromText(\"1.01:02:03.5\")", "#duration(1, 1, 2, 3.5)"),
        ],
        |_, arguments| arguments.optional_text(0)?.map_or(Ok(Value::Null), |text| duration_from_text(&text)),
    )
    .with_kernel(|ctx, given| texts_converted_to(ctx, given, Target::Duration)),
    native(
        "Duration.ToText",
        "(duration as nullable duration, optional format as nullable text) as nullable text",
        "Writes a duration: `[-][days.]hours:minutes:seconds`.",
        &[
            example("Duration.ToText(#duration(2, 5, 55, 20))", "\"2.05:55:20\""),
            example(
                "Duration.ToText(#duration(0, 1, 0, 0), \"g\")",
                "error: Expression.Error: The \"format\" parameter of Duration.ToText has no effect and is no longer supported.",
            ),
        ],
        |_, arguments| {
            if !arguments.is_null(1) {
                return Err(Error::expression(
                    "The \"format\" parameter of Duration.ToText has no effect and is no longer supported.",
                ));
            }
            Ok(at(&arguments)?.map_or(Value::Null, |value| duration::text(value).into()))
        },
    )
    .with_kernel(|_, given| match given.get(1) {
        None => Ok(one::<Durations<'_>, String>(given, |value| Some(duration::text(value)))),
        Some(_) => Ok(None),
    }),
    native(
        "Duration.ToRecord",
        "(duration as duration) as record",
        "A duration as a record of days, hours, minutes and seconds.",
        &[example(
            "Duration.ToRecord(#duration(0, 25, 0, 0))",
            "[Days = 1, Hours = 1, Minutes = 0, Seconds = 0]",
        )],
        |_, arguments| {
            let Some(duration) = at(&arguments)? else {
                return Err(conversion_error(&Value::Null, &Arc::new(Type::new(Form::Duration))));
            };
            Ok(Value::record([
                ("Days", duration.days().into()),
                ("Hours", duration.hours().into()),
                ("Minutes", duration.minutes().into()),
                ("Seconds", duration.seconds().into()),
            ]))
        },
    ),
    native(
        "Duration.Days",
        PART,
        "The whole days of a duration.",
        &[example("Duration.Days(#duration(5, 4, 3, 2))", "5")],
        |_, arguments| part(&arguments, |duration| duration.days().into()),
    )
    .with_kernel(|_, given| Ok(wholes(given, Duration::days))),
    native(
        "Duration.Hours",
        PART,
        "The hours of a duration beyond its days.",
        &[example("Duration.Hours(#duration(5, 4, 3, 2))", "4")],
        |_, arguments| part(&arguments, |duration| duration.hours().into()),
    )
    .with_kernel(|_, given| Ok(wholes(given, Duration::hours))),
    native(
        "Duration.Minutes",
        PART,
        "The minutes of a duration beyond its hours.",
        &[example("Duration.Minutes(#duration(5, 4, 3, 2))", "3")],
        |_, arguments| part(&arguments, |duration| duration.minutes().into()),
    )
    .with_kernel(|_, given| Ok(wholes(given, Duration::minutes))),
    native(
        "Duration.Seconds",
        PART,
        "The seconds of a duration beyond its minutes, with their fraction.",
        &[example("Duration.Seconds(#duration(0, 0, 0, 90.5))", "30.5")],
        |_, arguments| part(&arguments, |duration| duration.seconds().into()),
    )
    .with_kernel(|_, given| Ok(doubles(given, Duration::seconds))),
    native(
        "Duration.TotalDays",
        PART,
        "The whole duration in days.",
        &[example("Duration.TotalDays(#duration(-2, -12, 0, 0))", "-2.5")],
        |_, arguments| part(&arguments, |duration| duration.total_days().into()),
    )
    .with_kernel(|_, given| Ok(doubles(given, Duration::total_days))),
    native(
        "Duration.TotalHours",
        PART,
        "The whole duration in hours.",
        &[example("Duration.TotalHours(#duration(2, 3, 0, 0))", "51")],
        |_, arguments| part(&arguments, |duration| duration.total_hours().into()),
    )
    .with_kernel(|_, given| Ok(doubles(given, Duration::total_hours))),
    native(
        "Duration.TotalMinutes",
        PART,
        "The whole duration in minutes.",
        &[example("Duration.TotalMinutes(#duration(0, 0, 0, 30))", "0.5")],
        |_, arguments| part(&arguments, |duration| duration.total_minutes().into()),
    )
    .with_kernel(|_, given| Ok(doubles(given, Duration::total_minutes))),
    native(
        "Duration.TotalSeconds",
        PART,
        "The whole duration in seconds.",
        &[example("Duration.TotalSeconds(#duration(0, 25, 0, 0))", "90000")],
        |_, arguments| part(&arguments, |duration| duration.total_seconds().into()),
    )
    .with_kernel(|_, given| Ok(doubles(given, Duration::total_seconds))),
];

fn at(arguments: &Arguments<'_>) -> Result<Option<Duration>> {
    match arguments.value(0) {
        Value::Null => Ok(None),
        Value::Duration(duration) => Ok(Some(*duration)),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Duration)))),
    }
}

fn part(arguments: &Arguments<'_>, part: fn(Duration) -> Value) -> Result<Value> {
    Ok(at(arguments)?.map_or(Value::Null, part))
}

fn wholes(given: &[Vector], part: fn(Duration) -> i64) -> Option<Vector> {
    given.first()?.map_durations_to_wholes(part)
}

fn doubles(given: &[Vector], part: fn(Duration) -> f64) -> Option<Vector> {
    given.first()?.map_durations_to_doubles(part)
}
