//! Text encodings by code page: what `TextEncoding.*` numbers mean.

use std::borrow::Cow;

use encoding_rs as tables;

/// A way to write text as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(Form);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Utf8,
    Utf16 {
        big_endian: bool,
    },
    /// 7 bits; other bytes mean nothing.
    Ascii,
    /// Each byte is the character of that number.
    Latin1,
    /// A table of the encoding standard.
    Table(&'static tables::Encoding),
}

/// What stands for bytes that mean nothing: U+FFFD.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Code pages whose tables the encoding standard has.
const TABLES: &[(i64, &tables::Encoding)] = &[
    (0, tables::WINDOWS_1252),
    (866, tables::IBM866),
    (874, tables::WINDOWS_874),
    (932, tables::SHIFT_JIS),
    (936, tables::GBK),
    (949, tables::EUC_KR),
    (950, tables::BIG5),
    (1250, tables::WINDOWS_1250),
    (1251, tables::WINDOWS_1251),
    (1252, tables::WINDOWS_1252),
    (1253, tables::WINDOWS_1253),
    (1254, tables::WINDOWS_1254),
    (1255, tables::WINDOWS_1255),
    (1256, tables::WINDOWS_1256),
    (1257, tables::WINDOWS_1257),
    (1258, tables::WINDOWS_1258),
    (10000, tables::MACINTOSH),
    (10007, tables::X_MAC_CYRILLIC),
    (20866, tables::KOI8_R),
    (20932, tables::EUC_JP),
    (20936, tables::GBK),
    (21866, tables::KOI8_U),
    (28592, tables::ISO_8859_2),
    (28593, tables::ISO_8859_3),
    (28594, tables::ISO_8859_4),
    (28595, tables::ISO_8859_5),
    (28596, tables::ISO_8859_6),
    (28597, tables::ISO_8859_7),
    (28598, tables::ISO_8859_8),
    (28599, tables::WINDOWS_1254),
    (28600, tables::ISO_8859_10),
    (28603, tables::ISO_8859_13),
    (28604, tables::ISO_8859_14),
    (28605, tables::ISO_8859_15),
    (28606, tables::ISO_8859_16),
    (38598, tables::ISO_8859_8_I),
    (50220, tables::ISO_2022_JP),
    (50221, tables::ISO_2022_JP),
    (50222, tables::ISO_2022_JP),
    (51932, tables::EUC_JP),
    (51936, tables::GBK),
    (51949, tables::EUC_KR),
    (54936, tables::GB18030),
];

impl Encoding {
    /// UTF-8, code page 65001: the default everywhere.
    pub const UTF_8: Encoding = Encoding(Form::Utf8);

    /// The encoding of a code page number, if there is one. 0 is the Western European Windows code page.
    pub fn from_code_page(number: i64) -> Option<Encoding> {
        let form = match number {
            65001 => Form::Utf8,
            1200 => Form::Utf16 { big_endian: false },
            1201 => Form::Utf16 { big_endian: true },
            20127 => Form::Ascii,
            28591 => Form::Latin1,
            _ => Form::Table(TABLES.iter().find(|(page, _)| *page == number)?.1),
        };
        Some(Encoding(form))
    }

    /// The encoding that a byte order mark at the start of `bytes` tells, and the length of the mark.
    pub fn from_mark(bytes: &[u8]) -> Option<(Encoding, usize)> {
        match bytes {
            [0xEF, 0xBB, 0xBF, ..] => Some((Encoding(Form::Utf8), 3)),
            [0xFF, 0xFE, ..] => Some((Encoding(Form::Utf16 { big_endian: false }), 2)),
            [0xFE, 0xFF, ..] => Some((Encoding(Form::Utf16 { big_endian: true }), 2)),
            _ => None,
        }
    }

