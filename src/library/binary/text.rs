//! Binary values as text in base 64 or hexadecimal digits, and back.

use std::sync::Arc;

use super::bytes::binary;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::text::{argument::out_of_range, long::Pieces, same};
use crate::table::Vector;
use crate::value::types::Form;
use crate::value::{
    Error, Result, Type, Value, base64_bytes, base64_text, hex_bytes, hex_text, push_base64, push_hex,
};

/// Bytes, and digits, of a piece of a long value: whole groups of both.
const PIECE: usize = 3 << 16;

/// `Binary.From(value, encoding)`.
pub(super) fn from(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    match arguments.value(0) {
        Value::Null => Ok(Value::Null),
        Value::Binary(binary) => Ok(Value::Binary(Arc::clone(binary))),
        Value::Text(text) => Ok(binary(text_bytes(ctx, text, hexadecimal(&arguments)?)?)),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    }
}

/// `Binary.FromText(text, encoding)`.
pub(super) fn from_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    Ok(binary(text_bytes(ctx, &text, hexadecimal(&arguments)?)?))
}

/// `Binary.ToText(binary, encoding)`.
pub(super) fn to_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(binary) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    let to_text = if hexadecimal(&arguments)? { hex_text } else { base64_text };
    let mut made = Pieces::default();
    for piece in binary.bytes(ctx)?.chunks(PIECE) {
        made.push(ctx, &to_text(piece))?;
    }
    made.finish(ctx)
}

/// [`to_text`] of columns of bytes at hand, in an encoding that is the same in each row.
pub(super) fn texts_of_columns(_: &Context, given: &[Vector]) -> Result<Option<Vector>> {
    let write: fn(&[u8], &mut String) = match same(given, 1) {
        Some(Value::Null | Value::Int64(0)) => push_base64,
        Some(Value::Int64(1)) => push_hex,
        _ => return Ok(None),
    };
    let binaries = given.first().and_then(|binaries| binaries.column().as_any());
    Ok(binaries.and_then(|binaries| {
        Vector::written(binaries.len(), |row, text| {
            let Value::Binary(binary) = binaries.get(row)?.ready()?.as_plain() else { return None };
            write(binary.at_hand().filter(|bytes| bytes.len() <= PIECE)?, text);
            Some(())
        })
    }))
}

/// Whether the encoding argument is `BinaryEncoding.Hex`; base 64 is the default.
fn hexadecimal(arguments: &Arguments<'_>) -> Result<bool> {
    match arguments.optional_whole(1, "encoding")? {
        None | Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(_) => Err(out_of_range("encoding", arguments.value(1))),
    }
}

/// The bytes that a text stands for in base 64 or hexadecimal digits.
pub(in crate::library) fn text_bytes(ctx: &Context, text: &str, hexadecimal: bool) -> Result<Vec<u8>> {
    let form = if hexadecimal { "hexadecimal" } else { "base 64" };
    digits_bytes(ctx, text, hexadecimal)?.ok_or_else(|| {
        Error::data_format(format!("The text isn't valid {form}.")).with_detail(Value::text(text))
    })
}

/// Long texts are read in pieces, if nothing but digits stands in them.
fn digits_bytes(ctx: &Context, text: &str, hexadecimal: bool) -> Result<Option<Vec<u8>>> {
    let read = if hexadecimal { hex_bytes } else { base64_bytes };
    let (mut rest, mut bytes) = (text, Vec::new());
    while let Some((piece, more)) = rest.split_at_checked(PIECE).filter(|(_, more)| !more.is_empty()) {
        ctx.check_limits()?;
        let plain = piece.bytes().all(|digit| digit.is_ascii_alphanumeric() || matches!(digit, b'+' | b'/'));
        match read(piece).filter(|_| plain) {
            Some(read) => bytes.extend(read),
            None => return Ok(read(text)),
        }
        rest = more;
    }
    let Some(last) = read(rest) else { return Ok(None) };
    if bytes.is_empty() {
        return Ok(Some(last));
    }
    bytes.extend(last);
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn long_texts_are_read_as_short_ones() {
        let query = Engine::new().compile("test", "null").expect("compiles");
        let ctx = query.start();
        let bytes: Vec<u8> = (0..400_001_u32).map(|at| (at.wrapping_mul(at) >> 7) as u8).collect();
        let read = |text: &str, hexadecimal| digits_bytes(&ctx, text, hexadecimal).expect("no limit");
        assert_eq!(read(&hex_text(&bytes), true).as_ref(), Some(&bytes));
        let text = base64_text(&bytes);
        assert_eq!(read(&text, false).as_ref(), Some(&bytes));
        // White space moves the groups of four digits.
        assert_eq!(read(&format!(" {text}"), false).as_ref(), Some(&bytes));
        let padded = base64_text(b"M").repeat(200_000);
        assert_eq!(read(&padded, false), None);
        assert_eq!(read(&format!("{}x", hex_text(&bytes)), true), None);
    }
}
