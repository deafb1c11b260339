//! Values of OData as M has them.

use std::sync::Arc;

use super::{Edm, Model, Property};
use crate::eval::Context;
use crate::value::temporal::{DateTimeZone, Duration, iso};
use crate::value::types::{FieldType, Form, RecordType};
use crate::value::{Binary, Error, List, Member, Record, Result, Text, Type, Value, base64_bytes, number};

/// The M type of a type of OData.
pub(super) fn claim(model: &Model, ty: &Edm, nullable: bool) -> Type {
    let mut claimed = match ty {
        Edm::Primitive(name) => primitive(name),
        Edm::Enumeration(_) => Type::new(Form::Text),
        Edm::Structure(name) => Type::new(Form::Record(model.ty(name).map(|ty| {
            // One level: types may refer to each other in circles.
            let field = |property: &Property| FieldType {
                name: Text::new(&property.name),
                ty: Arc::new(match &property.ty {
                    Edm::Structure(_) => Type::nullable(Form::Record(None)),
                    other => claim(model, other, property.nullable),
                }),
                optional: false,
            };
            Arc::new(RecordType { fields: ty.properties.iter().map(field).collect(), open: ty.is_open })
        }))),
        Edm::Collection(_) => Type::new(Form::List(None)),
    };
    claimed.nullable = nullable && !matches!(claimed.form, Form::Any);
    claimed
}

fn primitive(name: &str) -> Type {
    let named = |name: &'static str, form: Form| Type { name: Some(name), ..Type::new(form) };
    match name {
        "String" => Type::new(Form::Text),
        "Boolean" => Type::new(Form::Logical),
        "Byte" => named("Byte.Type", Form::Number),
        "SByte" => named("Int8.Type", Form::Number),
        "Int16" => named("Int16.Type", Form::Number),
        "Int32" => named("Int32.Type", Form::Number),
        "Int64" => named("Int64.Type", Form::Number),
        "Single" => named("Single.Type", Form::Number),
        "Double" => named("Double.Type", Form::Number),
        "Decimal" => named("Decimal.Type", Form::Number),
        "Guid" => named("Guid.Type", Form::Text),
        "Date" => Type::new(Form::Date),
        "DateTimeOffset" => Type::new(Form::DateTimeZone),
        "TimeOfDay" => Type::new(Form::Time),
        "Duration" => Type::new(Form::Duration),
        "Binary" => Type::new(Form::Binary),
        _ => Type::new(Form::Any),
    }
}

/// A JSON value as a value of an OData type. What does not fit is an error in its cell.
pub(super) fn cell(ctx: &Context, model: &Model, ty: &Edm, json: Value, place: &str) -> Result<Member> {
    if json.is_null() {
        return Ok(Member::Ready(Value::Null));
    }
    let converted = match (ty, &json) {
        (Edm::Primitive(name), _) => convert(name, &json),
        (Edm::Enumeration(_), Value::Text(_)) => Some(json.clone()),
        (Edm::Structure(name), Value::Record(record)) => {
            return structure(ctx, model, name, record, place).map(Member::Ready);
        }
        (Edm::Collection(item), Value::List(list)) => {
            let items = list.values(ctx)?.into_iter();
            let items =
                items.map(|value| cell(ctx, model, item, value, place)).collect::<Result<Vec<_>>>()?;
            return Ok(Member::Ready(Value::List(Arc::new(List::Items(items)))));
        }
        _ => None,
    };
    Ok(match converted {
        Some(value) => Member::Ready(value),
        None => Member::failed(
            Error::data_format(format!(
                "OData: The service gave a value for '{place}' that isn't of its type {}.",
                shown(ty)
            ))
            .with_detail(json),
        ),
    })
}

fn structure(ctx: &Context, model: &Model, name: &str, json: &Record, place: &str) -> Result<Value> {
    let Some(ty) = model.ty(name) else { return Ok(Value::Record(Arc::new(plain(json)))) };
    let mut members = Vec::with_capacity(ty.properties.len());
    for property in &ty.properties {
        let value = match json.get(&property.name) {
            Some(member) => member.force(ctx)?,
            None => Value::Null,
        };
        let place = format!("{place}/{}", property.name);
        let member = ctx.nested(|| cell(ctx, model, &property.ty, value, &place))?;
        members.push((Text::new(&property.name), member));
    }
    Ok(Value::Record(Arc::new(Record::from_members(members))))
}

/// A JSON object without the annotations in it.
pub(super) fn plain(json: &Record) -> Record {
    let own = json.fields().filter(|(name, _)| !name.contains('@'));
    Record::from_members(own.map(|(name, member)| (name.clone(), member)))
}

fn shown(ty: &Edm) -> String {
    match ty {
        Edm::Primitive(name) => format!("Edm.{name}"),
        Edm::Enumeration(name) | Edm::Structure(name) => name.clone(),
        Edm::Collection(item) => format!("Collection({})", shown(item)),
    }
}

