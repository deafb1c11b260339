use super::dialect::Quotes;
use super::split::{Cell, Split, unquote};
use crate::sources::encoding::Encoding;
use crate::table::TextBlock;

/// Some complete rows of a document: their text, and where their cells are in it.
pub struct Block {
    text: Text,
    split: Split,
    /// For cells whose content was written behind the rows, where that starts and where the cell started, in order.
    moved: Vec<(usize, usize)>,
    /// The number of the line the block starts at, from 1.
    line: u64,
    encoding: Encoding,
}

enum Text {
    /// As it was read.
    Raw(Vec<u8>),
    /// Found to be UTF-8, with no quotes around the cells.
    Sound(TextBlock),
}

impl Block {
    pub(super) fn new(text: Vec<u8>, split: Split, line: u64, encoding: Encoding) -> Block {
        Block { text: Text::Raw(text), split, moved: Vec::new(), line, encoding }
    }

    /// Writes the content of cells with quotes inside behind the rows, without the quotes, if all of the text is
    /// UTF-8. Columns can then share the text.
    pub(super) fn settle(&mut self, quotes: Quotes) {
        let Text::Raw(bytes) = &mut self.text else { return };
        let bytes = std::mem::take(bytes);
        let mut bytes = match String::from_utf8(bytes) {
            Ok(text) => text.into_bytes(),
            Err(error) => {
                self.text = Text::Raw(error.into_bytes());
                return;
            }
        };
        let mut content = Vec::new();
        for cell in self.split.quoted_cells() {
            content.clear();
            unquote(quotes, cell.bytes(&bytes), &mut content);
            let start = bytes.len();
            self.moved.push((start, cell.start()));
            bytes.extend_from_slice(&content);
            *cell = Cell::new(start, bytes.len(), false);
        }
        // Taking out quotes leaves text text.
        self.text = match String::from_utf8(bytes) {
            Ok(text) => Text::Sound(TextBlock::from(text)),
            Err(error) => Text::Raw(error.into_bytes()),
        };
    }

    /// The text that columns share: none if the block was not settled, or is no text in its encoding.
    pub(super) fn shared(&self) -> Option<&TextBlock> {
        match &self.text {
            Text::Sound(text) => Some(text),
            Text::Raw(_) => None,
        }
    }

    /// The text that the places of the cells refer to: UTF-8, but for what meant nothing in the document's encoding.
    pub fn text(&self) -> &[u8] {
        match &self.text {
            Text::Raw(bytes) => bytes,
            Text::Sound(text) => text.as_str().as_bytes(),
        }
    }

    /// The text of the rows.
    pub fn rows_text(&self) -> &[u8] {
        self.text().get(..self.split.rest).unwrap_or_default()
    }

    /// The cells.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// The encoding that the bytes were in: what the byte order mark says, or else what was asked for.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The number of the line that a place in the text is in, from 1.
    pub fn line_at(&self, place: usize) -> u64 {
        let place = match self.moved.binary_search_by_key(&place, |(start, _)| *start) {
            Ok(at) => self.moved.get(at).map_or(place, |(_, from)| *from),
            Err(_) => place,
        };
        self.line + count_lines(self.text().get(..place).unwrap_or_else(|| self.rows_text()))
    }
}

/// The number of line breaks: `\n`, `\r\n`, and `\r` on its own.
pub(super) fn count_lines(text: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', text).count();
    let lone = memchr::memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone) as u64
}
