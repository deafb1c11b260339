//! Cells as SQLite stores them, and which ones it would change.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use super::describe::Affinity;
use crate::destinations::Cell;

/// Whole numbers past this are not exact in double precision.
const EXACT_IN_DOUBLE: u64 = 1 << 53;
/// Digits of a decimal that SQLite's numeric affinity keeps.
const EXACT_DIGITS: u32 = 15;

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Logical(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Whole(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Double(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Decimal(_) => ToSqlOutput::Owned(Value::Text(self.to_string())),
            Self::Text(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::DateTime(text)
            | Self::DateTimeZone(text)
            | Self::Duration(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Binary(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

/// Why SQLite would not give the value back as it was, if so.
pub(super) fn not_storable(cell: &Cell, affinity: Affinity) -> Option<String> {
    match cell {
        Cell::Double(value) if value.is_nan() => Some("SQLite stores NaN as null".to_owned()),
        Cell::Whole(value) if affinity == Affinity::Real && value.unsigned_abs() > EXACT_IN_DOUBLE => {
            Some(format!("{value} has more digits than a REAL column keeps"))
        }
        Cell::Decimal(value) if affinity != Affinity::Text && digits(value) > EXACT_DIGITS => {
            Some(format!("{value} has more than the {EXACT_DIGITS} digits SQLite keeps"))
        }
        Cell::Text(text)
            if matches!(affinity, Affinity::Real | Affinity::Numeric) && changes_as_number(text) =>
        {
            Some(format!("a numeric column would turn the text {text:?} into a number"))
        }
        _ => None,
    }
}

fn digits(value: &rust_decimal::Decimal) -> u32 {
    value.normalize().mantissa().unsigned_abs().checked_ilog10().map_or(1, |d| d + 1)
}

/// Text such as "007" or "1e3", which SQLite's numeric affinity would not give back.
fn changes_as_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite) && {
        text.parse::<i64>().map_or_else(
            |_| text.parse::<f64>().map_or(true, |n| n.to_string() != text),
            |n| n.to_string() != text,
        )
    }
}
