//! The plain values that destinations store.

use std::fmt;

use rust_decimal::Decimal;

/// One value of a row, free of the engine's laziness and types.
///
/// Dates and times are ISO 8601 text (`2026-03-01`, `14:05:00`, `2026-03-01T14:05:00`, with offset where
/// there is a zone; durations as `P1DT2H`), which every destination can hold and sort.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// True or false.
    Logical(bool),
    /// A whole number.
    Whole(i64),
    /// A number in double precision.
    Double(f64),
    /// A decimal number with exact digits.
    Decimal(Decimal),
    /// Text.
    Text(Box<str>),
    /// A date.
    Date(Box<str>),
    /// A time of day.
    Time(Box<str>),
    /// A date and time without zone.
    DateTime(Box<str>),
    /// A date and time with its offset.
    DateTimeZone(Box<str>),
    /// A length of time.
    Duration(Box<str>),
    /// Bytes.
    Binary(Box<[u8]>),
}

/// The kind of a [`Cell`] that is not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each names the variant of Cell")]
pub enum CellKind {
    Logical,
    Whole,
    Double,
    Decimal,
    Text,
    Date,
    Time,
    DateTime,
    DateTimeZone,
    Duration,
    Binary,
}

impl Cell {
    /// Text from anything that can be one.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The kind, or none for null.
    pub fn kind(&self) -> Option<CellKind> {
        Some(match self {
            Self::Null => return None,
            Self::Logical(_) => CellKind::Logical,
            Self::Whole(_) => CellKind::Whole,
            Self::Double(_) => CellKind::Double,
            Self::Decimal(_) => CellKind::Decimal,
            Self::Text(_) => CellKind::Text,
            Self::Date(_) => CellKind::Date,
            Self::Time(_) => CellKind::Time,
            Self::DateTime(_) => CellKind::DateTime,
            Self::DateTimeZone(_) => CellKind::DateTimeZone,
            Self::Duration(_) => CellKind::Duration,
            Self::Binary(_) => CellKind::Binary,
        })
    }

    /// Null, or text that is empty or only white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

impl CellKind {
    /// The narrowest kind that holds both without loss, if there is one.
    pub fn unify(self, other: Self) -> Option<Self> {
        use CellKind::{Decimal, Double, Whole};
        match (self, other) {
            (a, b) if a == b => Some(a),
            (Whole | Double | Decimal, Whole | Double | Decimal) => Some(Decimal),
            _ => None,
        }
    }
}

/// The text by which people read the value and files store it; null is the empty text, bytes are base64.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Logical(value) => value.fmt(f),
            Self::Whole(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::Decimal(value) => value.normalize().fmt(f),
            Self::Text(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::DateTime(text)
            | Self::DateTimeZone(text)
            | Self::Duration(text) => f.write_str(text),
            Self::Binary(bytes) => f.write_str(&base64(bytes)),
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (group >> (18 - 6 * digit)) as usize & 63;
            text.push(if digit <= chunk.len() { DIGITS[index] as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_prints_as_base64() {
        for (bytes, text) in [("", ""), ("M", "TQ=="), ("Ma", "TWE="), ("Man", "TWFu"), ("Many", "TWFueQ==")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn blank_is_null_or_white_space() {
        assert!(Cell::Null.is_blank() && Cell::text(" \t").is_blank());
        assert!(!Cell::text("x").is_blank() && !Cell::Whole(0).is_blank());
    }
}
