//! Powers, logarithms and the functions of angles: all work on doubles.

use super::ONE_NUMBER;
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::value::{Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Number.Sqrt",
        ONE_NUMBER,
        "The square root; not a number for negative numbers.",
        &[example("Number.Sqrt(625)", "25"), example("Number.Sqrt(-1)", "#nan")],
        |_, arguments| of_one(&arguments, f64::sqrt),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::sqrt))),
    native(
        "Number.Exp",
        ONE_NUMBER,
        "The number e raised to a power.",
        &[example("Number.Exp(0)", "1")],
        |_, arguments| of_one(&arguments, f64::exp),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::exp))),
    native(
        "Number.Ln",
        ONE_NUMBER,
        "The natural logarithm.",
        &[example("Number.Ln(Number.E)", "1"), example("Number.Ln(0)", "-#infinity")],
        |_, arguments| of_one(&arguments, f64::ln),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::ln))),
    native(
        "Number.Log10",
        ONE_NUMBER,
        "The logarithm to base 10.",
        &[example("Number.Log10(1000)", "3")],
        |_, arguments| of_one(&arguments, f64::log10),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::log10))),
    native(
        "Number.Log",
        "(number as nullable number, optional base as nullable number) as nullable number",
        "The logarithm to a base, which is e unless given.",
        &[example("Number.Log(8, 2)", "3"), example("Number.Log(10, 1)", "#nan")],
        log,
    ),
    native(
        "Number.Power",
        "(number as nullable number, power as nullable number) as nullable number",
        "A number raised to a power.",
        &[example("Number.Power(2, 10)", "1024"), example("Number.Power(2, null)", "null")],
        |_, arguments| of_two(&arguments, f64::powf),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, f64::powf))),
    native(
        "Number.Sin",
        ONE_NUMBER,
        "The sine of an angle in radians.",
        &[example("Number.Sin(0)", "0")],
        |_, arguments| of_one(&arguments, f64::sin),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::sin))),
    native(
        "Number.Cos",
        ONE_NUMBER,
        "The cosine of an angle in radians.",
        &[example("Number.Cos(Number.PI)", "-1")],
        |_, arguments| of_one(&arguments, f64::cos),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::cos))),
    native(
        "Number.Tan",
        ONE_NUMBER,
        "The tangent of an angle in radians.",
        &[example("Number.Tan(0)", "0")],
        |_, arguments| of_one(&arguments, f64::tan),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::tan))),
    native(
        "Number.Asin",
        ONE_NUMBER,
        "The angle in radians that has this sine.",
        &[example("Number.Round(Number.Asin(1) * 2 - Number.PI, 9)", "0")],
        |_, arguments| of_one(&arguments, f64::asin),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::asin))),
    native(
        "Number.Acos",
        ONE_NUMBER,
        "The angle in radians that has this cosine.",
        &[example("Number.Acos(1)", "0"), example("Number.Acos(2)", "#nan")],
        |_, arguments| of_one(&arguments, f64::acos),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::acos))),
    native(
        "Number.Atan",
        ONE_NUMBER,
        "The angle in radians that has this tangent.",
        &[example("Number.Round(Number.Atan(1) * 4 - Number.PI, 9)", "0")],
        |_, arguments| of_one(&arguments, f64::atan),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::atan))),
    native(
        "Number.Atan2",
        "(y as nullable number, x as nullable number) as nullable number",
        "The angle in radians between the x axis and the point (x, y).",
        &[example("Number.Round(Number.Atan2(0, -1) - Number.PI, 9)", "0")],
        |_, arguments| of_two(&arguments, f64::atan2),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, f64::atan2))),
    native(
        "Number.Sinh",
        ONE_NUMBER,
        "The hyperbolic sine.",
        &[example("Number.Sinh(0)", "0")],
        |_, arguments| of_one(&arguments, f64::sinh),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::sinh))),
    native(
        "Number.Cosh",
        ONE_NUMBER,
        "The hyperbolic cosine.",
        &[example("Number.Cosh(0)", "1")],
        |_, arguments| of_one(&arguments, f64::cosh),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::cosh))),
    native(
        "Number.Tanh",
        ONE_NUMBER,
        "The hyperbolic tangent.",
        &[example("Number.Tanh(0)", "0")],
        |_, arguments| of_one(&arguments, f64::tanh),
    )
    .with_kernel(|_, given| Ok(of_each(given, f64::tanh))),
];

fn of_one(arguments: &Arguments<'_>, function: fn(f64) -> f64) -> Result<Value> {
    Ok(arguments.optional_double(0)?.map_or(Value::Null, |number| Value::Double(function(number))))
}

fn of_two(arguments: &Arguments<'_>, function: fn(f64, f64) -> f64) -> Result<Value> {
    let numbers = arguments.optional_double(0)?.zip(arguments.optional_double(1)?);
    Ok(numbers.map_or(Value::Null, |(first, second)| Value::Double(function(first, second))))
}

fn of_each(given: &[Vector], function: fn(f64) -> f64) -> Option<Vector> {
    given.first()?.map_to_doubles(function)
}

fn of_pairs(given: &[Vector], function: fn(f64, f64) -> f64) -> Option<Vector> {
    given.first()?.map_both_to_doubles(given.get(1)?, function)
}

fn log(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(number) = arguments.optional_double(0)? else { return Ok(Value::Null) };
    let logarithm = match arguments.optional_double(1)? {
        None => number.ln(),
        Some(1.0) => f64::NAN,
        // A quotient of natural logarithms misses the last digit that the engine prints.
        Some(10.0) => number.log10(),
        Some(base) => number.ln() / base.ln(),
    };
    Ok(Value::Double(logarithm))
}
