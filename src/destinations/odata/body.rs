//! Cells as a service takes them, and texts by which values are compared.

use rust_decimal::Decimal;

use crate::destinations::Cell;
use crate::sources::escape::escaped;
use crate::sources::odata::Edm;

/// A cell as JSON of a type; why not, where it can't be.
pub(super) fn json(ty: &Edm, cell: &Cell) -> Result<String, String> {
    let Edm::Primitive(name) = ty else { return Ok(string(&cell.to_string())) };
    let wrong = || format!("{cell} is no value of type Edm.{name}");
    if matches!(cell, Cell::Null) {
        return Ok("null".to_owned());
    }
    match name.as_str() {
        "Boolean" => match cell {
            Cell::Logical(value) => Ok(value.to_string()),
            _ => Err(wrong()),
        },
        "Byte" | "SByte" | "Int16" | "Int32" | "Int64" => match cell {
            Cell::Whole(value) => Ok(value.to_string()),
            Cell::Decimal(value) if value.fract().is_zero() => Ok(value.trunc().to_string()),
            Cell::Double(value) if value.fract() == 0.0 && value.abs() < 9e15 => Ok(format!("{value:.0}")),
            _ => Err(wrong()),
        },
        "Decimal" | "Double" | "Single" => match cell {
            Cell::Whole(value) => Ok(value.to_string()),
            Cell::Decimal(value) => Ok(value.normalize().to_string()),
            Cell::Double(value) if value.is_finite() => Ok(value.to_string()),
            _ => Err(wrong()),
        },
        "Date" => match cell {
            Cell::Date(text) | Cell::Text(text) => Ok(string(text)),
            Cell::DateTime(text) | Cell::DateTimeZone(text) => text.get(..10).map(string).ok_or_else(wrong),
            _ => Err(wrong()),
        },
        // A moment without a zone is taken as UTC.
        "DateTimeOffset" => match cell {
            Cell::DateTimeZone(text) | Cell::Text(text) => Ok(string(text)),
            Cell::DateTime(text) => Ok(string(&format!("{text}Z"))),
            Cell::Date(text) => Ok(string(&format!("{text}T00:00:00Z"))),
            _ => Err(wrong()),
        },
        _ => Ok(string(&cell.to_string())),
    }
}

/// A text as JSON.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A cell as an address writes it in a key.
pub(super) fn key(ty: &Edm, cell: &Cell) -> Result<String, String> {
    let json = json(ty, cell)?;
    let is_text = matches!(ty, Edm::Primitive(name) if name == "String");
    if is_text {
        return Ok(format!("'{}'", escaped(&cell.to_string().replace('\'', "''"))));
    }
    Ok(escaped(json.trim_matches('"')))
}

/// The text by which two values of a type are the same; none for null.
pub(super) fn canonical(ty: &Edm, value: &serde_json::Value) -> Option<String> {
    let name = match ty {
        Edm::Primitive(name) => name.as_str(),
        _ => "",
    };
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(match name {
            "Guid" => text.to_ascii_lowercase(),
            "DateTimeOffset" => {
                text.parse::<jiff::Timestamp>().map_or_else(|_| text.clone(), |moment| moment.to_string())
            }
            "Decimal" | "Int64" => number(text),
            _ => text.clone(),
        }),
        serde_json::Value::Number(value) => Some(number(&value.to_string())),
        other => Some(other.to_string()),
    }
}

fn number(text: &str) -> String {
    let exact = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text));
    exact.map_or_else(|_| text.to_owned(), |exact| exact.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edm(name: &str) -> Edm {
        Edm::Primitive(name.to_owned())
    }

    #[test]
    fn cells_become_what_the_type_takes() {
        let decimal = Cell::Decimal("12.50".parse().unwrap());
        assert_eq!(json(&edm("Decimal"), &decimal), Ok("12.5".to_owned()));
        assert_eq!(json(&edm("Int32"), &Cell::Decimal("3.0".parse().unwrap())), Ok("3".to_owned()));
        assert!(json(&edm("Int32"), &decimal).is_err());
        assert!(json(&edm("Boolean"), &Cell::text("yes")).is_err());
        assert_eq!(json(&edm("String"), &Cell::Whole(7)), Ok("\"7\"".to_owned()));
        let moment = Cell::DateTime("2024-02-29T10:20:30".into());
        assert_eq!(json(&edm("DateTimeOffset"), &moment), Ok("\"2024-02-29T10:20:30Z\"".to_owned()));
        assert_eq!(key(&edm("String"), &Cell::text("O'Neil/ü")), Ok("'O%27%27Neil%2F%C3%BC'".to_owned()));
    }

    #[test]
    fn the_same_value_in_two_forms_is_the_same() {
        let same = |name: &str, a: serde_json::Value, b: serde_json::Value| {
            assert_eq!(canonical(&edm(name), &a), canonical(&edm(name), &b), "{name}");
        };
        same("Decimal", 12.5.into(), "12.50".into());
        same("Decimal", 1e2.into(), 100.into());
        same("DateTimeOffset", "2024-02-29T10:20:30Z".into(), "2024-02-29T12:20:30.000+02:00".into());
        same("Guid", "AB".into(), "ab".into());
        assert_ne!(canonical(&edm("String"), &"a".into()), canonical(&edm("String"), &"A".into()));
    }
}
