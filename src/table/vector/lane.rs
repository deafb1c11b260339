//! Kernels made of functions of plain values: an argument is read as a [`Lane`] of one type, and what comes out is
//! collected into a typed column. Nulls stay. A row for which the function has no answer is left to the evaluator, and
//! so is a vector that holds other values, with decimals and such among them.
//!
//! `one::<Dates, bool>(given, |date| Some(date.is_leap_year()))` is all there is to a kernel.

use std::sync::Arc;

use arrow_array::{BooleanArray, Float64Array, Int32Array, Int64Array, StringViewArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::result::{Fate, Vector};
use crate::table::{Column, Whole};
use crate::value::Value;
use crate::value::temporal::{Date, DateTime, Duration, Time};

/// The cells of an argument as values of one type.
pub trait Lane<'v>: Sized {
    /// The type.
    type Item: Copy;

    /// The cells; `None` if there are others among them. A null cell may read as anything.
    fn of(vector: &'v Vector) -> Option<Self>;

    /// The cell in a row; `None` if it is no such value after all.
    fn at(&self, row: usize) -> Option<Self::Item>;
}

/// What a kernel gives.
pub trait Cell: Sized + Default {
    /// The column of such cells.
    fn column(cells: Vec<Self>, nulls: Option<NullBuffer>) -> Column;
}

/// What `make` gives for each value of the first argument.
pub fn one<'v, A: Lane<'v>, R: Cell>(
    given: &'v [Vector],
    make: impl Fn(A::Item) -> Option<R>,
) -> Option<Vector> {
    let vector = given.first()?;
    if is_null(vector) {
        return Some(Vector::same(Value::Null, vector.len()));
    }
    let lane = A::of(vector)?;
    Some(collect(vector.len(), nulls(vector).cloned(), |row| make(lane.at(row)?)))
}

/// The arguments, `null` in the place of the first, if all others are the same in each row.
pub fn others(given: &[Vector]) -> Option<Vec<Value>> {
    let others = given.iter().skip(1).map(|vector| vector.as_same().cloned());
    std::iter::once(Some(Value::Null)).chain(others).collect()
}

/// What `make` makes of each row, and `null` where `nulls` says so.
fn collect<R: Cell>(len: usize, nulls: Option<NullBuffer>, make: impl Fn(usize) -> Option<R>) -> Vector {
    let (mut cells, mut left) = (Vec::with_capacity(len), Vec::new());
    for row in 0..len {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            cells.push(R::default());
            continue;
        }
        let cell = make(row);
        if cell.is_none() {
            left.push(row);
        }
        cells.push(cell.unwrap_or_default());
    }
    let vector = Vector::of(R::column(cells, nulls));
    if left.is_empty() { vector } else { vector.with_fates(Some(unknown(len, &left))) }
}

/// Fates of rows of which some are left to the evaluator.
fn unknown(len: usize, left: &[usize]) -> Arc<[Fate]> {
    let mut fates = vec![Fate::Value; len];
    for row in left {
        if let Some(fate) = fates.get_mut(*row) {
            *fate = Fate::Unknown;
        }
    }
    fates.into()
}

fn is_null(vector: &Vector) -> bool {
    vector.column().as_same().and_then(|member| member.ready()).is_some_and(Value::is_null)
}

/// Which cells of a typed column are there, if some are not.
fn nulls(vector: &Vector) -> Option<&NullBuffer> {
    vector.null_mask().and_then(|mask| mask.valid())
}

/// The same value in each row, or the memory of a column.
#[derive(Clone, Copy)]
enum Cells<'v, N> {
    Same(N),
    Each(&'v [N]),
}

impl<N: Copy> Cells<'_, N> {
    #[inline]
    fn at(&self, row: usize) -> Option<N> {
        match self {
            Cells::Same(value) => Some(*value),
            Cells::Each(values) => values.get(row).copied(),
        }
    }
}

/// The value, if the column holds the same one in each row.
fn same_value(vector: &Vector) -> Option<&Value> {
    vector.column().as_same()?.ready().map(Value::as_plain)
}

macro_rules! lanes {
    ($($(#[$doc:meta])* $lane:ident of $item:ident, $native:ty: $column:expr;)*) => {$(
        $(#[$doc])*
        pub struct $lane<'v>(Cells<'v, $native>);

        impl<'v> Lane<'v> for $lane<'v> {
            type Item = $item;

            fn of(vector: &'v Vector) -> Option<Self> {
                if let Some(value) = same_value(vector) {
                    return match value {
                        Value::$item(value) => Some($lane(Cells::Same(value.0))),
                        _ => None,
                    };
                }
                let column: fn(&'v Column) -> Option<&'v [$native]> = $column;
                column(vector.column()).map(|values| $lane(Cells::Each(values)))
            }

            #[inline]
            fn at(&self, row: usize) -> Option<$item> {
                self.0.at(row).map($item)
            }
        }

    )*};
}

fn ticks(column: &Column, wanted: Whole) -> Option<&[i64]> {
    column.as_whole().filter(|(kind, _)| *kind == wanted).map(|(_, ticks)| ticks.values().as_ref())
}

lanes! {
    /// Dates.
    Dates of Date, i32: |column| column.as_date().map(|days| days.values().as_ref());
    /// Dates with times.
    DateTimes of DateTime, i64: |column| ticks(column, Whole::DateTime);
    /// Times of day.
    Times of Time, i64: |column| ticks(column, Whole::Time);
    /// Durations.
    Durations of Duration, i64: |column| ticks(column, Whole::Duration);
}

/// A number as most columns hold it.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// A double.
    Double(f64),
}

