//! Values as texts, and texts with places for values.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::kernels::{same_culture, same_text};
use crate::culture::number::{Number, parse, push_text};
use crate::eval::{Arguments, Context, conversion_error, field_not_found, not_enough_elements};
use crate::library::conversion::{culture_of, not_a_number, text_from};
use crate::table::Vector;
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

/// A part of a format: a text as it stands, or the number of an item.
enum Piece<'f> {
    Text(&'f str),
    Item(usize),
}

/// The pieces of a format that names items only; nothing if it names fields, or is malformed.
fn pieces(format: &str) -> Option<Vec<Piece<'_>>> {
    let (mut pieces, mut rest) = (Vec::new(), format);
    while let Some(at) = rest.find('#') {
        let (before, place) = rest.split_at(at);
        pieces.push(Piece::Text(before));
        match place.as_bytes().get(1) {
            Some(b'{') => {
                let (index, after) = place.get(2..)?.split_once('}')?;
                pieces.push(Piece::Item(index.trim().parse().ok()?));
                rest = after;
            }
            Some(b'[') => return None,
            _ => {
                pieces.push(Piece::Text(place.get(..1)?));
                rest = place.get(1..)?;
            }
        }
    }
    pieces.push(Piece::Text(rest));
    Some(pieces)
}

/// [`format`] of columns, by a format that is the same in each row and names items of lists.
pub(super) fn format_columns(ctx: &Context, given: &[Vector]) -> Result<Option<Vector>> {
    let (Some(format), Some(culture)) = (same_text(given, 0), same_culture(ctx, given, 2)) else {
        return Ok(None);
    };
    let lists = given.get(1).and_then(|lists| lists.column().as_any());
    let (Some(pieces), Some(lists)) = (pieces(format), lists) else { return Ok(None) };
    let write = |row: usize, text: &mut String| {
        let Value::List(list) = lists.get(row)?.ready()?.as_plain() else { return None };
        let items = list.as_items()?;
        for piece in &pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Item(at) => match items.get(*at)?.ready()?.as_plain() {
                    Value::Null => {}
                    Value::Text(item) => text.push_str(item),
                    Value::Int64(whole) => push_text(text, Number::Whole(*whole), culture),
                    Value::Double(double) => push_text(text, Number::Double(*double), culture),
                    other => match text_from(ctx, other, &culture).ok()? {
                        Value::Text(item) => text.push_str(&item),
                        _ => return None,
                    },
                },
            }
        }
        Some(())
    };
    Ok(Vector::written(lists.len(), write))
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
