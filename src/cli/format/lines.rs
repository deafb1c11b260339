//! Bytes of lines on their way out.

use pqm::value::number::ShortText;

/// Writes over bytes. Behind the end there is room already, so that most texts are stores of a known size and no calls.
pub struct Lines<'o> {
    out: &'o mut Vec<u8>,
    end: usize,
}

/// How many bytes of room are made at a time.
const ROOM: usize = 4096;

impl<'o> Lines<'o> {
    /// From the start on; what was there is only room.
    pub fn over(out: &'o mut Vec<u8>) -> Lines<'o> {
        Lines { out, end: 0 }
    }

    /// Where the next byte goes.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Takes back what stands behind a place.
    pub fn cut(&mut self, end: usize) {
        self.end = end.min(self.end);
    }

    /// Room for so many bytes.
    #[inline]
    fn room(&mut self, len: usize) -> &mut [u8] {
        if self.out.len() - self.end < len {
            self.make_room(len);
        }
        self.out.get_mut(self.end..).unwrap_or_default()
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, len: usize) {
        self.out.resize(self.end + len.max(ROOM), 0);
    }

    /// Appends a short text and a byte behind it.
    #[inline]
    pub fn put_and(&mut self, text: ShortText, behind: u8) {
        if text.len >= 16 {
            self.put(&text.bytes.to_le_bytes());
            return self.put(&[behind]);
        }
        let bytes = text.bytes | u128::from(behind) << (8 * text.len);
        if let Some(place) = self.room(16).first_chunk_mut::<16>() {
            *place = bytes.to_le_bytes();
            self.end += text.len + 1;
        }
    }

    /// Appends bytes.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        if let Some(place) = self.room(bytes.len()).get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
            self.end += bytes.len();
        }
    }

    /// Appends what `write` appends to a vector.
    pub fn with<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.out.truncate(self.end);
        let written = write(self.out);
        self.end = self.out.len();
        written
    }

    /// Writes another byte over the last one.
    #[inline]
    pub fn set_last(&mut self, byte: u8) {
        if let Some(last) = self.end.checked_sub(1).and_then(|last| self.out.get_mut(last)) {
            *last = byte;
        }
    }
}

impl Drop for Lines<'_> {
    fn drop(&mut self) {
        self.out.truncate(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_appends_in_order() {
        let text = |text: &str| {
            let mut bytes = [0; 16];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            ShortText { bytes: u128::from_le_bytes(bytes), len: text.len() }
        };
        let mut out = b"what was there".to_vec();
        let mut lines = Lines::over(&mut out);
        let mut expected = String::new();
        for round in 0..2000 {
            let short = "0123456789abcdef".get(..round % 17).unwrap();
            lines.put_and(text(short), b',');
            let long = "x".repeat(round);
            lines.put(long.as_bytes());
            let end = lines.end();
            lines.with(|out| out.extend_from_slice(b"much more"));
            lines.cut(end + 4);
            lines.set_last(b'H');
            expected.push_str(&format!("{short},{long}mucH"));
        }
        drop(lines);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
