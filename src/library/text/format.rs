//! Values as texts, and texts with places for values.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::culture::number::parse;
use crate::eval::{Arguments, Context, conversion_error, field_not_found, not_enough_elements};
use crate::library::conversion::{culture_of, not_a_number, text_from};
use crate::value::types::Form;
use crate::value::{Error, Result, Type, Value};

pub(super) fn from(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    text_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?)
}

pub(super) fn format(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let format = arguments.text(0)?;
    let culture = culture_of(ctx, &arguments, 2)?;
    let mut result = String::with_capacity(format.len());
    let mut rest = format.as_str();
    while let Some(at) = rest.find('#') {
        let (before, place) = rest.split_at(at);
        result.push_str(before);
        let close = match place.as_bytes().get(1) {
            Some(b'{') => '}',
            Some(b'[') => ']',
            _ => {
                result.push('#');
                rest = place.get(1..).unwrap_or("");
                continue;
            }
        };
        let inside = place.get(2..).and_then(|place| place.split_once(close));
        let Some((name, after)) = inside else {
            return Err(malformed(&arguments));
        };
        let value = match close {
            '}' => item(ctx, &arguments, name)?,
            _ => field(ctx, &arguments, name)?,
        };
        if let Value::Text(text) = text_from(ctx, &value, &culture)? {
            result.push_str(&text);
        }
        rest = after;
    }
    result.push_str(rest);
    Ok(Value::from(result))
}

/// What fills a place `#{0}`.
fn item(ctx: &Context, arguments: &Arguments<'_>, place: &str) -> Result<Value> {
    let index = place.trim().parse().map_err(|_| malformed(arguments))?;
    match arguments.list(1)?.get(index, ctx)? {
        Some(member) => member.force(ctx),
        None => Err(not_enough_elements()),
    }
}

/// What fills a place `#[name]`.
fn field(ctx: &Context, arguments: &Arguments<'_>, name: &str) -> Result<Value> {
    let Value::Record(record) = arguments.value(1) else {
        return Err(conversion_error(
            arguments.value(1),
            &std::sync::Arc::new(Type::new(Form::Record(None))),
        ));
    };
    record.get(name).ok_or_else(|| field_not_found(name, record))?.force(ctx)
}

fn malformed(arguments: &Arguments<'_>) -> Error {
    Error::expression("The format string is malformed.").with_detail(arguments.value(0).clone())
}

/// What a number text is a text of. The real engine answers with `number` itself for plain whole and broken numbers.
pub(super) fn infer_number_type(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let text = arguments.text(0)?;
    if parse(&text, culture_of(ctx, &arguments, 1)?).is_none() {
        return Err(not_a_number(&text));
    }
    let is_money = text.chars().any(|sign| sign.general_category() == GeneralCategory::CurrencySymbol);
    let name = match text.contains('%') {
        true => Some("Percentage.Type"),
        false => is_money.then_some("Currency.Type"),
    };
    Ok(Value::Type(std::sync::Arc::new(Type { name, ..Type::new(Form::Number) })))
}
