//! Operations on the 64 bits of whole numbers.

use crate::eval::{Arguments, conversion_error};
use crate::library::conversion::{WholeKind, exact_whole};
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::table::lane::{Wholes, one};
use crate::value::types::Form;
use crate::value::{Result, Type, Value};
use std::sync::Arc;

const TWO: &str = "(number1 as nullable number, number2 as nullable number) as nullable number";

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Number.BitwiseAnd",
        TWO,
        "The bits that both whole numbers have.",
        &[example("Number.BitwiseAnd(12, 10)", "8"), example("Number.BitwiseAnd(null, 1)", "null")],
        |_, arguments| of_two(&arguments, |a, b| a & b),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, |a, b| a & b))),
    native(
        "Number.BitwiseOr",
        TWO,
        "The bits that either whole number has.",
        &[example("Number.BitwiseOr(12, 10)", "14")],
        |_, arguments| of_two(&arguments, |a, b| a | b),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, |a, b| a | b))),
    native(
        "Number.BitwiseXor",
        TWO,
        "The bits that one of two whole numbers has and the other has not.",
        &[example("Number.BitwiseXor(12, 10)", "6")],
        |_, arguments| of_two(&arguments, |a, b| a ^ b),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, |a, b| a ^ b))),
    native(
        "Number.BitwiseNot",
        "(number as any) as any",
        "The bits that a whole number has not.",
        &[example("Number.BitwiseNot(0)", "-1")],
        |_, arguments| Ok(bits(&arguments, 0)?.map_or(Value::Null, |bits| Value::Int64(!bits))),
    )
    .with_kernel(|_, given| Ok(one::<Wholes<'_>, i64>(given, |bits| Some(!bits)))),
    native(
        "Number.BitwiseShiftLeft",
        TWO,
        "Moves the bits of a whole number to the left by so many places (counted modulo 64).",
        &[example("Number.BitwiseShiftLeft(5, 2)", "20")],
        |_, arguments| of_two(&arguments, |bits, places| bits.wrapping_shl(places as u32)),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, |bits, places| bits.wrapping_shl(places as u32)))),
    native(
        "Number.BitwiseShiftRight",
        TWO,
        "Moves the bits of a whole number to the right by so many places (counted modulo 64), keeping the sign.",
        &[example("Number.BitwiseShiftRight(-20, 2)", "-5")],
        |_, arguments| of_two(&arguments, |bits, places| bits.wrapping_shr(places as u32)),
    )
    .with_kernel(|_, given| Ok(of_pairs(given, |bits, places| bits.wrapping_shr(places as u32)))),
];

fn of_two(arguments: &Arguments<'_>, operation: fn(i64, i64) -> i64) -> Result<Value> {
    let numbers = bits(arguments, 0)?.zip(bits(arguments, 1)?);
    Ok(numbers.map_or(Value::Null, |(first, second)| Value::Int64(operation(first, second))))
}

fn of_pairs(given: &[Vector], operation: fn(i64, i64) -> i64) -> Option<Vector> {
    given.first()?.map_both_wholes(given.get(1)?, |first, second| Some(operation(first, second)))
}

fn bits(arguments: &Arguments<'_>, at: usize) -> Result<Option<i64>> {
    match arguments.value(at) {
        Value::Null => Ok(None),
        number => match number.to_double() {
            None => Err(conversion_error(number, &Arc::new(Type::new(Form::Number)))),
            Some(_) => exact_whole(number).map(Some).ok_or_else(|| WholeKind::Int64.out_of_range(number)),
        },
    }
}
