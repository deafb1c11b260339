use super::lines::Lines;
use super::split::{Cell, Split, line_break};

/// Rows with a delimiter of one byte and quotes only at the start of cells.
pub(super) struct Plain<'t> {
    pub text: &'t [u8],
    /// Whether the text ends the document.
    pub last: bool,
    pub delimiter: u8,
    pub quoted_breaks: bool,
}

impl Plain<'_> {
    /// The number of line breaks from one row's start to another's, where `lines` counted from the first of them on.
    pub fn lines_between(&self, start: usize, end: usize, lines: &Lines) -> u64 {
        lines.of_first(end - start, self.text.get(start..).unwrap_or_default())
    }

    /// Splits the row at `at`; gives where the next one starts, or `None` if the row does not end in the text.
    pub fn row(&self, mut at: usize, into: &mut Split) -> Option<usize> {
        let text = self.text;
        loop {
            let start = at;
            let (cell, end) = if text.get(at) == Some(&b'"') {
                self.quoted(at, into)?
            } else {
                let end = self.boundary(at);
                (Cell::new(start, end, false), end)
            };
            into.push(cell, end);
            match text.get(end) {
                Some(&byte) if byte == self.delimiter => at = end + 1,
                Some(_) => return line_break(text, self.last, end),
                None if self.last => return Some(end),
                None => return None,
            }
        }
    }

    /// The cell whose opening quote is at `start`, and where it ends.
    fn quoted(&self, start: usize, into: &mut Split) -> Option<(Cell, usize)> {
        let text = self.text;
        let mut at = start + 1;
        let mut doubled = false;
        loop {
            let rest = text.get(at..)?;
            let found = if self.quoted_breaks {
                memchr::memchr(b'"', rest)
            } else {
                memchr::memchr3(b'"', b'\n', b'\r', rest)
            };
            let Some(found) = found else {
                if !self.last {
                    return None;
                }
                if self.quoted_breaks {
                    into.unclosed = Some(start);
                }
                return Some((Cell::new(start, text.len(), true), text.len()));
            };
            at += found;
            if text.get(at) != Some(&b'"') {
                // A line break that ends the row although the quote is open.
                return Some((Cell::new(start, at, true), at));
            }
            match text.get(at + 1) {
                Some(b'"') => {
                    doubled = true;
                    at += 2;
                }
                Some(&byte) if byte == self.delimiter || byte == b'\n' || byte == b'\r' => break,
                None if self.last => break,
                None => return None,
                Some(_) => {
                    // Text after the closing quote belongs to the cell.
                    let end = self.boundary(at + 1);
                    return Some((Cell::new(start, end, true), end));
                }
            }
        }
        let cell = if doubled { Cell::new(start, at + 1, true) } else { Cell::new(start + 1, at, false) };
        Some((cell, at + 1))
    }

    /// The first delimiter or line break from `at` on, or the end of the text.
    fn boundary(&self, mut at: usize) -> usize {
        const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
        const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
        // The highest bit of each byte that is zero; bits above the lowest one set may be wrong.
        let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
        let (delimiter, feed, carriage) =
            (LOW * u64::from(self.delimiter), LOW * u64::from(b'\n'), LOW * u64::from(b'\r'));
        while let Some(&[a, b, c, d, e, f, g, h]) = self.text.get(at..at + 8) {
            let word = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            let found = zeros(word ^ delimiter) | zeros(word ^ feed) | zeros(word ^ carriage);
            if found != 0 {
                return at + (found.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        let ends = |byte: &u8| *byte == self.delimiter || *byte == b'\n' || *byte == b'\r';
        let rest = self.text.get(at..).unwrap_or_default();
        at + rest.iter().position(ends).unwrap_or(rest.len())
    }
}
