//! Cells as the server reads them, and which ones it would change or refuse.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::destinations::Cell;
use crate::sources::postgres::{Kind, StoredColumn};

/// Whole numbers up to this are exact in double precision.
const EXACT_IN_DOUBLE: f64 = 9_007_199_254_740_992.0;
/// Digits of a second that the server keeps.
const FRACTION: usize = 6;

/// Puts the server's text of a cell into `out`; answers whether it is null.
///
/// # Errors
/// Why the column cannot hold the value as it is.
pub(super) fn encode(cell: &Cell, column: &StoredColumn, out: &mut String) -> Result<bool, String> {
    out.clear();
    if *cell == Cell::Null {
        return Ok(true);
    }
    let unfit = || Err(format!("{:?} is no value of the type {}", cell.to_string(), column.declared));
    match column.kind {
        Kind::Logical => match cell {
            Cell::Logical(value) => out.push_str(if *value { "t" } else { "f" }),
            Cell::Whole(0) => out.push('f'),
            Cell::Whole(1) => out.push('t'),
            Cell::Text(text) if text.eq_ignore_ascii_case("true") => out.push('t'),
            Cell::Text(text) if text.eq_ignore_ascii_case("false") => out.push('f'),
            _ => return unfit(),
        },
        Kind::Whole => match whole(cell) {
            Some(value) if fits(value, &column.declared) => push(out, value),
            _ => return unfit(),
        },
        Kind::Decimal => match decimal(cell) {
            Some(value) => {
                if let Some((digits, behind)) = column.digits {
                    let before = digits.saturating_sub(behind);
                    if value.scale() > behind || digits_before(&value) > before {
                        return Err(format!("{value} has more digits than {} keeps", column.declared));
                    }
                }
                push(out, value);
            }
            None => return unfit(),
        },
        Kind::Double | Kind::Single => {
            let Some(value) = double(cell) else { return unfit() };
            if column.kind == Kind::Single
                && value.is_finite()
                && (value as f32).to_string() != value.to_string()
            {
                return Err(format!("{value} has more digits than {} keeps", column.declared));
            }
            match value {
                value if value.is_nan() => out.push_str("NaN"),
                value if value.is_infinite() => {
                    out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" })
                }
                value => push(out, value),
            }
        }
        Kind::Date => match cell {
            Cell::Date(text) => out.push_str(text),
            Cell::DateTime(text) => match text.split_once('T') {
                Some((date, "00:00:00")) => out.push_str(date),
                _ => return unfit(),
            },
            Cell::Text(text) if is_iso_date(text) => out.push_str(text),
            _ => return unfit(),
        },
        Kind::Time => match cell {
            Cell::Time(text) | Cell::Text(text) => timed(text, column, out)?,
            _ => return unfit(),
        },
        Kind::DateTime => match cell {
            Cell::DateTime(text) => timed(text, column, out)?,
            Cell::Date(text) => out.push_str(text),
            Cell::Text(text) if text.get(..10).is_some_and(is_iso_date) && !has_offset(text) => {
                timed(text, column, out)?;
            }
            _ => return unfit(),
        },
        // The session is in UTC, so that a time without an offset is one in UTC.
        Kind::DateTimeZone => match cell {
            Cell::DateTimeZone(text) | Cell::DateTime(text) => timed(text, column, out)?,
            Cell::Date(text) => out.push_str(text),
            Cell::Text(text) if text.get(..10).is_some_and(is_iso_date) => timed(text, column, out)?,
            _ => return unfit(),
        },
        Kind::Binary => match cell {
            Cell::Binary(bytes) => {
                out.push_str("\\x");
                for byte in bytes {
                    push_hex(out, *byte);
                }
            }
            _ => return unfit(),
        },
        Kind::Interval | Kind::PaddedText | Kind::Text | Kind::Uuid | Kind::Json | Kind::Other => {
            match cell {
                Cell::Text(text) => out.push_str(text),
                other => push(out, other),
            }
        }
    }
    if out.contains('\0') {
        return Err("PostgreSQL stores no text with the character U+0000".to_owned());
    }
    if let Some(length) = column.length {
        let characters = out.chars().count();
        if characters > length as usize {
            return Err(format!(
                "the text has {characters} characters, and {} keeps {length}",
                column.declared
            ));
        }
    }
    Ok(false)
}

/// What makes two cells of a key column equal to the server.
pub(super) fn key_form<'t>(text: &'t str, kind: Kind, declared: &str) -> Cow<'t, str> {
    match kind {
        Kind::PaddedText => Cow::Borrowed(text.trim_end_matches(' ')),
        Kind::Uuid => {
            Cow::Owned(text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase())
        }
        Kind::Text if declared == "citext" => Cow::Owned(text.to_lowercase()),
        _ => Cow::Borrowed(text),
    }
}

fn push(out: &mut String, value: impl std::fmt::Display) {
    use std::fmt::Write;
    // Writing to a text cannot fail.
    let _ = write!(out, "{value}");
}

fn push_hex(out: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        out.extend(char::from_digit(u32::from(digit), 16));
    }
}

fn whole(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Whole(value) => Some(*value),
        Cell::Double(value) if value.fract() == 0.0 && value.abs() <= EXACT_IN_DOUBLE => Some(*value as i64),
        Cell::Decimal(value) if value.fract().is_zero() => i64::try_from(*value).ok(),
        // Only as a number is written: a column of numbers would not give "007" back.
        Cell::Text(text) => text.parse::<i64>().ok().filter(|value| value.to_string() == **text),
        _ => None,
    }
}

fn fits(value: i64, declared: &str) -> bool {
    match declared {
        "smallint" => i16::try_from(value).is_ok(),
        "integer" => i32::try_from(value).is_ok(),
        "oid" => u32::try_from(value).is_ok(),
        _ => true,
    }
}

fn decimal(cell: &Cell) -> Option<Decimal> {
    let value = match cell {
        Cell::Whole(value) => Decimal::from(*value),
        Cell::Decimal(value) => *value,
        // The digits that give the same double again.
        Cell::Double(value) if value.is_finite() => {
            let text = value.to_string();
            text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()?
        }
        Cell::Text(text) => {
            let value: Decimal = text.parse().ok()?;
            (value.to_string() == **text).then_some(value)?
        }
        _ => return None,
    };
    Some(value.normalize())
}

/// The digits before the point.
fn digits_before(value: &Decimal) -> u32 {
    value.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |digits| digits + 1)
}

fn double(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Double(value) => Some(*value),
        Cell::Whole(value) => Some(*value as f64).filter(|double| double.abs() <= EXACT_IN_DOUBLE),
        Cell::Decimal(value) => {
            let double: f64 = value.to_string().parse().ok()?;
            (double.to_string().parse::<Decimal>().ok()? == *value).then_some(double)
        }
        Cell::Text(text) => text.parse::<f64>().ok().filter(|value| value.to_string() == **text),
        _ => None,
    }
}

fn is_iso_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(i, byte)| if matches!(i, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['+', '-', 'Z', 'z']))
}

/// A time, if the server keeps all digits of its seconds.
fn timed(text: &str, column: &StoredColumn, out: &mut String) -> Result<(), String> {
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).enumerate();
    let last = digits.filter(|(_, digit)| *digit != b'0').last().map_or(0, |(at, _)| at + 1);
    // `timestamp(3) without time zone`
    let kept = column.declared.split_once('(').and_then(|(_, rest)| rest.split_once(')')?.0.parse().ok());
    if last > kept.unwrap_or(FRACTION) {
        return Err(format!("{text} has more digits of a second than {} keeps", column.declared));
    }
    out.push_str(text);
    Ok(())
}
