//! Equality, order, and hashing of values.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Context;
use crate::value::types::Form;
use crate::value::{Error, Kind, List, Result, Text, Type, Value};

/// Whether two values are equal as `=` sees it: different kinds are not, metadata does not count, records
/// whatever the order of their fields, tables whatever the order of their columns.
pub fn equal(ctx: &Context, left: &Value, right: &Value) -> Result<bool> {
    match (left.as_plain(), right.as_plain()) {
        (Value::Null, Value::Null) => Ok(true),
        (Value::Logical(a), Value::Logical(b)) => Ok(a == b),
        (Value::Int64(a), Value::Int64(b)) => Ok(a == b),
        (Value::Double(a), Value::Double(b)) => Ok(a == b),
        (Value::Decimal(a), Value::Decimal(b)) => Ok(a == b),
        (Value::Text(a), Value::Text(b)) => Ok(a == b),
        (Value::Binary(a), Value::Binary(b)) => Ok(Arc::ptr_eq(a, b) || a.bytes(ctx)? == b.bytes(ctx)?),
        (Value::List(a), Value::List(b)) => lists_equal(ctx, a, b),
        (Value::Record(a), Value::Record(b)) => {
            if a.len() != b.len() || !a.names().iter().all(|name| b.shape().position(name).is_some()) {
                return Ok(false);
            }
            for (name, member) in a.fields() {
                let Some(other) = b.get(name) else { return Ok(false) };
                let (left, right) = (member.force(ctx)?, other.force(ctx)?);
                if !ctx.nested(|| equal(ctx, &left, &right))? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Table(a), Value::Table(b)) => crate::table::equal(ctx, a, b),
        (Value::Function(a), Value::Function(b)) => Ok(Arc::ptr_eq(a, b) || a.same(b)),
        (Value::Type(a), Value::Type(b)) => Ok(types_equal(a, b)),
        (a, b) if a.kind() == b.kind() => Ok(order(a, b) == Some(Ordering::Equal)),
        _ => Ok(false),
    }
}

fn lists_equal(ctx: &Context, a: &Arc<List>, b: &Arc<List>) -> Result<bool> {
    if let (Some(a), Some(b)) = (a.known_count(), b.known_count())
        && a != b
    {
        return Ok(false);
    }
    let (mut left, mut right) = (a.items(), b.items());
    loop {
        match (left.next(ctx)?, right.next(ctx)?) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) => {
                let (a, b) = (a.force(ctx)?, b.force(ctx)?);
                if !ctx.nested(|| equal(ctx, &a, &b))? {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
    }
}

/// Whether two types are the same: primitive ones by form, null and name; others only if they are one value.
pub fn types_equal(a: &Type, b: &Type) -> bool {
    let primitive = |ty: &Type| {
        !matches!(
            ty.form,
            Form::List(Some(_)) | Form::Record(Some(_)) | Form::Table(Some(_)) | Form::Function(Some(_))
        )
    };
    if std::ptr::eq(a, b) {
        return true;
    }
    primitive(a)
        && primitive(b)
        && a.nullable == b.nullable
        && a.name == b.name
        && a.primitive_name() == b.primitive_name()
}

/// The order of two values of one ordered kind; `None` for others, and where a number is not one.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left.as_plain(), right.as_plain()) {
        (Value::Int64(a), Value::Int64(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(ordinal(a, b)),
        (Value::Logical(a), Value::Logical(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (a @ Value::DateTimeZone(_), b @ Value::DateTimeZone(_)) => Some(a.zoned()?.cmp(&b.zoned()?)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (a, b) => a.to_double()?.partial_cmp(&b.to_double()?),
    }
}

/// Texts by their UTF-16 units, as .NET's ordinal comparison has it.
pub fn ordinal(a: &str, b: &str) -> Ordering {
    // Only characters past the basic plane sort differently in UTF-8 and UTF-16.
    if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// The order of any two values that may be sorted together, as `Value.Compare` has it: `null` first, then
/// kind by kind.
///
/// # Errors
/// Values that have no order: lists, records, tables, functions, types.
pub fn compare(ctx: &Context, left: &Value, right: &Value) -> Result<Ordering> {
    let (left, right) = (left.as_plain(), right.as_plain());
    let (a, b) = (rank(left)?, rank(right)?);
    if a != b {
        return Ok(a.cmp(&b));
    }
    if let (Value::Binary(a), Value::Binary(b)) = (left, right) {
        return Ok(a.bytes(ctx)?.cmp(b.bytes(ctx)?));
    }
    Ok(order(left, right).unwrap_or_else(|| {
        // Only numbers get here: those that are not a number come first.
        let nan = |value: &Value| value.to_double().is_some_and(f64::is_nan);
        nan(right).cmp(&nan(left))
    }))
}

fn rank(value: &Value) -> Result<u8> {
    Ok(match value.kind() {
        Kind::Null => 0,
        Kind::Time => 1,
        Kind::Date => 2,
        Kind::DateTime => 3,
        Kind::DateTimeZone => 4,
        Kind::Duration => 5,
        Kind::Number => 6,
        Kind::Logical => 7,
        Kind::Text => 8,
        Kind::Binary => 9,
        kind => {
            return Err(Error::expression(format!(
                "We cannot apply operator < to types {0} and {0}.",
                kind.name()
            ))
            .with_detail(value.clone()));
        }
    })
}

/// Feeds a value to a hasher so that equal values hash alike. Structured values hash by their kind and what is
/// cheap to know; equality decides.
pub fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value.as_plain() {
        Value::Null => 0u8.hash(state),
        Value::Logical(logical) => (1u8, logical).hash(state),
        number @ (Value::Int64(_) | Value::Double(_) | Value::Decimal(_)) => {
            let double = number.to_double().unwrap_or(f64::NAN);
            // The two zeros are equal, and so must hash alike.
            (2u8, if double == 0.0 { 0 } else { double.to_bits() }).hash(state);
        }
        Value::Date(date) => (3u8, date).hash(state),
        Value::Time(time) => (4u8, time).hash(state),
        Value::DateTime(datetime) => (5u8, datetime).hash(state),
        zone @ Value::DateTimeZone(_) => (6u8, zone.zoned().map(|zone| zone.utc())).hash(state),
        Value::Duration(duration) => (7u8, duration).hash(state),
        Value::Text(text) => (8u8, text.as_str()).hash(state),
        Value::Record(record) => (9u8, record.len()).hash(state),
        other => (10u8, other.kind()).hash(state),
    }
}

/// Fills the `#{0}` places of a message format from a list of parameters.
pub fn fill_format(ctx: &Context, format: &Text, parameters: &Arc<List>) -> Result<String> {
    let mut message = String::with_capacity(format.len() + 16);
    let mut rest = format.as_str();
    while let Some((before, after)) = rest.split_once("#{") {
        message.push_str(before);
        let Some((place, next)) = after.split_once('}') else {
            rest = after;
            message.push_str("#{");
            continue;
        };
        let value = match place.trim().parse::<usize>() {
            Ok(index) => parameters.get(index, ctx)?.map_or(Ok(Value::Null), |member| member.force(ctx))?,
            Err(_) => Value::Null,
        };
        match value {
            Value::Text(text) => message.push_str(&text),
            other => message.push_str(&crate::value::to_literal(&other)),
        }
        rest = next;
    }
    message.push_str(rest);
    Ok(message)
}
