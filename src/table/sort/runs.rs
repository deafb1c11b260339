//! Sorting many rows: sorted runs of packed rows, merged as they are read.

use std::cmp::Ordering;
use std::sync::Arc;

use super::key::{KeyWriter, Part};
use crate::eval::Context;
use crate::table::packed::{Beside, pack, push_length, take_length, unpack};
use crate::table::{Batch, Column};
use crate::value::Result;

/// How many bytes of rows a run has at least, but for the last one.
const RUN: usize = 32 << 20;

/// How many rows are unpacked at a time.
const ROWS: usize = 8192;

/// Rows on their way into runs.
pub(super) struct Runs {
    parts: Arc<[Part]>,
    /// The columns that are kept.
    columns: Arc<[usize]>,
    width: usize,
    writer: KeyWriter,
    beside: Beside,
    current: Run,
    runs: Vec<Run>,
}

/// Sorted rows.
#[derive(Default)]
struct Run {
    /// Keys and cells of the rows: the length of the key, the key, the length of the cells, the cells.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// A row of a run: the first bytes of its key, which mostly decide, and where it stands.
#[derive(Clone, Copy)]
struct Entry {
    prefix: (u64, u64),
    start: u64,
}

impl Runs {
    pub(super) fn new(parts: Arc<[Part]>, columns: Arc<[usize]>, width: usize) -> Runs {
        Runs {
            parts,
            columns,
            width,
            writer: KeyWriter::default(),
            beside: Beside::new(),
            current: Run::default(),
            runs: Vec::new(),
        }
    }

    /// Takes the rows of a batch. `false`, and none of them, if they have no keys that could be sorted as bytes.
    ///
    /// # Errors
    /// Those of the key's cells.
    pub(super) fn push(&mut self, ctx: &Context, batch: &Batch) -> Result<bool> {
        let parts: Vec<_> = self.parts.iter().map(|part| (part, batch.column(part.column))).collect();
        let columns: Vec<Arc<Column>> =
            self.columns.iter().filter_map(|at| batch.column(*at)).map(Arc::clone).collect();
        let (rows, length) = (self.current.entries.len(), self.current.bytes.len());
        let (mut key, mut cells) = (Vec::new(), Vec::new());
        for row in 0..batch.len() {
            ctx.step()?;
            key.clear();
            if !self.writer.write(ctx, &parts, row, &mut key)? {
                self.current.entries.truncate(rows);
                self.current.bytes.truncate(length);
                return Ok(false);
            }
            cells.clear();
            pack(&columns, row, &mut self.beside, &mut cells);
            self.current.push(&key, &cells);
        }
        if self.current.bytes.len() >= RUN {
            self.end_run(ctx)?;
        }
        Ok(true)
    }

    fn end_run(&mut self, ctx: &Context) -> Result<()> {
        ctx.check_limits()?;
        // Memory that is not written to is not taken.
        let next = Run { bytes: Vec::with_capacity(RUN + RUN / 2), entries: Vec::new() };
        let mut run = std::mem::replace(&mut self.current, next);
        run.sort();
        self.runs.push(run);
        Ok(())
    }

    /// All rows as they came.
    pub(super) fn unsorted(self, ctx: &Context) -> Result<Vec<Batch>> {
        let mut batches = Vec::new();
        for mut run in self.runs.into_iter().chain([self.current]) {
            run.entries.sort_unstable_by_key(|entry| entry.start);
            for entries in run.entries.chunks(ROWS) {
                ctx.step()?;
                let mut rows: Vec<&[u8]> = entries.iter().map(|entry| run.row(entry.start).1).collect();
                batches.push(unpack(&mut rows, &self.columns, self.width, &self.beside));
            }
        }
        Ok(batches)
    }

