//! Texts in any encoding, read piece by piece as UTF-8.

use super::bytes::{ByteReader, SharedBytes};
use super::encoding::{Decoder, Encoding};
use crate::eval::Context;
use crate::value::Result;

/// One reading of a text.
pub struct TextReader {
    bytes: ByteReader,
    encoding: Encoding,
    /// What stands in the text for bytes that mean nothing in the encoding, if that is not UTF-8.
    bad: &'static [u8],
    /// What makes UTF-8 of the bytes, if they are not UTF-8 already.
    decoder: Option<Decoder>,
    /// Whether something was read, and the byte order mark looked for.
    started: bool,
    ended: bool,
}

impl TextReader {
    /// Reads `bytes`, which are in this encoding unless a byte order mark says otherwise.
    pub fn new(bytes: ByteReader, encoding: Encoding, bad: &'static [u8]) -> TextReader {
        TextReader { bytes, encoding, bad, decoder: None, started: false, ended: false }
    }

    /// The encoding: what the byte order mark says, once something was read, or else what was asked for.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether all was read, or reading failed.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Leaves the next `size` bytes to whoever reads them where they are; `None` if they can only be read in order, or
    /// are no UTF-8 text as they stand.
    pub fn leave(&mut self, size: usize) -> Option<(SharedBytes, u64)> {
        if self.started && self.decoder.is_none() { self.bytes.leave(size) } else { None }
    }

    /// Appends the text of the next `size` bytes. What was UTF-8 already is not looked at.
    ///
    /// # Errors
    /// What reading raises; nothing is read behind that.
    pub fn append(&mut self, ctx: &Context, text: &mut Vec<u8>, size: usize) -> Result<()> {
        let mut raw = Vec::new();
        let is_plain = self.started && self.decoder.is_none();
        let into = if is_plain { &mut *text } else { &mut raw };
        // Until the bytes are there.
        self.ended = true;
        self.ended = self.bytes.append(ctx, into, size)? < size;
        if !self.started {
            self.started = true;
            let (encoding, mark) = Encoding::from_mark(&raw).unwrap_or((self.encoding, 0));
            self.encoding = encoding;
            self.decoder = (!encoding.is_utf8()).then(|| encoding.decoder());
            raw.drain(..mark);
        }
        match &mut self.decoder {
            Some(decoder) => decoder.decode(&raw, self.ended, self.bad, text),
            None => text.append(&mut raw),
        }
        Ok(())
    }
}
