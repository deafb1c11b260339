//! Value.Add and its like: operators as functions, with a precision.

use std::cmp::Ordering;

use super::precision::{Precision, apply_with, to_decimal};
use crate::eval::{Arguments, Context, compare, equal};
use crate::ir::Operator;
use crate::library::{Declaration, example, native};
use crate::value::{Result, Value};

const OPERATION: &str = "(value1 as any, value2 as any, optional precision as nullable number) as any";

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Value.Add",
        OPERATION,
        "The sum, as the operator `+` has it, in the given precision.",
        &[
            example("Value.Add(0.1, 0.2, Precision.Decimal)", "0.3"),
            example("Value.Add(#date(2024, 1, 1), #duration(1, 0, 0, 0))", "#date(2024, 1, 2)"),
        ],
        |ctx, arguments| operation(ctx, &arguments, Operator::Add),
    ),
    native(
        "Value.Subtract",
        OPERATION,
        "The difference, as the operator `-` has it, in the given precision.",
        &[example("Value.Subtract(0.3, 0.1, Precision.Decimal)", "0.2")],
        |ctx, arguments| operation(ctx, &arguments, Operator::Subtract),
    ),
    native(
        "Value.Multiply",
        OPERATION,
        "The product, as the operator `*` has it, in the given precision.",
        &[example("Value.Multiply(1.1, 1.1, Precision.Decimal)", "1.21")],
        |ctx, arguments| operation(ctx, &arguments, Operator::Multiply),
    ),
    native(
        "Value.Divide",
        OPERATION,
        "The quotient, as the operator `/` has it, in the given precision.",
        &[example("Value.Divide(1, 4)", "0.25")],
        |ctx, arguments| operation(ctx, &arguments, Operator::Divide),
    ),
    native(
        "Value.Compare",
        "(value1 as any, value2 as any, optional precision as nullable number) as number",
        "-1, 0 or 1: whether the first value comes before the second, beside it or after it.",
        &[
            example("Value.Compare(1, 2)", "-1"),
            example("Value.Compare(\"a\", \"A\")", "1"),
            example("Value.Compare(0.1 + 0.2, 0.3, Precision.Decimal)", "0"),
        ],
        value_compare,
    ),
    native(
        "Value.Equals",
        "(value1 as any, value2 as any, optional precision as nullable number) as logical",
        "Whether the values are equal, as the operator `=` has it, in the given precision.",
        &[
            example("Value.Equals(0.1 + 0.2, 0.3)", "false"),
            example("Value.Equals(0.1 + 0.2, 0.3, Precision.Decimal)", "true"),
        ],
        |ctx, arguments| equals(ctx, &arguments).map(Value::Logical),
    ),
    native(
        "Value.NullableEquals",
        "(value1 as any, value2 as any, optional precision as nullable number) as nullable logical",
        "Whether the values are equal; null if one of them is null.",
        &[example("Value.NullableEquals(null, 1)", "null"), example("Value.NullableEquals(1, 1)", "true")],
        nullable_equals,
    ),
];

fn operation(ctx: &Context, arguments: &Arguments<'_>, operator: Operator) -> Result<Value> {
    let precision = Precision::read(arguments.value(2))?;
    apply_with(ctx, precision, operator, arguments.value(0), arguments.value(1))
}

/// The order of two numbers as decimals, if that is asked for and they are.
fn decimal_order(arguments: &Arguments<'_>) -> Result<Option<Ordering>> {
    if Precision::read(arguments.value(2))? != Precision::Decimal {
        return Ok(None);
    }
    Ok(to_decimal(arguments.value(0)).zip(to_decimal(arguments.value(1))).map(|(a, b)| a.cmp(&b)))
}

fn value_compare(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let order = match decimal_order(&arguments)? {
        Some(order) => order,
        None => compare(ctx, arguments.value(0), arguments.value(1))?,
    };
    Ok(Value::Int64(order as i64))
}

fn equals(ctx: &Context, arguments: &Arguments<'_>) -> Result<bool> {
    match decimal_order(arguments)? {
        Some(order) => Ok(order == Ordering::Equal),
        None => equal(ctx, arguments.value(0), arguments.value(1)),
    }
}

fn nullable_equals(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    if arguments.is_null(0) || arguments.is_null(1) {
        return Ok(Value::Null);
    }
    equals(ctx, &arguments).map(Value::Logical)
}
