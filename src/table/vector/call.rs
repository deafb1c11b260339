//! Calls of library functions.

use std::sync::Arc;

use super::evaluate::evaluate;
use super::expression::Expression;
use super::result::{Collect, Fate, Vector, both};
use super::scope::Scope;
use crate::eval::Context;
use crate::value::{Kind, Native, Result, Value};

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
    if let Some(made) = by_kernel(ctx, native, &given)? {
        let own = both(&fates, &made);
        return Ok(made.with_fates(own));
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

/// What the function's kernel makes of the arguments, if it has one that can.
///
/// # Errors
/// Only a stop.
pub(super) fn by_kernel(ctx: &Context, native: &Native, given: &[Vector]) -> Result<Option<Vector>> {
    let Some(kernel) = &native.kernel else { return Ok(None) };
    // A kernel knows no kinds that the parameters don't take. It passes nulls on; where a parameter takes none, the call
    // raises an error.
    let mut refused = Vector::same(Value::Null, given.first().map_or(0, Vector::len));
    for (vector, kinds) in given.iter().zip(&native.parameters.kinds) {
        if let Some(member) = vector.column().as_same()
            && member.ready().is_none_or(|value| !kinds.contains(value.kind()))
        {
            return Ok(None);
        }
        if kinds.contains(Kind::Null) {
            continue;
        }
        if let Some(valid) = vector.null_mask().and_then(|mask| mask.valid()) {
            let fate = |valid: bool| if valid { Fate::Value } else { Fate::Raises };
            let so_far = both(&refused, &refused.clone().with_fates(Some(valid.iter().map(fate).collect())));
            refused = refused.with_fates(so_far);
        }
    }
    let Some(made) = kernel(ctx, given)? else { return Ok(None) };
    let fates = both(&refused, &made);
    Ok(Some(made.with_fates(fates)))
}
