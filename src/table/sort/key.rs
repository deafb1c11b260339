//! Keys of rows as bytes whose order is the order of the rows.

use crate::criteria::fold;
use crate::eval::Context;
use crate::table::Whole;
use crate::table::column::{CellView, ColumnCells};
use crate::value::{Member, Result, Value};

/// One column of the order.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its position.
    pub column: usize,
    /// Whether the case of texts does not count.
    pub ignore_case: bool,
    /// Whether the greatest come first.
    pub descending: bool,
}

/// Writes keys, as long as the kinds of numbers among them have an order that bytes can have.
#[derive(Default)]
pub(super) struct KeyWriter {
    kinds: Kinds,
}

/// Which of the numbers that bytes cannot have in one order there are.
#[derive(Clone, Copy, Default)]
pub(super) struct Kinds {
    /// Whether there was a whole number that no double holds exactly.
    wholes: bool,
    /// Whether there was a double among which such whole numbers lie: it equals many of them.
    doubles: bool,
}

impl Kinds {
    pub(super) fn and(self, other: Kinds) -> Kinds {
        Kinds { wholes: self.wholes || other.wholes, doubles: self.doubles || other.doubles }
    }

    /// Whether keys of all these kinds can stand beside each other.
    pub(super) fn have_order(self) -> bool {
        !(self.wholes && self.doubles)
    }
}

/// Below, whole numbers and doubles are the same numbers.
const EXACT: u64 = 1 << 53;

/// The kinds in their order.
const NULL: u8 = 0;
const TIME: u8 = 1;
const DATE: u8 = 2;
const DATETIME: u8 = 3;
const ZONED: u8 = 4;
const DURATION: u8 = 5;
const NUMBER: u8 = 6;
const LOGICAL: u8 = 7;
const TEXT: u8 = 8;

impl KeyWriter {
    /// The kinds of numbers in the keys so far.
    pub(super) fn kinds(&self) -> Kinds {
        self.kinds
    }

    /// Adds the key of a row; `false` if it cannot be written, or not beside those before it.
    ///
    /// # Errors
    /// Those of the key's cells.
    #[inline]
    pub(super) fn write(
        &mut self,
        ctx: &Context,
        parts: &[(&Part, Option<ColumnCells<'_>>)],
        row: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<bool> {
        for (part, column) in parts {
            let start = bytes.len();
            let view = column.as_ref().map_or(CellView::Null, |column| column.view(row));
            let written = match view {
                CellView::Member(Member::Ready(value)) => self.write_value(value, part.ignore_case, bytes),
                CellView::Member(lazy) => self.write_value(&lazy.force(ctx)?, part.ignore_case, bytes),
                view => self.write_view(view, part.ignore_case, bytes),
            };
            if !written {
                return Ok(false);
            }
            if part.descending {
                bytes.iter_mut().skip(start).for_each(|byte| *byte = !*byte);
            }
        }
        Ok(true)
    }

    fn write_value(&mut self, value: &Value, ignore_case: bool, bytes: &mut Vec<u8>) -> bool {
        let view = match value.as_plain() {
            Value::Null => CellView::Null,
            Value::Logical(logical) => CellView::Logical(*logical),
            Value::Int64(whole) => CellView::Whole(Whole::Number, *whole),
            Value::Double(double) => CellView::Double(*double),
            Value::Date(date) => CellView::Date(date.0),
            Value::Time(time) => CellView::Whole(Whole::Time, time.0),
            Value::DateTime(datetime) => CellView::Whole(Whole::DateTime, datetime.0),
            Value::Duration(duration) => CellView::Whole(Whole::Duration, duration.0),
            Value::Text(text) => CellView::Text(text),
            zoned @ Value::DateTimeZone(_) => {
                let Some(zoned) = zoned.zoned() else { return false };
                push_signed(ZONED, zoned.utc().0, bytes);
                return true;
            }
            _ => return false,
        };
        self.write_view(view, ignore_case, bytes)
    }

    #[inline]
    fn write_view(&mut self, view: CellView<'_>, ignore_case: bool, bytes: &mut Vec<u8>) -> bool {
        match view {
            CellView::Null => bytes.push(NULL),
            CellView::Text(text) if ignore_case => push_text(&fold(text), bytes),
            CellView::Text(text) => push_text(text, bytes),
            CellView::Logical(logical) => bytes.extend_from_slice(&[LOGICAL, u8::from(logical)]),
            CellView::Double(double) => {
                push_double(double, bytes);
                self.kinds.doubles |= double.is_finite() && double.abs() >= EXACT as f64;
                return self.kinds.have_order();
            }
            CellView::Date(days) => {
                bytes.push(DATE);
                bytes.extend_from_slice(&(days.cast_unsigned() ^ 1 << 31).to_be_bytes());
            }
            CellView::Whole(Whole::Number, whole) => {
                push_double(whole as f64, bytes);
                if whole.unsigned_abs() >= EXACT {
                    bytes.extend_from_slice(&(whole.cast_unsigned() ^ 1 << 63).to_be_bytes());
                    self.kinds.wholes = true;
                    return self.kinds.have_order();
                }
            }
            CellView::Whole(Whole::Time, ticks) => push_signed(TIME, ticks, bytes),
            CellView::Whole(Whole::DateTime, ticks) => push_signed(DATETIME, ticks, bytes),
            CellView::Whole(Whole::Duration, ticks) => push_signed(DURATION, ticks, bytes),
            CellView::Member(_) => return false,
        }
        true
    }
}

#[inline]
fn push_signed(kind: u8, whole: i64, bytes: &mut Vec<u8>) {
    bytes.push(kind);
    bytes.extend_from_slice(&(whole.cast_unsigned() ^ 1 << 63).to_be_bytes());
}

/// What is no number comes first, and the two zeros are equal.
#[inline]
fn push_double(double: f64, bytes: &mut Vec<u8>) {
    let bits = (double + 0.0).to_bits();
    let ordered = match bits {
        _ if double.is_nan() => 0,
        bits if bits >> 63 == 1 => !bits,
        bits => bits | 1 << 63,
    };
    bytes.push(NUMBER);
    bytes.extend_from_slice(&ordered.to_be_bytes());
}

/// Texts go by their UTF-16 units, which is the order of their UTF-8 bytes but for characters past the basic plane:
/// those come before the ones from U+E000 on. A zero byte ends a text, so those in it are written as two bytes.
#[inline]
fn push_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(TEXT);
    if text.bytes().all(|byte| (2..0xEE).contains(&byte)) {
        bytes.extend_from_slice(text.as_bytes());
    } else {
        for byte in text.bytes() {
            match byte {
                0 | 1 => bytes.extend_from_slice(&[1, byte + 1]),
                0xEE | 0xEF => bytes.push(byte + 5),
                0xF0..=0xF4 => bytes.push(byte - 2),
                byte => bytes.push(byte),
            }
        }
    }
    bytes.push(0);
}
