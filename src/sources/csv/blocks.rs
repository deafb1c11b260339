use super::block::Block;
use super::dialect::Dialect;
use super::lines::count_lines;
use super::split::{Counted, LONGEST, Split, count_rows, split};
use crate::eval::Context;
use crate::sources::bytes::ByteReader;
use crate::sources::encoding::{Decoder, Encoding};
use crate::table::Spare;
use crate::value::{Error, Result};

/// How many bytes are read at first: few, so that looking at the first rows is quick.
const FIRST: usize = 32 << 10;
/// How many bytes are read at a time later on: columns are made one after the other, each of which goes through all of
/// the block, so it should stay in the second cache with what is made of it.
const MOST: usize = 512 << 10;
/// How many at most where rows are only counted: so few that they come from the second cache and stay there.
const COUNTED: usize = 128 << 10;
/// What stands in the text for bytes that mean nothing in the document's encoding: a byte that is never part of
/// UTF-8, so that the cell it is in is found to be no text.
const BAD: &[u8] = &[0xFF];

/// Reads a document block by block; each block holds complete rows.
pub struct Blocks {
    reader: ByteReader,
    encoding: Encoding,
    /// What makes UTF-8 of the bytes, if they are not UTF-8 already.
    decoder: Option<Decoder>,
    /// Bytes still to be decoded; unused for UTF-8.
    raw: Vec<u8>,
    /// The text behind the rows that were yielded.
    text: Vec<u8>,
    /// How many bytes are read next.
    size: usize,
    /// Whether something was read, and the byte order mark looked for.
    started: bool,
    ended: bool,
    /// The number of the line the text starts at, from 1.
    line: u64,
    spare: Spares,
}

/// What blocks leave behind for those after them.
#[derive(Clone, Default)]
pub(super) struct Spares {
    pub texts: Spare<Vec<u8>>,
    pub splits: Spare<Split>,
}

/// Rows that were counted.
pub(super) struct Rows {
    /// How many.
    pub rows: usize,
    /// The line with a quote that nothing closes, if the last of them has one.
    pub unclosed_line: Option<u64>,
}

impl Blocks {
    /// Starts reading.
    pub fn new(reader: ByteReader, encoding: Encoding) -> Blocks {
        Blocks {
            reader,
            encoding,
            decoder: None,
            raw: Vec::new(),
            text: Vec::new(),
            size: FIRST,
            started: false,
            ended: false,
            line: 1,
            spare: Spares::default(),
        }
    }

    /// The same, reading `size` bytes at first.
    #[cfg(test)]
    pub fn with_first_size(mut self, size: usize) -> Blocks {
        self.size = size;
        self
    }

    /// The next rows, at most `most` of them; `None` past the last.
    ///
    /// # Errors
    /// What reading raises, and a row that is too long to be one.
    pub fn next(&mut self, ctx: &Context, dialect: &Dialect, most: usize) -> Result<Option<Block>> {
        let mut found = self.spare.splits.take();
        let any = self.look(ctx, |text, last| {
            split(dialect, text, last, most, &mut found);
            !found.is_empty()
        })?;
        if !any {
            return Ok(None);
        }
        let mut rest = self.spare.texts.take();
        rest.extend_from_slice(self.text.get(found.rest..).unwrap_or_default());
        self.text.truncate(found.rest);
        let text = std::mem::replace(&mut self.text, rest);
        let line = self.line;
        self.line += found.lines;
        Ok(Some(Block::new(text, found, line, self.encoding, self.spare.clone())))
    }

    /// Counts the next rows; `None` past the last.
    ///
    /// # Errors
    /// As [`Blocks::next`].
    pub(super) fn count(&mut self, ctx: &Context, dialect: &Dialect) -> Result<Option<Rows>> {
        let mut counted = Counted::default();
        self.size = self.size.min(COUNTED);
        let any = self.look(ctx, |text, last| {
            counted = count_rows(dialect, text, last);
            counted.rows > 0
        })?;
        if !any {
            return Ok(None);
        }
        let line_of = |at: usize| self.line + count_lines(self.text.get(..at).unwrap_or_default());
        let unclosed_line = counted.unclosed.map(line_of);
        self.line += counted.lines;
        self.text.drain(..counted.rest);
        Ok(Some(Rows { rows: counted.rows, unclosed_line }))
    }

    /// Reads until `look` finds rows at the start of the text; whether it did.
    fn look(&mut self, ctx: &Context, mut look: impl FnMut(&[u8], bool) -> bool) -> Result<bool> {
        if self.text.len() < self.size && !self.ended {
            self.read(ctx)?;
        }
        loop {
            ctx.step()?;
            if look(&self.text, self.ended) {
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
            if self.text.len() + MOST > LONGEST {
                return Err(Error::data_format(format!(
                    "The row that starts in line {} has more than {} MB. Look for a quote in it that isn't closed, \
                     or read the document with QuoteStyle = QuoteStyle.None, where quotes end with the line.",
                    self.line,
                    LONGEST >> 20
                )));
            }
            // A long row is split again from its start: reading ever more keeps that cheap.
            self.size = self.size.max(self.text.len()).min(LONGEST - MOST - self.text.len());
            self.read(ctx)?;
        }
    }

    fn read(&mut self, ctx: &Context) -> Result<()> {
        let size = self.size;
        self.size = (self.size * 2).min(MOST);
        let into = if self.decoder.is_some() || !self.started { &mut self.raw } else { &mut self.text };
        // Room for what is written behind the rows, see `Block::settle`.
        into.reserve(size + size / 8);
        self.ended = self.reader.append(ctx, into, size)? < size;
        if !self.started {
            self.started = true;
            let (encoding, mark) = Encoding::from_mark(&self.raw).unwrap_or((self.encoding, 0));
            self.encoding = encoding;
            self.raw.drain(..mark);
            if encoding.is_utf8() {
                self.text = std::mem::take(&mut self.raw);
            } else {
                self.decoder = Some(encoding.decoder());
            }
        }
        if let Some(decoder) = &mut self.decoder {
            decoder.decode(&self.raw, self.ended, BAD, &mut self.text);
            self.raw.clear();
        }
        Ok(())
    }
}
