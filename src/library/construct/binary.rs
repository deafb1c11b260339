use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Binary, Error, Result, Type, Value};

pub(super) fn binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let bytes = match arguments.value(0) {
        Value::List(list) => {
            let mut items = list.items();
            let mut bytes = Vec::new();
            while let Some(item) = items.next(ctx)? {
                let value = item.force(ctx)?;
                let byte =
                    value.to_double().filter(|byte| byte.fract() == 0.0 && (0.0..256.0).contains(byte));
                match byte {
                    Some(byte) => bytes.push(byte as u8),
                    None => {
                        return Err(Error::expression(
                            "The number is out of range of an 8 bit unsigned integer value.",
                        )
                        .with_detail(value));
                    }
                }
            }
            bytes
        }
        Value::Text(text) => match decode_base64(text) {
            Some(bytes) => bytes,
            None => {
                return Err(Error::data_format("The text isn't valid base 64.")
                    .with_detail(Value::Text(text.clone())));
            }
        },
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    };
    Ok(Value::Binary(Arc::new(Binary::new(bytes))))
}

/// Reads standard base 64; white space is skipped. `None` if the text is something else.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let end = digits.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let (data, padding) = digits.split_at(end);
    if padding.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(data.len() * 3 / 4);
    for chunk in data.chunks(4) {
        let mut bits = 0u32;
        for &digit in chunk {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = (bits << 6) | u32::from(value);
        }
        bits <<= 6 * (4 - chunk.len());
        bytes.extend(bits.to_be_bytes().into_iter().skip(1).take(chunk.len().saturating_sub(1)));
    }
    Some(bytes)
}
