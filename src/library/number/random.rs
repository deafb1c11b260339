//! Random numbers, whose bits the host grants.

use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Number.Random",
        "() as number",
        "A random number from 0 up to, but not including, 1; a new one at each call.",
        &[example("let n = Number.Random() in n >= 0 and n < 1", "true")],
        |ctx, _| fraction(ctx).map(Value::Double),
    ),
    native(
        "Number.RandomBetween",
        "(bottom as number, top as number) as number",
        "A random number between two numbers; a new one at each call.",
        &[example("let n = Number.RandomBetween(5, 6) in n >= 5 and n <= 6", "true")],
        between,
    ),
];

/// A random number from 0 up to, but not including, 1, of 53 bits.
fn fraction(ctx: &Context) -> Result<f64> {
    let mut bytes = [0; 8];
    ctx.host().random(&mut bytes).map_err(|error| Error::data_source(error.to_string()))?;
    Ok((u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64)
}

fn between(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (bottom, top) = (arguments.double(0)?, arguments.double(1)?);
    Ok(Value::Double(bottom + fraction(ctx)? * (top - bottom)))
}
