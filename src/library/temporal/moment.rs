//! Values that are dates, times or both, taken apart the same way.

use crate::eval::{Arguments, Context};
use crate::library::conversion::{document_culture, local_offset, outside_range};
use crate::library::text::same;
use crate::table::Vector;
use crate::value::temporal::{Date, DateTime, DateTimeZone, DayOfWeek, Time};
use crate::value::{Error, Result, Value};

/// A value with a date, a time of day or both.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Zoned(DateTimeZone),
}

/// The kinds of values a function takes.
#[derive(Clone, Copy)]
pub(super) enum Accepts {
    /// Whatever has a date.
    Dates,
    /// Whatever has a time of day.
    Times,
    /// Only what has both.
    Both,
}

impl Accepts {
    fn takes(self, moment: Moment) -> bool {
        matches!(
            (self, moment),
            (_, Moment::DateTime(_) | Moment::Zoned(_))
                | (Accepts::Dates, Moment::Date(_))
                | (Accepts::Times, Moment::Time(_))
        )
    }

    fn words(self) -> &'static str {
        match self {
            Accepts::Dates => "Date, DateTime, or DateTimeZone",
            Accepts::Times => "Time, DateTime, or DateTimeZone",
            Accepts::Both => "DateTime or DateTimeZone",
        }
    }
}

impl Moment {
    fn of(value: &Value) -> Option<Moment> {
        match value {
            Value::Date(date) => Some(Moment::Date(*date)),
            Value::Time(time) => Some(Moment::Time(*time)),
            Value::DateTime(moment) => Some(Moment::DateTime(*moment)),
            other => other.zoned().map(Moment::Zoned),
        }
    }

    /// The first argument of the function `name`; `None` for `null`.
    ///
    /// # Errors
    /// A kind of value that the function does not take.
    pub fn at(arguments: &Arguments<'_>, name: &str, accepts: Accepts) -> Result<Option<Moment>> {
        let value = arguments.value(0);
        if value.is_null() {
            return Ok(None);
        }
        let moment = Moment::of(value).filter(|moment| accepts.takes(*moment));
        moment.map(Some).ok_or_else(|| {
            let format = "The #{0} function expects an input of type #{1}.";
            let words = accepts.words();
            Error::expression(format!("The {name} function expects an input of type {words}."))
                .with_format(format, vec![Value::text(name), Value::text(words)])
                .with_detail(value.clone())
        })
    }

    /// The date; for a time of day alone, the first there is.
    pub fn date(self) -> Date {
        match self {
            Moment::Date(date) => date,
            Moment::Time(_) => Date::MIN,
            Moment::DateTime(moment) => moment.date(),
            Moment::Zoned(zoned) => zoned.local().date(),
        }
    }

    /// The time of day; midnight for a date alone.
    pub fn time(self) -> Time {
        match self {
            Moment::Date(_) => Time::MIN,
            Moment::Time(time) => time,
            Moment::DateTime(moment) => moment.time(),
            Moment::Zoned(zoned) => zoned.local().time(),
        }
    }

    /// The moment on the clock of the local zone; midnight for a date alone.
    ///
    /// # Errors
    /// A moment with an offset needs the local one, and the host grants no clock.
    pub fn local(self, ctx: &Context) -> Result<DateTime> {
        Ok(match self {
            Moment::Date(date) => date.at_midnight(),
            Moment::Time(time) => DateTime(time.0),
            Moment::DateTime(moment) => moment,
            // A moment so near the ends of the calendar that the shift leaves it keeps its own clock.
            Moment::Zoned(zoned) => zoned.switch_zone(local_offset(ctx)?).unwrap_or(zoned).local(),
        })
    }

    /// The value of the same kind that `on_date` or `on_datetime` makes. `None` if the result is out of range.
    pub fn map(
        self,
        on_date: impl FnOnce(Date) -> Option<Date>,
        on_datetime: impl FnOnce(DateTime) -> Option<DateTime>,
    ) -> Option<Value> {
        match self {
            Moment::Date(date) => on_date(date).map(Value::Date),
            Moment::DateTime(moment) => on_datetime(moment).map(Value::DateTime),
            Moment::Zoned(zoned) => zoned.try_map(on_datetime).map(Value::from),
            Moment::Time(time) => on_datetime(DateTime(time.0)).map(|moment| Value::Time(moment.time())),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Moment::Date(_) => "Date",
            Moment::Time(_) => "Time",
            Moment::DateTime(_) => "DateTime",
            Moment::Zoned(_) => "DateTimeZone",
        }
    }

    /// The error for a result beyond the years 1 to 9999.
    pub fn out_of_range(self, arguments: &Arguments<'_>) -> Error {
        out_of_range(self.kind(), arguments)
    }
}

/// The error for a result beyond the years 1 to 9999.
pub(super) fn out_of_range(kind: &str, arguments: &Arguments<'_>) -> Error {
    outside_range(kind, Value::list(arguments.all().iter().cloned()))
}

/// The day of the week an optional argument gives as M's number; the first of the document's culture for `null`.
pub(super) fn first_day(ctx: &Context, arguments: &Arguments<'_>, at: usize) -> Result<DayOfWeek> {
    match arguments.optional_whole(at, "firstDayOfWeek")? {
        None => Ok(document_culture(ctx).first_day_of_week()),
        Some(number) => DayOfWeek::from_number(number).ok_or_else(|| {
            Error::expression("The 'firstDayOfWeek' argument is out of range.")
                .with_detail(arguments.value(at).clone())
        }),
    }
}

/// [`first_day`] of a second argument that is the same in each row.
pub(super) fn same_first_day(ctx: &Context, given: &[Vector]) -> Option<DayOfWeek> {
    match same(given, 1)? {
        Value::Null => Some(document_culture(ctx).first_day_of_week()),
        Value::Int64(number) => DayOfWeek::from_number(*number),
        _ => None,
    }
}
