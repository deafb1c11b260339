//! Arithmetic and comparisons of numbers.
//!
//! A whole number of less than 2^53 is exact as a double, and so is what `+`, `-` and `*` make of two of them as long
//! as that is less than 2^53: all is computed in doubles, and a mark says what is a whole number. Larger ones are left
//! to the evaluator.

use std::borrow::Cow;

use arrow_array::{Array, Float64Array, Int64Array};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::binary::with_nulls;
use super::result::Vector;
use crate::ir::Operator;
use crate::table::{Column, Whole};
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

impl Vector {
    /// The numbers, those that are not whole changed by `round`; `None` if there are others values among them.
    pub fn rounded(&self, round: impl Fn(f64) -> f64) -> Option<Vector> {
        let column = self.column();
        if let Some(doubles) = column.as_double() {
            let values: Vec<f64> = doubles.values().iter().map(|value| round(*value)).collect();
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
