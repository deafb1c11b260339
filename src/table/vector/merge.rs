//! Putting the values of branches together.

use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrowPrimitiveType, BooleanArray, Float64Array, PrimitiveArray, StringViewArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::result::{Collect, Fate, Vector};
use crate::table::{Column, Whole, text_views};
use crate::value::Value;

/// What some rows get.
pub(super) struct Part<'r> {
    /// The rows, in rising order.
    rows: &'r [u32],
    /// Their values: one for each row there is if `whole`, else one for each of `rows`.
    pub(super) vector: Vector,
    pub(super) whole: bool,
}

impl<'r> Part<'r> {
    pub(super) fn whole(rows: &'r [u32], vector: Vector) -> Part<'r> {
        Part { rows, vector, whole: true }
    }

    pub(super) fn taken(rows: &'r [u32], vector: Vector) -> Part<'r> {
        Part { rows, vector, whole: false }
    }

    /// Each row with the place of its value.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let whole = self.whole;
        self.rows.iter().enumerate().map(move |(at, row)| {
            let row = *row as usize;
            (row, if whole { row } else { at })
        })
    }
}

/// A vector of `len` rows: those of `base`, and those of the parts, which go before it. Rows of neither are `null`.
pub(super) fn merge(len: usize, base: Option<&Vector>, parts: &[Part<'_>]) -> Vector {
    let merged = typed(len, base, parts).unwrap_or_else(|| any(len, base, parts));
    if base.is_none_or(|base| base.fates().is_none())
        && parts.iter().all(|part| part.vector.fates().is_none())
    {
        return merged;
    }
    let mut fates: Vec<Fate> = match base {
        Some(base) => (0..len).map(|row| base.fate(row)).collect(),
        None => vec![Fate::Value; len],
    };
    for part in parts {
        part.places().for_each(|(row, place)| fates[row] = part.vector.fate(place));
    }
    merged.with_fates(Some(fates.into()))
}

fn any(len: usize, base: Option<&Vector>, parts: &[Part<'_>]) -> Vector {
    let mut values: Vec<Value> = match base {
        Some(base) => (0..len).map(|row| base.value(row)).collect(),
        None => vec![Value::Null; len],
    };
    for part in parts {
        part.places().for_each(|(row, place)| values[row] = part.vector.value(place));
    }
    let mut result = Collect::new(len);
    values.into_iter().for_each(|value| result.value(value));
    result.finish()
}

/// The form that holds the values of a vector.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Null,
    Text,
    Logical,
    Date,
    Ticks(Whole),
    Whole,
    Double,
    /// Whole numbers and others.
    Number,
    Other,
}

impl Form {
    fn of(vector: &Vector) -> Form {
        let column = vector.column();
        if let Some(member) = column.as_same() {
            return match member.ready() {
                Some(Value::Null) => Form::Null,
                Some(Value::Text(_)) => Form::Text,
                Some(Value::Logical(_)) => Form::Logical,
                Some(Value::Date(_)) => Form::Date,
                Some(Value::Time(_)) => Form::Ticks(Whole::Time),
                Some(Value::DateTime(_)) => Form::Ticks(Whole::DateTime),
                Some(Value::Duration(_)) => Form::Ticks(Whole::Duration),
                Some(Value::Int64(whole)) if whole.unsigned_abs() < 1 << 53 => Form::Whole,
                Some(Value::Double(_)) => Form::Double,
                _ => Form::Other,
            };
        }
        if column.as_text().is_some() {
            Form::Text
        } else if column.as_double().is_some() {
            Form::Double
        } else if column.as_number().is_some() {
            Form::Number
        } else if column.as_date().is_some() {
            Form::Date
        } else if column.as_logical().is_some() {
            Form::Logical
        } else {
            match column.as_whole() {
                Some((Whole::Number, _)) => Form::Whole,
                Some((kind, _)) => Form::Ticks(kind),
                None => Form::Other,
            }
        }
    }

    /// The form that holds values of both.
    fn and(self, other: Form) -> Form {
        match (self, other) {
            (Form::Null, form) | (form, Form::Null) => form,
            (a, b) if a == b => a,
            (Form::Whole | Form::Double | Form::Number, Form::Whole | Form::Double | Form::Number) => {
                Form::Number
            }
            _ => Form::Other,
        }
    }
}

fn typed(len: usize, base: Option<&Vector>, parts: &[Part<'_>]) -> Option<Vector> {
    let vectors = || base.into_iter().chain(parts.iter().map(|part| &part.vector));
    let form = vectors().map(Form::of).reduce(Form::and)?;
    let fill = Fill { len, base, parts };
    Some(Vector::of(match form {
        Form::Text => fill.texts(),
        Form::Logical => {
            let (values, nulls) = fill.with(
                |column| column.as_logical().map(|array| (array as &dyn Array, |row| array.value(row))),
                |value| matches!(value, Value::Logical(true)),
            );
            Column::logical(BooleanArray::new(BooleanBuffer::from(values), nulls))
        }
        Form::Date => {
            let days = fill.primitive::<Int32Type>(Column::as_date, |value| match value {
                Value::Date(date) => date.0,
                _ => 0,
            });
            Column::date(days)
        }
        Form::Ticks(kind) => {
            let ticks = fill.primitive::<Int64Type>(
                |column| column.as_whole().map(|(_, wholes)| wholes),
                |value| match value {
                    Value::Time(time) => time.0,
                    Value::DateTime(moment) => moment.0,
                    Value::Duration(duration) => duration.0,
                    _ => 0,
                },
            );
            Column::whole(kind, ticks)
        }
        Form::Whole => {
            let wholes = fill.primitive::<Int64Type>(
                |column| column.as_whole().map(|(_, wholes)| wholes),
                |value| match value {
                    Value::Int64(whole) => *whole,
                    _ => 0,
                },
            );
            Column::whole(Whole::Number, wholes)
        }
        Form::Double => {
            let doubles = fill
                .primitive::<Float64Type>(Column::as_double, |value| value.to_double().unwrap_or_default());
            Column::double(doubles)
        }
        Form::Number => fill.numbers()?,
        Form::Null => Column::same(crate::value::Member::Ready(Value::Null), len),
        Form::Other => return None,
    }))
}

struct Fill<'v> {
    len: usize,
    base: Option<&'v Vector>,
    parts: &'v [Part<'v>],
}

impl<'v> Fill<'v> {
    /// The values and nulls, where `array` gives the array of a column and its reader, and `same` the value of a
    /// vector that is the same in each row.
    fn with<T: Copy + Default, R: Fn(usize) -> T>(
        &self,
        array: impl Fn(&'v Column) -> Option<(&'v dyn Array, R)>,
        same: impl Fn(&Value) -> T,
    ) -> (Vec<T>, Option<NullBuffer>) {
        let mut values = vec![T::default(); self.len];
        let mut valid: Option<Vec<bool>> = self.base.is_none().then(|| vec![false; self.len]);
        let mut put = |places: &mut dyn Iterator<Item = (usize, usize)>, vector: &'v Vector| {
            if let Some((array, read)) = array(vector.column()) {
                let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
                if nulls.is_some() {
                    valid.get_or_insert_with(|| vec![true; self.len]);
                }
                for (row, place) in places {
                    values[row] = read(place);
                    if let Some(valid) = &mut valid {
                        valid[row] = nulls.is_none_or(|nulls| nulls.is_valid(place));
                    }
                }
                return;
            }
            let value = vector.value(0);
            let there = !value.is_null();
            if !there {
                valid.get_or_insert_with(|| vec![true; self.len]);
            }
            let constant = same(&value);
            for (row, _) in places {
                values[row] = constant;
                if let Some(valid) = &mut valid {
                    valid[row] = there;
                }
            }
        };
        if let Some(base) = self.base {
            put(&mut (0..self.len).map(|row| (row, row)), base);
        }
        for part in self.parts {
            put(&mut part.places(), &part.vector);
        }
        (values, valid.map(NullBuffer::from).filter(|nulls| nulls.null_count() > 0))
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        array: impl Fn(&'v Column) -> Option<&'v PrimitiveArray<T>>,
        same: impl Fn(&Value) -> T::Native,
    ) -> PrimitiveArray<T>
    where
        T::Native: Default,
    {
        let read = |column| array(column).map(|array| (array as &dyn Array, |row| array.values()[row]));
        let (values, nulls) = self.with(read, same);
        PrimitiveArray::new(values.into(), nulls)
    }

