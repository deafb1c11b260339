//! The comparers. [`Rule`] recognises them by their name and, those of cultures, by their collation.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use crate::criteria::Rule;
use crate::culture::collation::Collation;
use crate::eval::{Arguments, Context, compare};
use crate::library::conversion::culture_named;
use crate::value::{Function, Parameters, Result, Value};

/// The comparers of cultures that were asked for: one function for each collation, so that comparers of one
/// culture are equal.
static COLLATIONS: Mutex<Vec<(Collation, Arc<Function>)>> = Mutex::new(Vec::new());

pub(super) fn from_culture(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let culture = culture_named(ctx, Some(&arguments.text(0)?))?;
    let collation = Collation::new(culture, arguments.optional_logical(1)?.unwrap_or(false));
    let mut known = COLLATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, comparer)) = known.iter().find(|(other, _)| *other == collation) {
        return Ok(Value::Function(Arc::clone(comparer)));
    }
    let parameters = Parameters::untyped(&["x", "y"]);
    let data = Arc::new(collation);
    let made = Function::with_data("Comparer.FromCulture", parameters, data, move |ctx, arguments| {
        let order = match (arguments.value(0), arguments.value(1)) {
            (Value::Text(x), Value::Text(y)) => collation.compare(x, y),
            (x, y) => compare(ctx, x, y)?,
        };
        Ok(number(order))
    });
    if let Value::Function(comparer) = &made {
        known.push((collation, Arc::clone(comparer)));
    }
    Ok(made)
}

pub(super) fn equals(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let rule = Rule::of(&arguments.function(0)?);
    rule.equal(ctx, arguments.value(1), arguments.value(2)).map(Value::Logical)
}

pub(super) fn ordinal(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Rule::Plain.compare(ctx, arguments.value(0), arguments.value(1)).map(number)
}

pub(super) fn ordinal_ignore_case(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Rule::IgnoreCase.compare(ctx, arguments.value(0), arguments.value(1)).map(number)
}

fn number(order: Ordering) -> Value {
    Value::Int64(order as i64)
}
