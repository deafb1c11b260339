//! GUIDs as texts.

use std::fmt::Write;

use crate::eval::{Arguments, Context};
use crate::value::{Error, Result, Value};

pub(in crate::library) fn new_guid(ctx: &Context, _: Arguments<'_>) -> Result<Value> {
    let mut bytes = [0; 16];
    ctx.host().random(&mut bytes).map_err(|error| Error::data_source(error.to_string()))?;
    // The version (random) and the variant, as RFC 9562 places them.
    bytes[6] = (bytes[6] & 0x0F) | 0x40;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    let digits = bytes.iter().fold(String::with_capacity(32), |mut digits, byte| {
        // Writing to a text cannot fail.
        _ = write!(digits, "{byte:02x}");
        digits
    });
    Ok(Value::from(grouped(&digits)))
}

pub(super) fn from(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    match digits(text.trim()) {
        Some(digits) => Ok(Value::from(grouped(&digits))),
        None => Err(Error::data_format("We couldn't parse the input provided as a Guid value.")
            .with_detail(Value::Text(text))),
    }
}

/// The 32 digits of a GUID: without hyphens, or with all four of them and perhaps in braces or parentheses.
fn digits(text: &str) -> Option<String> {
    let inner = [('{', '}'), ('(', ')')]
        .iter()
        .find_map(|&(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    let is_bare = inner.is_none();
    let text = inner.unwrap_or(text);
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_bare && text.len() == 32 && is_hex(text) {
        return Some(text.to_ascii_lowercase());
    }
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    (lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| is_hex(part)))
        .then(|| parts.concat().to_ascii_lowercase())
}

/// 32 ASCII digits with hyphens between their groups.
fn grouped(digits: &str) -> String {
    let group = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
    [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join("-")
}
