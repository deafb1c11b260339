use std::sync::Arc;

use crate::value::temporal::{DateTimeZone, iso};
use crate::value::types::Form;
use crate::value::{Binary, Type, Value};

/// What a column's type says of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each names what it holds")]
pub enum Kind {
    Logical,
    Whole,
    Single,
    Double,
    Decimal,
    Date,
    Time,
    DateTime,
    DateTimeZone,
    Interval,
    Binary,
    /// Text of which blanks at its end do not count.
    PaddedText,
    Text,
    Uuid,
    Json,
    /// Anything else: arrays, enumerations, ranges, addresses; read and written as the server's own text of it.
    Other,
}

impl Kind {
    /// By the server's name of the type.
    pub(super) fn of(type_name: &str) -> Kind {
        match type_name {
            "bool" => Kind::Logical,
            "int2" | "int4" | "int8" | "oid" => Kind::Whole,
            "float4" => Kind::Single,
            "float8" => Kind::Double,
            "numeric" => Kind::Decimal,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "timestamp" => Kind::DateTime,
            "timestamptz" => Kind::DateTimeZone,
            "interval" => Kind::Interval,
            "bytea" => Kind::Binary,
            "bpchar" => Kind::PaddedText,
            "text" | "varchar" | "name" | "citext" => Kind::Text,
            "uuid" => Kind::Uuid,
            "json" | "jsonb" => Kind::Json,
            _ => Kind::Other,
        }
    }

    /// The type that a column of it claims.
    pub(super) fn claim(self, required: bool) -> Type {
        let (form, name) = match self {
            Kind::Logical => (Form::Logical, None),
            Kind::Whole => (Form::Number, Some("Int64.Type")),
            Kind::Single | Kind::Double => (Form::Number, Some("Double.Type")),
            Kind::Decimal => (Form::Number, Some("Decimal.Type")),
            Kind::Date => (Form::Date, None),
            Kind::Time => (Form::Time, None),
            Kind::DateTime => (Form::DateTime, None),
            Kind::DateTimeZone => (Form::DateTimeZone, None),
            Kind::Binary => (Form::Binary, None),
            Kind::Uuid => (Form::Text, Some("Guid.Type")),
            Kind::Interval | Kind::PaddedText | Kind::Text | Kind::Json | Kind::Other => (Form::Text, None),
        };
        Type { name, nullable: !required, ..Type::new(form) }
    }

    /// The value of a cell. What M has no value for, such as the date 'infinity', is the server's text.
    pub(super) fn value(self, text: &str) -> Value {
        let read = match self {
            Kind::Logical => Some(Value::Logical(text == "t")),
            Kind::Whole => text.parse().ok().map(Value::Int64),
            Kind::Single | Kind::Double => double(text).map(Value::Double),
            Kind::Decimal => match text.parse::<rust_decimal::Decimal>() {
                Ok(decimal) => Some(Value::from(decimal.normalize())),
                Err(_) => double(text).map(Value::Double),
            },
            Kind::Date => iso::parse_date(text).map(Value::Date),
            Kind::Time => iso::parse_time(text).map(Value::Time),
            Kind::DateTime => iso::parse_datetime(text).map(Value::DateTime),
            Kind::DateTimeZone => text
                .strip_suffix("+00")
                .and_then(iso::parse_datetime)
                .and_then(|utc| DateTimeZone::new(utc, 0))
                .map(Value::from),
            Kind::Binary => {
                text.strip_prefix("\\x").and_then(bytes).map(|b| Value::Binary(Arc::new(Binary::new(b))))
            }
            Kind::Interval | Kind::PaddedText | Kind::Text | Kind::Uuid | Kind::Json | Kind::Other => None,
        };
        read.unwrap_or_else(|| Value::text(text))
    }
}

fn double(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok(),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::to_literal;

    #[test]
    fn values_are_what_the_server_wrote() {
        for (kind, text, literal) in [
            (Kind::Logical, "f", "false"),
            (Kind::Whole, "-9223372036854775808", "-9223372036854775808"),
            (Kind::Decimal, "0.10", "0.1"),
            (Kind::Double, "0.1", "0.1"),
            (Kind::Double, "-Infinity", "-#infinity"),
            (Kind::Date, "2026-03-01", "#date(2026, 3, 1)"),
            (Kind::Date, "infinity", "\"infinity\""),
            (Kind::Date, "0044-03-15 BC", "\"0044-03-15 BC\""),
            (Kind::Time, "14:05:00.25", "#time(14, 5, 0.25)"),
            (Kind::DateTime, "2026-03-01 14:05:00", "#datetime(2026, 3, 1, 14, 5, 0)"),
            (Kind::DateTimeZone, "2026-03-01 14:05:00+00", "#datetimezone(2026, 3, 1, 14, 5, 0, 0, 0)"),
            (Kind::Other, "{1,2}", "\"{1,2}\""),
        ] {
            assert_eq!(to_literal(&kind.value(text)), literal, "{text}");
        }
        assert!(matches!(Kind::Binary.value("\\x00ff"), Value::Binary(_)));
    }
}
