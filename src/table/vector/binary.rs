//! Operators on two vectors: loops over the memory of columns where both are of one form, else value by value.

use std::cmp::Ordering;

use arrow_array::{Array, BooleanArray, StringViewArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::evaluate::kind_of;
use super::merge::{Part, merge};
use super::number;
use super::result::{Collect, Fate, Vector, both};
use crate::eval::{self, Context, ordinal};
use crate::ir::Operator;
use crate::table::{Column, TextCells, TextSpans, Whole};
use crate::value::{Result, Value};

/// Applies an operator to the values of two vectors.
///
/// # Errors
/// Only a stop.
pub(super) fn apply(ctx: &Context, operator: Operator, left: &Vector, right: &Vector) -> Result<Vector> {
    if let (Some(a), Some(b)) = (left.as_same(), right.as_same()) {
        return match eval::apply(ctx, operator, a, b) {
            Ok(value) => Ok(Vector::same(value, left.len())),
            Err(error) => Ok(Vector::fated(Fate::of(error)?, left.len())),
        };
    }
    let typed = match operator {
        Operator::Concatenate => texts(ctx, left, right)?,
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
            number::arithmetic(operator, left, right)
        }
        _ => compare(operator, left, right),
    };
    match typed {
        Some(column) => Ok(Vector::of(column).with_fates(both(left, right))),
        None => one_by_one(ctx, operator, left, right),
    }
}

fn one_by_one(ctx: &Context, operator: Operator, left: &Vector, right: &Vector) -> Result<Vector> {
    let mut result = Collect::new(left.len());
    let fates = both(left, right);
    for row in 0..left.len() {
        if let Some(fates) = &fates
            && fates[row] != Fate::Value
        {
            result.fate(fates[row]);
            continue;
        }
        match eval::apply(ctx, operator, &left.value(row), &right.value(row)) {
            Ok(value) => result.value(value),
            Err(error) => result.fate(Fate::of(error)?),
        }
    }
    Ok(result.finish())
}

fn is_null(vector: &Vector) -> bool {
    matches!(vector.column().as_same().and_then(|member| member.ready()), Some(Value::Null))
}

fn compare(operator: Operator, left: &Vector, right: &Vector) -> Option<Column> {
    let equality = match operator {
        Operator::Equal => Some(true),
        Operator::NotEqual => Some(false),
        _ => None,
    };
    if let Some(wanted) = equality {
        for (one, other) in [(left, right), (right, left)] {
            if is_null(one) {
                return Some(Column::logical(other.null_mask()?.is_null(wanted)));
            }
        }
    }
    if let Some(compared) = number::compare(operator, left, right) {
        return Some(compared);
    }
    if let (Some(a), Some(b)) = (Texts::of(left), Texts::of(right)) {
        return Some(a.compare(operator, &b, left.len()));
    }
    let (a, b) = (ticks(left)?, ticks(right)?);
    if a.kind != b.kind {
        return None;
    }
    let bits = match operator {
        Operator::Equal | Operator::NotEqual => a.bits(&b, left.len(), |x, y| x == y),
        Operator::Less => a.bits(&b, left.len(), |x, y| x < y),
        Operator::LessEqual => a.bits(&b, left.len(), |x, y| x <= y),
        Operator::Greater => a.bits(&b, left.len(), |x, y| x > y),
        Operator::GreaterEqual => a.bits(&b, left.len(), |x, y| x >= y),
        _ => return None,
    };
    Some(with_nulls(operator, bits, a.nulls, b.nulls))
}

/// The answers of a comparison, where `bits` holds those of values that are there: `null` for an order with `null`;
/// `null` equals `null` and nothing else.
pub(super) fn with_nulls(
    operator: Operator,
    bits: BooleanBuffer,
    left: Option<&NullBuffer>,
    right: Option<&NullBuffer>,
) -> Column {
    let nulls = NullBuffer::union(left, right);
    if !matches!(operator, Operator::Equal | Operator::NotEqual) {
        return Column::logical(BooleanArray::new(bits, nulls));
    }
    let equal = match (&nulls, left, right) {
        (None, ..) => bits,
        (Some(there), Some(left), Some(right)) => {
            let neither = &(!left.inner()) & &(!right.inner());
            &(&bits & there.inner()) | &neither
        }
        (Some(there), ..) => &bits & there.inner(),
    };
    let answers = if operator == Operator::Equal { equal } else { !&equal };
    Column::logical(BooleanArray::new(answers, None))
}