/// Numbers as they are.
pub enum Numbers<'v> {
    /// The same in each row.
    Same(Number),
    /// Whole numbers.
    Wholes(&'v [i64]),
    /// Doubles.
    Doubles(&'v [f64]),
    /// Doubles, those marked standing for whole numbers.
    Mixed(&'v [f64], &'v BooleanBuffer),
}

impl<'v> Lane<'v> for Numbers<'v> {
    type Item = Number;

    fn of(vector: &'v Vector) -> Option<Self> {
        let column = vector.column();
        if let Some(value) = same_value(vector) {
            return match value {
                Value::Int64(whole) => Some(Numbers::Same(Number::Whole(*whole))),
                Value::Double(double) => Some(Numbers::Same(Number::Double(*double))),
                _ => None,
            };
        }
        if let Some(doubles) = column.as_double() {
            return Some(Numbers::Doubles(doubles.values()));
        }
        if let Some((doubles, whole)) = column.as_number() {
            return Some(Numbers::Mixed(doubles.values(), whole));
        }
        ticks(column, Whole::Number).map(Numbers::Wholes)
    }

    #[inline]
    fn at(&self, row: usize) -> Option<Number> {
        match self {
            Numbers::Same(number) => Some(*number),
            Numbers::Wholes(wholes) => wholes.get(row).copied().map(Number::Whole),
            Numbers::Doubles(doubles) => doubles.get(row).copied().map(Number::Double),
            Numbers::Mixed(doubles, whole) => doubles.get(row).map(|double| match whole.value(row) {
                true => Number::Whole(*double as i64),
                false => Number::Double(*double),
            }),
        }
    }
}

/// Numbers without a fraction, of less than 63 bits.
pub struct Wholes<'v>(Numbers<'v>);

impl<'v> Lane<'v> for Wholes<'v> {
    type Item = i64;

    fn of(vector: &'v Vector) -> Option<Self> {
        Numbers::of(vector).map(Wholes)
    }

    #[inline]
    fn at(&self, row: usize) -> Option<i64> {
        match self.0.at(row)? {
            Number::Whole(whole) => Some(whole),
            Number::Double(double) => (double.fract() == 0.0 && double.abs() < 9e18).then_some(double as i64),
        }
    }
}

/// Logical values.
pub struct Logicals<'v>(&'v BooleanArray);

impl<'v> Lane<'v> for Logicals<'v> {
    type Item = bool;

    fn of(vector: &'v Vector) -> Option<Self> {
        vector.column().as_logical().map(Logicals)
    }

    #[inline]
    fn at(&self, row: usize) -> Option<bool> {
        (row < self.0.len()).then(|| self.0.value(row))
    }
}

impl Cell for f64 {
    fn column(cells: Vec<f64>, nulls: Option<NullBuffer>) -> Column {
        Column::double(Float64Array::new(cells.into(), nulls))
    }
}

impl Cell for i64 {
    fn column(cells: Vec<i64>, nulls: Option<NullBuffer>) -> Column {
        Column::whole(Whole::Number, Int64Array::new(cells.into(), nulls))
    }
}

impl Cell for bool {
    fn column(cells: Vec<bool>, nulls: Option<NullBuffer>) -> Column {
        Column::logical(BooleanArray::new(cells.into(), nulls))
    }
}

macro_rules! tick_cells {
    ($($item:ident)*) => {$(
        impl Cell for $item {
            fn column(cells: Vec<$item>, nulls: Option<NullBuffer>) -> Column {
                let ticks: Vec<i64> = cells.into_iter().map(|cell| cell.0).collect();
                Column::whole(Whole::$item, Int64Array::new(ticks.into(), nulls))
            }
        }
    )*};
}

tick_cells! { DateTime Time Duration }

impl Cell for Date {
    fn column(cells: Vec<Date>, nulls: Option<NullBuffer>) -> Column {
        let days: Vec<i32> = cells.into_iter().map(|date| date.0).collect();
        Column::date(Int32Array::new(days.into(), nulls))
    }
}

fn texts<T: AsRef<str>>(cells: &[T], nulls: Option<&NullBuffer>) -> Column {
    let there = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
    let texts = cells.iter().enumerate().map(|(row, cell)| there(row).then_some(cell.as_ref()));
    Column::text(texts.collect::<StringViewArray>())
}

impl Cell for String {
    fn column(cells: Vec<String>, nulls: Option<NullBuffer>) -> Column {
        texts(&cells, nulls.as_ref())
    }
}

impl Cell for &'static str {
    fn column(cells: Vec<&'static str>, nulls: Option<NullBuffer>) -> Column {
        texts(&cells, nulls.as_ref())
    }
}
