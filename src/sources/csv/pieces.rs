//! A document as pieces of text that threads work on side by side.
//!
//! A piece has so many bytes, and starts and ends anywhere in a row. Where its first row starts depends on the quotes
//! in all the text before, so a thread that gets to work on a piece before the one before it is done guesses that the
//! row ends at the first line break, and looks for rows behind that. What is left over from the piece before then
//! tells: together with the head of this piece it is a row that ends there, or the guess was wrong and the rows are
//! looked for again, from their start.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32};

use super::dialect::Dialect;
use super::found::{Found, Stretch};
use super::handover::{Before, Handover, Seam};
use super::split::{LONGEST, Split, line_after, split_from};
use crate::eval::Context;
use crate::sources::bytes::{ByteSource, SharedBytes};
use crate::sources::encoding::Encoding;
use crate::sources::text_reader::TextReader;
use crate::table::Spare;
use crate::value::{Error, Result};

/// How many bytes the first piece has: few, so that looking at the first rows is quick.
const FIRST: usize = 32 << 10;
/// How many the later ones have: columns are made one after the other, each of which goes through all of the piece, so
/// it should stay in the second cache with what is made of it.
pub(super) const MOST: usize = 512 << 10;
/// How many at most where rows are only counted: so few that they come from the second cache and stay there.
pub(super) const COUNTED: usize = 128 << 10;
/// How much room there is before the text of a piece for what the piece before leaves over.
const MARGIN: usize = 4 << 10;
/// How many guesses may be wrong, and one more for so many right ones: if more are, line breaks in quotes are frequent,
/// and waiting for the piece before costs less than looking twice.
const WRONG: u32 = 4;
const RIGHT_FOR_WRONG: u32 = 16;
/// What stands in the text for bytes that mean nothing in the document's encoding: a byte that is never part of
/// UTF-8, so that the cell it is in is found to be no text.
const BAD: &[u8] = &[0xFF];

/// What pieces leave behind for those after them.
#[derive(Clone, Default)]
pub(super) struct Spares {
    /// As long as the text of a piece was: memory that was written once need not be cleared again.
    pub texts: Spare<Vec<u8>>,
    pub splits: Spare<Split>,
}

/// Hands out the pieces of a document, in their order.
pub(super) struct Pieces {
    reader: TextReader,
    /// How many bytes the next piece has, and how many one has at most.
    size: usize,
    most: usize,
    /// Where the next piece starts.
    seam: Seam,
    course: Course,
}

/// What the pieces of one reading share.
#[derive(Clone, Default)]
struct Course {
    /// Whether no row is left, or wanted.
    over: Arc<AtomicBool>,
    /// How many guesses were right, and how many wrong.
    right: Arc<AtomicU32>,
    wrong: Arc<AtomicU32>,
    spares: Spares,
}

impl Pieces {
    /// Starts reading. At most `most` bytes are read at a time; `wanted` rows are enough.
    ///
    /// # Errors
    /// What opening the source raises.
    pub fn new(
        ctx: &Context,
        source: &ByteSource,
        encoding: Encoding,
        most: usize,
        wanted: usize,
    ) -> Result<Pieces> {
        Ok(Pieces {
            reader: TextReader::new(source.open_shared(ctx)?, encoding, BAD),
            size: FIRST,
            most,
            seam: Seam::with(Before::first(wanted)),
            course: Course::default(),
        })
    }

    /// The same with `size` bytes in the first piece, and in the others at most so many times as many.
    #[cfg(test)]
    pub fn with_sizes(mut self, size: usize, times: usize) -> Pieces {
        self.size = size;
        self.most = size * times;
        self
    }

    /// The next piece; `None` past the last, and where enough rows were found.
    ///
    /// # Errors
    /// What reading raises.
    pub fn next(&mut self, ctx: &Context) -> Result<Option<Piece>> {
        if self.reader.is_ended() || self.course.over.load(Relaxed) {
            return Ok(None);
        }
        let size = self.size;
        self.size = (size * 2).min(self.most);
        let text = match self.reader.leave(size) {
            Some((bytes, at)) => Text::At { bytes, at, size },
            None => {
                let mut bytes = self.course.spares.texts.take();
                bytes.clear();
                bytes.resize(MARGIN, 0);
                self.reader.append(ctx, &mut bytes, size)?;
                Text::Read { bytes, last: self.reader.is_ended() }
            }
        };
        let start = std::mem::take(&mut self.seam);
        let end = Handover::to(self.seam.clone(), Arc::clone(&self.course.over));
        Ok(Some(Piece { text, start, end, encoding: self.reader.encoding(), course: self.course.clone() }))
    }
}

/// A piece of a document.
pub(super) struct Piece {
    text: Text,
    start: Seam,
    end: Handover,
    encoding: Encoding,
    course: Course,
}

enum Text {
    /// Read already, behind a margin.
    Read { bytes: Vec<u8>, last: bool },
    /// To be read.
    At { bytes: SharedBytes, at: u64, size: usize },
}

/// The rows of a piece.
pub(super) struct Rows<F> {
    /// The text they are in; what comes before them means nothing.
    pub text: Vec<u8>,
    /// Where the first one starts.
    pub start: usize,
    /// The number of the line it starts in, from 1.
    pub line: u64,
    pub found: F,
    pub encoding: Encoding,
    pub spares: Spares,
    pub onward: Onward,
}

/// What waits to be handed over to the next piece.
pub(super) struct Onward {
    pub before: Before,
    end: Handover,
    last: bool,
}

