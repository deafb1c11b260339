//! Where the cells of rows start and end in a piece of text.
//!
//! Splitting and reading are apart: splitting notes positions only, so that cells nobody asks for cost no more than
//! that. The common case (a delimiter of one ASCII character, quotes at the start of cells) looks at 64 bytes at a
//! time ([`scan`]); everything else goes byte by byte. Both find the same cells.

use super::dialect::{Delimiter, Dialect, Quotes};
use super::plain::Plain;
use super::scan;

/// The cells of some rows: positions in the piece of text they were found in.
#[derive(Debug, Default)]
pub struct Split {
    cells: Vec<Cell>,
    /// The index of the first cell of each row, and behind the last row the number of cells.
    rows: Vec<u32>,
    /// Where the text after the last complete row starts.
    pub rest: usize,
    /// Where a quote stands that nothing closes, if the last row has one.
    pub unclosed: Option<usize>,
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
    pub fn quoted(self) -> bool {
        self.end & 1 == 1
    }

    /// Where the cell starts.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Where it ends.
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

    /// The cells of a row.
    pub fn row(&self, row: usize) -> &[Cell] {
        match (self.rows.get(row), self.rows.get(row + 1)) {
            (Some(&from), Some(&to)) => self.cells.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The cells at a position of the rows; `None` for rows that are too short.
    pub fn column(&self, position: usize) -> impl Iterator<Item = Option<Cell>> {
        self.rows.windows(2).map(move |row| match *row {
            [from, to] if position < (to - from) as usize => {
                self.cells.get(from as usize + position).copied()
            }
            _ => None,
        })
    }

    /// Whether a row has more than `width` cells.
    pub fn any_longer(&self, width: usize) -> bool {
        self.rows.windows(2).any(|row| matches!(row, [from, to] if (to - from) as usize > width))
    }

    /// The cells with quotes that do not belong to their content.
    pub(super) fn quoted_cells(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.cells.iter_mut().filter(|cell| cell.quoted())
    }

    pub(super) fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
    }

    /// Forgets the cells of a row that did not end.
    pub(super) fn drop_unfinished(&mut self) {
        let complete = self.rows.last().map_or(0, |cells| *cells as usize);
        self.cells.truncate(complete);
    }

    /// Forgets all cells.
    pub(super) fn forget(&mut self) {
        self.cells.clear();
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.rows.clear();
        self.rows.push(0);
        self.rest = 0;
        self.unclosed = None;
    }

    pub(super) fn end_row(&mut self, rest: usize) {
        self.rows.push(self.cells.len() as u32);
        self.rest = rest;
    }
}

/// Splits the complete rows at the start of `text`, at most `most` of them. `last` says that the text ends there, so
/// that its last row is complete without a line break. The text is shorter than [`LONGEST`].
pub fn split(dialect: &Dialect, text: &[u8], last: bool, most: usize, into: &mut Split) {
    into.clear();
    match (&dialect.delimiter, dialect.quotes) {
        (Delimiter::Byte(delimiter), Quotes::AfterDelimiter) => {
            let rows = Plain { text, last, delimiter: *delimiter, quoted_breaks: dialect.quoted_breaks };
            scan::split(&rows, most, into)
        }
        (Delimiter::Positions(positions), _) => {
            repeat(text, most, into, |at, into| fixed_row(text, last, positions, at, into))
        }
        _ => repeat(text, most, into, |at, into| general_row(dialect, text, last, at, into)),
    }
    into.drop_unfinished();
}

/// Finds row after row: `row` gives where the next one starts.
fn repeat(text: &[u8], most: usize, into: &mut Split, row: impl Fn(usize, &mut Split) -> Option<usize>) {
    while into.len() < most && into.rest < text.len() {
        match row(into.rest, into) {
            Some(rest) => into.end_row(rest),
            None => break,
        }
    }
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
            into.cells.push(Cell::new(start, at, quoted));
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
            into.cells.push(Cell::new(start, at, quoted));
            at += length;
            start = at;
            quoted = false;
        } else if is_break {
            into.cells.push(Cell::new(start, at, quoted));
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
            into.cells.push(Cell::new(at + from, at + to, false));
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
    match (&dialect.delimiter, dialect.quotes) {
        (Delimiter::Byte(delimiter), Quotes::AfterDelimiter) => {
            let rows = Plain { text, last, delimiter: *delimiter, quoted_breaks: dialect.quoted_breaks };
            scan::count(&rows)
        }
        _ => {
            let mut found = Split::default();
            split(dialect, text, last, usize::MAX, &mut found);
            Counted { rows: found.len(), rest: found.rest, unclosed: found.unclosed }
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
}
