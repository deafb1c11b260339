//! Counting lines, for messages that say where something is.

use super::masks::Masks;

/// The number of line breaks: `\n`, `\r\n`, and `\r` on its own.
pub(super) fn count_lines(text: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', text).count();
    let lone = memchr::memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone) as u64
}

/// Counts line breaks word by word, where the masks of the text are at hand anyway.
#[derive(Default)]
pub(super) struct Lines {
    breaks: u64,
    /// 1 if the last byte was a carriage return.
    after_return: u64,
    /// How many bytes were looked at.
    seen: usize,
}

impl Lines {
    #[inline(always)]
    pub(super) fn add(&mut self, word: &Masks, bytes: usize) {
        let second = (word.returns << 1) | self.after_return;
        self.after_return = word.returns >> 63;
        self.breaks += u64::from(((word.feeds & !second) | word.returns).count_ones());
        self.seen += bytes;
    }

    /// The number of line breaks in the first `len` bytes of the text that was looked at, which no line break
    /// straddles.
    pub(super) fn of_first(&self, len: usize, text: &[u8]) -> u64 {
        let seen = text.get(..self.seen).unwrap_or(text);
        self.breaks - seen.get(len..).map_or(0, count_lines)
    }
}
