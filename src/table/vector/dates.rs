//! Vectors made of dates, dates with times, and durations.

use arrow_array::{Array, Float64Array, Int32Array, Int64Array};
use arrow_buffer::NullBuffer;

use super::result::Vector;
use crate::table::text_views::Written;
use crate::table::{Column, Whole};
use crate::value::temporal::{Date, DateTime, Duration};

/// What `make` makes of each value that is there; nothing if it makes nothing of one of them.
fn mapped<T: Copy, M: Default>(
    values: &[T],
    nulls: Option<&NullBuffer>,
    make: impl Fn(T) -> Option<M>,
) -> Option<Vec<M>> {
    let mut made = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        // What stands in the place of a null may be no date.
        let there = nulls.is_none_or(|nulls| nulls.is_valid(row));
        made.push(if there { make(*value)? } else { M::default() });
    }
    Some(made)
}

impl Vector {
    /// A whole number for the date of each date, or date with time; `null` stays. `None` if the vector holds other
    /// values.
    pub fn map_dates_to_wholes(&self, make: impl Fn(Date) -> i64) -> Option<Vector> {
        let (wholes, nulls) = match (self.column().as_date(), self.column().as_whole()) {
            (Some(days), _) => {
                let nulls = days.nulls();
                (mapped(days.values(), nulls, |day| Some(make(Date(day))))?, nulls)
            }
            (_, Some((Whole::DateTime, ticks))) => {
                let nulls = ticks.nulls();
                (mapped(ticks.values(), nulls, |ticks| Some(make(DateTime(ticks).date())))?, nulls)
            }
            _ => return None,
        };
        Some(Vector::of(Column::whole(Whole::Number, Int64Array::new(wholes.into(), nulls.cloned()))))
    }

    /// A date for each date, and a date with time for each of these; `null` stays. `None` if the vector holds other
    /// values, or if there is nothing for one of them.
    pub fn map_dates(
        &self,
        date: impl Fn(Date) -> Option<Date>,
        moment: impl Fn(DateTime) -> Option<DateTime>,
    ) -> Option<Vector> {
        if let Some(days) = self.column().as_date() {
            let made = mapped(days.values(), days.nulls(), |day| Some(date(Date(day))?.0))?;
            return Some(Vector::of(Column::date(Int32Array::new(made.into(), days.nulls().cloned()))));
        }
        let (Whole::DateTime, ticks) = self.column().as_whole()? else { return None };
        let made = mapped(ticks.values(), ticks.nulls(), |ticks| Some(moment(DateTime(ticks))?.0))?;
        let made = Int64Array::new(made.into(), ticks.nulls().cloned());
        Some(Vector::of(Column::whole(Whole::DateTime, made)))
    }

    /// A text for each date, or date with time, that `write` writes; `null` stays. As [`Vector::map_dates`].
    pub fn map_dates_to_texts(
        &self,
        date: impl Fn(Date, &mut String) -> Option<()>,
        moment: impl Fn(DateTime, &mut String) -> Option<()>,
    ) -> Option<Vector> {
        let column = self.column();
        let mut texts = Written::new(column.len());
        let mut text = String::new();
        let (days, ticks) = (column.as_date(), column.as_whole());
        let nulls = match (days, ticks) {
            (Some(days), _) => days.nulls(),
            (_, Some((Whole::DateTime, ticks))) => ticks.nulls(),
            _ => return None,
        };
        for row in 0..column.len() {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                texts.push_null();
                continue;
            }
            text.clear();
            match (days, ticks) {
                (Some(days), _) => date(Date(days.value(row)), &mut text)?,
                (_, Some((_, ticks))) => moment(DateTime(ticks.value(row)), &mut text)?,
                _ => return None,
            }
            texts.push(&text);
        }
        Some(Vector::of(Column::text(texts.finish())))
    }

    /// A whole number for each duration; `null` stays. `None` if the vector holds other values.
    pub fn map_durations_to_wholes(&self, make: impl Fn(Duration) -> i64) -> Option<Vector> {
        let (Whole::Duration, ticks) = self.column().as_whole()? else { return None };
        let made = mapped(ticks.values(), ticks.nulls(), |ticks| Some(make(Duration(ticks))))?;
        let made = Int64Array::new(made.into(), ticks.nulls().cloned());
        Some(Vector::of(Column::whole(Whole::Number, made)))
    }

    /// A double for each duration; `null` stays. `None` if the vector holds other values.
    pub fn map_durations_to_doubles(&self, make: impl Fn(Duration) -> f64) -> Option<Vector> {
        let (Whole::Duration, ticks) = self.column().as_whole()? else { return None };
        let made = mapped(ticks.values(), ticks.nulls(), |ticks| Some(make(Duration(ticks))))?;
        Some(Vector::of(Column::double(Float64Array::new(made.into(), ticks.nulls().cloned()))))
    }

    /// The date of each three whole numbers, a year, a month and a day; `None` if the vectors hold other values, or
    /// there is no such date.
    pub fn dates_of(year: &Vector, month: &Vector, day: &Vector) -> Option<Vector> {
        let (year, month, day) = (Parts::of(year)?, Parts::of(month)?, Parts::of(day)?);
        let len = year.len().max(month.len()).max(day.len());
        let dates = (0..len).map(|row| Some(Date::new(year.at(row), month.at(row), day.at(row))?.0));
        let dates: Vec<i32> = dates.collect::<Option<_>>()?;
        Some(Vector::of(Column::date(Int32Array::new(dates.into(), None))))
    }
}

/// Whole numbers, or one for all rows.
enum Parts<'v> {
    Each(&'v [i64]),
    Same(i64),
}

impl Parts<'_> {
    fn of(vector: &Vector) -> Option<Parts<'_>> {
        if let Some(crate::value::Value::Int64(whole)) = vector.as_same() {
            return Some(Parts::Same(*whole));
        }
        let (Whole::Number, wholes) = vector.column().as_whole()? else { return None };
        (wholes.null_count() == 0 && vector.fates().is_none()).then(|| Parts::Each(wholes.values()))
    }

    fn len(&self) -> usize {
        match self {
            Parts::Each(wholes) => wholes.len(),
            Parts::Same(_) => 0,
        }
    }

    fn at(&self, row: usize) -> i64 {
        match self {
            Parts::Each(wholes) => wholes.get(row).copied().unwrap_or_default(),
            Parts::Same(whole) => *whole,
        }
    }
}
