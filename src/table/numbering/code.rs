//! Cells as codes of 16 bytes that are equal exactly where the cells are.
//!
//! A text of up to 12 bytes is its own code, the one that a text column holds for it anyway: its length, then its
//! bytes. The code of a longer text is its number among the long texts that were met. The code of any other value is
//! its kind and eight bytes.

use std::borrow::Cow;

use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray};

use super::bytes::ByteNumbers;
use crate::criteria::fold;
use crate::table::column::CellView;
use crate::table::{Column, Whole};
use crate::value::temporal::{Date, DateTime, DateTimeZone, Duration, Time};
use crate::value::{Member, Value};

/// What stands for a cell.
pub(super) type Code = u128;

/// In the place of a code: the cell must be looked at alone, since it is not evaluated or has no code.
pub(super) const ALONE: Code = Code::MAX;
/// The code of a text that was not met before, where only known ones are sought.
pub(super) const UNMET: Code = Code::MAX - 1;

/// Texts up to this many bytes are their own codes.
const SHORT: usize = 12;

/// Kinds, where texts have their length.
const NULL: u32 = 0x100;
const LOGICAL: u32 = 0x101;
const NUMBER: u32 = 0x102;
const DATE: u32 = 0x103;
const TIME: u32 = 0x104;
const DATETIME: u32 = 0x105;
const ZONED: u32 = 0x106;
const DURATION: u32 = 0x107;
const LONG_TEXT: u32 = 0x108;

/// Below, whole numbers and doubles are the same numbers, and no larger whole number is equal to one as a double.
const EXACT: u64 = 1 << 53;

const fn code(kind: u32, content: u64) -> Code {
    (content as Code) << 32 | kind as Code
}

fn of_double(double: f64) -> Code {
    // The two zeros are equal, and so are here all that are no numbers.
    let double = if double.is_nan() { f64::NAN } else { double + 0.0 };
    code(NUMBER, double.to_bits())
}

fn of_whole(kind: Whole, whole: i64) -> Option<Code> {
    Some(match kind {
        Whole::Number if whole.unsigned_abs() < EXACT => of_double(whole as f64),
        Whole::Number => return None,
        Whole::Time => code(TIME, whole.cast_unsigned()),
        Whole::DateTime => code(DATETIME, whole.cast_unsigned()),
        Whole::Duration => code(DURATION, whole.cast_unsigned()),
    })
}

fn of_date(days: i32) -> Code {
    code(DATE, u64::from(days.cast_unsigned()))
}

/// Gives codes to cells. `long` gives the number of a long text; without one the text has no code.
pub(super) struct Coder<L> {
    /// Whether the case of texts does not count.
    pub ignore_case: bool,
    pub long: L,
}

impl<L: FnMut(&str) -> Option<Code>> Coder<L> {
    fn of_text(&mut self, text: &str) -> Option<Code> {
        if self.ignore_case { self.of_folded(&fold(text)) } else { self.of_folded(text) }
    }

    fn of_folded(&mut self, text: &str) -> Option<Code> {
        if text.len() > SHORT {
            return (self.long)(text);
        }
        let mut bytes = [0; 16];
        bytes[0] = text.len() as u8;
        bytes.iter_mut().skip(4).zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        Some(Code::from_le_bytes(bytes))
    }

    /// The code of a value; `None` if its equality is more than that of codes.
    pub(super) fn of_value(&mut self, value: &Value) -> Option<Code> {
        Some(match value.as_plain() {
            Value::Null => code(NULL, 0),
            Value::Logical(logical) => code(LOGICAL, u64::from(*logical)),
            Value::Int64(whole) => return of_whole(Whole::Number, *whole),
            Value::Double(double) => of_double(*double),
            Value::Date(date) => of_date(date.0),
            Value::Time(time) => return of_whole(Whole::Time, time.0),
            Value::DateTime(datetime) => return of_whole(Whole::DateTime, datetime.0),
            Value::Duration(duration) => return of_whole(Whole::Duration, duration.0),
            Value::Text(text) => return self.of_text(text),
            zoned @ Value::DateTimeZone(_) => code(ZONED, zoned.zoned()?.utc().0.cast_unsigned()),
            _ => return None,
        })
    }

