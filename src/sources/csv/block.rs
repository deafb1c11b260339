use super::dialect::Quotes;
use super::lines::count_lines;
use super::pieces::{Onward, Rows, Spares};
use super::split::{Cell, Split, unquote};
use crate::sources::encoding::Encoding;
use crate::table::TextBlock;

/// Some complete rows of a document: their text, and where their cells are in it.
pub struct Block {
    text: Text,
    split: Split,
    /// The number of the line the first row starts in, from 1.
    line: u64,
    encoding: Encoding,
    spare: Spares,
}

enum Text {
    /// As it was read.
    Raw(Vec<u8>),
    /// Found to be UTF-8, with no quotes around the cells.
    Sound(TextBlock),
}

impl Block {
    /// The rows that were split, and what waits to be handed over to the next piece.
    pub(super) fn of(rows: Rows<Split>) -> (Block, Onward) {
        let Rows { text, start: _, line, found: split, encoding, spares: spare, onward } = rows;
        (Block { text: Text::Raw(text), split, line, encoding, spare }, onward)
    }

    /// Writes the content of cells with quotes inside behind the rows, without the quotes, if all of the text is
    /// UTF-8. Columns can then share the text.
    pub(super) fn settle(&mut self, quotes: Quotes) {
        let Text::Raw(bytes) = &mut self.text else { return };
        let mut text = match TextBlock::check(std::mem::take(bytes)) {
            Ok(text) => text,
            Err(bytes) => {
                self.text = Text::Raw(bytes);
                return;
            }
        };
        let mut content = Vec::new();
        for cell in self.split.quoted_cells() {
            content.clear();
            unquote(quotes, cell.bytes(text.as_bytes()), &mut content);
            let start = text.len();
            // Taking out quotes leaves text text.
            text.push_str(&String::from_utf8_lossy(&content));
            *cell = Cell::new(start, text.len(), false);
        }
        self.text = Text::Sound(TextBlock::lent(text, &self.spare.texts));
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

    /// The text of the rows, the first of which starts at [`Split::start`].
    pub fn rows_text(&self) -> &[u8] {
        self.text().get(self.split.start(0)..self.split.rest).unwrap_or_default()
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
        self.line + count_lines(self.text().get(..place).unwrap_or_else(|| self.rows_text()))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.spare.splits.give(std::mem::take(&mut self.split));
        if let Text::Raw(bytes) = &mut self.text {
            self.spare.texts.give(std::mem::take(bytes));
        }
    }
}
