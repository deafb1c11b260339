use super::no_conversion;
use crate::culture::number::Number;
use crate::culture::{Culture, datetime, duration, logical, number};
use crate::eval::Context;
use crate::value::temporal::DateTimeZone;
use crate::value::types::Form;
use crate::value::{Result, Value};

/// `Text.From`: the default text of a scalar in a culture; binary becomes base 64.
pub fn text_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let culture = *culture;
    Ok(match value.as_plain() {
        Value::Null => Value::Null,
        Value::Text(text) => Value::Text(text.clone()),
        Value::Logical(value) => Value::text(logical::text(*value)),
        Value::Int64(whole) => number::text(Number::Whole(*whole), culture).into(),
        Value::Double(double) => number::text(Number::Double(*double), culture).into(),
        Value::Decimal(decimal) => number::text(Number::Decimal(decimal), culture).into(),
        Value::Date(date) => datetime::date_text(*date, culture).into(),
        Value::Time(time) => datetime::time_text(*time, culture).into(),
        Value::DateTime(moment) => datetime::datetime_text(*moment, culture).into(),
        Value::DateTimeZone { offset, ticks } => {
            datetime::datetimezone_text(DateTimeZone { offset: *offset, ticks: *ticks }, culture).into()
        }
        Value::Duration(value) => duration::text(*value).into(),
        Value::Binary(bytes) => base64(bytes.bytes(ctx)?).into(),
        other => return Err(no_conversion(other, Form::Text)),
    })
}

/// Standard base 64 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: [char; 64] = digits();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = bits >> (18 - 6 * place) & 63;
            text.push(if place <= chunk.len() { DIGITS[digit as usize] } else { '=' });
        }
    }
    text
}

const fn digits() -> [char; 64] {
    let mut digits = ['+'; 64];
    let mut at = 0;
    while at < 26 {
        digits[at] = (b'A' + at as u8) as char;
        digits[at + 26] = (b'a' + at as u8) as char;
        if at < 10 {
            digits[at + 52] = (b'0' + at as u8) as char;
        }
        at += 1;
    }
    digits[63] = '/';
    digits
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base_64_pads_what_is_missing() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"f"), "Zg==");
        assert_eq!(base64(b"fo"), "Zm8=");
        assert_eq!(base64(b"foo"), "Zm9v");
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