/// What is compared as 64-bit whole numbers: dates, times, durations, logical values.
struct Ticks<'v> {
    kind: crate::value::Kind,
    values: Values<'v>,
    nulls: Option<&'v NullBuffer>,
}

enum Values<'v> {
    Same(i64),
    Days(&'v [i32]),
    Wholes(&'v [i64]),
    Logicals(&'v BooleanBuffer),
}

impl Ticks<'_> {
    fn bits(&self, other: &Ticks<'_>, len: usize, test: impl Fn(i64, i64) -> bool) -> BooleanBuffer {
        match (&self.values, &other.values) {
            (Values::Days(a), Values::Same(b)) => {
                BooleanBuffer::collect_bool(len, |row| test(i64::from(a[row]), *b))
            }
            (Values::Wholes(a), Values::Same(b)) => BooleanBuffer::collect_bool(len, |row| test(a[row], *b)),
            (Values::Wholes(a), Values::Wholes(b)) => {
                BooleanBuffer::collect_bool(len, |row| test(a[row], b[row]))
            }
            (a, b) => BooleanBuffer::collect_bool(len, |row| test(a.at(row), b.at(row))),
        }
    }
}

impl Values<'_> {
    fn at(&self, row: usize) -> i64 {
        match self {
            Values::Same(value) => *value,
            Values::Days(days) => i64::from(days[row]),
            Values::Wholes(wholes) => wholes[row],
            Values::Logicals(logicals) => i64::from(logicals.value(row)),
        }
    }
}

fn ticks(vector: &Vector) -> Option<Ticks<'_>> {
    let column = vector.column();
    if let Some(member) = column.as_same() {
        let value = member.ready()?;
        let same = match value {
            Value::Date(date) => i64::from(date.0),
            Value::Time(time) => time.0,
            Value::DateTime(moment) => moment.0,
            Value::Duration(duration) => duration.0,
            Value::Logical(logical) => i64::from(*logical),
            _ => return None,
        };
        return Some(Ticks { kind: value.kind(), values: Values::Same(same), nulls: None });
    }
    let kind = kind_of(vector)?;
    let (values, nulls) = if let Some(days) = column.as_date() {
        (Values::Days(days.values()), days.nulls())
    } else if let Some(logicals) = column.as_logical() {
        (Values::Logicals(logicals.values()), logicals.nulls())
    } else {
        match column.as_whole()? {
            (Whole::Number, _) => return None,
            (_, wholes) => (Values::Wholes(wholes.values()), wholes.nulls()),
        }
    };
    Some(Ticks { kind, values, nulls })
}

