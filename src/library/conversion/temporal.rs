use super::no_conversion;
use crate::culture::{Culture, datetime, duration};
use crate::eval::Context;
use crate::value::temporal::{
    Date, DateTime, DateTimeZone, Duration, OleDate, TICKS_PER_DAY, TICKS_PER_MINUTE, Time,
};
use crate::value::types::Form;
use crate::value::{Error, Result, Text, Value};

/// The day that stands for no day where a time of day alone becomes a moment: 1899-12-30.
const DAY_ZERO: OleDate = OleDate(0.0);

/// What a text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseTarget {
    /// A date; a time of day beside it is dropped.
    Date,
    /// A time of day; a date beside it is dropped.
    Time,
    /// A date with a time of day, midnight if there is none.
    DateTime,
    /// The same with an offset, the local one if there is none.
    DateTimeZone,
}

impl ParseTarget {
    fn name(self) -> &'static str {
        match self {
            ParseTarget::Date => "Date",
            ParseTarget::Time => "Time",
            ParseTarget::DateTime => "DateTime",
            ParseTarget::DateTimeZone => "DateTimeZone",
        }
    }

    /// Reads a text as people write dates and times in a culture; the empty text gives `null`.
    ///
    /// # Errors
    /// The text cannot be read so, or leaves out what only the clock knows and the host grants no clock.
    pub fn parse(self, ctx: &Context, text: &Text, culture: &Culture) -> Result<Value> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let parsed = match self {
            ParseTarget::Time => datetime::parse_time(text, *culture),
            _ => datetime::parse(text, *culture),
        };
        self.take(ctx, text, parsed)
    }

    /// What is wanted of a parsed text; the text is named in the error if it lacks that.
    pub fn take(self, ctx: &Context, text: &Text, parsed: Option<datetime::ParsedText>) -> Result<Value> {
        let parsed = parsed.ok_or_else(|| not_parsed(self, text))?;
        let mut clock = Clock { ctx, denied: None };
        let value = match self {
            ParseTarget::Date => parsed.date(|| clock.year()).map(Value::Date),
            ParseTarget::Time => parsed.time.map(Value::Time),
            ParseTarget::DateTime => parsed.datetime(|| clock.year()).map(Value::DateTime),
            ParseTarget::DateTimeZone => {
                let local = parsed.datetime(|| clock.year());
                let offset = parsed.offset.map_or_else(|| clock.offset(), i64::from);
                local.and_then(|local| DateTimeZone::new(local, offset)).map(Value::from)
            }
        };
        match clock.denied {
            Some(denied) => Err(denied),
            None => value.ok_or_else(|| not_parsed(self, text)),
        }
    }
}

/// Asks for the current year or offset where a text leaves them out, and keeps a refusal.
struct Clock<'a> {
    ctx: &'a Context,
    denied: Option<Error>,
}

impl Clock<'_> {
    fn year(&mut self) -> i32 {
        match self.ctx.fixed_now() {
            Ok(now) => {
                let local = now.utc_ticks + i64::from(now.offset_minutes) * TICKS_PER_MINUTE;
                DateTime(local).date().year()
            }
            Err(error) => {
                self.denied = Some(error);
                Date::MIN.year()
            }
        }
    }

    fn offset(&mut self) -> i64 {
        local_offset(self.ctx).unwrap_or_else(|error| {
            self.denied = Some(error);
            0
        })
    }
}

/// The error for a text that cannot be read as a date or time.
pub fn not_parsed(target: ParseTarget, text: &Text) -> Error {
    Error::data_format(format!("We couldn't parse the input provided as a {} value.", target.name()))
        .with_format(
            "We couldn't parse the input provided as a #{0} value.",
            vec![Value::text(target.name())],
        )
        .with_detail(Value::Text(text.clone()))
}

/// Minutes of the local zone east of UTC.
///
/// # Errors
/// The host grants no clock.
pub fn local_offset(ctx: &Context) -> Result<i64> {
    ctx.fixed_now().map(|now| now.offset_minutes.into())
}

/// A datetimezone on the clock of the local zone.
pub(super) fn to_local(ctx: &Context, value: &Value) -> Result<DateTimeZone> {
    let Some(zoned) = value.zoned() else { return Err(no_conversion(value, Form::DateTimeZone)) };
    zoned.switch_zone(local_offset(ctx)?).ok_or_else(|| outside_range("DateTimeZone", value.clone()))
}

