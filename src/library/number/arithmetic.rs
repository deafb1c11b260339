//! Special numbers, signs, parity, whole division, counting.

use rust_decimal::Decimal;

use super::{ONE_NUMBER, counting};
use crate::eval::{Arguments, Context};
use crate::library::{Body, Declaration, Example, example, native};
use crate::table::Vector;
use crate::value::number::{
    double_to_decimal, integer_divide, integer_divide_decimal, integer_divide_whole, modulo, modulo_decimal,
    modulo_whole,
};
use crate::value::{Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    constant(
        "Number.Epsilon",
        "The smallest double above zero.",
        &[example("Number.Epsilon > 0 and Number.Epsilon / 2 = 0", "true")],
        || Value::Double(f64::from_bits(1)),
    ),
    constant(
        "Number.NaN",
        "What is no number, as 0 / 0 gives it. It differs from every number and from itself.",
        &[example("Number.NaN <> Number.NaN", "true")],
        || Value::Double(f64::NAN),
    ),
    constant(
        "Number.PositiveInfinity",
        "Infinity, as 1 / 0 gives it.",
        &[example("Number.PositiveInfinity = 1 / 0", "true")],
        || Value::Double(f64::INFINITY),
    ),
    constant(
        "Number.NegativeInfinity",
        "Infinity below zero, as -1 / 0 gives it.",
        &[example("Number.NegativeInfinity = -1 / 0", "true")],
        || Value::Double(f64::NEG_INFINITY),
    ),
    native(
        "Number.Abs",
        ONE_NUMBER,
        "The number without its sign.",
        &[example("Number.Abs(-3.5)", "3.5")],
        abs,
    )
    .with_kernel(|_, given| Ok(given.first().and_then(abs_of_each))),
    native(
        "Number.Sign",
        ONE_NUMBER,
        "1 for a number above zero, -1 for one below, 0 for zero.",
        &[example("{Number.Sign(-2.5), Number.Sign(0)}", "{-1, 0}")],
        sign,
    )
    .with_kernel(|_, given| Ok(given.first().and_then(|numbers| numbers.map_to_wholes(sign_of)))),
    native(
        "Number.IsNaN",
        "(number as number) as logical",
        "Whether a number is `#nan`, the result of operations such as 0 / 0.",
        &[example("{Number.IsNaN(0 / 0), Number.IsNaN(1 / 0)}", "{true, false}")],
        |_, arguments| Ok(Value::Logical(arguments.double(0)?.is_nan())),
    )
    .with_kernel(|_, given| Ok(asked(given, f64::is_nan))),
    native(
        "Number.IsEven",
        "(number as number) as logical",
        "Whether a number can be divided by two without remainder.",
        &[example("{Number.IsEven(82), Number.IsEven(625)}", "{true, false}")],
        |_, arguments| parity(&arguments).map(|rest| Value::Logical(rest == 0.0)),
    )
    .with_kernel(|_, given| Ok(asked(given, is_even))),
    native(
        "Number.IsOdd",
        "(number as number) as logical",
        "Whether a whole number leaves a remainder of one when divided by two.",
        &[example("{Number.IsOdd(-3), Number.IsOdd(82)}", "{true, false}")],
        |_, arguments| parity(&arguments).map(|rest| Value::Logical(rest == 1.0)),
    )
    .with_kernel(|_, given| Ok(asked(given, |number| number.trunc() == number && !is_even(number) && number.is_finite()))),
    native(
        "Number.Mod",
        "(number as nullable number, divisor as nullable number, optional precision as nullable number) as nullable number",
        "The remainder of a whole division; it has the sign of the dividend.",
        &[
            example("{Number.Mod(5, 3), Number.Mod(-5, 3), Number.Mod(5, -3)}", "{2, -2, 2}"),
            example("Number.Mod(10.5, 0.2, Precision.Decimal)", "0.1"),
            example("Number.Mod(5, 0)", "#nan"),
        ],
        |_, arguments| divided(&arguments, modulo_whole, modulo, modulo_decimal),
    )
    .with_kernel(|_, given| Ok(divided_columns(given, modulo_whole, modulo))),
    native(
        "Number.IntegerDivide",
        "(number1 as nullable number, number2 as nullable number, optional precision as nullable number) as nullable number",
        "The whole part of a quotient.",
        &[
            example("{Number.IntegerDivide(6, 4), Number.IntegerDivide(-7, 2)}", "{1, -3}"),
            example("Number.IntegerDivide(7, 0)", "#nan"),
        ],
        |_, arguments| divided(&arguments, integer_divide_whole, integer_divide, integer_divide_decimal),
    )
    .with_kernel(|_, given| Ok(divided_columns(given, integer_divide_whole, integer_divide))),
    native(
        "Number.Factorial",
        ONE_NUMBER,
        "The product of the whole numbers from 1 up to the number.",
        &[example("{Number.Factorial(0), Number.Factorial(10)}", "{1, 3628800}")],
        counting::factorial,
    ),
    native(
        "Number.Permutations",
        "(setSize as nullable number, permutationSize as nullable number) as nullable number",
        "In how many ways so many items can be drawn in order from a set.",
        &[example("Number.Permutations(5, 3)", "60")],
        counting::permutations,
    ),
    native(
        "Number.Combinations",
        "(setSize as nullable number, combinationSize as nullable number) as nullable number",
        "In how many ways so many items can be drawn from a set, whatever the order.",
        &[example("Number.Combinations(5, 3)", "10"), example("Number.Combinations(2, 3)", "0")],
        counting::combinations,
    ),
];

