//! Texts; the one place that builds a `str` from bytes without looking at them again.
#![allow(unsafe_code)]

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::mem::MaybeUninit;

use triomphe::{Arc, HeaderSlice, HeaderWithLength, ThinArc, UniqueArc};

/// An immutable text, shared when cloned. Positions in M count UTF-16 units; this is UTF-8.
///
/// One pointer to a count of references, the number of bytes in use and the bytes. There may be more bytes than are in
/// use: a text that grows by appending, and that nobody else holds, grows where it is; see [`Text::append`].
#[derive(Clone)]
pub struct Text(ThinArc<usize, u8>);

/// Texts up to this many bytes get no more room to grow than their memory has anyway.
const SHORT: usize = 64;
/// Memory is handed out in pieces of so many bytes.
const PIECE: usize = 16;
/// Bytes before the content: the count of references, the bytes in use, the bytes there are.
const HEAD: usize = 24;

impl Text {
    /// A text with this content.
    pub fn new(text: &str) -> Text {
        Text(ThinArc::from_header_and_slice(text.len(), text.as_bytes()))
    }

    /// The content.
    #[inline]
    pub fn as_str(&self) -> &str {
        let bytes = self.0.slice.get(..self.0.header.header).unwrap_or_default();
        // SAFETY: the bytes in use are those of one `str` or of several, one after the other: only `new` and `append`
        // write them, from `str`s, and only from the end of what is in use on.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }

    /// Puts `more` at the end: where the text is, if nobody else holds it and there is room.
    pub fn append(&mut self, more: &str) {
        let used = self.len();
        let total = used + more.len();
        let (alone, done) = self.0.with_arc_mut(|text| match Arc::get_mut(text) {
            Some(text) => match text.slice_mut().get_mut(used..total) {
                Some(room) => {
                    room.copy_from_slice(more.as_bytes());
                    *text.header_mut() = total;
                    (true, true)
                }
                None => (true, false),
            },
            None => (false, false),
        });
        if done {
            return;
        }
        // What only this place holds and is appended to will likely be appended to again.
        let room = if alone && total > SHORT { total + total / 2 } else { total };
        let room = (HEAD + room).next_multiple_of(PIECE) - HEAD;
        *self = if room <= SHORT + PIECE {
            let mut bytes = [0; SHORT + PIECE];
            let (before, rest) = bytes.split_at_mut(used);
            before.copy_from_slice(self.as_bytes());
            rest[..more.len()].copy_from_slice(more.as_bytes());
            Text(ThinArc::from_header_and_slice(total, &bytes[..room]))
        } else {
            let mut bytes = Vec::with_capacity(room);
            bytes.extend_from_slice(self.as_bytes());
            bytes.extend_from_slice(more.as_bytes());
            bytes.resize(room, 0);
            Text(ThinArc::from_header_and_slice(total, &bytes))
        };
    }
}

/// A text that is written piece by piece into the memory it will stay in.
pub struct TextWriter {
    memory: UniqueArc<HeaderSlice<HeaderWithLength<usize>, [MaybeUninit<u8>]>>,
    written: usize,
}

impl TextWriter {
    /// A writer of a text of so many bytes.
    pub fn with_room(bytes: usize) -> TextWriter {
        let header = HeaderWithLength::new(bytes, bytes);
        TextWriter { memory: UniqueArc::from_header_and_uninit_slice(header, bytes), written: 0 }
    }

    /// Writes the next part of the text; what there is no room for is left out.
    pub fn push(&mut self, text: &str) {
        let end = self.written + text.len();
        if let Some(room) = self.memory.slice.get_mut(self.written..end) {
            for (place, byte) in room.iter_mut().zip(text.bytes()) {
                place.write(byte);
            }
            self.written = end;
        }
    }

    /// The text, of what was written.
    pub fn finish(mut self) -> Text {
        self.memory.header.header = self.written;
        for byte in self.memory.slice.iter_mut().skip(self.written) {
            byte.write(0);
        }
        // SAFETY: each byte was written, by `push` up to `written` and by the loop behind it; and the header has the
        // slice's length, as `with_room` made both from the same number.
        Text(Arc::into_thin(unsafe { UniqueArc::assume_init_slice_with_header(self.memory) }.shareable()))
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::new("")
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Text) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::new(&text)
    }
}

impl std::ops::Deref for Text {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, TextWriter};

    #[test]
    fn a_text_grows_without_changing_those_that_share_it() {
        let mut text = Text::new("grün");
        let shared = text.clone();
        text.append(" und blau");
        assert_eq!((text.as_str(), shared.as_str()), ("grün und blau", "grün"));
        let mut expected = text.to_string();
        for number in 0..1_000 {
            let (piece, before) = (format!("é{number}"), text.clone());
            if number % 7 == 0 {
                drop(before);
                text.append(&piece);
            } else {
                text.append(&piece);
                assert_eq!(before.as_str(), expected);
            }
            expected.push_str(&piece);
            assert_eq!(text.as_str(), expected);
        }
    }

    #[test]
    fn what_is_written_piece_by_piece_is_a_text() {
        let mut writer = TextWriter::with_room(12);
        ["grün", "", " und"].into_iter().for_each(|piece| writer.push(piece));
        // No room for it.
        writer.push("!!!!");
        let mut text = writer.finish();
        assert_eq!(text.as_str(), "grün und");
        text.append(" blau");
        assert_eq!(text.as_str(), "grün und blau");
        assert_eq!(TextWriter::with_room(0).finish().as_str(), "");
    }

    #[test]
    fn equal_texts_are_equal_whatever_room_they_have() {
        let mut grown = Text::new(&"ab".repeat(50));
        grown.append("c");
        grown.append("d");
        let plain = Text::new(&format!("{}cd", "ab".repeat(50)));
        assert_eq!(grown, plain);
        assert_eq!(grown.cmp(&plain), std::cmp::Ordering::Equal);
        let set: std::collections::HashSet<Text> = [grown, plain].into();
        assert_eq!(set.len(), 1);
    }
}
