//! What functions of dates and times do to whole columns: of dates, of dates with times, of times of day.

use crate::eval::Arguments;
use crate::table::Vector;
use crate::table::lane::{Cell, DateTimes, Dates, Times, one, others};
use crate::value::temporal::{Date, DateTime, Time};
use crate::value::{Error, Result};

/// What `make` makes of the date in each moment.
pub(super) fn of_dates<R: Cell>(given: &[Vector], make: impl Fn(Date) -> R) -> Option<Vector> {
    one::<Dates<'_>, R>(given, |date| Some(make(date)))
        .or_else(|| one::<DateTimes<'_>, R>(given, |moment| Some(make(moment.date()))))
}

/// What `make` makes of the time of day in each moment.
pub(super) fn of_times<R: Cell>(given: &[Vector], make: impl Fn(Time) -> R) -> Option<Vector> {
    one::<Times<'_>, R>(given, |time| Some(make(time)))
        .or_else(|| one::<DateTimes<'_>, R>(given, |moment| Some(make(moment.time()))))
}

/// What `make` makes of each moment, of dates at midnight.
pub(super) fn of_moments<R: Cell>(given: &[Vector], make: impl Fn(DateTime) -> R) -> Option<Vector> {
    one::<DateTimes<'_>, R>(given, |moment| Some(make(moment)))
        .or_else(|| one::<Dates<'_>, R>(given, |date| Some(make(date.at_midnight()))))
}

/// What `read` makes of the arguments behind the first, if they are the same in each row and nothing is wrong with
/// them.
///
/// # Errors
/// Only a stop.
pub(super) fn behind<T>(
    given: &[Vector],
    read: impl FnOnce(&Arguments<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let Some(mut values) = others(given) else { return Ok(None) };
    unless_failed(read(&Arguments::new(&mut values)))
}

/// `None` for an error, which the rows raise themselves.
///
/// # Errors
/// Only a stop.
pub(super) fn unless_failed<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if Error::is_stop(&error) => Err(error),
        Err(_) => Ok(None),
    }
}