/// Texts of a column, or the same in each row.
pub(super) enum Texts<'v> {
    Column(&'v StringViewArray),
    Spans(&'v TextSpans, Option<&'v NullBuffer>),
    Same(&'v str),
}

impl<'v> Texts<'v> {
    pub(super) fn of(vector: &'v Vector) -> Option<Texts<'v>> {
        match vector.column().text_cells() {
            Some(TextCells::Views(texts)) => return Some(Texts::Column(texts)),
            Some(TextCells::Spans(texts)) => return Some(Texts::Spans(texts, vector.column().nulls())),
            None => {}
        }
        match vector.column().as_same()?.ready()? {
            Value::Text(text) => Some(Texts::Same(text.as_str())),
            _ => None,
        }
    }

    fn nulls(&self) -> Option<&NullBuffer> {
        match self {
            Texts::Column(texts) => texts.nulls(),
            Texts::Spans(_, valid) => *valid,
            Texts::Same(_) => None,
        }
    }

    #[inline]
    pub(super) fn at(&self, row: usize) -> Option<&str> {
        match self {
            Texts::Column(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Texts::Spans(texts, _) => texts.text(row),
            Texts::Same(text) => Some(text),
        }
    }

    fn compare(&self, operator: Operator, other: &Texts<'_>, len: usize) -> Column {
        let bits = match operator {
            Operator::Equal | Operator::NotEqual => self.equal(other, len),
            _ => BooleanBuffer::collect_bool(len, |row| {
                let order = match (self.at(row), other.at(row)) {
                    (Some(a), Some(b)) => ordinal(a, b),
                    _ => Ordering::Equal,
                };
                match operator {
                    Operator::Less => order.is_lt(),
                    Operator::LessEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    _ => order.is_ge(),
                }
            }),
        };
        with_nulls(operator, bits, self.nulls(), other.nulls())
    }

    /// Which texts are equal. A view holds the length and the first bytes, all of them if they are up to 12.
    fn equal(&self, other: &Texts<'_>, len: usize) -> BooleanBuffer {
        const INLINE: u32 = 12;
        let alike = |a: &StringViewArray, at: usize, b: &StringViewArray, of: usize| {
            let (x, y) = (a.views()[at], b.views()[of]);
            if x as u32 <= INLINE { x == y } else { x as u64 == y as u64 && a.value(at) == b.value(of) }
        };
        match (self, other) {
            (Texts::Column(a), Texts::Column(b)) => {
                BooleanBuffer::collect_bool(len, |row| alike(a, row, b, row))
            }
            (Texts::Column(texts), Texts::Same(text)) | (Texts::Same(text), Texts::Column(texts)) => {
                let same = StringViewArray::from_iter_values([text]);
                BooleanBuffer::collect_bool(len, |row| alike(texts, row, &same, 0))
            }
            (Texts::Same(a), Texts::Same(b)) if a == b => BooleanBuffer::new_set(len),
            (Texts::Same(_), Texts::Same(_)) => BooleanBuffer::new_unset(len),
            (Texts::Spans(texts, _), Texts::Same(text)) | (Texts::Same(text), Texts::Spans(texts, _)) => {
                texts.equal(text)
            }
            (a, b) => BooleanBuffer::collect_bool(len, |row| a.at(row) == b.at(row)),
        }
    }
}

fn texts(ctx: &Context, left: &Vector, right: &Vector) -> Result<Option<Column>> {
    let (Some(a), Some(b)) = (Texts::of(left), Texts::of(right)) else { return Ok(None) };
    let mut joined = crate::table::ColumnBuilder::with_capacity(left.len());
    let mut scratch = String::new();
    for row in 0..left.len() {
        match (a.at(row), b.at(row)) {
            (Some(a), Some(b)) => {
                if ctx.reserve(a.len().saturating_add(b.len())).is_err() {
                    return Ok(None);
                }
                scratch.clear();
                scratch.push_str(a);
                scratch.push_str(b);
                joined.push_text(&scratch);
            }
            _ => joined.push_null(),
        }
    }
    Ok(Some(joined.finish()))
}

impl Vector {
    /// The values, `new` in the place of those that equal `old`.
    ///
    /// # Errors
    /// Only a stop.
    pub fn replaced(&self, ctx: &Context, old: &Vector, new: &Vector) -> Result<Vector> {
        let equal = apply(ctx, Operator::Equal, self, old)?;
        let Some(rows) = equal.all_true() else {
            let rows = (0..self.len() as u32).filter(|row| equal.as_condition(*row as usize) == Some(true));
            let rows: Vec<u32> = rows.collect();
            let replaced = merge(self.len(), Some(self), &[Part::whole(&rows, new.clone())]);
            let fates = both(&equal, &replaced);
            return Ok(replaced.with_fates(fates));
        };
        let rows: Vec<u32> = rows.set_indices_u32().collect();
        if rows.is_empty() {
            return Ok(self.clone());
        }
        Ok(merge(self.len(), Some(self), &[Part::whole(&rows, new.clone())]))
    }
}
