//! Bytes as text: base 64 and hexadecimal.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base 64, with padding.
pub fn base64_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    push_base64(bytes, &mut text);
    text
}

/// Puts the [`base64_text`] of bytes behind a text.
pub fn push_base64(bytes: &[u8], text: &mut String) {
    let digit = |bits: u32| DIGITS.get((bits & 63) as usize).map_or('=', |digit| char::from(*digit));
    let mut groups = bytes.chunks_exact(3);
    for group in &mut groups {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        text.extend([digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)]);
    }
    match *groups.remainder() {
        [byte] => {
            let bits = u32::from(byte) << 16;
            text.extend([digit(bits >> 18), digit(bits >> 12), '=', '=']);
        }
        [first, second] => {
            let bits = u32::from(first) << 16 | u32::from(second) << 8;
            text.extend([digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), '=']);
        }
        _ => {}
    }
}

/// Reads standard base 64; white space is skipped. `None` if the text is something else.
pub fn base64_bytes(text: &str) -> Option<Vec<u8>> {
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

/// Two lower-case hexadecimal digits for each byte.
pub fn hex_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(bytes, &mut text);
    text
}

/// Puts the [`hex_text`] of bytes behind a text.
pub fn push_hex(bytes: &[u8], text: &mut String) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    text.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
}

/// Reads hexadecimal digits in pairs. `None` if the text is something else.
pub fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match *pair {
            [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        for (bytes, text) in [
            ("", ""),
            ("M", "TQ=="),
            ("Ma", "TWE="),
            ("Man", "TWFu"),
            ("Many", "TWFueQ=="),
            ("\u{fb}\u{ff}", "w7vDvw=="),
        ] {
            assert_eq!(base64_text(bytes.as_bytes()), text);
            assert_eq!(base64_bytes(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(base64_bytes(" TW\r\nFu ").unwrap(), b"Man");
        for bad in ["TWF", "T===", "TW*u", "TQ==TQ=="] {
            assert_eq!(base64_bytes(bad), None, "{bad}");
        }
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        assert_eq!(hex_text(&[0, 0x1F, 0xFF]), "001fff");
        assert_eq!(hex_bytes("001FfF").unwrap(), [0, 0x1F, 0xFF]);
        for bad in ["0", "0x", "\u{e9}"] {
            assert_eq!(hex_bytes(bad), None, "{bad}");
        }
    }
}
