//! Constants and conditions as an address of OData writes them.

use super::Edm;

use crate::table::{Comparison, Condition, TextTest};
use crate::value::Value;
use crate::value::number::push_finite;
use crate::value::temporal::iso;

/// The constant, if it is of the column's type.
pub(super) fn literal(ty: &Edm, value: &Value) -> Option<String> {
    let mut out = String::new();
    let Edm::Primitive(name) = ty else {
        return match (ty, value) {
            (_, Value::Null) => Some("null".to_owned()),
            (Edm::Enumeration(name), Value::Text(text)) => Some(format!("{name}{}", quoted(text))),
            _ => None,
        };
    };
    match (name.as_str(), value) {
        (_, Value::Null) => out.push_str("null"),
        ("String", Value::Text(text)) => out = quoted(text),
        ("Guid", Value::Text(text)) if is_guid(text) => out.push_str(text),
        ("Boolean", Value::Logical(logical)) => out.push_str(if *logical { "true" } else { "false" }),
        (
            "Byte" | "SByte" | "Int16" | "Int32" | "Int64" | "Decimal" | "Single" | "Double",
            Value::Int64(whole),
        ) => {
            out = whole.to_string();
        }
        ("Decimal", Value::Decimal(decimal)) => out = decimal.normalize().to_string(),
        ("Decimal" | "Double", Value::Double(double)) if double.is_finite() => {
            push_finite(&mut out, *double, ".", "-");
        }
        ("Date", Value::Date(date)) => iso::push_date(&mut out, *date),
        ("TimeOfDay", Value::Time(time)) => iso::push_time(&mut out, *time),
        ("DateTimeOffset", Value::DateTimeZone(_)) => {
            iso::push_datetime(&mut out, value.zoned()?.utc());
            out.push('Z');
        }
        ("Duration", Value::Duration(duration)) => {
            out.push_str("duration'");
            iso::push_duration(&mut out, *duration);
            out.push('\'');
        }
        _ => return None,
    }
    Some(out)
}

/// A text in quotes, quotes in it doubled.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A condition as `$filter` writes it, and whether the service decides exactly as M does. Texts are compared by the
/// service in its own way, which may find more equal than M does: what is given then covers all rows that M takes.
pub(super) fn filter<'c>(
    condition: &Condition,
    column: &dyn Fn(usize) -> Option<(&'c str, &'c Edm)>,
) -> Option<(String, bool)> {
    match condition {
        Condition::And(parts) => {
            // What the service does not understand is left out: more rows pass.
            let known: Vec<_> = parts.iter().filter_map(|part| filter(part, column)).collect();
            let whole = known.len() == parts.len();
            (!known.is_empty()).then(|| joined(known, " and ", whole))
        }
        Condition::Or(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| filter(part, column)).collect();
            Some(joined(parts?, " or ", true))
        }
        Condition::Not(part) => {
            // `not` turns more into fewer; and of null, M makes null where OData makes false.
            let Condition::Compare(Comparison::Equal | Comparison::NotEqual, ..) = &**part else {
                return None;
            };
            let (text, exact) = filter(part, column)?;
            exact.then(|| (format!("not ({text})"), true))
        }
        Condition::Compare(operator, at, value) => {
            let (name, ty) = column(*at)?;
            let is_text = matches!(ty, Edm::Primitive(name) if name == "String");
            let word = match operator {
                Comparison::Equal => "eq",
                Comparison::NotEqual if !is_text || value.is_null() => "ne",
                _ if is_text || value.is_null() || matches!(ty, Edm::Enumeration(_)) => return None,
                // Their order is the service's own.
                _ if matches!(ty, Edm::Primitive(name) if name == "Guid" || name == "Boolean") => {
                    return None;
                }
                Comparison::Less => "lt",
                Comparison::LessEqual => "le",
                Comparison::Greater => "gt",
                Comparison::GreaterEqual => "ge",
                _ => return None,
            };
            let exact = !is_text && !is_guid_type(ty) || value.is_null();
            if word == "ne" && !exact {
                return None;
            }
            Some((format!("{name} {word} {}", literal(ty, value)?), exact))
        }
        Condition::Text(test, at, text) => {
            let (name, ty) = column(*at)?;
            if *ty != Edm::Primitive("String".to_owned()) {
                return None;
            }
            let function = match test {
                TextTest::Contains => "contains",
                TextTest::StartsWith => "startswith",
                TextTest::EndsWith => "endswith",
            };
            Some((format!("{function}({name},{})", quoted(text)), false))
        }
        Condition::Is(at) => {
            let (name, ty) = column(*at)?;
            (*ty == Edm::Primitive("Boolean".to_owned())).then(|| (format!("{name} eq true"), true))
        }
    }
}

fn is_guid_type(ty: &Edm) -> bool {
    matches!(ty, Edm::Primitive(name) if name == "Guid")
}

fn joined(parts: Vec<(String, bool)>, by: &str, whole: bool) -> (String, bool) {
    let exact = whole && parts.iter().all(|(_, exact)| *exact);
    let texts: Vec<String> = parts.into_iter().map(|(text, _)| format!("({text})")).collect();
    (texts.join(by), exact)
}
