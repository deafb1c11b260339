//! Sums, products and averages.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::eval::{Arguments, Context, apply, conversion_error};
use crate::ir::Operator;
use crate::library::value::precision::{Precision, apply_with};
use crate::library::{Declaration, example, native};
use crate::table::{Arithmetic, Fold};
use crate::value::types::Form;
use crate::value::{Kind, Result, Type, Value};

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
    folded(ctx, &arguments, Fold::Sum(Value::Null))
}

fn average(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    folded(ctx, &arguments, Fold::Average(Value::Null, 0))
}

fn folded(ctx: &Context, arguments: &Arguments<'_>, mut fold: Fold) -> Result<Value> {
    let (list, precision) = (arguments.list(0)?, Precision::read(arguments.value(1))?);
    let arithmetic: Arithmetic = match precision {
        Precision::Double => apply,
        Precision::Decimal => {
            |ctx, operator, left, right| apply_with(ctx, Precision::Decimal, operator, left, right)
        }
    };
    match precision {
        Precision::Double => {
            list.each_part(ctx, |part| fold.push_part(ctx, part).map(ControlFlow::Continue))?;
        }
        Precision::Decimal => list.all_values(ctx, |item| fold.push(ctx, item.clone(), arithmetic))?,
    }
    fold.finish(ctx, arithmetic)
}

fn product(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let precision = Precision::read(arguments.value(1))?;
    let mut product = Value::Null;
    arguments.list(0)?.all_values(ctx, |item| {
        match (&mut product, item) {
            (_, Value::Null) => {}
            (Value::Double(product), Value::Double(factor)) if precision == Precision::Double => {
                *product *= factor;
            }
            (Value::Null, item) if item.kind() == Kind::Number => product = item.clone(),
            (Value::Null, item) => return Err(conversion_error(item, &Arc::new(Type::new(Form::Number)))),
            (_, item) => product = apply_with(ctx, precision, Operator::Multiply, &product, item)?,
        }
        Ok(())
    })?;
    Ok(product)
}
