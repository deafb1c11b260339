//! Sums, products and averages.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::ir::Operator;
use crate::library::value::precision::{Precision, apply_with};
use crate::library::{Declaration, example, native};
use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, TICKS_PER_DAY, Time};
use crate::value::types::Form;
use crate::value::{Error, Kind, List, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Sum",
        "(list as list, optional precision as nullable number) as any",
        "The sum of the numbers or durations that are not null; null if there are none.",
        &[
            example("List.Sum({1, null, 2})", "3"),
            example("List.Sum({0.1, 0.2}, Precision.Decimal)", "0.3"),
            example("List.Sum({})", "null"),
        ],
        sum,
    ),
    native(
        "List.Product",
        "(numbersList as list, optional precision as nullable number) as nullable number",
        "The product of the numbers that are not null; null if there are none.",
        &[example("List.Product({2, null, 3, 4})", "24")],
        product,
    ),
    native(
        "List.Average",
        "(list as list, optional precision as nullable number) as any",
        "The average of the items that are not null, in their own kind: numbers, dates, times, durations. Null if there are none.",
        &[
            example("List.Average({1, 2, null, 6})", "3"),
            example("List.Average({#date(2011, 1, 1), #date(2011, 1, 3)})", "#date(2011, 1, 2)"),
        ],
        average,
    ),
];

fn sum(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let precision = Precision::read(arguments.value(1))?;
    folded(ctx, &arguments.list(0)?, precision, Operator::Add, &[Kind::Number, Kind::Duration])
}

fn product(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let precision = Precision::read(arguments.value(1))?;
    folded(ctx, &arguments.list(0)?, precision, Operator::Multiply, &[Kind::Number])
}

/// The items joined by an operator; the first must be of one of `kinds`.
fn folded(
    ctx: &Context,
    list: &Arc<List>,
    precision: Precision,
    operator: Operator,
    kinds: &[Kind],
) -> Result<Value> {
    let mut items = list.items();
    let mut total = Value::Null;
    while let Some(item) = items.next_value(ctx)? {
        if item.is_null() {
            continue;
        }
        total = if !total.is_null() {
            apply_with(ctx, precision, operator, &total, &item)?
        } else if kinds.contains(&item.kind()) {
            item
        } else {
            return Err(conversion_error(&item, &Arc::new(Type::new(Form::Number))));
        };
    }
    Ok(total)
}

fn average(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let precision = Precision::read(arguments.value(1))?;
    let mut items = arguments.list(0)?.items();
    let Some(first) = next_present(ctx, &mut items)? else { return Ok(Value::Null) };
    if first.kind() == Kind::Number {
        let (mut total, mut count) = (first, 1);
        while let Some(item) = next_present(ctx, &mut items)? {
            total = apply_with(ctx, precision, Operator::Add, &total, &item)?;
            count += 1;
        }
        return apply_with(ctx, precision, Operator::Divide, &total, &Value::Int64(count));
    }
    let ticks_of = |value: &Value| {
        ticks(value)
            .filter(|_| value.kind() == first.kind())
            .ok_or_else(|| conversion_error(value, &Arc::new(Type::new(Form::Number))))
    };
    let (mut total, mut count) = (i128::from(ticks_of(&first)?), 1i128);
    while let Some(item) = next_present(ctx, &mut items)? {
        total += i128::from(ticks_of(&item)?);
        count += 1;
    }
    from_ticks(&first, (total / count) as i64)
}

fn next_present(ctx: &Context, items: &mut crate::value::Items) -> Result<Option<Value>> {
    while let Some(item) = items.next_value(ctx)? {
        if !item.is_null() {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// Where a date, time or duration stands, in ticks.
fn ticks(value: &Value) -> Option<i64> {
    match value {
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
