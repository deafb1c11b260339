//! Texts as bytes, by the code page numbers of `TextEncoding.Type`.

use encoding_rs::Encoding;

use super::argument::out_of_range;
use crate::eval::{Arguments, Context};
use crate::value::{Binary, Result, Value};

/// A way to write texts as bytes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::library) enum TextEncoding {
    Utf8,
    /// UTF-16, low byte first.
    Utf16,
    /// UTF-16, high byte first.
    Utf16BigEndian,
    Ascii,
    /// A code page of one or more bytes to a character.
    CodePage(&'static Encoding),
}

impl TextEncoding {
    /// The encoding with this code page number, if it is known.
    pub(in crate::library) fn from_code_page(number: i64) -> Option<TextEncoding> {
        let label = match number {
            65001 => return Some(TextEncoding::Utf8),
            1200 => return Some(TextEncoding::Utf16),
            1201 => return Some(TextEncoding::Utf16BigEndian),
            20127 => return Some(TextEncoding::Ascii),
            874 | 1250..=1258 => format!("windows-{number}"),
            28591..=28606 => format!("iso-8859-{}", number - 28590),
            866 => "ibm866".to_owned(),
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10000 => "macintosh".to_owned(),
            10007 => "x-mac-cyrillic".to_owned(),
            20866 => "koi8-r".to_owned(),
            21866 => "koi8-u".to_owned(),
            20932 | 51932 => "euc-jp".to_owned(),
            50220 => "iso-2022-jp".to_owned(),
            54936 => "gb18030".to_owned(),
            _ => return None,
        };
        Encoding::for_label(label.as_bytes()).map(TextEncoding::CodePage)
    }

    /// The encoding that an optional argument names, if it names one.
    ///
    /// # Errors
    /// The number is that of no encoding.
    pub(in crate::library) fn read(arguments: &Arguments<'_>, at: usize) -> Result<Option<TextEncoding>> {
        match arguments.optional_whole(at, "encoding")? {
            None => Ok(None),
            Some(number) => TextEncoding::from_code_page(number)
                .map(Some)
                .ok_or_else(|| out_of_range("encoding", arguments.value(at))),
        }
    }

    /// The bytes that stand before a text to tell its encoding.
    fn mark(self) -> &'static [u8] {
        match self {
            TextEncoding::Utf8 => &[0xEF, 0xBB, 0xBF],
            TextEncoding::Utf16 => &[0xFF, 0xFE],
            TextEncoding::Utf16BigEndian => &[0xFE, 0xFF],
            TextEncoding::Ascii | TextEncoding::CodePage(_) => &[],
        }
    }

    /// The text as bytes; a character that the encoding lacks becomes `?`.
    pub(in crate::library) fn encode(self, text: &str, mark: bool) -> Vec<u8> {
        let mut bytes = if mark { self.mark().to_vec() } else { Vec::new() };
        match self {
            TextEncoding::Utf8 => bytes.extend_from_slice(text.as_bytes()),
            TextEncoding::Utf16 => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            TextEncoding::Utf16BigEndian => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            TextEncoding::Ascii => {
                bytes.extend(text.chars().map(|letter| if letter.is_ascii() { letter as u8 } else { b'?' }))
            }
            TextEncoding::CodePage(encoding) => encode_page(encoding, text, &mut bytes),
        }
        bytes
    }

    /// The text of bytes, a byte order mark left off; bytes that mean nothing become U+FFFD.
    pub(in crate::library) fn decode(self, bytes: &[u8]) -> String {
        let bytes = bytes.strip_prefix(self.mark()).unwrap_or(bytes);
        match self {
            TextEncoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            TextEncoding::Utf16 => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
            TextEncoding::Utf16BigEndian => {
                encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned()
            }
            TextEncoding::Ascii => bytes
                .iter()
                .map(|&byte| if byte.is_ascii() { byte as char } else { char::REPLACEMENT_CHARACTER })
                .collect(),
            TextEncoding::CodePage(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// The encoding that a byte order mark tells; UTF-8 where there is none.
    pub(in crate::library) fn detect(bytes: &[u8]) -> TextEncoding {
        [TextEncoding::Utf16, TextEncoding::Utf16BigEndian]
            .into_iter()
            .find(|encoding| bytes.starts_with(encoding.mark()))
            .unwrap_or(TextEncoding::Utf8)
    }
}

fn encode_page(encoding: &'static Encoding, text: &str, bytes: &mut Vec<u8>) {
    let mut encoder = encoding.new_encoder();
    let mut rest = text;
    loop {
        let most = encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len());
        bytes.reserve(most.max(16));
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, bytes, true);
        rest = rest.get(read..).unwrap_or("");
        match result {
            encoding_rs::EncoderResult::InputEmpty => return,
            encoding_rs::EncoderResult::OutputFull => {}
            encoding_rs::EncoderResult::Unmappable(_) => bytes.push(b'?'),
        }
    }
}

pub(super) fn to_binary(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let encoding = TextEncoding::read(&arguments, 1)?.unwrap_or(TextEncoding::Utf8);
    let mark = arguments.optional_logical(2)?.unwrap_or(false);
    Ok(Value::Binary(std::sync::Arc::new(Binary::new(encoding.encode(&text, mark)))))
}

pub(super) fn from_binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(binary) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    let given = TextEncoding::read(&arguments, 1)?;
    let bytes = binary.bytes(ctx)?;
    Ok(Value::from(given.unwrap_or_else(|| TextEncoding::detect(bytes)).decode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_reads_what_it_wrote() {
        for (number, text) in [
            (65001, "aé😀"),
            (1200, "aé😀"),
            (1201, "aé😀"),
            (20127, "plain"),
            (1252, "é€"),
            (1251, "Привет"),
            (28605, "œ"),
            (932, "日本"),
            (54936, "中文😀"),
        ] {
            let encoding = TextEncoding::from_code_page(number).unwrap();
            for mark in [false, true] {
                assert_eq!(encoding.decode(&encoding.encode(text, mark)), text, "{number}");
            }
        }
        assert_eq!(TextEncoding::from_code_page(1), None);
    }

    #[test]
    fn what_an_encoding_lacks_becomes_a_question_mark() {
        assert_eq!(TextEncoding::Ascii.encode("aé", false), b"a?");
        let windows = TextEncoding::from_code_page(1252).unwrap();
        assert_eq!(windows.encode("日é本", false), b"?\xE9?");
        assert_eq!(TextEncoding::Utf8.decode(b"a\xFF"), "a\u{FFFD}");
    }
}
