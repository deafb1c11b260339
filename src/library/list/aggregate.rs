//! Sums, products and averages.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::eval::{Arguments, Context, apply, conversion_error};
use crate::ir::Operator;
use crate::library::value::precision::{Precision, apply_with};
use crate::library::{Declaration, example, native};
use crate::table::{Arithmetic, Fold};
use crate::value::types::Form;
use crate::value::{Kind, Member, Part, Result, Type, Value};

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
    let is_double = precision == Precision::Double;
    let multiply = |product: &mut Value, item: &Value| -> Result<()> {
        *product = match (&*product, item.as_plain()) {
            (_, Value::Null) => return Ok(()),
            (Value::Double(product), Value::Double(factor)) if is_double => Value::Double(product * factor),
            (Value::Null, item) if item.kind() == Kind::Number => item.clone(),
            (Value::Null, item) => return Err(conversion_error(item, &Arc::new(Type::new(Form::Number)))),
            (product, item) => apply_with(ctx, precision, Operator::Multiply, product, item)?,
        };
        Ok(())
    };
    arguments.list(0)?.each_part(ctx, |part| match part {
        Part::Members(mut items) => loop {
            if let Value::Double(product) = &mut product
                && is_double
            {
                items = multiplied(product, items);
            }
            let Some((item, rest)) = items.split_first() else { return Ok(ControlFlow::Continue(())) };
            match item.ready() {
                Some(factor) => multiply(&mut product, factor)?,
                None => multiply(&mut product, &item.force(ctx)?)?,
            }
            items = rest;
        },
        Part::Column(column) => {
            column.each_value(ctx, |factor| multiply(&mut product, &factor).map(ControlFlow::Continue))
        }
    })?;
    Ok(product)
}

/// Multiplies by the first of some items as long as they are doubles, in a loop that does nothing else; gives the rest.
fn multiplied<'i>(product: &mut f64, items: &'i [Member]) -> &'i [Member] {
    let factors = items.iter().map_while(|item| match item {
        Member::Ready(Value::Double(factor)) => Some(*factor),
        _ => None,
    });
    let mut taken = 0;
    for factor in factors {
        *product *= factor;
        taken += 1;
    }
    items.get(taken..).unwrap_or_default()
}
