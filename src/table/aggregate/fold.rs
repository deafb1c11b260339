//! Aggregates of lists as states that take one value after the other.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::Array;

use crate::eval::{Context, apply, compare, conversion_error, exact_sum, ordinal};
use crate::ir::Operator;
use crate::table::Whole;
use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, TICKS_PER_DAY, Time};
use crate::value::types::Form;
use crate::value::{Error, Kind, Member, Part, Result, Type, Value};

/// How two numbers (or durations) are joined: operators, or these in another precision.
pub type Arithmetic = fn(&Context, Operator, &Value, &Value) -> Result<Value>;

/// What has become of the items of a list so far.
#[derive(Clone, Debug)]
pub enum Fold {
    /// How many there are.
    Count(i64),
    /// How many there are that are not `null`.
    NonNullCount(i64),
    /// The sum of those that are not `null`, or `null`.
    Sum(Value),
    /// The sum of numbers and how many they are; `null` before the first.
    Average(Value, i64),
    /// The average of dates, times or durations.
    AverageTicks(Box<Ticks>),
    /// The least of those that are not `null`, or `null`.
    Min(Value),
    /// The greatest of those that are not `null`, or `null`.
    Max(Value),
}

/// A sum of ticks.
#[derive(Clone, Debug)]
pub struct Ticks {
    /// The first value: the others must be of its kind, and so is the average.
    like: Value,
    total: i128,
    count: i128,
}

impl Fold {
    /// Takes one more item.
    ///
    /// # Errors
    /// Those of the library's function for such an item.
    pub fn push(&mut self, ctx: &Context, item: Value, arithmetic: Arithmetic) -> Result<()> {
        match self {
            Fold::Count(count) => *count += 1,
            _ if item.is_null() => {}
            Fold::NonNullCount(count) => *count += 1,
            Fold::Sum(total) if !total.is_null() => *total = arithmetic(ctx, Operator::Add, total, &item)?,
            Fold::Sum(total) => match item.kind() {
                Kind::Number | Kind::Duration => *total = item.plain(),
                _ => return Err(no_number(&item)),
            },
            Fold::Average(total, count) if *count > 0 => {
                *total = arithmetic(ctx, Operator::Add, total, &item)?;
                *count += 1;
            }
            Fold::Average(..) if item.kind() == Kind::Number => *self = Fold::Average(item.plain(), 1),
            Fold::Average(..) => {
                let total = i128::from(ticks(&item).ok_or_else(|| no_number(&item))?);
                *self = Fold::AverageTicks(Box::new(Ticks { like: item.plain(), total, count: 1 }));
            }
            Fold::AverageTicks(sum) => {
                let more = ticks(&item).filter(|_| item.kind() == sum.like.kind());
                sum.total += i128::from(more.ok_or_else(|| no_number(&item))?);
                sum.count += 1;
            }
            Fold::Min(best) if best.is_null() || compare(ctx, &item, best)? == Ordering::Less => *best = item,
            Fold::Max(best) if best.is_null() || compare(ctx, &item, best)? == Ordering::Greater => {
                *best = item
            }
            Fold::Min(_) | Fold::Max(_) => {}
        }
        Ok(())
    }

    /// What the items come to.
    ///
    /// # Errors
    /// An average out of range.
    pub fn finish(&self, ctx: &Context, arithmetic: Arithmetic) -> Result<Value> {
        match self {
            Fold::Count(count) | Fold::NonNullCount(count) => Ok(Value::Int64(*count)),
            Fold::Sum(value) | Fold::Min(value) | Fold::Max(value) => Ok(value.clone()),
            Fold::Average(_, 0) => Ok(Value::Null),
            Fold::Average(total, count) => arithmetic(ctx, Operator::Divide, total, &Value::Int64(*count)),
            Fold::AverageTicks(sum) => from_ticks(&sum.like, (sum.total / sum.count) as i64),
        }
    }

    /// What the aggregate can be given before other items in place of the items so far: a value or, where they do
    /// not matter to it, none. `None` if there is nothing of the kind.
    pub(super) fn so_far(&self) -> Option<Option<Value>> {
        match self {
            // A date that a duration was added to would be refused as the first item.
            Fold::Sum(value) if !matches!(value.kind(), Kind::Null | Kind::Number | Kind::Duration) => None,
            Fold::Sum(value) | Fold::Min(value) | Fold::Max(value) | Fold::Average(value, _) => {
                Some((!value.is_null()).then(|| value.clone()))
            }
            Fold::AverageTicks(sum) => Some(Some(sum.like.clone())),
            Fold::Count(_) | Fold::NonNullCount(_) => Some(None),
        }
    }

