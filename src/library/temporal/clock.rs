//! What time it is.

use crate::eval::Context;
use crate::host::Now;
use crate::library::{Declaration, example, native};
use crate::value::temporal::{DateTime, DateTimeZone};
use crate::value::{Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "DateTime.LocalNow",
        "() as datetime",
        "The date and time now on the local clock, anew at each call.",
        &[example("DateTime.LocalNow() > #datetime(2020, 1, 1, 0, 0, 0)", "true")],
        |ctx, _| zoned(ctx.now()?, false).map(|now| Value::DateTime(now.local())),
    ),
    native(
        "DateTime.FixedLocalNow",
        "() as datetime",
        "The date and time on the local clock, the same throughout an evaluation.",
        &[example("DateTime.FixedLocalNow() = DateTime.FixedLocalNow()", "true")],
        |ctx, _| zoned(ctx.fixed_now()?, false).map(|now| Value::DateTime(now.local())),
    ),
    native(
        "DateTimeZone.LocalNow",
        "() as datetimezone",
        "The date and time now on the local clock with its offset, anew at each call.",
        &[example("DateTimeZone.FixedUtcNow() <= DateTimeZone.LocalNow()", "true")],
        |ctx, _| zoned(ctx.now()?, false).map(Value::from),
    ),
    native(
        "DateTimeZone.FixedLocalNow",
        "() as datetimezone",
        "The date and time on the local clock with its offset, the same throughout an evaluation.",
        &[example("DateTimeZone.FixedLocalNow() = DateTimeZone.FixedUtcNow()", "true")],
        |ctx, _| zoned(ctx.fixed_now()?, false).map(Value::from),
    ),
    native(
        "DateTimeZone.UtcNow",
        "() as datetimezone",
        "The date and time now in UTC, anew at each call.",
        &[example("DateTimeZone.ZoneHours(DateTimeZone.UtcNow())", "0")],
        |ctx, _| zoned(ctx.now()?, true).map(Value::from),
    ),
    native(
        "DateTimeZone.FixedUtcNow",
        "() as datetimezone",
        "The date and time in UTC, the same throughout an evaluation.",
        &[example("DateTimeZone.FixedUtcNow() = DateTimeZone.FixedUtcNow()", "true")],
        |ctx, _| zoned(ctx.fixed_now()?, true).map(Value::from),
    ),
];

fn zoned(now: Now, in_utc: bool) -> Result<DateTimeZone> {
    let offset = if in_utc { 0 } else { now.offset_minutes.into() };
    DateTime::from_ticks(now.utc_ticks)
        .and_then(|utc| DateTimeZone::from_utc(utc, offset))
        .ok_or_else(|| Error::data_source("The host's clock is outside the years 1 to 9999."))
}

/// The date and time on the local clock, the same throughout an evaluation.
pub(super) fn local_now(ctx: &Context) -> Result<DateTime> {
    zoned(ctx.fixed_now()?, false).map(DateTimeZone::local)
}
