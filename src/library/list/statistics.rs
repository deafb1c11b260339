//! Spread and relation of numbers, and the item in the middle.

use std::sync::Arc;

use crate::criteria::{ComparisonCriteria, Over, sort};
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
    let mut items = list.items();
    while let Some(item) = items.next_value(ctx)? {
        if !item.is_null() {
            numbers.push(number(&item)?);
        }
    }
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
    let mut keyed = Vec::new();
    let mut items = arguments.list(0)?.items();
    while let Some(item) = items.next_value(ctx)? {
        if !item.is_null() {
            let keys = criteria.keys(ctx, &item)?;
            keyed.push((item, keys));
        }
    }
    let sorted = sort(keyed, |left, right| {
        ctx.step()?;
        criteria.compare_keys(ctx, &left.1, &right.1)
    })?;
    let middle = sorted.len() / 2;
    let at = |at: usize| sorted.get(at).map_or(Value::Null, |(value, _)| value.clone());
    let Some(first) = sorted.first().map(|(value, _)| value.kind()) else { return Ok(Value::Null) };
    if sorted.len() % 2 == 1 {
        return Ok(at(middle));
    }
    let between = matches!(first, Kind::Number | Kind::DateTime | Kind::Time | Kind::Duration)
        && sorted.iter().all(|(value, _)| value.kind() == first);
    let low = at(middle - 1);
    if between { halfway(ctx, &low, &at(middle), 0.5) } else { Ok(low) }
}

/// The value a part of the way from one to the other.
pub(super) fn halfway(ctx: &Context, low: &Value, high: &Value, part: f64) -> Result<Value> {
    let distance = apply(ctx, Operator::Subtract, high, low)?;
    let way = apply(ctx, Operator::Multiply, &distance, &Value::Double(part))?;
    apply(ctx, Operator::Add, low, &way)
}
