//! Between M values and `serde_json`'s.

use std::sync::Arc;

use serde_json::{Map, Number};

use crate::eval::{Context, conversion_error};
use crate::table;
use crate::value::temporal::iso;
use crate::value::types::Form;
use crate::value::{Error, List, Member, Members, Record, Result, Shape, Text, Type, Value, base64_text};

type Json = serde_json::Value;

/// The least stack left before a nested value takes a new piece, and that piece, in bytes.
const RED_ZONE: usize = 64 * 1024;
const STACK_PIECE: usize = 2 * 1024 * 1024;

/// The M value of a JSON value, as `Json.Document` reads it: objects are records, arrays lists, whole numbers of up to
/// 64 bits exact and all others doubles.
pub fn from_json(json: &Json) -> Value {
    Reader { shape: None }.value(json)
}

impl From<&Json> for Value {
    fn from(json: &Json) -> Value {
        from_json(json)
    }
}

impl From<Json> for Value {
    fn from(json: Json) -> Value {
        from_json(&json)
    }
}

/// Reads JSON; objects with the same names in the same order share a shape with the object before.
struct Reader {
    shape: Option<Arc<Shape>>,
}

impl Reader {
    fn value(&mut self, json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(logical) => Value::Logical(*logical),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => Value::Int64(whole),
                None => number.as_f64().map_or(Value::Null, Value::Double),
            },
            Json::String(text) => Value::text(text),
            Json::Array(items) => nested(|| {
                let mut reader = Reader { shape: self.shape.take() };
                let items = items.iter().map(|item| Member::Ready(reader.value(item))).collect();
                Value::List(Arc::new(List::Items(items)))
            }),
            Json::Object(fields) => nested(|| {
                let shape = match &self.shape {
                    Some(shape) if has_names(shape, fields) => Arc::clone(shape),
                    _ => Arc::new(Shape::new(fields.keys().map(|name| Text::new(name)))),
                };
                self.shape = Some(Arc::clone(&shape));
                let mut reader = Reader { shape: None };
                let members: Members =
                    fields.values().map(|field| Member::Ready(reader.value(field))).collect();
                Value::Record(Arc::new(Record::new(shape, members)))
            }),
        }
    }
}

fn nested<T>(inside: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, STACK_PIECE, inside)
}

fn has_names(shape: &Shape, fields: &Map<String, Json>) -> bool {
    shape.len() == fields.len() && shape.names().iter().zip(fields.keys()).all(|(a, b)| a.as_str() == b)
}

/// A value as JSON, all of it evaluated: tables are arrays of objects, dates and times ISO 8601, durations too, binaries
/// base 64; `#nan` and the infinities are `null`. Decimals that no double holds lose digits, as JSON numbers do here.
///
/// # Errors
/// What evaluating a part raises; the conversion error for functions and types.
pub fn to_json(ctx: &Context, value: &Value) -> Result<Json> {
    ctx.step()?;
    let mut text = String::new();
    match value.as_plain() {
        Value::Null => return Ok(Json::Null),
        Value::Logical(logical) => return Ok(Json::Bool(*logical)),
        Value::Int64(whole) => return Ok(Json::Number((*whole).into())),
        Value::Double(double) => return Ok(number(*double)),
        Value::Decimal(decimal) => {
            let whole = decimal.is_integer().then(|| i64::try_from(**decimal).ok()).flatten();
            return Ok(match whole {
                Some(whole) => Json::Number(whole.into()),
                None => number(value.to_double().unwrap_or(f64::NAN)),
            });
        }
        Value::Text(text) => return Ok(Json::String(text.as_str().to_owned())),
        Value::Date(date) => iso::push_date(&mut text, *date),
        Value::Time(time) => iso::push_time(&mut text, *time),
        Value::DateTime(datetime) => iso::push_datetime(&mut text, *datetime),
        Value::Duration(duration) => iso::push_duration(&mut text, *duration),
        zoned @ Value::DateTimeZone(_) => {
            zoned.zoned().into_iter().for_each(|zoned| iso::push_datetimezone(&mut text, zoned));
        }
        Value::Binary(binary) => text = base64_text(binary.bytes(ctx)?),
        Value::List(list) => {
            return ctx.nested(|| {
                let mut array = Vec::new();
                let mut items = list.items();
                while let Some(item) = items.next_value(ctx)? {
                    array.push(to_json(ctx, &item)?);
                }
                Ok(Json::Array(array))
            });
        }
        Value::Record(record) => return ctx.nested(|| object(ctx, record)),
        Value::Table(table) => {
            return ctx.nested(|| {
                let mut array = Vec::new();
                let mut rows = table::rows(ctx, table)?;
                while let Some(row) = rows.next(ctx)? {
                    ctx.step()?;
                    array.push(object(ctx, &row)?);
                }
                Ok(Json::Array(array))
            });
        }
        other @ (Value::Function(_) | Value::Type(_) | Value::Meta(_)) => return Err(no_json(other)),
    }
    Ok(Json::String(text))
}

fn no_json(value: &Value) -> Error {
    conversion_error(value, &Arc::new(Type::new(Form::Text)))
}

fn number(double: f64) -> Json {
    /// Whole doubles below this are exact, and written without a fraction.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if double.fract() == 0.0 && double.abs() < EXACT {
        return Json::Number((double as i64).into());
    }
    Number::from_f64(double).map_or(Json::Null, Json::Number)
}

fn object(ctx: &Context, record: &Record) -> Result<Json> {
    let mut fields = Map::with_capacity(record.len());
    for (name, member) in record.fields() {
        fields.insert(name.as_str().to_owned(), to_json(ctx, &member.force(ctx)?)?);
    }
    Ok(Json::Object(fields))
}
