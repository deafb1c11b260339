//! Operators on evaluated operands. Metadata never passes through an operator but `meta`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::concatenate::{concatenate, merge};
use super::{Context, compare};
use crate::ir::{Operator, UnaryOp};
use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, Time};
use crate::value::types::Form;
use crate::value::{Error, Kind, Result, Type, Value};

/// Whole numbers up to this size are the same in double precision, so arithmetic on them stays whole.
const EXACT: i64 = 1 << 53;

/// Applies an operator to two operands.
#[inline(always)]
pub fn apply(ctx: &Context, operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    match apply_numbers(operator, left, right) {
        Some(value) => Ok(value),
        None => apply_any(ctx, operator, left, right),
    }
}

/// Applies an operator to two whole numbers or two doubles: what most operands are, and what cannot fail. `None` for
/// other operands, and for `&`.
#[inline(always)]
pub(super) fn apply_numbers(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    let (a, b) = match (left, right) {
        (Value::Int64(a), Value::Int64(b)) => (*a, *b),
        (Value::Double(a), Value::Double(b)) => return doubles(operator, *a, *b),
        (Value::Int64(a), Value::Double(b)) if in_range(*a) => return doubles(operator, *a as f64, *b),
        (Value::Double(a), Value::Int64(b)) if in_range(*b) => return doubles(operator, *a, *b as f64),
        _ => return None,
    };
    let exact = |result: Option<i64>, double: f64| match result {
        Some(whole) if in_range(whole) && in_range(a) && in_range(b) => Value::Int64(whole),
        _ => Value::Double(double),
    };
    Some(match operator {
        Operator::Add => exact(a.checked_add(b), a as f64 + b as f64),
        Operator::Subtract => exact(a.checked_sub(b), a as f64 - b as f64),
        Operator::Multiply => exact(a.checked_mul(b), a as f64 * b as f64),
        Operator::Divide => Value::Double(a as f64 / b as f64),
        Operator::Less => Value::Logical(a < b),
        Operator::LessEqual => Value::Logical(a <= b),
        Operator::Greater => Value::Logical(a > b),
        Operator::GreaterEqual => Value::Logical(a >= b),
        Operator::Equal => Value::Logical(a == b),
        Operator::NotEqual => Value::Logical(a != b),
        Operator::Concatenate => return None,
    })
}

/// The sum of two whole numbers, if `+` gives a whole number for them.
#[inline(always)]
pub fn exact_sum(a: i64, b: i64) -> Option<i64> {
    if in_range(a) && in_range(b) { Some(a + b).filter(|sum| in_range(*sum)) } else { None }
}

#[inline(always)]
fn in_range(whole: i64) -> bool {
    (-EXACT..=EXACT).contains(&whole)
}

#[inline(always)]
fn doubles(operator: Operator, a: f64, b: f64) -> Option<Value> {
    Some(match operator {
        Operator::Add => Value::Double(a + b),
        Operator::Subtract => Value::Double(a - b),
        Operator::Multiply => Value::Double(a * b),
        Operator::Divide => Value::Double(a / b),
        Operator::Less => Value::Logical(a < b),
        Operator::LessEqual => Value::Logical(a <= b),
        Operator::Greater => Value::Logical(a > b),
        Operator::GreaterEqual => Value::Logical(a >= b),
        Operator::Equal => Value::Logical(a == b),
        Operator::NotEqual => Value::Logical(a != b),
        Operator::Concatenate => return None,
    })
}

#[inline(never)]
fn apply_any(ctx: &Context, operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    let (left, right) = (left.as_plain(), right.as_plain());
    match operator {
        Operator::Equal => compare::equal(ctx, left, right).map(Value::Logical),
        Operator::NotEqual => compare::equal(ctx, left, right).map(|equal| Value::Logical(!equal)),
        // Power Query turns `>` around, and says so in its errors.
        Operator::Greater => ordered(ctx, Operator::Less, right, left),
        Operator::GreaterEqual => ordered(ctx, Operator::LessEqual, right, left),
        Operator::Less | Operator::LessEqual => ordered(ctx, operator, left, right),
        Operator::Concatenate => concatenate(ctx, left.clone(), right),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
            arithmetic(operator, left, right)
        }
    }
}

