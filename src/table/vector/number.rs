//! Arithmetic and comparisons of numbers.
//!
//! A whole number of less than 2^53 is exact as a double, and so is what `+`, `-` and `*` make of two of them as long
//! as that is less than 2^53: all is computed in doubles, and a mark says what is a whole number. Larger ones are left
//! to the evaluator.

use std::borrow::Cow;

use arrow_array::{Array, BooleanArray, Float64Array, Int64Array};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::binary::with_nulls;
use super::result::Vector;
use crate::ir::Operator;
use crate::table::text_views::Written;
use crate::table::{Column, Whole, at_best};
use crate::value::Value;

/// From here on doubles do not tell whole numbers apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Numbers as doubles.
pub(super) struct Numbers<'v> {
    values: Values<'v>,
    wholes: Wholes<'v>,
    pub(super) nulls: Option<&'v NullBuffer>,
}

enum Values<'v> {
    Same(f64),
    Each(Cow<'v, [f64]>),
}

/// Which of them are whole numbers.
#[derive(Clone, Copy)]
enum Wholes<'v> {
    All,
    None,
    Some(&'v BooleanBuffer),
}

impl<'v> Numbers<'v> {
    /// The numbers of a vector; `None` if it holds others values, decimals, or whole numbers that are not exact.
    pub(super) fn of(vector: &'v Vector) -> Option<Numbers<'v>> {
        let column = vector.column();
        if let Some(member) = column.as_same() {
            let (same, wholes) = match member.ready()? {
                Value::Int64(whole) if whole.unsigned_abs() < 1 << 53 => (*whole as f64, Wholes::All),
                Value::Double(double) => (*double, Wholes::None),
                _ => return None,
            };
            return Some(Numbers { values: Values::Same(same), wholes, nulls: None });
        }
        let each = |doubles: &'v Float64Array| Values::Each(Cow::Borrowed(doubles.values()));
        if let Some(doubles) = column.as_double() {
            return Some(Numbers { values: each(doubles), wholes: Wholes::None, nulls: doubles.nulls() });
        }
        if let Some((doubles, whole)) = column.as_number() {
            return Some(Numbers {
                values: each(doubles),
                wholes: Wholes::Some(whole),
                nulls: doubles.nulls(),
            });
        }
        let (Whole::Number, wholes) = column.as_whole()? else { return None };
        let doubles = exact(wholes)?;
        Some(Numbers { values: Values::Each(doubles.into()), wholes: Wholes::All, nulls: wholes.nulls() })
    }
}

/// Whole numbers as doubles, if all are exact.
fn exact(wholes: &Int64Array) -> Option<Vec<f64>> {
    let most = wholes.values().iter().fold(0, |most, whole| most | whole.unsigned_abs());
    (most < 1 << 53).then(|| wholes.values().iter().map(|whole| *whole as f64).collect())
}

/// Applies `compute` to each pair of numbers.
#[inline]
fn pairs<T>(a: &Values<'_>, b: &Values<'_>, compute: impl Fn(f64, f64) -> T) -> Vec<T> {
    match (a, b) {
        (Values::Each(a), Values::Each(b)) => a.iter().zip(b.iter()).map(|(a, b)| compute(*a, *b)).collect(),
        (Values::Each(a), Values::Same(b)) => a.iter().map(|a| compute(*a, *b)).collect(),
        (Values::Same(a), Values::Each(b)) => b.iter().map(|b| compute(*a, *b)).collect(),
        (Values::Same(a), Values::Same(b)) => vec![compute(*a, *b)],
    }
}

/// `+`, `-`, `*` or `/` of two vectors of numbers.
pub(super) fn arithmetic(operator: Operator, left: &Vector, right: &Vector) -> Option<Column> {
    let (a, b) = (Numbers::of(left)?, Numbers::of(right)?);
    if let (Values::Same(_), Values::Same(_)) = (&a.values, &b.values) {
        return None;
    }
    let mut values = match operator {
        Operator::Add => pairs(&a.values, &b.values, |a, b| a + b),
        Operator::Subtract => pairs(&a.values, &b.values, |a, b| a - b),
        Operator::Multiply => pairs(&a.values, &b.values, |a, b| a * b),
        Operator::Divide => pairs(&a.values, &b.values, |a, b| a / b),
        _ => return None,
    };
    let nulls = NullBuffer::union(a.nulls, b.nulls);
    let whole = match (operator, a.wholes, b.wholes) {
        (Operator::Divide, ..) | (_, Wholes::None, _) | (_, _, Wholes::None) => {
            return Some(Column::double(Float64Array::new(values.into(), nulls)));
        }
        (_, Wholes::All, Wholes::All) => {
            let fits = values.iter().all(|value| value.abs() < EXACT);
            let wholes: Vec<i64> = values.iter().map(|value| *value as i64).collect();
            return fits.then(|| Column::whole(Whole::Number, Int64Array::new(wholes.into(), nulls)));
        }
        (_, Wholes::Some(whole), Wholes::All) | (_, Wholes::All, Wholes::Some(whole)) => whole.clone(),
        (_, Wholes::Some(a), Wholes::Some(b)) => a & b,
    };
    for row in whole.set_indices() {
        let value = values.get_mut(row)?;
        if value.abs() >= EXACT {
            return None;
        }
        // A whole number knows no negative zero.
        *value += 0.0;
    }
    Some(Column::number(Float64Array::new(values.into(), nulls), whole))
}

/// A comparison of two vectors of numbers.
pub(super) fn compare(operator: Operator, left: &Vector, right: &Vector) -> Option<Column> {
    let (a, b) = (Numbers::of(left)?, Numbers::of(right)?);
    let len = left.len();
    let bits = match operator {
        Operator::Equal | Operator::NotEqual => bits(&a.values, &b.values, len, |a, b| a == b),
        Operator::Less => bits(&a.values, &b.values, len, |a, b| a < b),
        Operator::LessEqual => bits(&a.values, &b.values, len, |a, b| a <= b),
        Operator::Greater => bits(&a.values, &b.values, len, |a, b| a > b),
        Operator::GreaterEqual => bits(&a.values, &b.values, len, |a, b| a >= b),
        _ => return None,
    };
    Some(with_nulls(operator, bits, a.nulls, b.nulls))
}

#[inline]
fn bits(a: &Values<'_>, b: &Values<'_>, len: usize, test: impl Fn(f64, f64) -> bool) -> BooleanBuffer {
    match (a, b) {
        (Values::Each(a), Values::Each(b)) => BooleanBuffer::collect_bool(len, |row| test(a[row], b[row])),
        (Values::Each(a), Values::Same(b)) => BooleanBuffer::collect_bool(len, |row| test(a[row], *b)),
        (Values::Same(a), Values::Each(b)) => BooleanBuffer::collect_bool(len, |row| test(*a, b[row])),
        (Values::Same(a), Values::Same(b)) => BooleanBuffer::collect_bool(len, |_| test(*a, *b)),
    }
}

/// Whole numbers, of which no one need be exact as a double.
enum Ints<'v> {
    Same(i64),
    Each(&'v [i64], Option<&'v NullBuffer>),
}

