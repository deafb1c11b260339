//! Where the cells of rows start and end in a piece of text.
//!
//! Splitting and reading are apart: splitting notes positions only, so that cells nobody asks for cost no more than
//! that. The common case (a delimiter of one ASCII character, quotes at the start of cells) looks at 64 bytes at a
//! time ([`scan`]); everything else goes byte by byte. Both find the same cells.

use super::dialect::{Delimiter, Dialect, Quotes};
use super::found::Stretch;
use super::lines::count_lines;
use super::masks::WORD;
use super::plain::Plain;
use super::scan;

/// The cells of some rows: positions in the piece of text they were found in.
///
/// Nearly all cells start one byte behind the one before them, so only where they end is held.
#[derive(Debug, Default)]
pub struct Split {
    /// For each cell where it ends, or its place in `apart`: that is what the lowest bit says. Behind the last cell
    /// there is room.
    ends: Vec<u32>,
    /// How many cells there are.
    cells: usize,
    /// The other cells: in quotes, or behind a delimiter that is not one byte.
    apart: Vec<Apart>,
    /// Where each row starts, and behind the last one what follows.
    rows: Vec<Start>,
    /// Where the text after the last complete row starts.
    pub rest: usize,
    /// Where a quote stands that nothing closes, if the last row has one.
    pub unclosed: Option<usize>,
    /// How many line breaks there are in the rows, those within quotes among them.
    pub lines: u64,
}

/// The start of a row: its first cell, and its place in the text.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    cell: u32,
    text: u32,
}

#[derive(Clone, Copy, Debug)]
struct Apart {
    cell: Cell,
    /// Where what belongs to the cell ends, quotes and all.
    end: u32,
}

/// Longer texts cannot be split: places of cells are held in 32 bits.
pub const LONGEST: usize = 1 << 30;

/// The place of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    start: u32,
    /// The end, and in the lowest bit whether quotes must still be taken out.
    end: u32,
}

impl Cell {
    pub(super) fn new(start: usize, end: usize, quoted: bool) -> Cell {
        Cell { start: start as u32, end: ((end as u32) << 1) | u32::from(quoted) }
    }

    /// The bytes of the cell in `text`; quotes are still in there if the cell is [`quoted`](Cell::quoted).
    pub fn bytes(self, text: &[u8]) -> &[u8] {
        text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// Whether quotes stand in the cell that do not belong to its content: see [`unquote`].
    #[inline]
    pub fn quoted(self) -> bool {
        self.end & 1 == 1
    }

    /// Where the cell starts.
    #[inline]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Where it ends.
    #[inline]
    pub fn end(self) -> usize {
        (self.end >> 1) as usize
    }
}

impl Split {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of cells in a row.
    pub fn width(&self, row: usize) -> usize {
        match (self.rows.get(row), self.rows.get(row + 1)) {
            (Some(this), Some(next)) => (next.cell - this.cell) as usize,
            _ => 0,
        }
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Cell> {
        (0..self.width(row)).filter_map(move |position| self.cell(row, position))
    }

    /// A cell of a row; `None` if the row is too short.
    #[inline]
    pub fn cell(&self, row: usize, position: usize) -> Option<Cell> {
        let &[this, next] = self.rows.get(row..row + 2)? else { return None };
        if position >= (next.cell - this.cell) as usize {
            return None;
        }
        let place = this.cell as usize + position;
        let end = *self.ends.get(place)?;
        if end & 1 == 1 {
            return self.apart.get((end >> 1) as usize).map(|apart| apart.cell);
        }
        let start = if position == 0 { this.text } else { self.end(place - 1) + 1 };
        Some(Cell { start, end })
    }

    /// Where what belongs to a cell ends.
    #[inline]
    fn end(&self, place: usize) -> u32 {
        match self.ends.get(place).copied().unwrap_or_default() {
            end if end & 1 == 0 => end >> 1,
            apart => self.apart.get((apart >> 1) as usize).map_or(0, |apart| apart.end),
        }
    }

    /// Where a row starts.
    pub fn start(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |start| start.text as usize)
    }

    /// The cells at a position of the rows; `None` for rows that are too short.
    pub fn column(&self, position: usize) -> impl Iterator<Item = Option<Cell>> {
        (0..self.len()).map(move |row| self.cell(row, position))
    }

