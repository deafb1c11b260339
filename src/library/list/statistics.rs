//! Spread and relation of numbers, and the item in the middle.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::criteria::{ComparisonCriteria, Over};
use crate::eval::{Arguments, Context, apply, conversion_error};
use crate::ir::Operator;
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Error, Kind, List, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.StandardDeviation",
        "(numbersList as list) as nullable number",
        "The standard deviation of a sample; nulls do not count. Null if there is no number.",
        &[example("List.StandardDeviation({3, 5, 7})", "2")],
        standard_deviation,
    ),
    native(
        "List.Covariance",
        "(numberList1 as list, numberList2 as list) as nullable number",
        "The covariance of two lists of as many numbers. Null if they are empty.",
        &[example("List.Covariance({1, 3}, {2, 6})", "2")],
        covariance,
    ),
    native(
        "List.Median",
        "(list as list, optional comparisonCriteria as any) as any",
        "The item in the middle of the order; nulls do not count. Between two it is their average if all items are numbers, datetimes, times or durations, else the smaller.",
        &[
            example("List.Median({5, 3, 1, 7, 9})", "5"),
            example("List.Median({1, 2, 3, 4})", "2.5"),
            example("List.Median({\"a\", \"b\"})", "\"a\""),
        ],
        median,
    ),
];

fn number(value: &Value) -> Result<f64> {
    value.to_double().ok_or_else(|| conversion_error(value, &Arc::new(Type::new(Form::Number))))
}

/// The numbers of a list without nulls.
fn numbers(ctx: &Context, list: &Arc<List>) -> Result<Vec<f64>> {
    let mut numbers = Vec::new();
    list.all_values(ctx, |item| {
        if !item.is_null() {
            numbers.push(number(item)?);
        }
        Ok(())
    })?;
    Ok(numbers)
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

fn standard_deviation(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let numbers = numbers(ctx, &arguments.list(0)?)?;
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    let mean = mean(&numbers);
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    Ok(Value::Double((squares / (numbers.len() as f64 - 1.0)).sqrt()))
}

fn covariance(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (left, right) = (arguments.list(0)?.values(ctx)?, arguments.list(1)?.values(ctx)?);
    if left.len() != right.len() {
        return Err(Error::expression("The lists must have the same number of items."));
    }
    let left = left.iter().map(number).collect::<Result<Vec<_>>>()?;
    let right = right.iter().map(number).collect::<Result<Vec<_>>>()?;
    if left.is_empty() {
        return Ok(Value::Null);
    }
    let (left_mean, right_mean) = (mean(&left), mean(&right));
    let products: f64 = left.iter().zip(&right).map(|(x, y)| (x - left_mean) * (y - right_mean)).sum();
    Ok(Value::Double(products / left.len() as f64))
}

fn median(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(1), Over::Items)?;
    let mut values = Vec::new();
    arguments.list(0)?.all_values(ctx, |item| {
        if !item.is_null() {
            values.push(item.clone());
        }
        Ok(())
    })?;
    let Some(kind) = values.first().map(Value::kind) else { return Ok(Value::Null) };
    let numbers = if criteria.is_plain() { middle_of_numbers(&values) } else { None };
    let (low, high) = match numbers {
        Some(middle) => middle,
        None => {
            let keys = values.iter().map(|item| criteria.keys(ctx, item)).collect::<Result<Vec<_>>>()?;
            let order = criteria.order(ctx, &keys, |keys| keys, false)?;
            let middle = order.len() / 2;
            let at = |place: usize| order.get(place).copied().unwrap_or(0);
            (at(middle.saturating_sub(1)), at(middle))
        }
    };
    let at = |at: usize| values.get(at).cloned().unwrap_or(Value::Null);
    if values.len() % 2 == 1 {
        return Ok(at(high));
    }
    let between = matches!(kind, Kind::Number | Kind::DateTime | Kind::Time | Kind::Duration)
        && values.iter().all(|value| value.kind() == kind);
    if between { halfway(ctx, &at(low), &at(high), 0.5) } else { Ok(at(low)) }
}

/// Where the two values are that stand before and in the middle of the order, found without sorting. Only of numbers
/// that are told apart as doubles.
fn middle_of_numbers(values: &[Value]) -> Option<(usize, usize)> {
    /// Whole numbers from here on share their doubles.
    const SHARED: u64 = 1 << 53;
    let mut keyed = values
        .iter()
        .enumerate()
        .map(|(at, value)| match value {
            Value::Double(double) if !double.is_nan() => Some((*double, at)),
            Value::Int64(whole) if whole.unsigned_abs() < SHARED => Some((*whole as f64, at)),
            _ => None,
        })
        .collect::<Option<Vec<(f64, usize)>>>()?;
    let order = |left: &(f64, usize), right: &(f64, usize)| {
        left.0.partial_cmp(&right.0).unwrap_or(Ordering::Equal).then(left.1.cmp(&right.1))
    };
    let middle = keyed.len() / 2;
    let (below, high, _) = keyed.select_nth_unstable_by(middle, order);
    let low = below.iter().max_by(|left, right| order(left, right)).unwrap_or(high);
    Some((low.1, high.1))
}

/// The value a part of the way from one to the other.
pub(super) fn halfway(ctx: &Context, low: &Value, high: &Value, part: f64) -> Result<Value> {
    let distance = apply(ctx, Operator::Subtract, high, low)?;
    let way = apply(ctx, Operator::Multiply, &distance, &Value::Double(part))?;
    apply(ctx, Operator::Add, low, &way)
}