impl<'v> Ints<'v> {
    fn of(vector: &'v Vector) -> Option<Ints<'v>> {
        if let Some(member) = vector.column().as_same() {
            return match member.ready()? {
                Value::Int64(whole) => Some(Ints::Same(*whole)),
                _ => None,
            };
        }
        let (Whole::Number, wholes) = vector.column().as_whole()? else { return None };
        Some(Ints::Each(wholes.values(), wholes.nulls()))
    }

    fn at(&self, row: usize) -> i64 {
        match self {
            Ints::Same(whole) => *whole,
            Ints::Each(wholes, _) => wholes.get(row).copied().unwrap_or_default(),
        }
    }

    fn nulls(&self) -> Option<&'v NullBuffer> {
        match self {
            Ints::Same(_) => None,
            Ints::Each(_, nulls) => *nulls,
        }
    }
}

/// A column of whole numbers, `None` for a row whose value is not there if that is no null.
fn wholes(len: usize, nulls: Option<NullBuffer>, whole: impl Fn(usize) -> Option<i64>) -> Option<Vector> {
    let mut made = Vec::with_capacity(len);
    for row in 0..len {
        match whole(row) {
            Some(whole) => made.push(whole),
            None if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) => made.push(0),
            None => return None,
        }
    }
    Some(Vector::of(Column::whole(Whole::Number, Int64Array::new(made.into(), nulls))))
}

/// What kernels make of numbers: `null` stays, and there is nothing where the vector holds other values, or numbers
/// that no double holds exactly.
impl Vector {
    /// A double for each number.
    pub fn map_to_doubles(&self, make: impl Fn(f64) -> f64) -> Option<Vector> {
        let Numbers { values: Values::Each(values), nulls, .. } = Numbers::of(self)? else { return None };
        let doubles: Vec<f64> = values.iter().map(|value| make(*value)).collect();
        Some(Vector::of(Column::double(Float64Array::new(doubles.into(), nulls.cloned()))))
    }