    /// Whether a row has more than `width` cells.
    pub fn any_longer(&self, width: usize) -> bool {
        self.rows
            .windows(2)
            .any(|row| matches!(row, [this, next] if (next.cell - this.cell) as usize > width))
    }

    /// The cells with quotes that do not belong to their content.
    pub(super) fn quoted_cells(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.apart.iter_mut().map(|apart| &mut apart.cell).filter(|cell| cell.quoted())
    }

    /// Adds a cell; what belongs to it ends at `end`.
    pub(super) fn push(&mut self, cell: Cell, end: usize) {
        let end = end as u32;
        let mut place = end << 1;
        if cell.quoted() || cell.start() != self.next() || cell.end != place {
            place = ((self.apart.len() as u32) << 1) | 1;
            self.apart.push(Apart { cell, end });
        }
        if let Some(free) = self.room().first_mut() {
            *free = place;
            self.cells += 1;
        }
    }

    /// Room for the cells of a word.
    #[inline]
    fn room(&mut self) -> &mut [u32] {
        if self.ends.len() - self.cells < WORD {
            self.make_room();
        }
        self.ends.get_mut(self.cells..).unwrap_or_default()
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        self.ends.resize((self.ends.len() * 2).max(16 * WORD), 0);
    }

    /// Where the next cell starts, if a delimiter of one byte stands before it.
    pub(super) fn next(&self) -> usize {
        let Some(row) = self.rows.last() else { return 0 };
        match self.cells.checked_sub(1) {
            Some(last) if row.cell as usize != self.cells => self.end(last) as usize + 1,
            _ => row.text as usize,
        }
    }

    /// Adds the cells that end in a word of text at `base`, none of which has quotes: where they end, and which of
    /// them end a row.
    #[inline(always)]
    pub(super) fn push_word(&mut self, text: &[u8], base: usize, ends: u64, breaks: u64) {
        const STRIDE: usize = 8;
        let first = self.cells;
        let mut left = ends;
        // Bits are taken eight at a time, whether there are so many or not: what they leave behind the cells is room.
        for eight in self.room().as_chunks_mut::<STRIDE>().0 {
            if left == 0 {
                break;
            }
            for end in eight {
                *end = (base as u32 + left.trailing_zeros()) << 1;
                left &= left.wrapping_sub(1);
            }
        }
        self.cells += ends.count_ones() as usize;
        let mut left = breaks;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let cells = (ends & (u64::MAX >> (63 - bit))).count_ones();
            let cell = first as u32 + cells;
            self.rest = line_after(text, base + bit as usize);
            self.rows.push(Start { cell, text: self.rest as u32 });
        }
    }

    /// Keeps the first rows only.
    pub(super) fn keep(&mut self, rows: usize) {
        self.rows.truncate(rows + 1);
        self.rest = self.rows.last().map_or(0, |start| start.text as usize);
    }

    /// Forgets the cells of a row that did not end.
    pub(super) fn drop_unfinished(&mut self) {
        let complete = self.rows.last().map_or(0, |start| start.cell as usize);
        let unfinished = self.ends.get(complete..self.cells).unwrap_or_default();
        if let Some(apart) = unfinished.iter().find(|end| **end & 1 == 1) {
            self.apart.truncate((apart >> 1) as usize);
        }
        self.cells = complete;
    }

    fn clear(&mut self, start: usize) {
        self.cells = 0;
        self.apart.clear();
        self.rows.clear();
        self.unclosed = None;
        self.lines = 0;
        self.end_row(start);
    }

    /// Leaves room for a first row of `width` cells, which [`Split::fill_first`] fills.
    fn leave_first(&mut self, width: usize, start: usize) {
        while self.ends.len() < width + WORD {
            self.make_room();
        }
        self.cells = width;
        self.end_row(start);
    }

    /// Puts the row that `first` consists of into the room left for it, if it has as many cells.
    pub(super) fn fill_first(&mut self, first: &Split) -> bool {
        if first.width(0) != self.width(0) {
            return false;
        }
        let (Some(row), Some(start)) = (self.rows.first_mut(), first.rows.first()) else { return false };
        *row = *start;
        let apart = self.apart.len() as u32;
        for (end, found) in self.ends.iter_mut().zip(&first.ends).take(first.cells) {
            *end = if found & 1 == 1 { found + (apart << 1) } else { *found };
        }
        self.apart.extend_from_slice(&first.apart);
        self.lines += first.lines;
        true
    }

