//! Sorting many rows: sorted runs of packed rows, merged as they are read.

use std::sync::Arc;

use super::key::{KeyWriter, Part};
use super::run::{Cursor, Run, SpilledRun};
use crate::eval::{Context, RowsHeld, Spill};
use crate::table::packed::{Beside, pack, unpack};
use crate::table::{Batch, Column};
use crate::value::Result;

/// How many bytes of rows a run has at least, but for the last one.
const RUN: usize = 32 << 20;

/// How many rows are unpacked at a time.
const ROWS: usize = 8192;

/// Rows on their way into runs. Past the memory that is granted for them, runs go to a file.
pub(super) struct Runs {
    parts: Arc<[Part]>,
    rows: Packed,
    writer: KeyWriter,
    current: Run,
    /// The runs in memory, which came after those in the file.
    runs: Vec<Run>,
    spilled: Vec<SpilledRun>,
    spill: Option<Spill>,
    held: RowsHeld,
    /// How many bytes a run has.
    size: usize,
}

/// What packed rows mean.
struct Packed {
    /// The columns that are kept.
    columns: Arc<[usize]>,
    width: usize,
    beside: Beside,
}

impl Packed {
    fn batch(&self, bytes: &[u8], ends: &[usize]) -> Batch {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let rows = starts.zip(ends).map(|(start, end)| bytes.get(start..*end).unwrap_or_default());
        unpack(&mut rows.collect::<Vec<_>>(), &self.columns, self.width, &self.beside)
    }
}

impl Runs {
    pub(super) fn new(ctx: &Context, parts: Arc<[Part]>, columns: Arc<[usize]>, width: usize) -> Runs {
        let held = ctx.rows_held();
        let size = held.limit().map_or(RUN, |limit| RUN.min((limit / 8) as usize));
        Runs {
            parts,
            rows: Packed { columns, width, beside: Beside::new() },
            writer: KeyWriter::default(),
            current: Run::default(),
            runs: Vec::new(),
            spilled: Vec::new(),
            spill: None,
            held,
            size,
        }
    }

    /// Takes the rows of a batch. `false`, and none of them, if they have no keys that could be sorted as bytes.
    ///
    /// # Errors
    /// Those of the key's cells, or of temporary files.
    pub(super) fn push(&mut self, ctx: &Context, batch: &Batch) -> Result<bool> {
        let parts = self.parts.iter().map(|part| Ok((part, batch.settled(ctx, part.column)?)));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let columns = self.rows.columns.iter().filter_map(|at| batch.settled(ctx, *at).transpose());
        let columns = columns.collect::<Result<Vec<&Column>>>()?;
        let known = self.current.rows();
        let (mut key, mut cells) = (Vec::new(), Vec::new());
        for row in 0..batch.len() {
            ctx.step()?;
            key.clear();
            if !self.writer.write(ctx, &parts, row, &mut key)? {
                self.current.truncate(known);
                return Ok(false);
            }
            cells.clear();
            pack(&columns, row, &mut self.rows.beside, &mut cells);
            self.current.push(&key, &cells);
        }
        if self.current.held() >= self.size {
            self.end_run(ctx)?;
        }
        Ok(true)
    }

    fn end_run(&mut self, ctx: &Context) -> Result<()> {
        ctx.check_limits()?;
        self.current.sort();
        let held: usize = self.runs.iter().map(Run::held).sum();
        self.held.set(held + self.current.held());
        if self.spill.is_none() && !self.held.is_too_much() {
            let next = Run::with_room(self.size + self.size / 2);
            self.runs.push(std::mem::replace(&mut self.current, next));
            return Ok(());
        }
        let spill = match &mut self.spill {
            Some(spill) => spill,
            None => self.spill.insert(Spill::new(ctx)?),
        };
        for run in self.runs.drain(..) {
            ctx.check_limits()?;
            self.spilled.push(run.write(spill)?);
        }
        self.spilled.push(self.current.write(spill)?);
        self.current.clear();
        self.held.set(self.size);
        Ok(())
    }

    /// All rows, in an order in which those with equal keys stand as they came.
    pub(super) fn unsorted(mut self, ctx: &Context) -> Result<Vec<Batch>> {
        self.current.sort();
        let mut batches = Vec::new();
        let (rows, mut cursors, mut spill) = self.cursors()?;
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for cursor in &mut cursors {
            loop {
                ctx.step()?;
                bytes.extend_from_slice(cursor.cells());
                ends.push(bytes.len());
                let more = cursor.advance(spill.as_mut())?;
                if ends.len() == ROWS || !more {
                    batches.push(rows.batch(&bytes, &ends));
                    bytes.clear();
                    ends.clear();
                }
                if !more {
                    break;
                }
            }
        }
        Ok(batches)
    }

    /// The runs that have rows, as they came.
    fn cursors(self) -> Result<(Packed, Vec<Cursor>, Option<Spill>)> {
        let (mut cursors, mut spill) = (Vec::new(), self.spill);
        if let Some(spill) = &mut spill {
            for run in self.spilled {
                cursors.extend(Cursor::of_spilled(run, spill)?);
            }
        }
        cursors.extend(self.runs.into_iter().chain([self.current]).filter_map(Cursor::of_run));
        Ok((self.rows, cursors, spill))
    }

    /// The rows in their order.
    pub(super) fn merged(mut self, ctx: &Context) -> Result<Merging> {
        ctx.check_limits()?;
        self.current.sort();
        let held = std::mem::replace(&mut self.held, ctx.rows_held());
        let (rows, cursors, spill) = self.cursors()?;
        let order = (0..cursors.len()).collect();
        let mut merging = Merging { rows, cursors, spill, order, _held: held };
        for at in (0..merging.order.len()).rev() {
            merging.sink(at);
        }
        Ok(merging)
    }
}

/// Runs being merged.
pub(super) struct Merging {
    rows: Packed,
    cursors: Vec<Cursor>,
    spill: Option<Spill>,
    /// A heap of the runs that have rows left: the one with the first row stands first.
    order: Vec<usize>,
    _held: RowsHeld,
}

impl Merging {
    /// The next rows, at most `limit`; `None` past the last.
    ///
    /// # Errors
    /// Those of temporary files.
    pub(super) fn next(&mut self, ctx: &Context, limit: usize) -> Result<Option<Batch>> {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        while ends.len() < ROWS.min(limit) {
            ctx.step()?;
            let Some(&first) = self.order.first() else { break };
            let Some(cursor) = self.cursors.get_mut(first) else { break };
            bytes.extend_from_slice(cursor.cells());
            ends.push(bytes.len());
            if !cursor.advance(self.spill.as_mut())? {
                self.order.swap_remove(0);
            }
            self.sink(0);
        }
        Ok((!ends.is_empty()).then(|| self.rows.batch(&bytes, &ends)))
    }

    /// Whether the next row of the one run comes before that of the other.
    fn comes_before(&self, one: usize, other: usize) -> bool {
        let Some((left, right)) = self.cursors.get(one).zip(self.cursors.get(other)) else { return false };
        let order = left.prefix().cmp(&right.prefix()).then_with(|| left.key().cmp(right.key()));
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
