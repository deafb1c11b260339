//! Percentiles.

use std::sync::Arc;

use super::statistics::halfway;
use crate::criteria::sort;
use crate::eval::{Arguments, Context, compare, conversion_error};
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Error, List, Member, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[native(
    "List.Percentile",
    "(list as list, percentiles as any, optional options as nullable record) as any",
    "The value below which a part (from 0 to 1) of the items lies, or the list of values for several parts. The option `PercentileMode` says how to go between items.",
    &[
        example("List.Percentile({5, 3, 1, 7, 9}, 0.25)", "3"),
        example(
            "List.Percentile({5, 3, 1, 7, 9}, {0.25, 0.5}, [PercentileMode = PercentileMode.ExcelExc])",
            "{2, 5}",
        ),
    ],
    percentile,
)];

/// `PercentileMode.Type`.
#[derive(Clone, Copy)]
enum Mode {
    /// As `PERCENTILE.INC` and `PERCENTILE_CONT` do.
    Inclusive,
    /// As `PERCENTILE.EXC` does.
    Exclusive,
    /// As `PERCENTILE_DISC` does: always an item.
    Discrete,
}

fn percentile(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mode = read_mode(ctx, &arguments)?;
    let mut values = arguments.list(0)?.values(ctx)?;
    values.retain(|value| !value.is_null());
    let sorted = sort(values, |left, right| {
        ctx.step()?;
        compare(ctx, left, right)
    })?;
    match arguments.value(1) {
        Value::List(parts) => {
            let parts = parts.values(ctx)?;
            let values = parts.iter().map(|part| at(ctx, &sorted, part, mode).map(Member::Ready));
            Ok(Value::List(Arc::new(List::Items(values.collect::<Result<_>>()?))))
        }
        part => at(ctx, &sorted, part, mode),
    }
}

fn read_mode(ctx: &Context, arguments: &Arguments<'_>) -> Result<Mode> {
    let Some(options) = arguments.optional_record(2)? else { return Ok(Mode::Inclusive) };
    let Some(option) = options.get("PercentileMode") else { return Ok(Mode::Inclusive) };
    let option = option.force(ctx)?;
    match option.to_double() {
        None if option.is_null() => Ok(Mode::Inclusive),
        Some(1.0 | 4.0) => Ok(Mode::Inclusive),
        Some(2.0) => Ok(Mode::Exclusive),
        Some(3.0) => Ok(Mode::Discrete),
        _ => Err(Error::expression("The value isn't a valid percentile mode.").with_detail(option)),
    }
}

fn at(ctx: &Context, sorted: &[Value], part: &Value, mode: Mode) -> Result<Value> {
    let Some(portion) = part.to_double() else {
        return Err(conversion_error(part, &Arc::new(Type::new(Form::Number))));
    };
    let out_of_range =
        || Error::expression("The 'percentiles' argument is out of range.").with_detail(part.clone());
    if !(0.0..=1.0).contains(&portion) {
        return Err(out_of_range());
    }
    let Some(last) = sorted.len().checked_sub(1) else { return Ok(Value::Null) };
    let (count, item) = (sorted.len() as f64, |at: usize| sorted.get(at).cloned().unwrap_or(Value::Null));
    let place = match mode {
        Mode::Inclusive => portion * last as f64,
        Mode::Exclusive => portion * (count + 1.0) - 1.0,
        Mode::Discrete => return Ok(item(((portion * count).ceil() as usize).saturating_sub(1))),
    };
    if !(0.0..=last as f64).contains(&place) {
        return Err(out_of_range());
    }
    let (low, rest) = (place.floor() as usize, place.fract());
    if rest == 0.0 { Ok(item(low)) } else { halfway(ctx, &item(low), &item(low + 1), rest) }
}