impl Onward {
    #[cfg(test)]
    pub fn none() -> Onward {
        Onward { before: Before::first(0), end: Handover::to(Seam::default(), Arc::default()), last: true }
    }

    /// Lets the next piece go on.
    pub fn hand_over(self) {
        if !self.last {
            self.end.leave(self.before);
        }
    }
}

impl Piece {
    /// Memory for what is found.
    pub fn spares(&self) -> &Spares {
        &self.course.spares
    }

    /// The rows that end in the piece; `None` if there are none. Most rows have `width` cells.
    ///
    /// # Errors
    /// What reading raises, and a row that is too long to be one.
    pub fn find<F: Found>(
        self,
        ctx: &Context,
        dialect: &Dialect,
        width: usize,
        mut found: F,
    ) -> Result<Option<Rows<F>>> {
        ctx.step()?;
        let Piece { text, start: seam, end, encoding, course } = self;
        let (mut text, last) = text.read(ctx, &course.spares)?;
        let known = seam.try_take();
        let guess = match known {
            Some(_) => None,
            None => course.guess(dialect, &text, last, width, &mut found),
        };
        let Some(mut before) = known.or_else(|| seam.take()) else {
            course.spares.texts.give(text);
            return Ok(None);
        };
        let start = prepend(&mut text, std::mem::take(&mut before.tail), &course.spares);
        let stretch = Stretch { text: &text, start, last };
        let is_short = !last && text.len() - start < before.look_at;
        let rows = if is_short {
            0
        } else {
            let guessed = guess.filter(|_| start > 0 && before.wanted == usize::MAX);
            if !guessed.is_some_and(|guess| course.confirm(dialect, stretch, guess, &mut found)) {
                found.find(dialect, stretch, before.wanted);
            }
            found.rows()
        };
        if rows == 0 {
            if last {
                return Ok(None);
            }
            if text.len() + MOST > LONGEST {
                return Err(too_long(before.line));
            }
            text.drain(..start);
            let look_at = if is_short { before.look_at } else { text.len() * 2 };
            end.leave(Before { tail: text, look_at, ..before });
            return Ok(None);
        }
        let rest = found.rest();
        let next = Before {
            tail: text.get(rest..).unwrap_or_default().to_vec(),
            look_at: 0,
            line: before.line + found.lines(),
            wanted: before.wanted.saturating_sub(rows),
            warned: before.warned,
        };
        text.truncate(rest);
        let onward = Onward { before: next, end, last };
        Ok(Some(Rows { text, start, line: before.line, found, encoding, spares: course.spares, onward }))
    }
}

impl Text {
    /// The text behind a margin, and whether it ends the document.
    fn read(self, ctx: &Context, spares: &Spares) -> Result<(Vec<u8>, bool)> {
        let (bytes, at, size) = match self {
            Text::Read { bytes, last } => return Ok((bytes, last)),
            Text::At { bytes, at, size } => (bytes, at, size),
        };
        let mut text = spares.texts.take();
        // Room for what is written behind the rows, see `Block::settle`.
        text.reserve((MARGIN + size + size / 8).saturating_sub(text.len()));
        text.resize(MARGIN + size, 0);
        text.iter_mut().take(MARGIN).for_each(|byte| *byte = 0);
        let read = bytes.read(ctx, at, text.get_mut(MARGIN..).unwrap_or_default())?;
        text.truncate(MARGIN + read);
        Ok((text, read < size))
    }
}

/// Puts the tail of one text before another one with a margin; gives where it starts.
fn prepend(text: &mut Vec<u8>, tail: Vec<u8>, spares: &Spares) -> usize {
    match MARGIN.checked_sub(tail.len()) {
        Some(start) => {
            text.iter_mut().skip(start).zip(&tail).for_each(|(to, from)| *to = *from);
            start
        }
        None => {
            let piece = std::mem::replace(text, tail);
            text.extend_from_slice(piece.get(MARGIN..).unwrap_or_default());
            spares.texts.give(piece);
            0
        }
    }
}

impl Course {
    /// Finds rows behind the first line break; gives where they start.
    fn guess<F: Found>(
        &self,
        dialect: &Dialect,
        text: &[u8],
        last: bool,
        width: usize,
        found: &mut F,
    ) -> Option<usize> {
        if self.wrong.load(Relaxed) > WRONG + self.right.load(Relaxed) / RIGHT_FOR_WRONG {
            return None;
        }
        let at = MARGIN + memchr::memchr2(b'\n', b'\r', text.get(MARGIN..)?)?;
        if at + 1 == text.len() && !last {
            return None;
        }
        let start = line_after(text, at);
        found.find_behind(dialect, Stretch { text, start, last }, width);
        Some(start)
    }

    /// Whether a row ends where the guess was: then it is added to those behind it.
    fn confirm<F: Found>(
        &self,
        dialect: &Dialect,
        stretch: Stretch<'_>,
        guess: usize,
        found: &mut F,
    ) -> bool {
        let mut first = self.spares.splits.take();
        split_from(dialect, stretch, 1, &mut first);
        let is_row = first.len() == 1 && first.unclosed.is_none();
        let is_right = is_row && first.rest == guess && found.add_first(&first);
        self.spares.splits.give(first);
        let counter = if is_right { &self.right } else { &self.wrong };
        counter.fetch_add(1, Relaxed);
        is_right
    }
}

fn too_long(line: u64) -> Error {
    Error::data_format(format!(
        "The row that starts in line {line} has more than {} MB. Look for a quote in it that isn't closed, or read the \
         document with QuoteStyle = QuoteStyle.None, where quotes end with the line.",
        LONGEST >> 20
    ))
}