    /// The encoding that a document's own declaration names: `windows-1252`, `utf-8`, as the encoding standard knows them.
    pub fn from_label(label: &str) -> Option<Encoding> {
        let table = tables::Encoding::for_label(label.as_bytes())?;
        // A declaration that could be read byte by byte was not written in UTF-16, whatever it says.
        let is_utf8 = table == tables::UTF_8 || table == tables::UTF_16LE || table == tables::UTF_16BE;
        Some(Encoding(if is_utf8 { Form::Utf8 } else { Form::Table(table) }))
    }

    /// The byte order mark of the encoding; empty where it has none.
    pub fn mark(self) -> &'static [u8] {
        match self.0 {
            Form::Utf8 => &[0xEF, 0xBB, 0xBF],
            Form::Utf16 { big_endian: false } => &[0xFF, 0xFE],
            Form::Utf16 { big_endian: true } => &[0xFE, 0xFF],
            _ => &[],
        }
    }

    /// What the encoding is called in messages.
    pub fn name(self) -> &'static str {
        match self.0 {
            Form::Utf8 => "UTF-8",
            Form::Utf16 { big_endian: false } => "UTF-16",
            Form::Utf16 { big_endian: true } => "UTF-16 (big-endian)",
            Form::Ascii => "ASCII",
            Form::Latin1 => "ISO-8859-1",
            Form::Table(table) => table.name(),
        }
    }

    /// Whether text in this encoding is UTF-8 as it stands.
    pub fn is_utf8(self) -> bool {
        self.0 == Form::Utf8
    }

    /// The text of `bytes`, which may start with a byte order mark: the mark is left off, and what it says goes
    /// before this encoding. Bytes that mean nothing become U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        let (encoding, skip) = Encoding::from_mark(bytes).unwrap_or((self, 0));
        let bytes = bytes.get(skip..).unwrap_or_default();
        if encoding.is_utf8() {
            return String::from_utf8_lossy(bytes);
        }
        let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 2);
        let mut decoder = encoding.decoder();
        decoder.decode(bytes, true, REPLACEMENT, &mut text);
        match String::from_utf8(text) {
            Ok(text) => Cow::Owned(text),
            Err(bad) => Cow::Owned(String::from_utf8_lossy(bad.as_bytes()).into_owned()),
        }
    }

    /// The bytes of `text`, without byte order mark. Characters that the encoding lacks become `?`.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self.0 {
            Form::Utf8 => text.as_bytes().to_vec(),
            Form::Utf16 { big_endian: false } => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Form::Utf16 { big_endian: true } => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Form::Ascii => text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect(),
            Form::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
            Form::Table(table) => encode_by_table(table, text),
        }
    }

    /// Starts decoding bytes that come piece by piece; does not look for a byte order mark.
    pub fn decoder(self) -> Decoder {
        Decoder {
            form: match self.0 {
                Form::Ascii => Stepwise::Ascii,
                Form::Latin1 => Stepwise::Latin1,
                Form::Utf8 => Stepwise::Table(Box::new(tables::UTF_8.new_decoder_without_bom_handling())),
                Form::Utf16 { big_endian: false } => {
                    Stepwise::Table(Box::new(tables::UTF_16LE.new_decoder_without_bom_handling()))
                }
                Form::Utf16 { big_endian: true } => {
                    Stepwise::Table(Box::new(tables::UTF_16BE.new_decoder_without_bom_handling()))
                }
                Form::Table(table) => Stepwise::Table(Box::new(table.new_decoder_without_bom_handling())),
            },
        }
    }
}

fn encode_by_table(table: &'static tables::Encoding, text: &str) -> Vec<u8> {
    let mut encoder = table.new_encoder();
    let mut bytes = Vec::with_capacity(text.len() + 8);
    let mut rest = text;
    loop {
        let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len());
        bytes.reserve(room + 8);
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            tables::EncoderResult::InputEmpty => return bytes,
            tables::EncoderResult::Unmappable(_) => bytes.push(b'?'),
            tables::EncoderResult::OutputFull => {}
        }
    }
}

/// Decodes bytes that come piece by piece.
pub struct Decoder {
    form: Stepwise,
}

enum Stepwise {
    Ascii,
    Latin1,
    Table(Box<tables::Decoder>),
}

