//! Where a moment lies relative to now: in the current, the next or the previous day, week, hour and so on.

use super::QUESTION;
use super::clock::local_now;
use super::kernels::{behind, of_dates, of_moments, unless_failed};
use super::moment::{Accepts, Moment};
use crate::eval::{Arguments, Context};
use crate::library::conversion::document_culture;
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::table::lane::{DateTimes, one};
use crate::value::temporal::{Date, DateTime, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND};
use crate::value::{Result, Value};

/// A unit that moments are counted in.
#[derive(Clone, Copy)]
enum Unit {
    /// So many ticks.
    Ticks(i64),
    Day,
    /// Starts as in the document's culture.
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// The number of the unit a moment lies in, counted from some fixed one.
    fn number(self, ctx: &Context, moment: DateTime) -> i64 {
        let date = moment.date();
        let (year, month, _) = date.components();
        let months = i64::from(year) * 12 + i64::from(month) - 1;
        match self {
            Unit::Ticks(ticks) => moment.0.div_euclid(ticks),
            Unit::Day => date.0.into(),
            Unit::Week => {
                let first = document_culture(ctx).first_day_of_week();
                let start = i64::from(date.0) - i64::from(date.day_of_week().days_after(first));
                start.div_euclid(7)
            }
            Unit::Month => months,
            Unit::Quarter => months.div_euclid(3),
            Unit::Year => year.into(),
        }
    }

    fn accepts(self) -> Accepts {
        match self {
            Unit::Ticks(_) => Accepts::Both,
            _ => Accepts::Dates,
        }
    }
}

/// Declares, for each unit, the five questions whether a moment lies in the current, next or previous one or in the
/// next or previous several.
macro_rules! questions {
    ($($space:literal $unit:literal $word:literal $units:literal $kind:expr, $next:literal, $previous:literal;)*
     + $($more:expr),*) => {
        &[$(
            native(
                concat!($space, ".IsInCurrent", $unit),
                QUESTION,
                concat!("Whether a moment lies in the current ", $word, "."),
                &[example(concat!($space, ".IsInCurrent", $unit, "(DateTime.FixedLocalNow())"), "true")],
                |ctx, arguments| {
                    is_in(ctx, &arguments, concat!($space, ".IsInCurrent", $unit), $kind, |_| Ok((0, 0)))
                },
            )
            .with_kernel(|ctx, given| are_in(ctx, given, $kind, |_| Ok((0, 0)))),
            native(
                concat!($space, ".IsInNext", $unit),
                QUESTION,
                concat!("Whether a moment lies in the ", $word, " after the current one."),
                &[example(concat!($space, ".IsInNext", $unit, "(", $next, ")"), "true")],
                |ctx, arguments| {
                    is_in(ctx, &arguments, concat!($space, ".IsInNext", $unit), $kind, |_| Ok((1, 1)))
                },
            )
            .with_kernel(|ctx, given| are_in(ctx, given, $kind, |_| Ok((1, 1)))),
            native(
                concat!($space, ".IsInPrevious", $unit),
                QUESTION,
                concat!("Whether a moment lies in the ", $word, " before the current one."),
                &[example(concat!($space, ".IsInPrevious", $unit, "(", $previous, ")"), "true")],
                |ctx, arguments| {
                    is_in(ctx, &arguments, concat!($space, ".IsInPrevious", $unit), $kind, |_| Ok((-1, -1)))
                },
            )
            .with_kernel(|ctx, given| are_in(ctx, given, $kind, |_| Ok((-1, -1)))),
            native(
                concat!($space, ".IsInNextN", $unit, "s"),
                concat!("(dateTime as any, ", $units, " as number) as nullable logical"),
                concat!("Whether a moment lies in one of so many ", $units, " after the current one."),
                &[
                    example(concat!($space, ".IsInNextN", $unit, "s(", $next, ", 2)"), "true"),
                    example(concat!($space, ".IsInNextN", $unit, "s(DateTime.FixedLocalNow(), 2)"), "false"),
                ],
                |ctx, arguments| {
                    is_in(ctx, &arguments, concat!($space, ".IsInNextN", $unit, "s"), $kind, |arguments| {
                        arguments.whole(1, $units).map(|count| (1, count))
                    })
                },
            )
            .with_kernel(|ctx, given| {
                are_in(ctx, given, $kind, |arguments| arguments.whole(1, $units).map(|count| (1, count)))
            }),
            native(
                concat!($space, ".IsInPreviousN", $unit, "s"),
                concat!("(dateTime as any, ", $units, " as number) as nullable logical"),
                concat!("Whether a moment lies in one of so many ", $units, " before the current one."),
                &[
                    example(concat!($space, ".IsInPreviousN", $unit, "s(", $previous, ", 2)"), "true"),
                    example(
                        concat!($space, ".IsInPreviousN", $unit, "s(DateTime.FixedLocalNow(), 2)"),
                        "false",
                    ),
                ],
                |ctx, arguments| {
                    let name = concat!($space, ".IsInPreviousN", $unit, "s");
                    is_in(ctx, &arguments, name, $kind, |arguments| {
                        arguments.whole(1, $units).map(|count| (count.saturating_neg(), -1))
                    })
                },
            )
            .with_kernel(|ctx, given| {
                are_in(ctx, given, $kind, |arguments| {
                    arguments.whole(1, $units).map(|count| (count.saturating_neg(), -1))
                })
            }),
        )* $($more),*]
    };
}