    /// [`Fold::push`] of many items, in the usual precision: the first error ends it.
    ///
    /// # Errors
    /// Those of items, and of [`Fold::push`].
    pub fn push_part(&mut self, ctx: &Context, part: Part<'_>) -> Result<()> {
        match part {
            Part::Members(mut items) => loop {
                let taken = self.push_run(items);
                let Some((item, rest)) = items.get(taken..).and_then(<[Member]>::split_first) else {
                    return Ok(());
                };
                match item.ready() {
                    Some(value) => self.push_ref(ctx, value)?,
                    None => self.push(ctx, item.force_with_metadata(ctx)?, apply)?,
                }
                items = rest;
            },
            Part::Column(column) => {
                if let Some(doubles) = column.as_double().filter(|doubles| doubles.null_count() == 0) {
                    return doubles.values().iter().try_for_each(|double| self.push_double(ctx, *double));
                }
                if let Some((kind, wholes)) = column.as_whole().filter(|(_, wholes)| wholes.null_count() == 0)
                {
                    return wholes.values().iter().try_for_each(|whole| self.push_whole(ctx, kind, *whole));
                }
                if let (Fold::NonNullCount(count), Some(texts)) = (&mut *self, column.as_text()) {
                    *count += (texts.len() - texts.null_count()) as i64;
                    return Ok(());
                }
                let _ = column.each_value(ctx, |value| {
                    self.push_ref(ctx, &value)?;
                    Ok(ControlFlow::Continue(()))
                })?;
                Ok(())
            }
        }
    }

    /// Takes the first of some items as long as they are numbers of the form of the state, in loops that do nothing
    /// else; gives how many those are.
    fn push_run(&mut self, items: &[Member]) -> usize {
        let doubles = || {
            items.iter().map_while(|item| match item {
                Member::Ready(Value::Double(double)) => Some(*double),
                _ => None,
            })
        };
        let wholes = || {
            items.iter().map_while(|item| match item {
                Member::Ready(Value::Int64(whole)) => Some(*whole),
                _ => None,
            })
        };
        let mut taken = 0;
        match self {
            Fold::Sum(Value::Double(total)) => doubles().for_each(|double| {
                *total += double;
                taken += 1;
            }),
            Fold::Average(Value::Double(total), count) => {
                doubles().for_each(|double| {
                    *total += double;
                    taken += 1;
                });
                *count += taken as i64;
            }
            Fold::Max(Value::Double(best)) if !best.is_nan() => doubles().for_each(|double| {
                *best = if double > *best { double } else { *best };
                taken += 1;
            }),
            Fold::Min(Value::Double(best)) if !best.is_nan() => {
                doubles().take_while(|double| !double.is_nan()).for_each(|double| {
                    *best = if double < *best { double } else { *best };
                    taken += 1;
                });
            }
            Fold::Max(Value::Int64(best)) => wholes().for_each(|whole| {
                *best = whole.max(*best);
                taken += 1;
            }),
            Fold::Min(Value::Int64(best)) => wholes().for_each(|whole| {
                *best = whole.min(*best);
                taken += 1;
            }),
            _ => {}
        }
        taken
    }

    /// [`Fold::push`] of an item that is kept elsewhere, in the usual precision.
    ///
    /// # Errors
    /// Those of [`Fold::push`].
    pub fn push_ref(&mut self, ctx: &Context, item: &Value) -> Result<()> {
        match item {
            Value::Double(double) => self.push_double(ctx, *double),
            Value::Int64(whole) => self.push_whole(ctx, Whole::Number, *whole),
            other => self.push(ctx, other.clone(), apply),
        }
    }

