//! Sorting many rows: sorted runs of packed rows, merged as they are read.

use std::collections::VecDeque;
use std::sync::Arc;

use super::chunk::Chunk;
use super::key::{Kinds, Part};
use super::merge::Merge;
use super::run::{Run, RunWriter};
use crate::eval::{Context, RowsHeld, Spill};
use crate::table::packed::{Beside, unpack};
use crate::table::parallel::{Morsel, Ordered, Pipeline, Staged, map};
use crate::table::{Batch, Batches};
use crate::value::Result;

/// How many rows, and about how many bytes, are unpacked at a time.
const ROWS: usize = 8192;
const BYTES: usize = 4 << 20;

/// Runs of fewer bytes are merged into one as soon as there are some.
const SMALL: usize = 128 << 10;
const FEW: usize = 32;

/// What packed rows mean.
pub(super) struct Packed {
    /// The columns that are kept.
    pub columns: Vec<usize>,
    width: usize,
    pub beside: Beside,
}

impl Packed {
    /// Rows of a table of `width` columns.
    pub(super) fn new(columns: Vec<usize>, width: usize) -> Packed {
        Packed { columns, width, beside: Beside::default() }
    }
}

/// Some packed rows, on their way to become a batch.
pub(super) struct PackedRows {
    means: Arc<Packed>,
    bytes: Vec<u8>,
    /// How many they are.
    pub rows: usize,
}

impl PackedRows {
    pub(super) fn unpack(&self) -> Batch {
        unpack(&self.bytes, &self.means.columns, self.means.width, &self.means.beside)
    }
}

impl Morsel for PackedRows {
    fn batch(self: Box<Self>, _ctx: &Context) -> Result<Staged> {
        Ok(self.unpack().into())
    }
}

/// The input, each batch sorted on the thread that made it.
pub(super) struct Chunks {
    chunks: Ordered<Result<Chunk>>,
    means: Arc<Packed>,
    /// Rows of a chunk that were unpacked.
    unpacked: VecDeque<Batch>,
}

impl Chunks {
    /// Rows of a table of `width` columns, of which those at `columns` are kept.
    pub(super) fn new(pipeline: Pipeline, parts: Arc<[Part]>, columns: Vec<usize>, width: usize) -> Chunks {
        let means = Arc::new(Packed::new(columns, width));
        let of_rows = Arc::clone(&means);
        let sort = move |ctx: &Context, batch: Batch| {
            Chunk::of(ctx, batch, &parts, &of_rows.columns, &of_rows.beside)
        };
        Chunks { chunks: map(pipeline, sort), means, unpacked: VecDeque::new() }
    }

    /// What the packed rows mean.
    pub(super) fn means(&self) -> &Arc<Packed> {
        &self.means
    }

    pub(super) fn next(&mut self, ctx: &Context) -> Result<Option<Chunk>> {
        self.chunks.next(ctx)?.transpose()
    }
}

/// The rows, those with equal keys as they came.
impl Batches for Chunks {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while self.unpacked.is_empty() {
            match Chunks::next(self, ctx)? {
                None => return Ok(None),
                Some(Chunk::Batch(batch)) => return Ok(Some(batch)),
                Some(Chunk::Sorted { bytes, .. }) => self.unpacked = batches_of(bytes, &self.means)?.into(),
            }
        }
        Ok(self.unpacked.pop_front())
    }
}

/// Sorted runs. Past the memory that is granted for them, they go to a file.
pub(super) struct Runs {
    means: Arc<Packed>,
    /// The runs in their order: those in the file, those in memory, and small ones that are to become one.
    spilled: Vec<Run>,
    runs: Vec<Vec<u8>>,
    small: Vec<Vec<u8>>,
    /// How many bytes are in memory.
    bytes: usize,
    kinds: Kinds,
    spill: Option<Spill>,
    held: RowsHeld,
}

impl Runs {
    /// No rows yet.
    pub(super) fn new(ctx: &Context, means: Arc<Packed>) -> Runs {
        Runs {
            means,
            spilled: Vec::new(),
            runs: Vec::new(),
            small: Vec::new(),
            bytes: 0,
            kinds: Kinds::default(),
            spill: None,
            held: ctx.rows_held(),
        }
    }

    /// What the packed rows mean.
    pub(super) fn means(&self) -> &Arc<Packed> {
        &self.means
    }