const fn constant(
    name: &'static str,
    summary: &'static str,
    examples: &'static [Example],
    value: fn() -> Value,
) -> Declaration {
    Declaration { name, signature: "", summary, examples, body: Body::Constant(value), kernel: None }
}

fn abs(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(match arguments.value(0) {
        Value::Null => Value::Null,
        Value::Decimal(decimal) => decimal.abs().into(),
        Value::Int64(whole) => {
            whole.checked_abs().map_or_else(|| Value::Double((*whole as f64).abs()), Value::Int64)
        }
        _ => Value::Double(arguments.double(0)?.abs()),
    })
}

fn abs_of_each(numbers: &Vector) -> Option<Vector> {
    match numbers.column().as_double() {
        Some(_) => numbers.map_to_doubles(f64::abs),
        None => numbers.map_wholes(i64::checked_abs),
    }
}

fn sign(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(match arguments.optional_double(0)? {
        None => Value::Null,
        Some(number) => sign_of(number).map_or(Value::Double(number), Value::Int64),
    })
}

/// The sign of a number, if it has one.
fn sign_of(number: f64) -> Option<i64> {
    (!number.is_nan()).then(|| i64::from(number > 0.0) - i64::from(number < 0.0))
}

/// Whether two divides the number, without the division that takes long.
fn is_even(number: f64) -> bool {
    number.is_finite() && (number * 0.5).trunc() * 2.0 == number
}

/// A question about each number, none of which may be `null`.
fn asked(given: &[Vector], ask: impl Fn(f64) -> bool) -> Option<Vector> {
    given.first().filter(|numbers| numbers.has_all())?.map_to_logicals(ask)
}

/// What is left of the number without its sign when divided by two.
fn parity(arguments: &Arguments<'_>) -> Result<f64> {
    match arguments.value(0) {
        Value::Int64(whole) => Ok((whole & 1) as f64),
        _ => arguments.double(0).map(|number| (number % 2.0).abs()),
    }
}

/// Divides in the representation that the operands and the precision argument ask for.
fn divided(
    arguments: &Arguments<'_>,
    whole: fn(i64, i64) -> Option<i64>,
    double: fn(f64, f64) -> f64,
    decimal: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<Value> {
    let (dividend, divisor) = (arguments.value(0), arguments.value(1));
    if dividend.is_null() || divisor.is_null() {
        return Ok(Value::Null);
    }
    let by_doubles = || Ok(Value::Double(double(arguments.double(0)?, arguments.double(1)?)));
    match (dividend, divisor) {
        (Value::Int64(dividend), Value::Int64(divisor)) => match whole(*dividend, *divisor) {
            Some(result) => Ok(Value::Int64(result)),
            None => by_doubles(),
        },
        _ if is_decimal_precision(arguments, 2)? => {
            let operands = to_decimal(dividend).zip(to_decimal(divisor));
            match operands.and_then(|(dividend, divisor)| decimal(dividend, divisor)) {
                Some(result) => Ok(result.into()),
                None => by_doubles(),
            }
        }
        _ => by_doubles(),
    }
}

/// [`divided`] of columns of one kind of number each, in double precision.
fn divided_columns(
    given: &[Vector],
    whole: fn(i64, i64) -> Option<i64>,
    double: fn(f64, f64) -> f64,
) -> Option<Vector> {
    let (dividend, divisor) = (given.first()?, given.get(1)?);
    if given
        .get(2)
        .is_some_and(|precision| !matches!(precision.as_same(), Some(Value::Null | Value::Int64(0))))
    {
        return None;
    }
    let is_double = |vector: &Vector| {
        vector.column().as_double().is_some() || matches!(vector.as_same(), Some(Value::Double(_)))
    };
    match is_double(dividend) || is_double(divisor) {
        true => dividend.map_both_to_doubles(divisor, double),
        false => dividend.map_both_wholes(divisor, whole),
    }
}

/// Whether the argument is `Precision.Decimal`; double precision where it is `null`.
fn is_decimal_precision(arguments: &Arguments<'_>, at: usize) -> Result<bool> {
    match arguments.optional_whole(at, "precision")? {
        None | Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(_) => Err(Error::expression("The 'precision' argument is out of range.")
            .with_detail(arguments.value(at).clone())),
    }
}

fn to_decimal(number: &Value) -> Option<Decimal> {
    match number {
        Value::Int64(whole) => Some((*whole).into()),
        Value::Decimal(decimal) => Some(**decimal),
        other => double_to_decimal(other.to_double()?),
    }
}
