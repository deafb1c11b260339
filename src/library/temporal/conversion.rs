//! Dates and times from other values, from text and to text.

use super::text::{LegacyText, TextOptions};
use crate::culture::datetime::{DateTimeFormat, ExactError, parse_exact};
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::conversion::{
    ParseTarget, Target, converted_to, culture_of, date_from, datetime_from, datetimezone_from, text_from,
    texts_converted_to, time_from,
};
use crate::library::text::{same, same_culture};
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::value::types::Form;
use crate::value::{Error, Result, Text, Type, Value};
use std::sync::Arc;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Date.From",
        "(value as any, optional culture as nullable text) as nullable date",
        "Makes a date of text, of a datetime, or of a number of days since the end of 1899. A datetimezone gives the date on the local clock.",
        &[
            example("Date.From(43910)", "#date(2020, 3, 20)"),
            example("Date.From(\"20 Januar 2023\", \"de-DE\")", "#date(2023, 1, 20)"),
            example(
                "Date.From(\"x\")",
                "error: DataFormat.Error: We couldn't parse the input provided as a Date value. | Detail: \"x\"",
            ),
        ],
        |ctx, arguments| date_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Date)),
    native(
        "Date.FromText",
        "(text as nullable text, optional options as any) as nullable date",
        "Reads a date as a culture writes it, or by a format string: options `[Format, Culture]`. A text in their place names the culture.",
        &[
            example("Date.FromText(\"2010-12-31\")", "#date(2010, 12, 31)"),
            example(
                "Date.FromText(\"30 Dez 2010\", [Format = \"dd MMM yyyy\", Culture = \"de-DE\"])",
                "#date(2010, 12, 30)",
            ),
        ],
        |ctx, arguments| from_text(ctx, &arguments, "Date.FromText", ParseTarget::Date),
    )
    .with_kernel(|ctx, given| texts_converted_to(ctx, given, Target::Date)),
    native(
        "Date.ToText",
        "(date as nullable date, optional options as any, optional culture as nullable text) as nullable text",
        "Writes a date in the way of a culture, or by a format string: options `[Format, Culture]`. A text in their place is the format.",
        &[
            example("Date.ToText(#date(2010, 12, 31))", "\"12/31/2010\""),
            example(
                "Date.ToText(#date(2010, 12, 31), [Format = \"dd MMM yyyy\", Culture = \"de-DE\"])",
                "\"31 Dez 2010\"",
            ),
        ],
        |ctx, arguments| to_text(ctx, &arguments, "Date.ToText", Form::Date),
    )
    .with_kernel(|ctx, given| Ok(texts_of_columns(ctx, given, Form::Date))),
    native(
        "Time.From",
        "(value as any, optional culture as nullable text) as nullable time",
        "Makes a time of day of text, of a datetime, or of the part of a day that has passed. A datetimezone gives the time on the local clock.",
        &[
            example("Time.From(0.7575)", "#time(18, 10, 48)"),
            example("Time.From(#datetime(1899, 12, 30, 6, 45, 12))", "#time(6, 45, 12)"),
        ],
        |ctx, arguments| time_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Time)),
    native(
        "Time.FromText",
        "(text as nullable text, optional options as any) as nullable time",
        "Reads a time of day as a culture writes it, or by a format string: options `[Format, Culture]`.",
        &[
            example("Time.FromText(\"10:12:31am\")", "#time(10, 12, 31)"),
            example("Time.FromText(\"1012\")", "#time(10, 12, 0)"),
        ],
        |ctx, arguments| from_text(ctx, &arguments, "Time.FromText", ParseTarget::Time),
    )
    .with_kernel(|ctx, given| texts_converted_to(ctx, given, Target::Time)),
    native(
        "Time.ToText",
        "(time as nullable time, optional options as any, optional culture as nullable text) as nullable text",
        "Writes a time of day in the way of a culture, or by a format string: options `[Format, Culture]`.",
        &[example("Time.ToText(#time(11, 56, 2), [Format = \"hh:mm\", Culture = \"de-DE\"])", "\"11:56\"")],
        |ctx, arguments| to_text(ctx, &arguments, "Time.ToText", Form::Time),
    ),
    native(
        "DateTime.From",
        "(value as any, optional culture as nullable text) as nullable datetime",
        "Makes a datetime of text, of a date or time, or of a number of days since the end of 1899. A datetimezone gives what the local clock shows.",
        &[
            example("DateTime.From(#date(1975, 4, 4))", "#datetime(1975, 4, 4, 0, 0, 0)"),
            example("DateTime.From(#time(6, 45, 12))", "#datetime(1899, 12, 30, 6, 45, 12)"),
        ],
        |ctx, arguments| datetime_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::DateTime)),
    native(
        "DateTime.FromText",
        "(text as nullable text, optional options as any) as nullable datetime",
        "Reads a datetime as a culture writes it, or by a format string: options `[Format, Culture]`.",
        &[
            example("DateTime.FromText(\"2010-12-31T01:30:25\")", "#datetime(2010, 12, 31, 1, 30, 25)"),
            example(
                "DateTime.FromText(\"01/02/2010 03:04:05\", \"en-GB\")",
                "#datetime(2010, 2, 1, 3, 4, 5)",
            ),
        ],
        |ctx, arguments| from_text(ctx, &arguments, "DateTime.FromText", ParseTarget::DateTime),
    )
    .with_kernel(|ctx, given| texts_converted_to(ctx, given, Target::DateTime)),
    native(
        "DateTime.ToText",
        "(dateTime as nullable datetime, optional options as any, optional culture as nullable text) as nullable text",
        "Writes a datetime in the way of a culture, or by a format string: options `[Format, Culture]`.",
        &[
            example("DateTime.ToText(#datetime(2010, 12, 31, 1, 30, 25))", "\"12/31/2010 1:30:25 AM\""),
            example(
                "DateTime.ToText(#datetime(2000, 2, 8, 3, 45, 12), [Format = \"yyyyMMdd'T'HHmmss\"])",
                "\"20000208T034512\"",
            ),
        ],
        |ctx, arguments| to_text(ctx, &arguments, "DateTime.ToText", Form::DateTime),
    )
    .with_kernel(|ctx, given| Ok(texts_of_columns(ctx, given, Form::DateTime))),
    native(
        "DateTimeZone.From",
        "(value as any, optional culture as nullable text) as nullable datetimezone",
        "Makes a datetimezone of text, of a date, time or datetime, or of a number of days since the end of 1899. What names no offset gets the local one.",
        &[example(
            "DateTimeZone.From(\"2020-10-30T01:30:00-08:00\")",
            "#datetimezone(2020, 10, 30, 1, 30, 0, -8, 0)",
        )],
        |ctx, arguments| datetimezone_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    ),
    native(
        "DateTimeZone.FromText",
        "(text as nullable text, optional options as any) as nullable datetimezone",
        "Reads a datetimezone as a culture writes it, or by a format string: options `[Format, Culture]`.",
        &[example(
            "DateTimeZone.FromText(\"30 Dez 2010 02:04:50 +02:00\", [Format = \"dd MMM yyyy HH:mm:ss zzz\", Culture = \"de-DE\"])",
            "#datetimezone(2010, 12, 30, 2, 4, 50, 2, 0)",
        )],
        |ctx, arguments| from_text(ctx, &arguments, "DateTimeZone.FromText", ParseTarget::DateTimeZone),
    ),
    native(
        "DateTimeZone.ToText",
        "(dateTimeZone as nullable datetimezone, optional options as any, optional culture as nullable text) as nullable text",
        "Writes a datetimezone in the way of a culture, or by a format string: options `[Format, Culture]`.",
        &[
            example(
                "DateTimeZone.ToText(#datetimezone(2010, 12, 31, 1, 30, 25, 2, 0))",
                "\"12/31/2010 1:30:25 AM +02:00\"",
            ),
            example(
                "DateTimeZone.ToText(#datetimezone(2000, 2, 8, 3, 45, 12, 2, 0), [Format = \"O\"])",
                "\"2000-02-08T03:45:12.0000000+02:00\"",
            ),
        ],
        |ctx, arguments| to_text(ctx, &arguments, "DateTimeZone.ToText", Form::DateTimeZone),
    ),
];

