use super::number::{number_from, rounded};
use crate::culture::Culture;
use crate::eval::Context;
use crate::value::number::RoundingMode;
use crate::value::{Error, Result, Value};

/// The sizes of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WholeKind {
    /// `Byte.Type`: 0 to 255.
    Byte,
    /// `Int8.Type`
    Int8,
    /// `Int16.Type`
    Int16,
    /// `Int32.Type`
    Int32,
    /// `Int64.Type`
    Int64,
}

impl WholeKind {
    fn range(self) -> (i64, i64) {
        match self {
            WholeKind::Byte => (0, 255),
            WholeKind::Int8 => (i8::MIN.into(), i8::MAX.into()),
            WholeKind::Int16 => (i16::MIN.into(), i16::MAX.into()),
            WholeKind::Int32 => (i32::MIN.into(), i32::MAX.into()),
            WholeKind::Int64 => (i64::MIN, i64::MAX),
        }
    }

    /// The error for a number outside the kind's range.
    pub fn out_of_range(self, number: &Value) -> Error {
        let (size, code) = match self {
            WholeKind::Byte => ("a byte", "10106"),
            WholeKind::Int8 => ("an 8 bit integer", "10483"),
            WholeKind::Int16 => ("a 16 bit integer", "10482"),
            WholeKind::Int32 => ("a 32 bit integer", "10108"),
            WholeKind::Int64 => ("a 64 bit integer", "10109"),
        };
        Error::expression(format!("The number is out of range of {size} value."))
            .with_detail(number.clone())
            .with_code(code)
    }
}

/// `Int64.From` and its smaller kin: the number rounded to a whole one (`mode` settles ties), if it is in range.
///
/// # Errors
/// Those of [`number_from`], and a number out of range.
pub fn whole_from(
    ctx: &Context,
    kind: WholeKind,
    value: &Value,
    culture: &Culture,
    mode: RoundingMode,
) -> Result<Value> {
    let number = number_from(ctx, value, culture)?;
    let whole = match &number {
        Value::Null => return Ok(Value::Null),
        Value::Int64(whole) => Some(*whole),
        other => rounded(other, mode).and_then(fitting),
    };
    let (least, most) = kind.range();
    match whole.filter(|whole| (least..=most).contains(whole)) {
        Some(whole) => Ok(Value::Int64(whole)),
        None => Err(kind.out_of_range(&number)),
    }
}

/// The number as a whole one of 64 bits; `None` if it has a fraction, does not fit or is no number.
pub fn exact_whole(number: &Value) -> Option<i64> {
    match number.as_plain() {
        Value::Int64(whole) => Some(*whole),
        other => other.to_double().filter(|double| double.fract() == 0.0).and_then(fitting),
    }
}

/// A whole double as 64 bits. 2^63 is the first double past the range; -2^63 is in it.
fn fitting(whole: f64) -> Option<i64> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    (-TWO_63..TWO_63).contains(&whole).then_some(whole as i64)
}
