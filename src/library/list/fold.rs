//! One value made from all items.

use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[native(
    "List.Accumulate",
    "(list as list, seed as any, accumulator as function) as any",
    "Begins with the seed and gives it with each item to the function, whose result goes on to the next item.",
    &[example("List.Accumulate({1, 2, 3}, 10, (sum, item) => sum + item)", "16")],
    accumulate,
)];

fn accumulate(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let (list, function) = (arguments.list(0)?, arguments.function(2)?);
    let mut state = arguments.take(1);
    list.take_values(ctx, |item| {
        state = ctx.call2(&function, std::mem::take(&mut state), item)?;
        Ok(())
    })?;
    Ok(state)
}