    fn of_view(&mut self, view: CellView<'_>) -> Option<Code> {
        Some(match view {
            CellView::Null => code(NULL, 0),
            CellView::Text(text) => return self.of_text(text),
            CellView::Logical(logical) => code(LOGICAL, u64::from(logical)),
            CellView::Double(double) => of_double(double),
            CellView::Date(days) => of_date(days),
            CellView::Whole(kind, whole) => return of_whole(kind, whole),
            CellView::Member(Member::Ready(value)) => return self.of_value(value),
            CellView::Member(_) => return None,
        })
    }

    /// The codes of the cells of a column, [`ALONE`] for those without. No column is one of nulls.
    pub(super) fn of_column<'c>(&mut self, column: Option<&'c Column>, rows: usize) -> Cow<'c, [Code]> {
        let Some(column) = column else { return vec![code(NULL, 0); rows].into() };
        if let Some(texts) = column.as_text().filter(|_| !self.ignore_case) {
            let views: &[Code] = texts.views();
            let is_short = |view: Code| view as u32 as usize <= SHORT;
            if texts.null_count() == 0 && views.iter().all(|view| is_short(*view)) {
                return views.into();
            }
            let codes = views.iter().enumerate().map(|(row, &view)| match texts.is_valid(row) {
                true if is_short(view) => view,
                true => (self.long)(texts.value(row)).unwrap_or(ALONE),
                false => code(NULL, 0),
            });
            return codes.collect();
        }
        if let Some(days) = column.as_date() {
            return of_array(days, of_date);
        }
        if let Some(doubles) = column.as_double() {
            return of_array(doubles, of_double);
        }
        if let Some((kind, wholes)) = column.as_whole() {
            return of_array(wholes, |whole| of_whole(kind, whole).unwrap_or(ALONE));
        }
        if let Some(member) = column.as_same() {
            return vec![self.of_view(CellView::Member(member)).unwrap_or(ALONE); rows].into();
        }
        (0..rows).map(|row| self.of_view(column.view(row)).unwrap_or(ALONE)).collect()
    }
}

fn of_array<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    code_of: impl Fn(T::Native) -> Code,
) -> Cow<'static, [Code]> {
    if array.null_count() == 0 {
        return array.values().iter().map(|value| code_of(*value)).collect();
    }
    array.iter().map(|value| value.map_or(code(NULL, 0), &code_of)).collect()
}

/// The code of a number of any size as of the double nearest to it: what it equals among numbers with a code.
pub(super) fn of_nearest(value: &Value) -> Option<Code> {
    value.to_double().map(of_double)
}

/// A code for a text to be hashed with: other texts may have it too.
pub(super) fn to_hash(text: &str) -> Code {
    code(LONG_TEXT, super::bytes::hash(text.as_bytes()))
}

/// The code of the long text of a number.
pub(super) fn of_long(number: u32) -> Code {
    code(LONG_TEXT, u64::from(number))
}

/// A value with this code. Of equal values it may be another one than the code was made of.
pub(super) fn value_of(code: Code, long: &ByteNumbers) -> Value {
    let content = (code >> 32) as u64;
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map_or(Value::Null, Value::text);
    match code as u32 {
        LOGICAL => Value::Logical(content == 1),
        NUMBER => Value::Double(f64::from_bits(content)),
        DATE => Value::Date(Date((content as u32).cast_signed())),
        TIME => Value::Time(Time(content.cast_signed())),
        DATETIME => Value::DateTime(DateTime(content.cast_signed())),
        DURATION => Value::Duration(Duration(content.cast_signed())),
        ZONED => Value::from(DateTimeZone { offset: 0, ticks: content.cast_signed() }),
        LONG_TEXT => text(long.get(content as usize)),
        length if length as usize <= SHORT => {
            let bytes = code.to_le_bytes();
            text(bytes.get(4..4 + length as usize).unwrap_or_default())
        }
        _ => Value::Null,
    }
}
