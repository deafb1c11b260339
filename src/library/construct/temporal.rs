use crate::eval::{Arguments, Context};
use crate::library::conversion::outside_range;
use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, Time};
use crate::value::{Error, Result, Value};

fn out_of_range(what: &str, arguments: &Arguments<'_>) -> Error {
    outside_range(what, Value::list(arguments.all().iter().cloned()))
}

pub(super) fn date(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    read_date(&arguments)?.map(Value::Date).ok_or_else(|| out_of_range("Date", &arguments))
}

fn read_date(arguments: &Arguments<'_>) -> Result<Option<Date>> {
    let (year, month, day) =
        (arguments.whole(0, "year")?, arguments.whole(1, "month")?, arguments.whole(2, "day")?);
    Ok(Date::new(year, month, day))
}

fn read_time(arguments: &Arguments<'_>, at: usize) -> Result<Option<Time>> {
    let (hour, minute) = (arguments.whole(at, "hour")?, arguments.whole(at + 1, "minute")?);
    Ok(Time::new(hour, minute, arguments.double(at + 2)?))
}

fn read_datetime(arguments: &Arguments<'_>) -> Result<Option<DateTime>> {
    let (date, time) = (read_date(arguments)?, read_time(arguments, 3)?);
    Ok(date.zip(time).and_then(|(date, time)| DateTime::new(date, time)))
}

pub(super) fn time(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    read_time(&arguments, 0)?.map(Value::Time).ok_or_else(|| out_of_range("Time", &arguments))
}

pub(super) fn datetime(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    read_datetime(&arguments)?.map(Value::DateTime).ok_or_else(|| out_of_range("DateTime", &arguments))
}

pub(super) fn datetimezone(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let offset = arguments
        .whole(6, "offsetHours")?
        .checked_mul(60)
        .and_then(|minutes| minutes.checked_add(arguments.whole(7, "offsetMinutes").ok()?));
    let zoned = read_datetime(&arguments)?.zip(offset);
    zoned
        .and_then(|(local, offset)| DateTimeZone::new(local, offset))
        .map(Value::from)
        .ok_or_else(|| out_of_range("DateTimeZone", &arguments))
}

pub(super) fn duration(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (days, hours) = (arguments.double(0)?, arguments.double(1)?);
    let (minutes, seconds) = (arguments.double(2)?, arguments.double(3)?);
    Duration::new(days, hours, minutes, seconds)
        .map(Value::Duration)
        .ok_or_else(|| out_of_range("Duration", &arguments))
}