    /// A double for each pair of numbers.
    pub fn map_both_to_doubles(&self, other: &Vector, make: impl Fn(f64, f64) -> f64) -> Option<Vector> {
        let (a, b) = (Numbers::of(self)?, Numbers::of(other)?);
        if let (Values::Same(_), Values::Same(_)) = (&a.values, &b.values) {
            return None;
        }
        let nulls = NullBuffer::union(a.nulls, b.nulls);
        let doubles = pairs(&a.values, &b.values, make);
        Some(Vector::of(Column::double(Float64Array::new(doubles.into(), nulls))))
    }

    /// A whole number for each whole number; nothing if there is none for one of them.
    pub fn map_wholes(&self, make: impl Fn(i64) -> Option<i64>) -> Option<Vector> {
        let whole = Ints::of(self)?;
        wholes(self.len(), whole.nulls().cloned(), |row| make(whole.at(row)))
    }

    /// A whole number for each pair of whole numbers; nothing if there is none for one of them.
    pub fn map_both_wholes(&self, other: &Vector, make: impl Fn(i64, i64) -> Option<i64>) -> Option<Vector> {
        let (a, b) = (Ints::of(self)?, Ints::of(other)?);
        wholes(self.len(), NullBuffer::union(a.nulls(), b.nulls()), |row| make(a.at(row), b.at(row)))
    }

    /// A whole number for each number; nothing if there is none for one of them.
    pub fn map_to_wholes(&self, make: impl Fn(f64) -> Option<i64>) -> Option<Vector> {
        let Numbers { values: Values::Each(values), nulls, .. } = Numbers::of(self)? else { return None };
        wholes(self.len(), nulls.cloned(), |row| values.get(row).and_then(|value| make(*value)))
    }

    /// A logical value for each number.
    pub fn map_to_logicals(&self, make: impl Fn(f64) -> bool) -> Option<Vector> {
        let Numbers { values: Values::Each(values), nulls, .. } = Numbers::of(self)? else { return None };
        let bits = BooleanBuffer::collect_bool(values.len(), |row| make(values[row]));
        Some(Vector::of(Column::logical(BooleanArray::new(bits, nulls.cloned()))))
    }

    /// A text for each number, which `whole` or `double` writes; nothing if there is none for one of them.
    pub fn map_numbers_to_texts(
        &self,
        whole: impl Fn(i64, &mut String) -> Option<()>,
        double: impl Fn(f64, &mut String) -> Option<()>,
    ) -> Option<Vector> {
        let column = self.column();
        let (wholes, doubles) = (column.as_whole(), column.as_double());
        let nulls = match (wholes, doubles) {
            (Some((Whole::Number, wholes)), _) => wholes.nulls(),
            (_, Some(doubles)) => doubles.nulls(),
            _ => return None,
        };
        let (mut texts, mut text) = (Written::new(column.len()), String::new());
        for row in 0..column.len() {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                texts.push_null();
                continue;
            }
            text.clear();
            match (wholes, doubles) {
                (Some((_, wholes)), _) => whole(wholes.value(row), &mut text)?,
                (_, Some(doubles)) => double(doubles.value(row), &mut text)?,
                _ => return None,
            }
            texts.push(&text);
        }
        Some(Vector::of(Column::text(texts.finish())))
    }

    /// Whether all rows have a value, of one kind, that is not `null`.
    pub fn has_all(&self) -> bool {
        self.fates().is_none() && self.null_mask().is_some_and(|mask| !mask.has_nulls())
    }

    /// The numbers, those that are not whole changed by `round`; `None` if there are others values among them.
    pub fn rounded(&self, round: impl Fn(f64) -> f64) -> Option<Vector> {
        let column = self.column();
        if let Some(doubles) = column.as_double() {
            let mut values = doubles.values().to_vec();
            at_best(
                #[inline(always)]
                || {
                    for value in &mut values {
                        *value = round(*value);
                    }
                },
            );
            let doubles = Float64Array::new(values.into(), doubles.nulls().cloned());
            return Some(Vector::of(Column::double(doubles)));
        }
        if let Some((doubles, whole)) = column.as_number() {
            let values = doubles.values().iter().enumerate();
            let values: Vec<f64> =
                values.map(|(row, value)| if whole.value(row) { *value } else { round(*value) }).collect();
            let doubles = Float64Array::new(values.into(), doubles.nulls().cloned());
            return Some(Vector::of(Column::number(doubles, whole.clone())));
        }
        matches!(column.as_whole(), Some((Whole::Number, _))).then(|| self.clone())
    }
}
