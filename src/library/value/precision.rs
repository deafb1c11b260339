//! Arithmetic in the precision a program asks for.

use rust_decimal::Decimal;

use crate::eval::{Context, apply};
use crate::ir::Operator;
use crate::value::number::double_to_decimal;
use crate::value::{Error, Result, Value};

/// `Precision.Type`: how numbers are added and multiplied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Precision {
    /// Double precision, as operators have it.
    #[default]
    Double,
    /// 28 decimal digits.
    Decimal,
}

impl Precision {
    /// Reads a `precision` argument; `null` means double.
    pub fn read(value: &Value) -> Result<Precision> {
        match value.to_double() {
            None | Some(0.0) => Ok(Precision::Double),
            Some(1.0) => Ok(Precision::Decimal),
            Some(_) => {
                Err(Error::expression("The value isn't a valid precision.").with_detail(value.clone()))
            }
        }
    }
}

/// Applies an arithmetic operator. Decimal precision goes over to double where the result has no decimal.
pub fn apply_with(
    ctx: &Context,
    precision: Precision,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Result<Value> {
    if precision == Precision::Decimal
        && let (Some(a), Some(b)) = (to_decimal(left), to_decimal(right))
    {
        let result = match operator {
            Operator::Add => a.checked_add(b),
            Operator::Subtract => a.checked_sub(b),
            Operator::Multiply => a.checked_mul(b),
            Operator::Divide => a.checked_div(b),
            _ => None,
        };
        if let Some(result) = result {
            return Ok(Value::from(result));
        }
    }
    apply(ctx, operator, left, right)
}

/// The number as a decimal, if it is a number that has one.
pub fn to_decimal(value: &Value) -> Option<Decimal> {
    match value.as_plain() {
        Value::Int64(whole) => Some(Decimal::from(*whole)),
        Value::Double(double) => double_to_decimal(*double),
        Value::Decimal(decimal) => Some(**decimal),
        _ => None,
    }
}
