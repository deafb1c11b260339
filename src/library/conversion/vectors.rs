//! `X.From` functions over whole columns, as far as a column type would convert them.

use std::sync::Arc;

use super::{Converter, culture_named};
use crate::eval::Context;
use crate::library::text::same;
use crate::table::Vector;
use crate::value::types::Form;
use crate::value::{Result, Type, Value};

/// The values of the first argument as values of this form, read as the second argument says, a culture or `null`.
/// `None` if they are not known here.
///
/// # Errors
/// Only a stop.
pub fn converted(ctx: &Context, given: &[Vector], form: Form) -> Result<Option<Vector>> {
    let culture = match same(given, 1) {
        Some(Value::Null) => culture_named(ctx, None),
        Some(Value::Text(name)) => culture_named(ctx, Some(name)),
        _ => return Ok(None),
    };
    let (Ok(culture), Some(values)) = (culture, given.first()) else { return Ok(None) };
    let converter = Converter::new(&Arc::new(Type::new(form)), &culture);
    let Some(column) = converter.convert_column(ctx, values.column())? else { return Ok(None) };
    // What fails, and values of another kind, are left to the row: there may be as many as there are cells.
    Ok(Some(Vector::from_input(&Arc::new(column))))
}