pub(in crate::library) const FUNCTIONS: &[Declaration] = questions! {
    "Date" "Day" "day" "days" Unit::Day,
        "Date.AddDays(DateTime.FixedLocalNow(), 1)", "Date.AddDays(DateTime.FixedLocalNow(), -1)";
    "Date" "Week" "week" "weeks" Unit::Week,
        "Date.AddWeeks(DateTime.FixedLocalNow(), 1)", "Date.AddWeeks(DateTime.FixedLocalNow(), -1)";
    "Date" "Month" "month" "months" Unit::Month,
        "Date.AddMonths(DateTime.FixedLocalNow(), 1)", "Date.AddMonths(DateTime.FixedLocalNow(), -1)";
    "Date" "Quarter" "quarter" "quarters" Unit::Quarter,
        "Date.AddQuarters(DateTime.FixedLocalNow(), 1)", "Date.AddQuarters(DateTime.FixedLocalNow(), -1)";
    "Date" "Year" "year" "years" Unit::Year,
        "Date.AddYears(DateTime.FixedLocalNow(), 1)", "Date.AddYears(DateTime.FixedLocalNow(), -1)";
    "DateTime" "Hour" "hour" "hours" Unit::Ticks(TICKS_PER_HOUR),
        "DateTime.FixedLocalNow() + #duration(0, 1, 0, 0)", "DateTime.FixedLocalNow() - #duration(0, 1, 0, 0)";
    "DateTime" "Minute" "minute" "minutes" Unit::Ticks(TICKS_PER_MINUTE),
        "DateTime.FixedLocalNow() + #duration(0, 0, 1, 0)", "DateTime.FixedLocalNow() - #duration(0, 0, 1, 0)";
    "DateTime" "Second" "second" "seconds" Unit::Ticks(TICKS_PER_SECOND),
        "DateTime.FixedLocalNow() + #duration(0, 0, 0, 1)", "DateTime.FixedLocalNow() - #duration(0, 0, 0, 1)";
    + native(
        "Date.IsInYearToDate",
        QUESTION,
        "Whether a moment lies in the current year and not after today.",
        &[
            example("Date.IsInYearToDate(DateTime.FixedLocalNow())", "true"),
            example("Date.IsInYearToDate(Date.AddDays(DateTime.FixedLocalNow(), 1))", "false"),
        ],
        is_in_year_to_date,
    )
    .with_kernel(|ctx, given| {
        let today = unless_failed(local_now(ctx))?.map(DateTime::date);
        let is_in = |today: Date| move |date: Date| date.year() == today.year() && date <= today;
        Ok(today.and_then(|today| of_dates(given, is_in(today))))
    })
};