    /// Takes a chunk. Gives back its rows if their keys cannot be sorted as bytes beside those that came before.
    ///
    /// # Errors
    /// Those of temporary files.
    pub(super) fn push(&mut self, ctx: &Context, chunk: Chunk) -> Result<Option<Vec<Batch>>> {
        let bytes = match chunk {
            Chunk::Batch(batch) => return Ok(Some(vec![batch])),
            Chunk::Sorted { bytes, kinds } => {
                let kinds = self.kinds.and(kinds);
                if !kinds.have_order() {
                    return batches_of(bytes, &self.means).map(Some);
                }
                self.kinds = kinds;
                bytes
            }
        };
        self.bytes += bytes.capacity();
        if bytes.len() < SMALL {
            self.small.push(bytes);
            if self.small.len() >= FEW {
                self.join_small()?;
            }
        } else {
            self.join_small()?;
            self.runs.push(bytes);
        }
        self.held.set(self.bytes);
        if self.held.is_too_much() {
            self.spill(ctx)?;
        }
        Ok(None)
    }

    /// Makes one run of the small ones.
    fn join_small(&mut self) -> Result<()> {
        if self.small.len() < 2 {
            self.runs.append(&mut self.small);
            return Ok(());
        }
        let mut joined = Vec::with_capacity(self.small.iter().map(Vec::len).sum());
        let mut merge = Merge::new(self.small.drain(..).map(Run::Memory), None)?;
        while let Some(cursor) = merge.first() {
            joined.extend_from_slice(cursor.whole());
            merge.advance()?;
        }
        self.runs.push(joined);
        Ok(())
    }

    /// Writes what is in memory to the file, as one run.
    fn spill(&mut self, ctx: &Context) -> Result<()> {
        let mut spill = match self.spill.take() {
            Some(spill) => spill,
            None => Spill::new(ctx)?,
        };
        let runs = self.runs.drain(..).chain(self.small.drain(..)).map(Run::Memory);
        let mut merge = Merge::new(runs, None)?;
        let mut writer = RunWriter::new(&mut spill);
        while let Some(cursor) = merge.first() {
            ctx.step()?;
            writer.push(cursor.whole())?;
            merge.advance()?;
        }
        let run = writer.finish()?;
        self.spilled.push(run);
        self.spill = Some(spill);
        self.bytes = 0;
        self.held.set(0);
        Ok(())
    }

    /// All runs, as they came.
    fn all(&mut self) -> Vec<Run> {
        let in_memory = self.runs.drain(..).chain(self.small.drain(..)).map(Run::Memory);
        self.spilled.drain(..).chain(in_memory).collect()
    }

    /// All rows, in an order in which those with equal keys stand as they came.
    pub(super) fn unsorted(mut self, ctx: &Context) -> Result<Vec<Batch>> {
        let (mut batches, mut spill) = (Vec::new(), self.spill.take());
        for run in self.all() {
            let mut merge = Merge::new([run], spill)?;
            while let Some(rows) = next_rows(&mut merge, &self.means, ROWS, 0)? {
                ctx.step()?;
                batches.push(rows.unpack());
            }
            spill = merge.into_spill();
        }
        Ok(batches)
    }

    /// The rows in their order.
    pub(super) fn merged(mut self, ctx: &Context) -> Result<Merging> {
        ctx.check_limits()?;
        let runs = self.all();
        let merge = Merge::new(runs, self.spill.take())?;
        Ok(Merging { means: self.means, merge, room: 0, _held: self.held })
    }
}

/// Runs being merged.
pub(super) struct Merging {
    means: Arc<Packed>,
    merge: Merge,
    /// How many bytes the rows before took: room that is made at once need not be copied as it grows.
    room: usize,
    _held: RowsHeld,
}

impl Merging {
    /// The next rows, at most `limit`; `None` past the last.
    ///
    /// # Errors
    /// Those of temporary files.
    pub(super) fn next(&mut self, ctx: &Context, limit: usize) -> Result<Option<PackedRows>> {
        ctx.steps(ROWS)?;
        let rows = next_rows(&mut self.merge, &self.means, limit.min(ROWS), self.room)?;
        self.room = rows.as_ref().map_or(0, |rows| rows.bytes.len() + rows.bytes.len() / 8);
        Ok(rows)
    }
}

/// The next rows of a merge, at most `most`; they may take `room` bytes.
fn next_rows(merge: &mut Merge, means: &Arc<Packed>, most: usize, room: usize) -> Result<Option<PackedRows>> {
    let (mut bytes, mut rows) = (Vec::with_capacity(room), 0);
    while rows < most && bytes.len() < BYTES {
        let Some(cursor) = merge.first() else { break };
        bytes.extend_from_slice(cursor.packed());
        rows += 1;
        merge.advance()?;
    }
    Ok((rows > 0).then(|| PackedRows { means: Arc::clone(means), bytes, rows }))
}

/// The rows of one run.
fn batches_of(run: Vec<u8>, means: &Arc<Packed>) -> Result<Vec<Batch>> {
    let mut merge = Merge::new([Run::Memory(run)], None)?;
    let mut batches = Vec::new();
    while let Some(rows) = next_rows(&mut merge, means, ROWS, 0)? {
        batches.push(rows.unpack());
    }
    Ok(batches)
}
