//! Offsets from UTC, and file times.

use std::sync::Arc;

use super::moment::out_of_range;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::conversion::local_offset;
use crate::library::{Declaration, example, native};
use crate::value::temporal::{DateTime, DateTimeZone};
use crate::value::types::Form;
use crate::value::{Result, Type, Value};

const PART: &str = "(dateTimeZone as nullable datetimezone) as nullable number";
const CHANGE: &str = "(dateTimeZone as nullable datetimezone) as nullable datetimezone";
/// Ticks from 0001-01-01 to 1601-01-01, from where file times count.
const FILE_EPOCH: i64 = 504_911_232_000_000_000;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "DateTime.AddZone",
        "(dateTime as nullable datetime, timezoneHours as number, optional timezoneMinutes as nullable number) as nullable datetimezone",
        "Gives a datetime an offset from UTC; the clock stays.",
        &[example(
            "DateTime.AddZone(#datetime(2010, 12, 31, 11, 56, 2), 7, 30)",
            "#datetimezone(2010, 12, 31, 11, 56, 2, 7, 30)",
        )],
        add_zone,
    ),
    native(
        "DateTimeZone.RemoveZone",
        "(dateTimeZone as nullable datetimezone) as nullable datetime",
        "What the clock of a datetimezone shows, without the offset.",
        &[example(
            "DateTimeZone.RemoveZone(#datetimezone(2011, 12, 31, 9, 15, 36, -7, 0))",
            "#datetime(2011, 12, 31, 9, 15, 36)",
        )],
        |_, arguments| Ok(at(&arguments)?.map_or(Value::Null, |zoned| Value::DateTime(zoned.local()))),
    ),
    native(
        "DateTimeZone.SwitchZone",
        "(dateTimeZone as nullable datetimezone, timezoneHours as number, optional timezoneMinutes as nullable number) as nullable datetimezone",
        "The same moment on the clock of another offset from UTC.",
        &[example(
            "DateTimeZone.SwitchZone(#datetimezone(2010, 12, 31, 11, 56, 2, 7, 30), 8)",
            "#datetimezone(2010, 12, 31, 12, 26, 2, 8, 0)",
        )],
        |_, arguments| {
            let Some(offset) = offset(&arguments)? else {
                return Err(out_of_range("DateTimeZone", &arguments));
            };
            switched(&arguments, offset)
        },
    ),
    native(
        "DateTimeZone.ToLocal",
        CHANGE,
        "The same moment on the local clock.",
        &[example(
            "let z = #datetimezone(2010, 12, 31, 11, 56, 2, 7, 30) in DateTimeZone.ToLocal(z) = z",
            "true",
        )],
        |ctx, arguments| {
            if arguments.is_null(0) { Ok(Value::Null) } else { switched(&arguments, local_offset(ctx)?) }
        },
    ),
    native(
        "DateTimeZone.ToUtc",
        CHANGE,
        "The same moment in UTC.",
        &[example(
            "DateTimeZone.ToUtc(#datetimezone(2010, 12, 31, 11, 56, 2, 7, 30))",
            "#datetimezone(2010, 12, 31, 4, 26, 2, 0, 0)",
        )],
        |_, arguments| switched(&arguments, 0),
    ),
    native(
        "DateTimeZone.ZoneHours",
        PART,
        "The hours of the offset from UTC.",
        &[example("DateTimeZone.ZoneHours(#datetimezone(2024, 4, 28, 13, 24, 22, 7, 30))", "7")],
        |_, arguments| Ok(at(&arguments)?.map_or(Value::Null, |zoned| zoned.zone_hours().into())),
    ),
    native(
        "DateTimeZone.ZoneMinutes",
        PART,
        "The minutes of the offset from UTC beyond its hours.",
        &[example("DateTimeZone.ZoneMinutes(#datetimezone(2024, 4, 28, 13, 24, 22, 7, 30))", "30")],
        |_, arguments| Ok(at(&arguments)?.map_or(Value::Null, |zoned| zoned.zone_minutes().into())),
    ),
    native(
        "DateTime.FromFileTime",
        "(fileTime as nullable number) as nullable datetime",
        "The datetime on the local clock of a Windows file time: 100 ns since 1601 in UTC.",
        &[example("DateTime.FromFileTime(null)", "null")],
        |ctx, arguments| {
            Ok(from_file_time(ctx, &arguments)?.map_or(Value::Null, |zoned| Value::DateTime(zoned.local())))
        },
    ),
    native(
        "DateTimeZone.FromFileTime",
        "(fileTime as nullable number) as nullable datetimezone",
        "The datetimezone on the local clock of a Windows file time: 100 ns since 1601 in UTC.",
        &[example(
            "DateTimeZone.ToUtc(DateTimeZone.FromFileTime(129876402529842245))",
            "#datetimezone(2012, 7, 24, 21, 50, 52.9842245, 0, 0)",
        )],
        |ctx, arguments| Ok(from_file_time(ctx, &arguments)?.map_or(Value::Null, Value::from)),
    ),
];

fn at(arguments: &Arguments<'_>) -> Result<Option<DateTimeZone>> {
    match arguments.value(0) {
        Value::Null => Ok(None),
        value => match value.zoned() {
            Some(zoned) => Ok(Some(zoned)),
            None => Err(conversion_error(value, &Arc::new(Type::new(Form::DateTimeZone)))),
        },
    }
}

/// The offset in minutes that the second and third argument give; `None` if it is beyond all range.
fn offset(arguments: &Arguments<'_>) -> Result<Option<i64>> {
    let hours = arguments.whole(1, "timezoneHours")?;
    let minutes = arguments.optional_whole(2, "timezoneMinutes")?.unwrap_or(0);
    Ok(hours.checked_mul(60).and_then(|offset| offset.checked_add(minutes)))
}

fn add_zone(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let local = match arguments.value(0) {
        Value::Null => return Ok(Value::Null),
        Value::DateTime(local) => *local,
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::DateTime)))),
    };
    offset(&arguments)?
        .and_then(|offset| DateTimeZone::new(local, offset))
        .map(Value::from)
        .ok_or_else(|| out_of_range("DateTimeZone", &arguments))
}

fn switched(arguments: &Arguments<'_>, offset: i64) -> Result<Value> {
    let Some(zoned) = at(arguments)? else { return Ok(Value::Null) };
    zoned.switch_zone(offset).map(Value::from).ok_or_else(|| out_of_range("DateTimeZone", arguments))
}

fn from_file_time(ctx: &Context, arguments: &Arguments<'_>) -> Result<Option<DateTimeZone>> {
    let Some(ticks) = arguments.optional_whole(0, "fileTime")? else { return Ok(None) };
    let utc = FILE_EPOCH.checked_add(ticks).and_then(DateTime::from_ticks);
    let offset = local_offset(ctx)?;
    utc.and_then(|utc| DateTimeZone::from_utc(utc, offset))
        .map(Some)
        .ok_or_else(|| out_of_range("DateTimeZone", arguments))
}