/// Whether the first argument lies in one of the units between `first` and `last` (both included, counted from the
/// current one), which `span` reads from the arguments.
fn is_in(
    ctx: &Context,
    arguments: &Arguments<'_>,
    name: &str,
    unit: Unit,
    span: fn(&Arguments<'_>) -> Result<(i64, i64)>,
) -> Result<Value> {
    let (first, last) = span(arguments)?;
    let Some(moment) = Moment::at(arguments, name, unit.accepts())? else { return Ok(Value::Null) };
    let now = unit.number(ctx, local_now(ctx)?);
    let distance = unit.number(ctx, moment.local(ctx)?) - now;
    Ok(Value::Logical((first..=last).contains(&distance)))
}

/// [`is_in`] for whole columns.
fn are_in(
    ctx: &Context,
    given: &[Vector],
    unit: Unit,
    span: fn(&Arguments<'_>) -> Result<(i64, i64)>,
) -> Result<Option<Vector>> {
    let Some((first, last)) = behind(given, span)? else { return Ok(None) };
    let Some(now) = unless_failed(local_now(ctx))? else { return Ok(None) };
    let now = unit.number(ctx, now);
    let is_in = |moment: DateTime| (first..=last).contains(&(unit.number(ctx, moment) - now));
    Ok(match unit.accepts() {
        Accepts::Both => one::<DateTimes<'_>, bool>(given, |moment| Some(is_in(moment))),
        _ => of_moments(given, is_in),
    })
}

fn is_in_year_to_date(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(moment) = Moment::at(&arguments, "Date.IsInYearToDate", Accepts::Dates)? else {
        return Ok(Value::Null);
    };
    let (today, date) = (local_now(ctx)?.date(), moment.local(ctx)?.date());
    Ok(Value::Logical(date.year() == today.year() && date <= today))
}

#[cfg(test)]
mod tests {
    use crate::Engine;
    use crate::host::{Host, HostError, Now};
    use crate::value::literal_text;

    /// Wednesday 2024-05-15, 10:30 UTC, in a zone two hours east.
    struct FixedClock;

    impl Host for FixedClock {
        fn now(&self) -> Result<Now, HostError> {
            Ok(Now { utc_ticks: 638_513_658_000_000_000, offset_minutes: 120 })
        }
    }

    fn shown(culture: &str, text: &str) -> String {
        let engine = Engine::new().with_host(FixedClock).with_culture(culture);
        let query = engine.compile("test", text).unwrap();
        let ctx = query.start();
        query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value)).unwrap()
    }

    #[test]
    fn the_clock_is_the_one_of_the_zone() {
        assert_eq!(shown("en-US", "DateTime.LocalNow()"), "#datetime(2024, 5, 15, 12, 30, 0)");
        assert_eq!(shown("en-US", "DateTimeZone.UtcNow()"), "#datetimezone(2024, 5, 15, 10, 30, 0, 0, 0)");
        let in_hour = "DateTime.IsInCurrentHour(#datetimezone(2024, 5, 15, 10, 59, 0, 0, 0))";
        assert_eq!(shown("en-US", in_hour), "true");
    }

    #[test]
    fn weeks_start_as_in_the_culture() {
        let sunday = "Date.IsInCurrentWeek(#date(2024, 5, 19))";
        assert_eq!(shown("en-US", sunday), "false");
        assert_eq!(shown("de-DE", sunday), "true");
        assert_eq!(shown("de-DE", "Date.IsInNextWeek(#date(2024, 5, 20))"), "true");
    }

    #[test]
    fn several_units_leave_out_the_current_one() {
        let months = |date: &str| shown("en-US", &format!("Date.IsInPreviousNMonths({date}, 2)"));
        assert_eq!(months("#date(2024, 5, 1)"), "false");
        assert_eq!(months("#date(2024, 4, 30)"), "true");
        assert_eq!(months("#date(2024, 3, 1)"), "true");
        assert_eq!(months("#date(2024, 2, 29)"), "false");
        assert_eq!(shown("en-US", "Date.IsInYearToDate(#date(2024, 5, 15))"), "true");
        assert_eq!(shown("en-US", "Date.IsInYearToDate(#date(2024, 5, 16))"), "false");
    }
}