fn convert(name: &str, json: &Value) -> Option<Value> {
    let text = json.as_text();
    match name {
        "String" | "Guid" => text.map(|_| json.clone()),
        "Boolean" => matches!(json, Value::Logical(_)).then(|| json.clone()),
        "Byte" | "SByte" | "Int16" | "Int32" | "Int64" | "Single" | "Double" | "Decimal" => match text {
            None => json.to_double().map(|_| json.clone()),
            // Numbers that JSON lacks, and those written as texts because JSON's readers may round them.
            Some("INF") => Some(Value::Double(f64::INFINITY)),
            Some("-INF") => Some(Value::Double(f64::NEG_INFINITY)),
            Some("NaN") => Some(Value::Double(f64::NAN)),
            Some(text) => parsed_number(text),
        },
        "Date" => iso::parse_date(text?).map(Value::Date),
        "TimeOfDay" => iso::parse_time(text?).map(Value::Time),
        "DateTimeOffset" => zoned(text?).map(Value::from),
        "Duration" => duration(text?).map(Value::Duration),
        "Binary" => {
            let standard = text?.replace('-', "+").replace('_', "/");
            let padding = "=".repeat((4 - standard.trim_end_matches('=').len() % 4) % 4);
            let padded = format!("{}{padding}", standard.trim_end_matches('='));
            base64_bytes(&padded).map(|bytes| Value::Binary(Arc::new(Binary::new(bytes))))
        }
        // Streams, points and shapes, and what services leave open, as JSON has them.
        _ => Some(json.clone()),
    }
}

fn parsed_number(text: &str) -> Option<Value> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    match number::parse_literal(digits)? {
        number::ParsedNumber::Whole(whole) => Some(Value::Int64(if negative { -whole } else { whole })),
        number::ParsedNumber::Double(double) => match text.parse::<rust_decimal::Decimal>() {
            // What a double would round stays exact.
            Ok(decimal) if digits.len() > 15 => Some(Value::from(decimal)),
            _ => Some(Value::Double(if negative { -double } else { double })),
        },
    }
}

/// `2026-03-01T14:05:00Z`, or with an offset.
pub(super) fn zoned(text: &str) -> Option<DateTimeZone> {
    if let Some(utc) = text.strip_suffix(['Z', 'z']) {
        return DateTimeZone::new(iso::parse_datetime(utc)?, 0);
    }
    let at = text.rfind(['+', '-']).filter(|at| *at > 10)?;
    let (local, offset) = text.split_at(at);
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    let minutes = if offset.starts_with('-') { -minutes } else { minutes };
    DateTimeZone::new(iso::parse_datetime(local)?, minutes)
}

/// `P1DT2H3M4.5S`, with a sign before it.
fn duration(text: &str) -> Option<Duration> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let rest = rest.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut parts = [0.0; 4];
    for (at, unit, text) in [(0, 'D', days), (1, 'H', time), (2, 'M', time), (3, 'S', time)] {
        if let Some(end) = text.find(unit) {
            let before = text.get(..end)?;
            let start = before.rfind(|letter: char| letter.is_ascii_alphabetic()).map_or(0, |at| at + 1);
            *parts.get_mut(at)? = before.get(start..)?.parse().ok()?;
        }
    }
    let [days, hours, minutes, seconds] = parts;
    let length = Duration::new(days, hours, minutes, seconds)?;
    if negative { length.checked_neg() } else { Some(length) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, json: Value) -> String {
        convert(name, &json).map_or("none".to_owned(), |value| match value {
            Value::DateTimeZone(_) => {
                let mut out = String::new();
                value.zoned().into_iter().for_each(|zoned| iso::push_datetimezone(&mut out, zoned));
                out
            }
            Value::Duration(duration) => {
                let mut out = String::new();
                iso::push_duration(&mut out, duration);
                out
            }
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn values_of_the_wire() {
        let text = |text: &str| Value::text(text);
        assert_eq!(shown("Int64", text("9007199254740993")), "9007199254740993");
        assert_eq!(shown("Decimal", text("-12345678901234.5678")), "-12345678901234.5678m");
        assert_eq!(shown("Double", text("-INF")), "-inf");
        assert_eq!(shown("Int32", text("many")), "none");
        assert_eq!(shown("Boolean", Value::Int64(1)), "none");
        assert_eq!(shown("DateTimeOffset", text("2024-02-29T10:20:30.5Z")), "2024-02-29T10:20:30.5+00:00");
        assert_eq!(shown("DateTimeOffset", text("2024-02-29T10:20:30-05:30")), "2024-02-29T10:20:30-05:30");
        assert_eq!(shown("DateTimeOffset", text("2024-02-29")), "none");
        assert_eq!(shown("Duration", text("-P1DT2H3M4.5S")), "-P1DT2H3M4.5S");
        assert_eq!(shown("Duration", text("PT12H")), "PT12H");
        assert_eq!(shown("Duration", text("12 hours")), "none");
    }
}
