//! Putting the values of branches together.

use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrowPrimitiveType, BooleanArray, Float64Array, PrimitiveArray, StringViewArray};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer};

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
            let values = fill.bits(|vector| match vector.column().as_logical() {
                Some(logicals) => Bits::Each(logicals.values()),
                None => Bits::Same(matches!(vector.value(0), Value::Logical(true))),
            });
            Column::logical(BooleanArray::new(values, fill.valid()))
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

/// A bit for each row, or the same for all.
enum Bits<'v> {
    Same(bool),
    Each(&'v BooleanBuffer),
}

impl<'v> Fill<'v> {
    fn vectors(&self) -> impl Iterator<Item = &'v Vector> {
        self.base.into_iter().chain(self.parts.iter().map(|part| &part.vector))
    }

    /// A bit for each row; rows of nothing have none.
    fn bits(&self, of: impl Fn(&'v Vector) -> Bits<'v>) -> BooleanBuffer {
        let mut bits = BooleanBufferBuilder::new(self.len);
        match self.base.map(&of) {
            Some(Bits::Each(base)) => bits.append_buffer(base),
            Some(Bits::Same(bit)) => bits.append_n(self.len, bit),
            None => bits.append_n(self.len, false),
        }
        for part in self.parts {
            match of(&part.vector) {
                Bits::Each(given) => {
                    part.places().for_each(|(row, place)| bits.set_bit(row, given.value(place)));
                }
                Bits::Same(bit) => part.places().for_each(|(row, _)| bits.set_bit(row, bit)),
            }
        }
        bits.finish()
    }

    /// Which rows are not `null`, if some are.
    fn valid(&self) -> Option<NullBuffer> {
        let of = |vector: &'v Vector| match vector.null_mask() {
            Some(mask) => mask.valid().map_or(Bits::Same(true), |valid| Bits::Each(valid.inner())),
            None => Bits::Same(!vector.value(0).is_null()),
        };
        if self.base.is_some() && self.vectors().all(|vector| matches!(of(vector), Bits::Same(true))) {
            return None;
        }
        Some(NullBuffer::new(self.bits(of))).filter(|valid| valid.null_count() > 0)
    }

    /// The values, where `all` gives those of a column, and `same` that of a vector that is the same in each row.
    fn values<T: Copy + Default + 'v>(
        &self,
        all: impl Fn(&'v Column) -> Option<&'v [T]>,
        same: impl Fn(&Value) -> T,
    ) -> Vec<T> {
        let mut values = match self.base {
            Some(base) => match all(base.column()) {
                Some(values) => values.to_vec(),
                None => vec![same(&base.value(0)); self.len],
            },
            None => vec![T::default(); self.len],
        };
        for part in self.parts {
            match all(part.vector.column()) {
                Some(given) => part.places().for_each(|(row, place)| values[row] = given[place]),
                None => {
                    let constant = same(&part.vector.value(0));
                    part.places().for_each(|(row, _)| values[row] = constant);
                }
            }
        }
        values
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        array: impl Fn(&'v Column) -> Option<&'v PrimitiveArray<T>>,
        same: impl Fn(&Value) -> T::Native,
    ) -> PrimitiveArray<T>
    where
        T::Native: Default,
    {
        let values = self.values(|column| array(column).map(|array| array.values().as_ref()), same);
        PrimitiveArray::new(values.into(), self.valid())
    }

    /// Whole numbers and others; `None` where a whole number is not exact as a double.
    fn numbers(&self) -> Option<Column> {
        let doubles: Vec<Vector> = self.vectors().map(as_number).collect::<Option<_>>()?;
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
        let whole = fill.bits(|vector| match vector.column().as_number() {
            Some((_, whole)) => Bits::Each(whole),
            None => Bits::Same(matches!(vector.value(0), Value::Int64(_))),
        });
        Some(Column::number(values, whole))
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

#[cfg(test)]
mod tests {
    use super::super::tests::{Dice, SORTS, Sort, value};
    use super::*;
    use crate::value::Member;

    /// A vector whose values are of one sort, or of two, or the same in each row.
    fn vector(dice: &mut Dice, sort: Sort, len: usize) -> Vector {
        let nulls = *dice.pick(&[0, 0, 30, 100]);
        let one = |dice: &mut Dice| match dice.chance(nulls) {
            true => Value::Null,
            false => value(dice, sort),
        };
        match dice.below(4) {
            0 => Vector::same(one(dice), len),
            _ => Vector::of((0..len).map(|_| Member::Ready(one(dice))).collect()),
        }
    }

    #[test]
    fn what_is_put_together_in_columns_is_what_is_put_together_one_by_one() {
        let dice = &mut Dice(20261126);
        let (mut rounds, mut typed_rounds) = (0, 0);
        while rounds < 3000 {
            rounds += 1;
            let len = 1 + dice.below(70);
            let sort = *dice.pick(&SORTS);
            let base = dice.chance(70).then(|| vector(dice, sort, len));
            let mut rows: Vec<Vec<u32>> = vec![Vec::new(); 2];
            for row in 0..len as u32 {
                if let Some(rows) = rows.get_mut(dice.below(4)) {
                    rows.push(row);
                }
            }
            let parts: Vec<Part<'_>> = rows
                .iter()
                .map(|rows| {
                    let sort = if dice.chance(90) { sort } else { *dice.pick(&SORTS) };
                    match dice.chance(50) {
                        true => Part::whole(rows, vector(dice, sort, len)),
                        false => Part::taken(rows, vector(dice, sort, rows.len())),
                    }
                })
                .filter(|part| !part.vector.is_empty())
                .collect();
            let Some(found) = typed(len, base.as_ref(), &parts) else { continue };
            typed_rounds += 1;
            let expected = any(len, base.as_ref(), &parts);
            for row in 0..len {
                let (found, expected) = (found.value(row), expected.value(row));
                assert_eq!(format!("{found:?}"), format!("{expected:?}"), "row {row} of round {rounds}");
            }
        }
        assert!(typed_rounds > 2000, "{typed_rounds}");
    }
}