    /// The rows in their order.
    pub(super) fn merged(mut self, ctx: &Context) -> Result<Merging> {
        self.end_run(ctx)?;
        let runs = self.runs.into_iter().map(|run| (run, 0)).collect::<Vec<_>>();
        let mut merging = Merging {
            columns: self.columns,
            width: self.width,
            beside: self.beside,
            order: (0..runs.len())
                .filter(|&at| runs.get(at).is_some_and(|(run, _)| !run.entries.is_empty()))
                .collect(),
            runs,
        };
        for at in (0..merging.order.len()).rev() {
            merging.sink(at);
        }
        Ok(merging)
    }
}

impl Run {
    fn push(&mut self, key: &[u8], cells: &[u8]) {
        let mut prefix = [0; 16];
        prefix.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
        let prefix = u128::from_be_bytes(prefix);
        let prefix = ((prefix >> 64) as u64, prefix as u64);
        self.entries.push(Entry { prefix, start: self.bytes.len() as u64 });
        push_length(key.len(), &mut self.bytes);
        self.bytes.extend_from_slice(key);
        push_length(cells.len(), &mut self.bytes);
        self.bytes.extend_from_slice(cells);
    }

    /// The key and the cells of the row that starts there.
    fn row(&self, start: u64) -> (&[u8], &[u8]) {
        let mut rest = self.bytes.get(start as usize..).unwrap_or_default();
        let mut part = || {
            let length = take_length(&mut rest)?;
            let (part, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(part)
        };
        let key = part().unwrap_or_default();
        (key, part().unwrap_or_default())
    }

    fn sort(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        // Where rows start says how they came: equal ones stay in that order.
        entries.sort_unstable_by(|left, right| match left.prefix.cmp(&right.prefix) {
            Ordering::Equal => {
                let (one, other) = (self.row(left.start).0, self.row(right.start).0);
                one.cmp(other).then(left.start.cmp(&right.start))
            }
            order => order,
        });
        self.entries = entries;
    }
}

/// Runs being merged.
pub(super) struct Merging {
    columns: Arc<[usize]>,
    width: usize,
    beside: Beside,
    /// The runs, each with the number of its next row.
    runs: Vec<(Run, usize)>,
    /// A heap of the runs that have rows left: the one with the first row stands first.
    order: Vec<usize>,
}

impl Merging {
    /// The next rows, at most `limit`; `None` past the last.
    pub(super) fn next(&mut self, ctx: &Context, limit: usize) -> Result<Option<Batch>> {
        let mut places: Vec<(usize, u64)> = Vec::with_capacity(ROWS.min(limit));
        while places.len() < ROWS.min(limit) {
            ctx.step()?;
            let Some(&first) = self.order.first() else { break };
            let Some((run, at)) = self.runs.get_mut(first) else { break };
            if let Some(entry) = run.entries.get(*at) {
                places.push((first, entry.start));
            }
            *at += 1;
            if *at >= run.entries.len() {
                self.order.swap_remove(0);
            }
            self.sink(0);
        }
        if places.is_empty() {
            return Ok(None);
        }
        let cells = |&(run, start): &(usize, u64)| self.runs.get(run).map(|(run, _)| run.row(start).1);
        let mut rows: Vec<&[u8]> = places.iter().filter_map(cells).collect();
        Ok(Some(unpack(&mut rows, &self.columns, self.width, &self.beside)))
    }

    /// Whether the next row of the one run comes before that of the other.
    fn comes_before(&self, one: usize, other: usize) -> bool {
        let next = |run: usize| self.runs.get(run).and_then(|(run, at)| Some((run, run.entries.get(*at)?)));
        let (Some((left, one_entry)), Some((right, other_entry))) = (next(one), next(other)) else {
            return false;
        };
        let order = one_entry.prefix.cmp(&other_entry.prefix);
        let order = order.then_with(|| left.row(one_entry.start).0.cmp(right.row(other_entry.start).0));
        // Of equal rows those of the earlier run came first.
        order.then(one.cmp(&other)).is_lt()
    }

    /// Puts the run at a place of the heap where it belongs, among those below it.
    fn sink(&mut self, mut at: usize) {
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let Some((&here, &below)) = self.order.get(at).zip(self.order.get(left)) else { return };
            let child = match self.order.get(right) {
                Some(&other) if self.comes_before(other, below) => right,
                _ => left,
            };
            let Some(&least) = self.order.get(child) else { return };
            if !self.comes_before(least, here) {
                return;
            }
            self.order.swap(at, child);
            at = child;
        }
    }
}