    pub(super) fn end_row(&mut self, rest: usize) {
        self.rows.push(Start { cell: self.cells as u32, text: rest as u32 });
        self.rest = rest;
    }
}

/// Splits the complete rows at the start of `text`, at most `most` of them. `last` says that the text ends there, so
/// that its last row is complete without a line break. The text is shorter than [`LONGEST`].
pub fn split(dialect: &Dialect, text: &[u8], last: bool, most: usize, into: &mut Split) {
    split_from(dialect, Stretch { text, start: 0, last }, most, into);
}

/// Splits the complete rows of a stretch, at most `most` of them.
pub(super) fn split_from(dialect: &Dialect, stretch: Stretch<'_>, most: usize, into: &mut Split) {
    into.clear(stretch.start);
    go_on(dialect, stretch, most, into);
}

/// Splits the complete rows of a stretch; before them there is room for a row of `width` cells.
pub(super) fn split_behind(dialect: &Dialect, stretch: Stretch<'_>, width: usize, into: &mut Split) {
    into.clear(0);
    into.leave_first(width, stretch.start);
    go_on(dialect, stretch, usize::MAX, into);
}

/// Splits rows behind those that were split.
fn go_on(dialect: &Dialect, stretch: Stretch<'_>, most: usize, into: &mut Split) {
    let Stretch { text, last, .. } = stretch;
    match (&dialect.delimiter, dialect.quotes) {
        (Delimiter::Byte(delimiter), Quotes::AfterDelimiter) => {
            let rows = Plain { text, last, delimiter: *delimiter, quoted_breaks: dialect.quoted_breaks };
            scan::split(&rows, most, into)
        }
        (Delimiter::Positions(positions), _) => {
            repeat(text, most, into, |at, into| fixed_row(text, last, positions, at, into));
        }
        _ => repeat(text, most, into, |at, into| general_row(dialect, text, last, at, into)),
    }
    into.drop_unfinished();
}

/// Finds row after row: `row` gives where the next one starts.
fn repeat(text: &[u8], most: usize, into: &mut Split, row: impl Fn(usize, &mut Split) -> Option<usize>) {
    let start = into.rest;
    while into.len() < most && into.rest < text.len() {
        match row(into.rest, into) {
            Some(rest) => into.end_row(rest),
            None => break,
        }
    }
    into.lines += count_lines(text.get(start..into.rest).unwrap_or_default());
}

/// Where the row after the line break at `at` starts; `None` if the break may go on behind the text.
pub(super) fn line_break(text: &[u8], last: bool, at: usize) -> Option<usize> {
    if text.get(at) == Some(&b'\r') {
        match text.get(at + 1) {
            Some(b'\n') => return Some(at + 2),
            None if !last => return None,
            _ => {}
        }
    }
    Some(at + 1)
}

/// Where the line after the line break at `at` starts.
pub(super) fn line_after(text: &[u8], at: usize) -> usize {
    match text.get(at..at + 2) {
        Some(b"\r\n") => at + 2,
        _ => at + 1,
    }
}

/// A row of any dialect but positions, byte by byte.
fn general_row(dialect: &Dialect, text: &[u8], last: bool, mut at: usize, into: &mut Split) -> Option<usize> {
    let mut start = at;
    let mut quoted = false;
    let mut open = None;
    loop {
        let Some(&byte) = text.get(at) else {
            if !last {
                return None;
            }
            if dialect.quoted_breaks {
                into.unclosed = open;
            }
            into.push(Cell::new(start, at, quoted), at);
            return Some(at);
        };
        let is_break = byte == b'\n' || byte == b'\r';
        if open.is_some() && (dialect.quoted_breaks || !is_break) {
            if byte == b'"' {
                match text.get(at + 1) {
                    Some(b'"') => at += 1,
                    None if !last => return None,
                    _ => open = None,
                }
            }
            at += 1;
            continue;
        }
        let length = delimiter_at(&dialect.delimiter, text, at);
        if length > 0 {
            into.push(Cell::new(start, at, quoted), at);
            at += length;
            start = at;
            quoted = false;
        } else if is_break {
            into.push(Cell::new(start, at, quoted), at);
            return line_break(text, last, at);
        } else {
            if byte == b'"' && (at == start || dialect.quotes == Quotes::Always) {
                quoted = true;
                open = Some(at);
            }
            at += 1;
        }
    }
}

