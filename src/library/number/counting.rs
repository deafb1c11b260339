//! Factorials, permutations and combinations.
//!
//! Products are exact as long as 128 bits hold them and go on as doubles, which become infinite soon enough to bound
//! every loop here.

use crate::eval::{Arguments, Context};
use crate::library::conversion::{WholeKind, exact_whole};
use crate::value::{Error, Result, Value};

pub(super) fn factorial(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(number) = count(&arguments, 0)? else { return Ok(Value::Null) };
    falling_product(ctx, number, number)
}

pub(super) fn permutations(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some((set, taken)) = count(&arguments, 0)?.zip(count(&arguments, 1)?) else {
        return Ok(Value::Null);
    };
    if taken > set { Ok(Value::Int64(0)) } else { falling_product(ctx, set, taken) }
}

pub(super) fn combinations(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some((set, taken)) = count(&arguments, 0)?.zip(count(&arguments, 1)?) else {
        return Ok(Value::Null);
    };
    if taken > set {
        return Ok(Value::Int64(0));
    }
    let taken = taken.min(set - taken);
    let mut exact = Some(1i128);
    let mut double = 1.0;
    for step in 1..=taken {
        ctx.step()?;
        let factor = set - taken + step;
        // The product of `step` consecutive numbers is divisible by `step`, so this stays whole.
        exact =
            exact.and_then(|exact| exact.checked_mul(factor.into())).map(|exact| exact / i128::from(step));
        double = double * factor as f64 / step as f64;
        if f64::is_infinite(double) {
            break;
        }
    }
    Ok(result(exact, double))
}

/// The product of `count` whole numbers from `from` down.
fn falling_product(ctx: &Context, from: i64, count: i64) -> Result<Value> {
    let mut exact = Some(1i128);
    let mut double = 1.0;
    for step in 0..count {
        let factor = from.saturating_sub(step);
        ctx.step()?;
        exact = exact.and_then(|exact| exact.checked_mul(factor.into()));
        double *= factor as f64;
        if f64::is_infinite(double) {
            break;
        }
    }
    Ok(result(exact, double))
}

fn result(exact: Option<i128>, double: f64) -> Value {
    match exact {
        Some(exact) => i64::try_from(exact).map_or_else(|_| Value::Double(exact as f64), Value::Int64),
        None => Value::Double(double),
    }
}

/// A whole number that is not negative.
fn count(arguments: &Arguments<'_>, at: usize) -> Result<Option<i64>> {
    let number = arguments.value(at);
    if number.is_null() {
        return Ok(None);
    }
    if arguments.double(at)? < 0.0 {
        let shown = crate::value::to_literal(number);
        let error = Error::expression(format!(
            "This function operates only on Unsigned values, but value {shown} doesn't match the Unsigned pattern."
        ));
        return Err(error
            .with_format(
                "This function operates only on Unsigned values, but value #{0} doesn't match the Unsigned pattern.",
                vec![Value::text(shown)],
            )
            .with_detail(number.clone())
            .with_code("10015"));
    }
    exact_whole(number).map(Some).ok_or_else(|| WholeKind::Int64.out_of_range(number))
}
