//! Cells as bytes that are equal exactly where the cells are.

use crate::criteria::fold;
use crate::table::column::CellView;
use crate::value::Value;
use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, Time};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NUMBER: u8 = 3;
const DATE: u8 = 4;
const TIME: u8 = 5;
const DATETIME: u8 = 6;
const ZONED: u8 = 7;
const DURATION: u8 = 8;
const TEXT: u8 = 9;

/// Below, whole numbers and doubles are the same numbers, and no larger whole number is equal to one as a double.
const EXACT: u64 = 1 << 53;

/// Adds the bytes of a cell that needs no evaluation. `false` for one that has none: its equality is more than
/// that of bytes. Must not be asked about members.
#[inline]
pub(super) fn encode_view(view: &CellView<'_>, ignore_case: bool, bytes: &mut Vec<u8>) -> bool {
    use crate::table::Whole;
    match *view {
        CellView::Null => bytes.push(NULL),
        CellView::Text(text) if ignore_case => encode_text(&fold(text), bytes),
        CellView::Text(text) => encode_text(text, bytes),
        CellView::Logical(logical) => bytes.push(if logical { TRUE } else { FALSE }),
        CellView::Double(double) => encode_double(double, bytes),
        CellView::Date(days) => encode(DATE, &days.to_le_bytes(), bytes),
        CellView::Whole(Whole::Number, whole) if whole.unsigned_abs() < EXACT => {
            encode_double(whole as f64, bytes);
        }
        CellView::Whole(Whole::Number, _) => return false,
        CellView::Whole(Whole::Time, ticks) => encode(TIME, &ticks.to_le_bytes(), bytes),
        CellView::Whole(Whole::DateTime, ticks) => encode(DATETIME, &ticks.to_le_bytes(), bytes),
        CellView::Whole(Whole::Duration, ticks) => encode(DURATION, &ticks.to_le_bytes(), bytes),
        CellView::Member(_) => return false,
    }
    true
}

/// Adds the bytes of a value; `false` for one that has none.
pub(super) fn encode_value(value: &Value, ignore_case: bool, bytes: &mut Vec<u8>) -> bool {
    match value.as_plain() {
        Value::Null => bytes.push(NULL),
        Value::Logical(logical) => bytes.push(if *logical { TRUE } else { FALSE }),
        Value::Int64(whole) if whole.unsigned_abs() < EXACT => encode_double(*whole as f64, bytes),
        Value::Double(double) => encode_double(*double, bytes),
        Value::Date(date) => encode(DATE, &date.0.to_le_bytes(), bytes),
        Value::Time(time) => encode(TIME, &time.0.to_le_bytes(), bytes),
        Value::DateTime(datetime) => encode(DATETIME, &datetime.0.to_le_bytes(), bytes),
        Value::Duration(duration) => encode(DURATION, &duration.0.to_le_bytes(), bytes),
        Value::Text(text) if ignore_case => encode_text(&fold(text), bytes),
        Value::Text(text) => encode_text(text, bytes),
        zoned @ Value::DateTimeZone { .. } => match zoned.zoned() {
            Some(zoned) => encode(ZONED, &zoned.utc().0.to_le_bytes(), bytes),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// Adds the bytes of a number of any size as of the double nearest to it: what it equals among encoded numbers.
pub(super) fn encode_nearest(value: &Value, bytes: &mut Vec<u8>) -> bool {
    value.to_double().map(|double| encode_double(double, bytes)).is_some()
}

#[inline]
fn encode(tag: u8, content: &[u8], bytes: &mut Vec<u8>) {
    bytes.push(tag);
    bytes.extend_from_slice(content);
}

#[inline]
fn encode_text(text: &str, bytes: &mut Vec<u8>) {
    encode(TEXT, &(text.len() as u32).to_le_bytes(), bytes);
    bytes.extend_from_slice(text.as_bytes());
}

#[inline]
fn encode_double(double: f64, bytes: &mut Vec<u8>) {
    // The two zeros are equal, and so are here all that are no numbers.
    let double = if double.is_nan() { f64::NAN } else { double + 0.0 };
    encode(NUMBER, &double.to_bits().to_le_bytes(), bytes);
}

/// The value that stands at the beginning of `bytes`, and what follows it. Of equal values it may be another one
/// than was encoded.
pub(super) fn decode(bytes: &[u8]) -> Option<(Value, &[u8])> {
    fn eight(bytes: &[u8]) -> Option<(i64, &[u8])> {
        let (content, rest) = bytes.split_first_chunk::<8>()?;
        Some((i64::from_le_bytes(*content), rest))
    }
    let (tag, rest) = bytes.split_first()?;
    Some(match *tag {
        NULL => (Value::Null, rest),
        FALSE | TRUE => (Value::Logical(*tag == TRUE), rest),
        NUMBER => {
            let (bits, rest) = eight(rest)?;
            (Value::Double(f64::from_bits(bits.cast_unsigned())), rest)
        }
        DATE => {
            let (days, rest) = rest.split_first_chunk::<4>()?;
            (Value::Date(Date(i32::from_le_bytes(*days))), rest)
        }
        TIME => eight(rest).map(|(ticks, rest)| (Value::Time(Time(ticks)), rest))?,
        DATETIME => eight(rest).map(|(ticks, rest)| (Value::DateTime(DateTime(ticks)), rest))?,
        DURATION => eight(rest).map(|(ticks, rest)| (Value::Duration(Duration(ticks)), rest))?,
        ZONED => {
            let (ticks, rest) = eight(rest)?;
            (Value::from(DateTimeZone { offset: 0, ticks }), rest)
        }
        TEXT => {
            let (len, rest) = rest.split_first_chunk::<4>()?;
            let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
            (Value::text(std::str::from_utf8(text).ok()?), rest)
        }
        _ => return None,
    })
}
