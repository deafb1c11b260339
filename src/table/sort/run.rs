//! Runs of sorted rows, in memory or in a temporary file, each row with its key before it.

use crate::eval::Spill;
use crate::table::packed::{Packer, push_length, take_length};
use crate::value::Result;

/// The first bytes of a key: they mostly decide.
pub(super) type Prefix = u128;

/// Rows as they come, to be sorted.
#[derive(Default)]
pub(super) struct Unsorted {
    /// Of each row the length of the key, the key, and the packed row.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// A row, and where it stands. Two words, since one would be aligned to 16 bytes.
struct Entry {
    prefix: (u64, u64),
    start: u64,
}

/// Where a row's key is, and where the row ends. The packed row is between the two.
struct Row {
    key: (usize, usize),
    end: usize,
}

/// The row at a place of `bytes`; `None` if it is not all there.
#[inline]
fn row_at(bytes: &[u8], at: usize) -> Option<Row> {
    let mut rest = bytes.get(at..)?;
    let length = take_length(&mut rest)?;
    let start = bytes.len() - rest.len();
    let key = (start, start.checked_add(length)?);
    let mut rest = bytes.get(key.1..)?;
    let length = take_length(&mut rest)?;
    let end = (bytes.len() - rest.len()).checked_add(length)?;
    (end <= bytes.len()).then_some(Row { key, end })
}

fn prefix_of(bytes: &[u8], (start, end): (usize, usize)) -> Prefix {
    let length = end - start;
    if let Some(window) = bytes.get(start..).and_then(|bytes| bytes.first_chunk::<16>()) {
        let prefix = Prefix::from_be_bytes(*window);
        return match length {
            0 => 0,
            1..16 => prefix & !(Prefix::MAX >> (8 * length)),
            _ => prefix,
        };
    }
    let mut prefix = [0; 16];
    let key = bytes.get(start..end).unwrap_or_default();
    prefix.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    Prefix::from_be_bytes(prefix)
}

impl Unsorted {
    /// Makes room for so many rows more, about as long as those that are there. The others need not be as long, so
    /// that there is a limit to it.
    pub(super) fn expect(&mut self, rows: usize) {
        const MOST: usize = 4 << 20;
        let each = self.bytes.len() / self.entries.len().max(1);
        self.bytes.reserve(rows.saturating_mul(each + each / 8).min(MOST));
        self.entries.reserve(rows);
    }

    /// Adds a row.
    pub(super) fn push(&mut self, key: &[u8], packer: &mut Packer<'_>, row: usize) {
        let start = self.bytes.len();
        push_length(key.len(), &mut self.bytes);
        let from = self.bytes.len();
        self.bytes.extend_from_slice(key);
        packer.pack(row, &mut self.bytes);
        let prefix = prefix_of(&self.bytes, (from, from + key.len()));
        self.entries.push(Entry { prefix: ((prefix >> 64) as u64, prefix as u64), start: start as u64 });
    }

    /// The rows in their order; equal ones as they came.
    pub(super) fn sorted(mut self) -> Vec<u8> {
        let bytes = &self.bytes;
        let key = |entry: &Entry| match row_at(bytes, entry.start as usize) {
            Some(row) => bytes.get(row.key.0..row.key.1).unwrap_or_default(),
            None => &[],
        };
        self.entries.sort_unstable_by(|left, right| {
            let order = left.prefix.cmp(&right.prefix).then_with(|| key(left).cmp(key(right)));
            order.then(left.start.cmp(&right.start))
        });
        let mut sorted = Vec::with_capacity(bytes.len());
        for entry in &self.entries {
            let start = entry.start as usize;
            let end = row_at(bytes, start).map_or(start, |row| row.end);
            sorted.extend_from_slice(bytes.get(start..end).unwrap_or_default());
        }
        sorted
    }
}

/// How many bytes are read or written at a time.
const CHUNK: usize = 256 << 10;

/// Sorted rows.
pub(super) enum Run {
    Memory(Vec<u8>),
    /// Where they are in the file.
    Spilled {
        start: u64,
        end: u64,
    },
}

/// A run being read, at one of its rows.
pub(super) struct Cursor {
    /// The run, or some of it.
    bytes: Vec<u8>,
    /// What of the file was not read yet.
    next: u64,
    end: u64,
    at: usize,
    row: Row,
}

impl Cursor {
    /// Before the first row.
    pub(super) fn new(run: Run) -> Cursor {
        let row = Row { key: (0, 0), end: 0 };
        match run {
            Run::Memory(bytes) => Cursor { bytes, next: 0, end: 0, at: 0, row },
            Run::Spilled { start, end } => Cursor { bytes: Vec::new(), next: start, end, at: 0, row },
        }
    }

    /// Goes to the next row: the first bytes of its key, or `None` past the last. `spill` is the file, if there is one.
    ///
    /// # Errors
    /// Those of the file.
    #[inline]
    pub(super) fn advance(&mut self, spill: &mut Option<Spill>) -> Result<Option<Prefix>> {
        self.at = self.row.end;
        loop {
            if let Some(row) = row_at(&self.bytes, self.at) {
                let prefix = prefix_of(&self.bytes, row.key);
                self.row = row;
                return Ok(Some(prefix));
            }
            if !self.read_on(spill)? {
                // The memory can go.
                *self = Cursor::new(Run::Memory(Vec::new()));
                return Ok(None);
            }
        }
    }

    #[cold]
    fn read_on(&mut self, spill: &mut Option<Spill>) -> Result<bool> {
        let left = self.end - self.next;
        let Some(spill) = spill.as_mut().filter(|_| left > 0) else { return Ok(false) };
        self.bytes.drain(..self.at.min(self.bytes.len()));
        self.at = 0;
        let known = self.bytes.len();
        // A row longer than a chunk takes some.
        let more = left.min(CHUNK as u64) as usize;
        self.bytes.resize(known + more, 0);
        spill.read(self.next, self.bytes.get_mut(known..).unwrap_or_default())?;
        self.next += more as u64;
        Ok(true)
    }

    /// The row's key.
    pub(super) fn key(&self) -> &[u8] {
        self.bytes.get(self.row.key.0..self.row.key.1).unwrap_or_default()
    }

    /// The packed row.
    #[inline]
    pub(super) fn packed(&self) -> &[u8] {
        self.bytes.get(self.row.key.1..self.row.end).unwrap_or_default()
    }

    /// The row with its key.
    #[inline]
    pub(super) fn whole(&self) -> &[u8] {
        self.bytes.get(self.at..self.row.end).unwrap_or_default()
    }
}

/// Writes sorted rows to a file.
pub(super) struct RunWriter<'s> {
    spill: &'s mut Spill,
    start: u64,
    chunk: Vec<u8>,
}

impl<'s> RunWriter<'s> {
    pub(super) fn new(spill: &'s mut Spill) -> RunWriter<'s> {
        let start = spill.end();
        RunWriter { spill, start, chunk: Vec::with_capacity(CHUNK) }
    }

    /// Adds a row with its key.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn push(&mut self, row: &[u8]) -> Result<()> {
        self.chunk.extend_from_slice(row);
        if self.chunk.len() >= CHUNK {
            self.spill.write(&self.chunk)?;
            self.chunk.clear();
        }
        Ok(())
    }

    /// The run.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn finish(self) -> Result<Run> {
        self.spill.write(&self.chunk)?;
        Ok(Run::Spilled { start: self.start, end: self.spill.end() })
    }
}
