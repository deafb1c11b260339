use rust_decimal::Decimal;

use super::no_conversion;
use super::temporal::to_local;
use crate::culture::{Culture, number};
use crate::eval::Context;
use crate::value::number::{ParsedNumber, RoundingMode, decimal_to_double, double_to_decimal};
use crate::value::temporal::{OleDate, TICKS_PER_DAY};
use crate::value::types::Form;
use crate::value::{Error, Result, Text, Value};

/// The error for a text that is no number.
pub fn not_a_number(text: &Text) -> Error {
    Error::data_format("We couldn't convert to Number.")
        .with_detail(Value::Text(text.clone()))
        .with_code("10041")
}

/// `Number.FromText`; the empty text gives `null`.
pub fn number_from_text(text: &Text, culture: &Culture) -> Result<Value> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    match number::parse(text, *culture) {
        Some(ParsedNumber::Whole(whole)) => Ok(Value::Int64(whole)),
        Some(ParsedNumber::Double(double)) => Ok(Value::Double(double)),
        None => Err(not_a_number(text)),
    }
}

/// `Number.From`: text as the culture writes numbers, logical values as 1 and 0, dates and times as days since the
/// end of 1899, durations as days.
pub fn number_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    Ok(match value.as_plain() {
        Value::Null => Value::Null,
        number @ (Value::Int64(_) | Value::Double(_) | Value::Decimal(_)) => number.clone(),
        Value::Text(text) => number_from_text(text, culture)?,
        Value::Logical(logical) => Value::Int64((*logical).into()),
        Value::Date(date) => Value::Double(OleDate::from_date(*date).0),
        Value::DateTime(moment) => Value::Double(OleDate::from_datetime(*moment).0),
        zoned @ Value::DateTimeZone(_) => {
            Value::Double(OleDate::from_datetime(to_local(ctx, zoned)?.local()).0)
        }
        Value::Time(time) => Value::Double(time.0 as f64 / TICKS_PER_DAY as f64),
        Value::Duration(duration) => Value::Double(duration.total_days()),
        other => return Err(no_conversion(other, Form::Number)),
    })
}

/// `Double.From`.
pub fn double_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let number = number_from(ctx, value, culture)?;
    Ok(number.to_double().map_or(Value::Null, Value::Double))
}

/// `Single.From`: the nearest number of single precision, held as a double.
pub fn single_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let number = number_from(ctx, value, culture)?;
    Ok(number.to_double().map_or(Value::Null, |double| Value::Double(f64::from(double as f32))))
}

/// `Percentage.From`: as [`double_from`]; the percent sign is part of how numbers are written anyway.
pub fn percentage_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    double_from(ctx, value, culture)
}

/// `Decimal.From`.
///
/// # Errors
/// Beside those of [`number_from`], a number too big for a decimal.
pub fn decimal_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    Ok(exact(ctx, value, culture)?.map_or(Value::Null, Value::from))
}

/// `Currency.From`: a decimal with four places; `mode` settles ties.
///
/// # Errors
/// Beside those of [`number_from`], a number beyond ±922 337 203 685 477.5807.
pub fn currency_from(ctx: &Context, value: &Value, culture: &Culture, mode: RoundingMode) -> Result<Value> {
    const PLACES: u32 = 4;
    let Some(decimal) = exact(ctx, value, culture)? else { return Ok(Value::Null) };
    let rounded = mode.round_decimal(decimal, PLACES.into());
    let range = Decimal::new(i64::MIN, PLACES)..=Decimal::new(i64::MAX, PLACES);
    if !range.contains(&rounded) {
        return Err(Error::expression("The number is out of range of a currency value.")
            .with_detail(value.as_plain().clone()));
    }
    Ok(rounded.into())
}

/// The number as a decimal; text is read with all the digits a decimal holds.
fn exact(ctx: &Context, value: &Value, culture: &Culture) -> Result<Option<Decimal>> {
    let decimal = match value.as_plain() {
        Value::Text(text) if !text.is_empty() => match number::parse_decimal(text, *culture) {
            Some(decimal) => Some(decimal),
            // A number that is no decimal, or no number at all.
            None => number_from_text(text, culture)?.to_double().and_then(double_to_decimal),
        },
        plain => match number_from(ctx, plain, culture)? {
            Value::Null => return Ok(None),
            Value::Int64(whole) => Some(Decimal::from(whole)),
            Value::Decimal(decimal) => Some(*decimal),
            other => other.to_double().and_then(double_to_decimal),
        },
    };
    let out_of_range = || {
        Error::expression("The number is out of range of a decimal value.")
            .with_detail(value.as_plain().clone())
    };
    decimal.map(Some).ok_or_else(out_of_range)
}

/// The number rounded to a whole one, as a double if it does not fit 64 bits; `None` if it is not finite.
pub(super) fn rounded(number: &Value, mode: RoundingMode) -> Option<f64> {
    let double = match number {
        Value::Decimal(decimal) => decimal_to_double(&mode.round_decimal(**decimal, 0)),
        other => mode.round_whole(other.to_double()?),
    };
    double.is_finite().then_some(double)
}