fn ordered(ctx: &Context, operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    let (l, r) = (left.kind(), right.kind());
    if matches!(l, Kind::List | Kind::Record | Kind::Table | Kind::Function | Kind::Type)
        || matches!(r, Kind::List | Kind::Record | Kind::Table | Kind::Function | Kind::Type)
    {
        return Err(unsupported(operator, left, right));
    }
    if l == Kind::Null || r == Kind::Null {
        return Ok(Value::Null);
    }
    if l != r {
        return Err(unsupported(operator, left, right));
    }
    if let (Some(a), Some(b)) = (left.to_double(), right.to_double())
        && (a.is_nan() || b.is_nan())
    {
        return Ok(Value::Logical(false));
    }
    let order = match (left, right) {
        (Value::Binary(a), Value::Binary(b)) => a.bytes(ctx)?.cmp(b.bytes(ctx)?),
        _ => compare::order(left, right).ok_or_else(|| unsupported(operator, left, right))?,
    };
    Ok(Value::Logical(match operator {
        Operator::LessEqual => order != Ordering::Greater,
        _ => order == Ordering::Less,
    }))
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Result<Value> {
    use Operator::{Add, Divide, Multiply, Subtract};
    let beyond = || {
        Error::expression("The result of the operation is out of range.")
            .with_detail(detail(operator, left, right))
    };
    let date = |date: Option<Date>| date.map(Value::Date).ok_or_else(beyond);
    let datetime = |datetime: Option<DateTime>| datetime.map(Value::DateTime).ok_or_else(beyond);
    let zoned = |zoned: Option<DateTimeZone>| zoned.map(Value::from).ok_or_else(beyond);
    let duration = |duration: Option<Duration>| duration.map(Value::Duration).ok_or_else(beyond);
    if let (Some(a), Some(b)) = (left.to_double(), right.to_double()) {
        return doubles(operator, a, b).ok_or_else(|| unsupported(operator, left, right));
    }
    match (operator, left, right) {
        (Add, Value::Duration(a), Value::Duration(b)) => duration(a.checked_add(*b)),
        (Subtract, Value::Duration(a), Value::Duration(b)) => duration(a.checked_sub(*b)),
        (Divide, Value::Duration(a), Value::Duration(b)) => Ok(Value::Double(a.ratio(*b))),
        (Add, Value::Date(a), Value::Duration(b)) | (Add, Value::Duration(b), Value::Date(a)) => {
            date(a.checked_add(*b))
        }
        (Subtract, Value::Date(a), Value::Duration(b)) => date(a.checked_sub(*b)),
        (Subtract, Value::Date(a), Value::Date(b)) => Ok(Value::Duration(a.since(*b))),
        (Add, Value::DateTime(a), Value::Duration(b)) | (Add, Value::Duration(b), Value::DateTime(a)) => {
            datetime(a.checked_add(*b))
        }
        (Subtract, Value::DateTime(a), Value::Duration(b)) => datetime(a.checked_sub(*b)),
        (Subtract, Value::DateTime(a), Value::DateTime(b)) => Ok(Value::Duration(a.since(*b))),
        (Add, Value::Time(a), Value::Duration(b)) | (Add, Value::Duration(b), Value::Time(a)) => {
            Ok(Value::Time(a.wrapping_add(*b)))
        }
        (Subtract, Value::Time(a), Value::Duration(b)) => Ok(Value::Time(Time::wrapping_sub(*a, *b))),
        (Subtract, Value::Time(a), Value::Time(b)) => Ok(Value::Duration(a.since(*b))),
        (Add, zone @ Value::DateTimeZone(_), Value::Duration(b))
        | (Add, Value::Duration(b), zone @ Value::DateTimeZone(_)) => {
            zoned(zone.zoned().and_then(|zone| zone.checked_add(*b)))
        }
        (Subtract, zone @ Value::DateTimeZone(_), Value::Duration(b)) => {
            zoned(zone.zoned().and_then(|zone| zone.checked_sub(*b)))
        }
        (Subtract, Value::DateTimeZone(_), Value::DateTimeZone(_)) => match (left.zoned(), right.zoned()) {
            (Some(a), Some(b)) => Ok(Value::Duration(a.since(b))),
            _ => Err(unsupported(operator, left, right)),
        },
        (Multiply, Value::Duration(a), number) | (Multiply, number, Value::Duration(a))
            if number.kind() == Kind::Number =>
        {
            duration(a.checked_mul(number.to_double().unwrap_or(f64::NAN)))
        }
        (Divide, Value::Duration(a), number) if number.kind() == Kind::Number => {
            duration(a.checked_div(number.to_double().unwrap_or(f64::NAN)))
        }
        (_, Value::Null, other) | (_, other, Value::Null) if takes_arithmetic(operator, other) => {
            Ok(Value::Null)
        }
        _ => Err(unsupported(operator, left, right)),
    }
}

/// Whether `null` beside this operand makes the result `null`, and not an error.
fn takes_arithmetic(operator: Operator, other: &Value) -> bool {
    match other.kind() {
        Kind::Null | Kind::Number | Kind::Duration => true,
        Kind::Date | Kind::DateTime | Kind::DateTimeZone | Kind::Time => {
            matches!(operator, Operator::Add | Operator::Subtract)
        }
        _ => false,
    }
}

/// Applies an operator to one operand.
pub fn apply_unary(operator: UnaryOp, operand: &Value) -> Result<Value> {
    match (operator, operand.as_plain()) {
        (_, Value::Null) => Ok(Value::Null),
        (UnaryOp::Not, Value::Logical(logical)) => Ok(Value::Logical(!logical)),
        (
            UnaryOp::Plus,
            number @ (Value::Int64(_) | Value::Double(_) | Value::Decimal(_) | Value::Duration(_)),
        ) => Ok(number.clone()),
        (UnaryOp::Minus, Value::Int64(whole)) => Ok(match whole.checked_neg() {
            Some(0) | None => Value::Double(-(*whole as f64)),
            Some(negative) => Value::Int64(negative),
        }),
        (UnaryOp::Minus, Value::Double(double)) => Ok(Value::Double(-double)),
        (UnaryOp::Minus, Value::Decimal(decimal)) => Ok(Value::from(-**decimal)),
        (UnaryOp::Minus, Value::Duration(duration)) => duration
            .checked_neg()
            .map(Value::Duration)
            .ok_or_else(|| Error::expression("The result of the operation is out of range.")),
        (_, other) => {
            let symbol = match operator {
                UnaryOp::Plus => "+",
                UnaryOp::Minus => "-",
                UnaryOp::Not => "not",
            };
            Err(Error::expression(format!(
                "We cannot apply operator {symbol} to type {}.",
                other.kind().name()
            ))
            .with_format(
                "We cannot apply operator #{0} to type #{1}.",
                vec![Value::text(symbol), Value::text(other.kind().name())],
            )
            .with_detail(Value::record([("Operator", Value::text(symbol)), ("Operand", other.clone())])))
        }
    }
}

/// `value meta record`: the value with its metadata, overlaid by the record's fields.
pub fn combine_metadata(value: Value, added: &Value) -> Result<Value> {
    let Value::Record(added) = added.as_plain() else {
        return Err(super::conversion_error(added, &Arc::new(Type::new(Form::Record(None)))));
    };
    let metadata = match value.metadata() {
        Some(present) => Arc::new(merge(present, added)),
        None => Arc::clone(added),
    };
    Ok(value.with_metadata(metadata))
}

fn detail(operator: Operator, left: &Value, right: &Value) -> Value {
    Value::record([
        ("Operator", Value::text(operator.symbol())),
        ("Left", left.clone()),
        ("Right", right.clone()),
    ])
}

#[cold]
pub(super) fn unsupported(operator: Operator, left: &Value, right: &Value) -> Error {
    let (symbol, l, r) = (operator.symbol(), left.kind().name(), right.kind().name());
    Error::expression(format!("We cannot apply operator {symbol} to types {l} and {r}."))
        .with_format(
            "We cannot apply operator #{0} to types #{1} and #{2}.",
            vec![Value::text(symbol), Value::text(l), Value::text(r)],
        )
        .with_detail(detail(operator, left.as_plain(), right.as_plain()))
}
