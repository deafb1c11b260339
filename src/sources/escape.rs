//! Escapes of addresses.

use std::fmt::Write;

/// Writes a text with all but the unreserved characters of RFC 3986 as the bytes of their UTF-8.
pub fn push_escaped(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            // Writing to a text cannot fail.
            _ = write!(out, "%{byte:02X}");
        }
    }
}

/// The escaped text.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(text, &mut out);
    out
}