/// The length of the delimiter at `at`; 0 if there is none.
fn delimiter_at(delimiter: &Delimiter, text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    match delimiter {
        Delimiter::Byte(byte) => usize::from(rest.first() == Some(byte)),
        Delimiter::AnyOf(texts) => {
            texts.iter().find(|text| rest.starts_with(text.as_bytes())).map_or(0, |text| text.len())
        }
        Delimiter::Blanks => {
            let mut length = 0;
            while let Some(more) = rest.get(length..).and_then(blank) {
                length += more;
            }
            length
        }
        Delimiter::Positions(_) => 0,
    }
}

/// The length of the white space character at the start of `text`, unless it is a line break.
fn blank(text: &[u8]) -> Option<usize> {
    match *text {
        [b' ' | b'\t' | 0x0B | 0x0C, ..] => Some(1),
        [0xC2, 0x85 | 0xA0, ..] => Some(2),
        [0xE2, 0x80, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF, ..] => Some(3),
        [0xE1, 0x9A, 0x80, ..] | [0xE2, 0x81, 0x9F, ..] | [0xE3, 0x80, 0x80, ..] => Some(3),
        _ => None,
    }
}

/// A line cut at fixed positions; quotes mean nothing.
fn fixed_row(text: &[u8], last: bool, positions: &[usize], at: usize, into: &mut Split) -> Option<usize> {
    let rest = text.get(at..)?;
    let length = match memchr::memchr2(b'\n', b'\r', rest) {
        Some(length) => length,
        None if last => rest.len(),
        None => return None,
    };
    let line = rest.get(..length)?;
    let mut cuts = Vec::with_capacity(positions.len() + 1);
    let (mut byte, mut units) = (0, 0);
    for &position in positions {
        while units < position && byte < line.len() {
            let lead = line.get(byte).copied().unwrap_or(0);
            let (bytes, wide) = match lead {
                0xF0.. => (4, 2),
                0xE0.. => (3, 1),
                0xC0.. => (2, 1),
                _ => (1, 1),
            };
            byte = (byte + bytes).min(line.len());
            units += wide;
        }
        cuts.push(byte);
    }
    cuts.push(line.len());
    for pair in cuts.windows(2) {
        if let &[from, to] = pair {
            into.push(Cell::new(at + from, at + to, false), at + to);
        }
    }
    if length == rest.len() { Some(at + length) } else { line_break(text, last, at + length) }
}

/// Appends a cell's content to `out`, its quotes taken out and doubled ones halved.
pub fn unquote(quotes: Quotes, cell: &[u8], out: &mut Vec<u8>) {
    let mut rest = cell;
    let mut open = false;
    loop {
        let may_open = open || quotes == Quotes::Always || rest.len() == cell.len();
        let Some(at) = memchr::memchr(b'"', rest)
            .filter(|at| may_open && (open || quotes == Quotes::Always || *at == 0))
        else {
            out.extend_from_slice(rest);
            return;
        };
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        let mut after = after.get(1..).unwrap_or_default();
        if open && after.first() == Some(&b'"') {
            out.push(b'"');
            after = after.get(1..).unwrap_or_default();
        } else {
            open = !open;
        }
        rest = after;
    }
}

/// Counts the rows that [`split`] would find in the text.
pub fn count_rows(dialect: &Dialect, text: &[u8], last: bool) -> Counted {
    count_from(dialect, Stretch { text, start: 0, last })
}

/// Counts the rows that [`split_from`] would find in a stretch.
pub(super) fn count_from(dialect: &Dialect, stretch: Stretch<'_>) -> Counted {
    let Stretch { text, start, last } = stretch;
    match (&dialect.delimiter, dialect.quotes) {
        (Delimiter::Byte(delimiter), Quotes::AfterDelimiter) => {
            let rows = Plain { text, last, delimiter: *delimiter, quoted_breaks: dialect.quoted_breaks };
            scan::count(&rows, start)
        }
        _ => {
            let mut found = Split::default();
            split_from(dialect, stretch, usize::MAX, &mut found);
            Counted { rows: found.len(), rest: found.rest, unclosed: found.unclosed, lines: found.lines }
        }
    }
}

/// What [`count_rows`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Number of rows.
    pub rows: usize,
    /// Where the text after the last complete row starts.
    pub rest: usize,
    /// Where a quote stands that nothing closes, if the last row has one.
    pub unclosed: Option<usize>,
    /// How many line breaks there are in the rows.
    pub lines: u64,
}
