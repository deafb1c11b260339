//! Moving dates by days, weeks, months, quarters and years.

use super::moment::{Accepts, Moment};
use crate::eval::Arguments;
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::value::temporal::Duration;
use crate::value::{Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Date.AddDays",
        "(dateTime as any, numberOfDays as number) as any",
        "The date so many days later, or earlier for a negative number.",
        &[example("Date.AddDays(#date(2011, 5, 14), 5)", "#date(2011, 5, 19)")],
        |_, arguments| days(&arguments, "Date.AddDays", 1.0),
    )
    .with_kernel(|_, given| Ok(days_of_columns(given, 1.0))),
    native(
        "Date.AddWeeks",
        "(dateTime as any, numberOfWeeks as number) as any",
        "The date so many weeks later, or earlier for a negative number.",
        &[example("Date.AddWeeks(#date(2011, 5, 14), 2)", "#date(2011, 5, 28)")],
        |_, arguments| days(&arguments, "Date.AddWeeks", 7.0),
    )
    .with_kernel(|_, given| Ok(days_of_columns(given, 7.0))),
    native(
        "Date.AddMonths",
        "(dateTime as any, numberOfMonths as number) as any",
        "The same day so many months later, or earlier for a negative number. A day that the month lacks becomes its last.",
        &[
            example("Date.AddMonths(#date(1990, 1, 31), 1)", "#date(1990, 2, 28)"),
            example(
                "Date.AddMonths(#datetime(2011, 5, 14, 8, 15, 22), 18)",
                "#datetime(2012, 11, 14, 8, 15, 22)",
            ),
        ],
        |_, arguments| months(&arguments, "Date.AddMonths", "numberOfMonths", 1),
    )
    .with_kernel(|_, given| Ok(months_of_columns(given, 1))),
    native(
        "Date.AddQuarters",
        "(dateTime as any, numberOfQuarters as number) as any",
        "The same day so many quarters later, or earlier for a negative number.",
        &[example("Date.AddQuarters(#date(2011, 11, 30), 1)", "#date(2012, 2, 29)")],
        |_, arguments| months(&arguments, "Date.AddQuarters", "numberOfQuarters", 3),
    )
    .with_kernel(|_, given| Ok(months_of_columns(given, 3))),
    native(
        "Date.AddYears",
        "(dateTime as any, numberOfYears as number) as any",
        "The same day so many years later, or earlier for a negative number.",
        &[example("Date.AddYears(#date(2016, 2, 29), 1)", "#date(2017, 2, 28)")],
        |_, arguments| months(&arguments, "Date.AddYears", "numberOfYears", 12),
    )
    .with_kernel(|_, given| Ok(months_of_columns(given, 12))),
];

fn days(arguments: &Arguments<'_>, name: &str, unit: f64) -> Result<Value> {
    let Some(moment) = Moment::at(arguments, name, Accepts::Dates)? else { return Ok(Value::Null) };
    let duration = Duration::from_days(arguments.double(1)? * unit);
    duration
        .and_then(|duration| {
            moment.map(|date| date.checked_add(duration), |moment| moment.checked_add(duration))
        })
        .ok_or_else(|| moment.out_of_range(arguments))
}

fn days_of_columns(given: &[Vector], unit: f64) -> Option<Vector> {
    let duration = Duration::from_days(given.get(1)?.as_same()?.to_double()? * unit)?;
    given.first()?.map_dates(|date| date.checked_add(duration), |moment| moment.checked_add(duration))
}

fn months_of_columns(given: &[Vector], unit: i64) -> Option<Vector> {
    let Value::Int64(months) = given.get(1)?.as_same()? else { return None };
    let months = months.checked_mul(unit)?;
    given.first()?.map_dates(|date| date.add_months(months), |moment| moment.add_months(months))
}

fn months(arguments: &Arguments<'_>, name: &str, parameter: &str, unit: i64) -> Result<Value> {
    let Some(moment) = Moment::at(arguments, name, Accepts::Dates)? else { return Ok(Value::Null) };
    let months = arguments.whole(1, parameter)?.checked_mul(unit);
    months
        .and_then(|months| moment.map(|date| date.add_months(months), |moment| moment.add_months(months)))
        .ok_or_else(|| moment.out_of_range(arguments))
}
