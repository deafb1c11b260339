//! One run of sorted rows, in memory or in a temporary file.

use std::cmp::Ordering;

use crate::eval::Spill;
use crate::table::packed::{push_length, take_length};
use crate::value::Result;

/// Rows in memory: the length of the key, the key, the length of the cells, the cells.
#[derive(Default)]
pub(super) struct Run {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// The first bytes of a key: they mostly decide.
type Prefix = (u64, u64);

/// A row of a run, and where it stands.
#[derive(Clone, Copy)]
struct Entry {
    prefix: Prefix,
    start: u64,
}

fn prefix(key: &[u8]) -> Prefix {
    let mut prefix = [0; 16];
    prefix.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let prefix = u128::from_be_bytes(prefix);
    ((prefix >> 64) as u64, prefix as u64)
}

/// The key and the cells of the row at the beginning of `bytes`, and how long it is; `None` if it is not all there.
fn row(bytes: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let mut rest = bytes;
    let mut part = || {
        let length = take_length(&mut rest)?;
        let (part, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(part)
    };
    let (key, cells) = (part()?, part()?);
    Some((key, cells, bytes.len() - rest.len()))
}

impl Run {
    /// A run with room for so many bytes. Memory that is not written to is not taken.
    pub(super) fn with_room(bytes: usize) -> Run {
        Run { bytes: Vec::with_capacity(bytes), entries: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, key: &[u8], cells: &[u8]) {
        self.entries.push(Entry { prefix: prefix(key), start: self.bytes.len() as u64 });
        push_length(key.len(), &mut self.bytes);
        self.bytes.extend_from_slice(key);
        push_length(cells.len(), &mut self.bytes);
        self.bytes.extend_from_slice(cells);
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.entries.len()
    }

    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.bytes.len() + self.entries.capacity() * size_of::<Entry>()
    }

    /// Drops the rows from that one on.
    pub(super) fn truncate(&mut self, rows: usize) {
        if let Some(entry) = self.entries.get(rows) {
            self.bytes.truncate(entry.start as usize);
        }
        self.entries.truncate(rows);
    }

    /// Drops all rows, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
    }

    fn row(&self, entry: &Entry) -> (&[u8], &[u8], usize) {
        row(self.bytes.get(entry.start as usize..).unwrap_or_default()).unwrap_or((&[], &[], 0))
    }

    /// Brings the rows into their order.
    pub(super) fn sort(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        // Where rows start says how they came: equal ones stay in that order.
        entries.sort_unstable_by(|left, right| match left.prefix.cmp(&right.prefix) {
            Ordering::Equal => self.row(left).0.cmp(self.row(right).0).then(left.start.cmp(&right.start)),
            order => order,
        });
        self.entries = entries;
    }

    /// Writes the rows in their order.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn write(&self, spill: &mut Spill) -> Result<SpilledRun> {
        let start = spill.end();
        let mut chunk = Vec::with_capacity(2 * CHUNK);
        for entry in &self.entries {
            let (_, _, length) = self.row(entry);
            let start = entry.start as usize;
            chunk.extend_from_slice(self.bytes.get(start..start + length).unwrap_or_default());
            if chunk.len() >= CHUNK {
                spill.write(&chunk)?;
                chunk.clear();
            }
        }
        spill.write(&chunk)?;
        Ok(SpilledRun { next: start, end: spill.end(), chunk: Vec::new(), at: 0 })
    }
}

/// How many bytes are read or written at a time.
const CHUNK: usize = 256 << 10;

/// Rows in a file that are read from their first on.
pub(super) struct SpilledRun {
    /// What of the file was not read yet.
    next: u64,
    end: u64,
    chunk: Vec<u8>,
    at: usize,
}

/// A run being read, at one of its rows.
pub(super) enum Cursor {
    Memory(Run, usize),
    Spilled(SpilledRun, Prefix),
}

impl Cursor {
    /// At the first row; `None` if there is none.
    pub(super) fn of_run(run: Run) -> Option<Cursor> {
        (run.rows() > 0).then_some(Cursor::Memory(run, 0))
    }

    /// At the first row; `None` if there is none.
    pub(super) fn of_spilled(mut run: SpilledRun, spill: &mut Spill) -> Result<Option<Cursor>> {
        let prefix = run.fill(spill)?;
        Ok(prefix.map(|prefix| Cursor::Spilled(run, prefix)))
    }

    /// The first bytes of the row's key.
    pub(super) fn prefix(&self) -> Prefix {
        match self {
            Cursor::Memory(run, at) => run.entries.get(*at).map_or((0, 0), |entry| entry.prefix),
            Cursor::Spilled(_, prefix) => *prefix,
        }
    }

    /// The row's key.
    pub(super) fn key(&self) -> &[u8] {
        self.row().0
    }

    /// The row's cells.
    pub(super) fn cells(&self) -> &[u8] {
        self.row().1
    }

    fn row(&self) -> (&[u8], &[u8], usize) {
        match self {
            Cursor::Memory(run, at) => run.entries.get(*at).map_or((&[], &[], 0), |entry| run.row(entry)),
            Cursor::Spilled(run, _) => run.row().unwrap_or((&[], &[], 0)),
        }
    }

    /// Goes to the next row; `false` past the last. `spill` is the file, if the run is in one.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn advance(&mut self, spill: Option<&mut Spill>) -> Result<bool> {
        match (self, spill) {
            (Cursor::Memory(run, at), _) => {
                *at += 1;
                Ok(*at < run.rows())
            }
            (Cursor::Spilled(run, prefix), Some(spill)) => {
                run.at += run.row().map_or(0, |(_, _, length)| length);
                let next = run.fill(spill)?;
                *prefix = next.unwrap_or_default();
                Ok(next.is_some())
            }
            (Cursor::Spilled(..), None) => Ok(false),
        }
    }
}

impl SpilledRun {
    fn row(&self) -> Option<(&[u8], &[u8], usize)> {
        row(self.chunk.get(self.at..)?)
    }

    /// Sees to it that the next row is there whole: its prefix, or `None` past the last.
    fn fill(&mut self, spill: &mut Spill) -> Result<Option<Prefix>> {
        loop {
            if let Some((key, _, _)) = self.row() {
                return Ok(Some(prefix(key)));
            }
            let left = self.end - self.next;
            if left == 0 {
                return Ok(None);
            }
            self.chunk.drain(..self.at.min(self.chunk.len()));
            self.at = 0;
            let known = self.chunk.len();
            // A row longer than a chunk takes some.
            let more = left.min(CHUNK as u64) as usize;
            self.chunk.resize(known + more, 0);
            spill.read(self.next, self.chunk.get_mut(known..).unwrap_or_default())?;
            self.next += more as u64;
        }
    }
}