fn from_text(ctx: &Context, arguments: &Arguments<'_>, function: &str, target: ParseTarget) -> Result<Value> {
    let options = TextOptions::read(ctx, arguments, function, LegacyText::Culture)?;
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    match options.format {
        None => target.parse(ctx, &text, &options.culture),
        Some(format) => match parse_exact(&text, &format, options.culture) {
            Ok(parsed) => target.take(ctx, &text, Some(parsed)),
            Err(ExactError::Text) => target.take(ctx, &text, None),
            Err(ExactError::Format) => Err(bad_format(&format)),
        },
    }
}

fn to_text(ctx: &Context, arguments: &Arguments<'_>, function: &str, form: Form) -> Result<Value> {
    let options = TextOptions::read(ctx, arguments, function, LegacyText::Format)?;
    let value = arguments.value(0);
    let ty = Type { nullable: true, ..Type::new(form) };
    if !ty.accepts(value) {
        return Err(conversion_error(value, &Arc::new(Type { nullable: false, ..ty })));
    }
    let Some(format) = options.format.filter(|format| !format.is_empty()) else {
        return text_from(ctx, value, &options.culture);
    };
    let formatter = DateTimeFormat::new(&format, options.culture).map_err(|_| bad_format(&format))?;
    let text = match value {
        Value::Date(date) => formatter.date(*date),
        Value::Time(time) => formatter.time(*time),
        Value::DateTime(moment) => formatter.datetime(*moment),
        other => match other.zoned() {
            Some(zoned) => formatter.datetimezone(zoned),
            None => return Ok(Value::Null),
        },
    };
    text.map(Value::from).map_err(|error| {
        Error::expression(format!("The value can't be written so: {error}.")).with_detail(value.clone())
    })
}

/// [`to_text`] of columns of dates, or dates with times, by a format that is the same in each row.
fn texts_of_columns(ctx: &Context, given: &[Vector], form: Form) -> Option<Vector> {
    let Value::Text(format) = same(given, 1)? else { return None };
    let formatter = DateTimeFormat::new(format, same_culture(ctx, given, 2)?).ok()?;
    let moments = given.first()?;
    if format.is_empty() || moments.column().as_date().is_some() != matches!(form, Form::Date) {
        return None;
    }
    moments.map_dates_to_texts(
        |date, text| formatter.write_date(date, text).ok(),
        |moment, text| formatter.write_datetime(moment, text).ok(),
    )
}

fn bad_format(format: &Text) -> Error {
    Error::expression("The format string isn't valid for a date or time.")
        .with_detail(Value::Text(format.clone()))
}
