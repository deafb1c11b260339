//! Calls of library functions.

use std::sync::Arc;

use super::evaluate::evaluate;
use super::expression::Expression;
use super::result::{Collect, Fate, Vector, both};
use super::scope::Scope;
use crate::value::{Native, Result, Value};

/// A call of a library function for the rows of a scope: by its kernel, else row by row, without records and frames.
///
/// # Errors
/// Only a stop.
pub(super) fn native(scope: &Scope<'_>, native: &Arc<Native>, arguments: &[Expression]) -> Result<Vector> {
    let (ctx, len) = (scope.ctx, scope.len());
    let mut given = Vec::with_capacity(arguments.len());
    let mut fates = Vector::same(Value::Null, len);
    for argument in arguments {
        let vector = evaluate(scope, argument)?;
        let so_far = both(&fates, &vector);
        fates = fates.with_fates(so_far);
        given.push(vector);
    }
    let most = native.parameters.kinds.len();
    let mut values = vec![Value::Null; most];
    if given.iter().all(|vector| vector.as_same().is_some()) {
        for (value, vector) in values.iter_mut().zip(&given) {
            *value = vector.value(0);
        }
        return match ctx.call_native(native, &mut values) {
            Ok(value) => Ok(Vector::same(value, len)),
            Err(error) => Ok(Vector::fated(Fate::of(error)?, len)),
        };
    }
    if let Some(kernel) = &native.kernel
        && let Some(column) = kernel(ctx, &given)?
    {
        let own = both(&fates, &column);
        return Ok(column.with_fates(own));
    }
    let mut result = Collect::new(len);
    for row in 0..len {
        if fates.fate(row) != Fate::Value {
            result.fate(fates.fate(row));
            continue;
        }
        for (value, vector) in values.iter_mut().zip(&given) {
            *value = vector.value(row);
        }
        match ctx.call_native(native, &mut values) {
            Ok(value) => result.value(value),
            Err(error) => result.fate(Fate::of(error)?),
        }
    }
    Ok(result.finish())
}