    /// Whole numbers and others; `None` where a whole number is not exact as a double.
    fn numbers(&self) -> Option<Column> {
        let doubles: Vec<Option<Vector>> =
            self.base.into_iter().chain(self.parts.iter().map(|part| &part.vector)).map(as_number).collect();
        let doubles: Vec<Vector> = doubles.into_iter().collect::<Option<_>>()?;
        let mut given = doubles.iter();
        let base = self.base.and_then(|_| given.next());
        let parts: Vec<Part<'_>> = self
            .parts
            .iter()
            .zip(given)
            .map(|(part, vector)| Part { rows: part.rows, vector: vector.clone(), whole: part.whole })
            .collect();
        let fill = Fill { len: self.len, base, parts: &parts };
        let values = fill.primitive::<Float64Type>(
            |column| column.as_number().map(|(doubles, _)| doubles),
            |value| value.to_double().unwrap_or_default(),
        );
        let (whole, _) = fill.with(
            |column| {
                column.as_number().map(|(doubles, whole)| (doubles as &dyn Array, |row| whole.value(row)))
            },
            |value| matches!(value, Value::Int64(_)),
        );
        Some(Column::number(values, BooleanBuffer::from(whole)))
    }

    /// Texts: views only are copied.
    fn texts(&self) -> Column {
        let vectors: Vec<&Vector> =
            self.base.into_iter().chain(self.parts.iter().map(|part| &part.vector)).collect();
        let same: Vec<Option<StringViewArray>> = vectors
            .iter()
            .map(|vector| {
                vector
                    .column()
                    .as_text()
                    .is_none()
                    .then(|| std::iter::once(vector.value(0).as_text()).collect())
            })
            .collect();
        let arrays: Vec<&StringViewArray> = vectors
            .iter()
            .zip(&same)
            .filter_map(|(vector, same)| vector.column().as_text().or(same.as_ref()))
            .collect();
        const NOWHERE: (u32, u32) = (u32::MAX, 0);
        let mut places = vec![NOWHERE; self.len];
        let first = usize::from(self.base.is_some());
        if self.base.is_some() {
            let one = same.first().is_some_and(Option::is_some);
            for (row, place) in places.iter_mut().enumerate() {
                *place = (0, if one { 0 } else { row as u32 });
            }
        }
        for (at, part) in self.parts.iter().enumerate() {
            let number = first + at;
            let one = same.get(number).is_some_and(Option::is_some);
            part.places().for_each(|(row, place)| {
                places[row] = (number as u32, if one { 0 } else { place as u32 });
            });
        }
        let places = places.iter().map(|(array, row)| (*array as usize, *row as usize));
        Column::text(text_views::gather(&arrays, places))
    }
}

/// Numbers of any form as whole ones and others mixed.
fn as_number(vector: &Vector) -> Option<Vector> {
    let column = vector.column();
    let len = vector.len();
    if column.as_number().is_some() || column.as_same().is_some() {
        return Some(vector.clone());
    }
    if let Some(doubles) = column.as_double() {
        return Some(Vector::of(Column::number(doubles.clone(), BooleanBuffer::new_unset(len))));
    }
    let (_, wholes) = column.as_whole()?;
    if wholes.values().iter().any(|whole| whole.unsigned_abs() >= 1 << 53) {
        return None;
    }
    let doubles: Vec<f64> = wholes.values().iter().map(|whole| *whole as f64).collect();
    let doubles = Float64Array::new(doubles.into(), wholes.nulls().cloned());
    Some(Vector::of(Column::number(doubles, BooleanBuffer::new_set(len))))
}
