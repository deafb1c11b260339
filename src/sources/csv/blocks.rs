use super::dialect::Dialect;
use super::split::{LONGEST, Split, split};
use crate::eval::Context;
use crate::sources::bytes::ByteReader;
use crate::sources::encoding::{Decoder, Encoding};
use crate::value::{Error, Result};

/// How many bytes are read at first: few, so that looking at the first rows is quick.
const FIRST: usize = 32 << 10;
/// How many bytes are read at a time later on.
const MOST: usize = 1 << 20;
/// How many rows one block has at most.
const ROWS: usize = 1 << 16;
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
    text: Vec<u8>,
    split: Split,
    /// How many bytes are read next.
    size: usize,
    /// Whether something was read, and the byte order mark looked for.
    started: bool,
    ended: bool,
    /// The number of the line the block starts at, from 1.
    line: u64,
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
            split: Split::default(),
            size: FIRST,
            started: false,
            ended: false,
            line: 1,
        }
    }

    /// The same, reading `size` bytes at first.
    #[cfg(test)]
    pub fn with_first_size(mut self, size: usize) -> Blocks {
        self.size = size;
        self
    }

    /// Goes on to the next rows, at most `most` of them; whether there are any.
    ///
    /// # Errors
    /// What reading raises, and a row that is too long to be one.
    pub fn next(&mut self, ctx: &Context, dialect: &Dialect, most: usize) -> Result<bool> {
        let passed = self.split.rest;
        self.line += count_lines(self.text.get(..passed).unwrap_or_default());
        self.text.drain(..passed.min(self.text.len()));
        self.split.rest = 0;
        if !self.started {
            self.read(ctx)?;
        }
        loop {
            ctx.step()?;
            split(dialect, &self.text, self.ended, most.min(ROWS), &mut self.split);
            if !self.split.is_empty() {
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

    /// The text of the block: UTF-8, but for what meant nothing in the document's encoding.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The cells of the block.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// The encoding that the bytes are in: what the byte order mark says, or else what was asked for.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The number of the line that a place in the block's text is in, from 1.
    pub fn line_at(&self, place: usize) -> u64 {
        self.line + count_lines(self.text.get(..place).unwrap_or(&self.text))
    }

    fn read(&mut self, ctx: &Context) -> Result<()> {
        let size = self.size;
        self.size = (self.size * 2).min(MOST);
        let into = if self.decoder.is_some() || !self.started { &mut self.raw } else { &mut self.text };
        let start = into.len();
        into.resize(start + size, 0);
        let filled = self.reader.fill(ctx, into.get_mut(start..).unwrap_or_default())?;
        into.truncate(start + filled);
        self.ended = filled < size;
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

/// The number of line breaks: `\n`, `\r\n`, and `\r` on its own.
fn count_lines(text: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', text).count();
    let lone = memchr::memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone) as u64
}
