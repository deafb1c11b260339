use super::no_conversion;
use crate::culture::number::Number;
use crate::culture::{Culture, datetime, duration, logical, number};
use crate::eval::Context;
use crate::value::types::Form;
use crate::value::{Result, Value, base64_text};

/// `Text.From`: the default text of a scalar in a culture; binary becomes base 64.
pub fn text_from(ctx: &Context, value: &Value, culture: &Culture) -> Result<Value> {
    let culture = *culture;
    Ok(match value.as_plain() {
        Value::Null => Value::Null,
        Value::Text(text) => Value::Text(text.clone()),
        Value::Logical(value) => Value::text(logical::text(*value)),
        Value::Int64(whole) => Value::text(itoa::Buffer::new().format(*whole)),
        Value::Double(double) => number::text(Number::Double(*double), culture).into(),
        Value::Decimal(decimal) => number::text(Number::Decimal(decimal), culture).into(),
        Value::Date(date) => datetime::date_text(*date, culture).into(),
        Value::Time(time) => datetime::time_text(*time, culture).into(),
        Value::DateTime(moment) => datetime::datetime_text(*moment, culture).into(),
        Value::DateTimeZone(zoned) => datetime::datetimezone_text(**zoned, culture).into(),
        Value::Duration(value) => duration::text(*value).into(),
        Value::Binary(bytes) => base64_text(bytes.bytes(ctx)?).into(),
        other => return Err(no_conversion(other, Form::Text)),
    })
}

#[cfg(test)]
mod tests {
    use crate::value::base64_text as base64;

    #[test]
    fn base_64_pads_what_is_missing() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"f"), "Zg==");
        assert_eq!(base64(b"fo"), "Zm8=");
        assert_eq!(base64(b"foo"), "Zm9v");
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