    /// [`Fold::push`] of a double.
    #[inline]
    pub(super) fn push_double(&mut self, ctx: &Context, double: f64) -> Result<()> {
        match self {
            Fold::Sum(Value::Double(total)) => *total += double,
            Fold::Average(Value::Double(total), count) => {
                *total += double;
                *count += 1;
            }
            Fold::Max(Value::Double(best)) => {
                if double > *best || best.is_nan() && !double.is_nan() {
                    *best = double;
                }
            }
            Fold::Min(Value::Double(best)) => {
                if double < *best || double.is_nan() && !best.is_nan() {
                    *best = double;
                }
            }
            Fold::Count(count) | Fold::NonNullCount(count) => *count += 1,
            _ => self.push(ctx, Value::Double(double), apply)?,
        }
        Ok(())
    }

    /// [`Fold::push`] of a whole number or ticks.
    #[inline]
    pub(super) fn push_whole(&mut self, ctx: &Context, kind: Whole, whole: i64) -> Result<()> {
        match (&mut *self, kind) {
            (Fold::Sum(Value::Int64(total)), Whole::Number) => match exact_sum(*total, whole) {
                Some(sum) => *total = sum,
                None => self.push(ctx, Value::Int64(whole), apply)?,
            },
            (Fold::Average(Value::Int64(total), count), Whole::Number) => match exact_sum(*total, whole) {
                Some(sum) => {
                    *total = sum;
                    *count += 1;
                }
                None => self.push(ctx, Value::Int64(whole), apply)?,
            },
            (Fold::Max(Value::Int64(best)), Whole::Number) => *best = whole.max(*best),
            (Fold::Min(Value::Int64(best)), Whole::Number) => *best = whole.min(*best),
            (Fold::Max(Value::DateTime(best)), Whole::DateTime) => best.0 = whole.max(best.0),
            (Fold::Min(Value::DateTime(best)), Whole::DateTime) => best.0 = whole.min(best.0),
            (Fold::Count(count) | Fold::NonNullCount(count), _) => *count += 1,
            _ => self.push(ctx, kind.value(whole), apply)?,
        }
        Ok(())
    }

    /// [`Fold::push`] of a date.
    #[inline]
    pub(super) fn push_date(&mut self, ctx: &Context, days: i32) -> Result<()> {
        match self {
            Fold::Max(Value::Date(best)) => best.0 = days.max(best.0),
            Fold::Min(Value::Date(best)) => best.0 = days.min(best.0),
            Fold::Count(count) | Fold::NonNullCount(count) => *count += 1,
            _ => self.push(ctx, Value::Date(Date(days)), apply)?,
        }
        Ok(())
    }

    /// [`Fold::push`] of a text.
    #[inline]
    pub(super) fn push_text(&mut self, ctx: &Context, text: &str) -> Result<()> {
        match self {
            Fold::Max(Value::Text(best)) if ordinal(text, best).is_le() => {}
            Fold::Min(Value::Text(best)) if ordinal(text, best).is_ge() => {}
            Fold::Count(count) | Fold::NonNullCount(count) => *count += 1,
            _ => self.push(ctx, Value::text(text), apply)?,
        }
        Ok(())
    }
}

fn no_number(value: &Value) -> Error {
    conversion_error(value, &Arc::new(Type::new(Form::Number)))
}

/// Where a date, time or duration stands, in ticks.
fn ticks(value: &Value) -> Option<i64> {
    match value.as_plain() {
        Value::Date(date) => Some(date.at_midnight().0),
        Value::DateTime(datetime) => Some(datetime.0),
        Value::Time(time) => Some(time.0),
        Value::Duration(duration) => Some(duration.0),
        other => other.zoned().map(|zoned| zoned.utc().0),
    }
}

/// The value of the kind (and zone) of `like` at that many ticks.
fn from_ticks(like: &Value, ticks: i64) -> Result<Value> {
    let value = match like {
        Value::Date(_) => Date::from_days(ticks.div_euclid(TICKS_PER_DAY)).map(Value::Date),
        Value::DateTime(_) => DateTime::from_ticks(ticks).map(Value::DateTime),
        Value::Time(_) => Time::from_ticks(ticks).map(Value::Time),
        Value::Duration(_) => Some(Value::Duration(Duration(ticks))),
        other => other
            .zoned()
            .zip(DateTime::from_ticks(ticks))
            .and_then(|(like, utc)| DateTimeZone::from_utc(utc, i64::from(like.offset)))
            .map(Value::from),
    };
    value.ok_or_else(|| Error::expression("The result of the operation is out of range."))
}
