//! Value.FromText.

use crate::culture::duration;
use crate::eval::{Arguments, Context};
use crate::library::conversion::{ParseTarget, culture_of, logical_from, number_from_text};
use crate::library::{Declaration, example, native};
use crate::value::{Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[native(
    "Value.FromText",
    "(text as any, optional culture as nullable text) as any",
    "What a text stands for in a culture: null if it is empty, a logical value, a number, a date and time, a duration; else the text itself.",
    &[
        example("Value.FromText(\"12.5\")", "12.5"),
        example("Value.FromText(\"true\")", "true"),
        example("Value.FromText(\"twelve\")", "\"twelve\""),
    ],
    from_text,
)];

fn from_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Value::Text(text) = arguments.value(0) else { return Ok(arguments.full(0).clone()) };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let culture = culture_of(ctx, &arguments, 1)?;
    let readings: [&dyn Fn() -> Result<Value>; 4] = [
        &|| logical_from(arguments.value(0)),
        &|| number_from_text(text, &culture),
        &|| ParseTarget::DateTime.parse(ctx, text, &culture),
        &|| duration::parse(text).map(Value::Duration).ok_or_else(|| Error::data_format("no duration")),
    ];
    for reading in readings {
        match reading() {
            Ok(value) => return Ok(value),
            Err(error) if error.is_stop() => return Err(error),
            Err(_) => {}
        }
    }
    Ok(Value::Text(text.clone()))
}