impl Decoder {
    /// Appends the text of `bytes` to `out` as UTF-8; `last` says that no more bytes follow. Bytes that mean
    /// nothing become `replacement`.
    pub fn decode(&mut self, bytes: &[u8], last: bool, replacement: &[u8], out: &mut Vec<u8>) {
        match &mut self.form {
            Stepwise::Ascii => {
                for &byte in bytes {
                    if byte.is_ascii() {
                        out.push(byte);
                    } else {
                        out.extend_from_slice(replacement);
                    }
                }
            }
            Stepwise::Latin1 => {
                for &byte in bytes {
                    let mut buffer = [0; 4];
                    out.extend(char::from(byte).encode_utf8(&mut buffer).bytes());
                }
            }
            Stepwise::Table(decoder) => {
                let mut rest = bytes;
                loop {
                    let start = out.len();
                    let room = decoder
                        .max_utf8_buffer_length_without_replacement(rest.len())
                        .unwrap_or(rest.len())
                        .max(16);
                    out.resize(start + room, 0);
                    let free = out.get_mut(start..).unwrap_or_default();
                    let (result, read, written) =
                        decoder.decode_to_utf8_without_replacement(rest, free, last);
                    out.truncate(start + written);
                    rest = rest.get(read..).unwrap_or_default();
                    match result {
                        tables::DecoderResult::InputEmpty => break,
                        tables::DecoderResult::OutputFull => {}
                        tables::DecoderResult::Malformed(..) => {
                            out.extend_from_slice(replacement);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    fn page(number: i64) -> Encoding {
        Encoding::from_code_page(number).unwrap()
    }

    #[test]
    fn decodes_and_encodes_by_code_page() {
        for (number, bytes) in [
            (65001, b"h\xC3\xA9\xE2\x82\xAC".as_slice()),
            (1200, b"h\0\xE9\0\xAC\x20"),
            (1201, b"\0h\0\xE9\x20\xAC"),
            (1252, b"h\xE9\x80"),
            (0, b"h\xE9\x80"),
        ] {
            assert_eq!(page(number).decode(bytes), "h\u{e9}\u{20ac}", "{number}");
            assert_eq!(page(number).encode("h\u{e9}\u{20ac}"), bytes, "{number}");
        }
        assert_eq!(page(28591).decode(b"\x80\xE9"), "\u{80}\u{e9}");
        assert_eq!(page(1251).decode(b"\xCF"), "\u{41f}");
        assert_eq!(page(932).decode(b"\x82\xA0"), "\u{3042}");
        assert_eq!(Encoding::from_code_page(7), None);
    }

    #[test]
    fn a_mark_goes_before_the_encoding() {
        assert_eq!(page(1252).decode(b"\xEF\xBB\xBF\xC3\xA9"), "\u{e9}");
        assert_eq!(page(65001).decode(b"\xFF\xFEa\0"), "a");
        assert_eq!(page(65001).decode(b"\xFE\xFF\0a"), "a");
    }

    #[test]
    fn what_has_no_place_is_replaced() {
        assert_eq!(page(65001).decode(b"a\xFFb"), "a\u{FFFD}b");
        assert_eq!(page(20127).decode(b"a\xE9"), "a\u{FFFD}");
        assert_eq!(page(20127).encode("a\u{e9}"), b"a?");
        assert_eq!(page(1252).encode("\u{3042}x"), b"?x");
        assert_eq!(page(1200).decode(b"a\0\0"), "a\u{FFFD}");
    }

    #[test]
    fn decodes_piece_by_piece() {
        let bytes = page(1200).encode("a\u{1F600}b");
        let mut decoder = page(1200).decoder();
        let mut out = Vec::new();
        for byte in &bytes {
            decoder.decode(&[*byte], false, b"?", &mut out);
        }
        decoder.decode(&[], true, b"?", &mut out);
        page(1200).decoder().decode(b"a\0\0\xD8b\0", true, b"?", &mut out);
        assert_eq!(out, "a\u{1F600}ba?b".as_bytes());
    }
}