/// The error for a result of `kind` (`Date`, `Duration`) beyond the range of its kind; `detail` is what it came from.
pub fn outside_range(kind: &str, detail: Value) -> Error {
    Error::expression(format!(
        "The {kind} operation failed because the resulting value falls outside the range of allowed values."
    ))
    .with_detail(detail)
}

/// The moment an OLE automation number stands for.
fn from_number(value: &Value, kind: &str) -> Result<Option<DateTime>> {
    let Some(number) = value.to_double() else { return Ok(None) };
    OleDate(number).to_datetime().map(Some).ok_or_else(|| outside_range(kind, value.clone()))
}

/// `Date.From`.
pub fn date_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let value = value.as_plain();
    Ok(match value {
        Value::Null => Value::Null,
        Value::Date(date) => Value::Date(*date),
        Value::Text(text) => return ParseTarget::Date.parse(ctx, text, culture),
        Value::DateTime(moment) => Value::Date(moment.date()),
        Value::DateTimeZone(_) => Value::Date(to_local(ctx, value)?.local().date()),
        other => match from_number(other, "Date")? {
            Some(moment) => Value::Date(moment.date()),
            None => return Err(no_conversion(other, Form::Date)),
        },
    })
}

/// `Time.From`. A number is the part of a day that has passed.
pub fn time_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let value = value.as_plain();
    Ok(match value {
        Value::Null => Value::Null,
        Value::Time(time) => Value::Time(*time),
        Value::Text(text) => return ParseTarget::Time.parse(ctx, text, culture),
        Value::DateTime(moment) => Value::Time(moment.time()),
        Value::DateTimeZone(_) => Value::Time(to_local(ctx, value)?.local().time()),
        other => match other.to_double() {
            Some(days) if (0.0..1.0).contains(&days) => {
                Value::Time(Time((days * TICKS_PER_DAY as f64).round() as i64))
            }
            Some(_) => return Err(outside_range("Time", other.clone())),
            None => return Err(no_conversion(other, Form::Time)),
        },
    })
}

/// `DateTime.From`. A time of day alone is one on 1899-12-30.
pub fn datetime_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let value = value.as_plain();
    Ok(match value {
        Value::Null => Value::Null,
        Value::DateTime(moment) => Value::DateTime(*moment),
        Value::Text(text) => return ParseTarget::DateTime.parse(ctx, text, culture),
        Value::DateTimeZone(_) => Value::DateTime(to_local(ctx, value)?.local()),
        other => match moment(other)? {
            Some(moment) => Value::DateTime(moment),
            None => return Err(no_conversion(other, Form::DateTime)),
        },
    })
}

/// `DateTimeZone.From`. What has no offset is taken as local.
pub fn datetimezone_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let value = value.as_plain();
    let local = match value {
        Value::Null => return Ok(Value::Null),
        Value::DateTimeZone(_) => return Ok(value.clone()),
        Value::Text(text) => return ParseTarget::DateTimeZone.parse(ctx, text, culture),
        Value::DateTime(moment) => Some(*moment),
        other => moment(other)?,
    };
    let Some(local) = local else { return Err(no_conversion(value, Form::DateTimeZone)) };
    DateTimeZone::new(local, local_offset(ctx)?)
        .map(Value::from)
        .ok_or_else(|| outside_range("DateTimeZone", value.clone()))
}

/// The moment of a date, a time of day or a number; `None` for anything else.
fn moment(value: &Value) -> Result<Option<DateTime>> {
    match value {
        Value::Date(date) => Ok(Some(date.at_midnight())),
        Value::Time(time) => {
            let moment = DAY_ZERO.to_datetime().and_then(|day| day.checked_add(Duration(time.0)));
            Ok(moment)
        }
        other => from_number(other, "DateTime"),
    }
}

/// `Duration.From`: text, or a number of days.
pub fn duration_from(value: &Value) -> Result<Value> {
    match value.as_plain() {
        Value::Null => Ok(Value::Null),
        Value::Duration(duration) => Ok(Value::Duration(*duration)),
        Value::Text(text) => duration_from_text(text),
        Value::Time(time) => Ok(Value::Duration(Duration(time.0))),
        other => match other.to_double() {
            Some(days) => Duration::from_days(days)
                .map(Value::Duration)
                .ok_or_else(|| outside_range("Duration", other.clone())),
            None => Err(no_conversion(other, Form::Duration)),
        },
    }
}

/// `Duration.FromText`; the empty text gives `null`.
pub fn duration_from_text(text: &Text) -> Result<Value> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    duration::parse(text).map(Value::Duration).ok_or_else(|| {
        Error::data_format("We couldn't parse the Duration literal.").with_detail(Value::Text(text.clone()))
    })
}
