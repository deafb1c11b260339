//! What the `From` functions do to whole columns.

use std::sync::Arc;

use super::column::{Converter, Target};
use crate::eval::Context;
use crate::library::text::{same, same_culture};
use crate::table::{Column, ColumnBuilder, Vector};
use crate::value::{Member, Result, Value};

/// The values of a column, converted; further arguments are a culture and a rounding mode.
///
/// # Errors
/// Only a stop.
pub fn converted_to(ctx: &Context, given: &[Vector], target: Target) -> Result<Option<Vector>> {
    let (Some(values), Some(culture)) = (given.first(), same_culture(ctx, given, 1)) else { return Ok(None) };
    if !matches!(same(given, 2), Some(Value::Null)) || values.column().as_any().is_some() {
        return Ok(None);
    }
    let converter = Converter::to(target, culture);
    let column = match converter.convert_column(ctx, values.column())? {
        Some(column) => column,
        None => one_by_one(ctx, &converter, values)?,
    };
    // What failed, and values of another kind, are left to the row.
    Ok(Some(Vector::from_input(&Arc::new(column))))
}

/// The same for a function that takes nothing but texts; a further argument is a culture.
///
/// # Errors
/// Only a stop.
pub fn texts_converted_to(ctx: &Context, given: &[Vector], target: Target) -> Result<Option<Vector>> {
    match given.first().and_then(|values| values.column().as_text()) {
        Some(_) => converted_to(ctx, given, target),
        None => Ok(None),
    }
}

fn one_by_one(ctx: &Context, converter: &Converter, values: &Vector) -> Result<Column> {
    ctx.steps(values.len())?;
    let mut cells = ColumnBuilder::with_capacity(values.len());
    for row in 0..values.len() {
        match values.value(row) {
            Value::Int64(whole) if converter.target() == Target::Text => {
                cells.push_text(itoa::Buffer::new().format(whole));
            }
            value => cells.push(Member::settled(converter.convert(ctx, &value))?),
        }
    }
    Ok(cells.finish())
}
