//! Rows whose keys do not fit into the memory that is granted: put into a temporary file by a hash of their key, and
//! looked at later one part after the other.
//!
//! A step that finds itself holding too much takes no more keys. Rows with keys it knows go on as before; the others
//! go here, each with its number among the rows. Their keys come after all known ones, so what the parts come to
//! follows, brought into the order of those numbers.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::Int64Array;

use super::packed::{Beside, Packer, unpack};
use super::sort::InOrder;
use super::{Batch, Batches, Column, Whole};
use crate::eval::{Context, Spill};
use crate::value::Result;

/// How many parts there are.
const PARTS: usize = 16;
/// How many bytes of a part are written at a time.
const CHUNK: usize = if cfg!(test) { 200 } else { 128 << 10 };
/// Parts of parts of parts hold rows that hashes do not tell apart.
pub(super) const DEEPEST: u32 = 6;

/// Rows on their way into parts.
pub(super) struct Overflow {
    file: Spill,
    parts: Vec<Part>,
    means: Arc<Packed>,
    level: u32,
}

/// The rows of a part.
#[derive(Default)]
struct Part {
    waiting: Vec<u8>,
    /// Where the others are in the file: from where on, and how many bytes.
    written: Vec<(u64, usize)>,
}

struct Packed {
    /// The columns that are kept; the last one holds the numbers of the rows.
    columns: Vec<usize>,
    beside: Beside,
}

/// A batch with one more column: the numbers of its rows, from `first` on.
pub(super) fn numbered(batch: &Batch, first: u64) -> Batch {
    let numbers: Int64Array = (0..batch.len() as u64).map(|row| (first + row).cast_signed()).collect();
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(Column::whole(Whole::Number, numbers)));
    batch.with_columns(columns)
}

/// The rows without their numbers.
pub(super) fn without_numbers(batch: &Batch) -> Batch {
    let mut columns = batch.columns().to_vec();
    columns.pop();
    batch.with_columns(columns)
}

/// Rows, read without their numbers.
pub(super) struct Unnumbered<B>(pub(super) B);

impl<B: Batches> Batches for Unnumbered<B> {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        Ok(self.0.next(ctx)?.map(|batch| without_numbers(&batch)))
    }
}

impl Overflow {
    /// Room for rows of which `columns` are kept, beside the numbers in the column at `width`. `level` says in how many
    /// parts of parts this is.
    ///
    /// # Errors
    /// The host grants no temporary file.
    pub(super) fn new(ctx: &Context, mut columns: Vec<usize>, width: usize, level: u32) -> Result<Overflow> {
        columns.retain(|column| *column != width);
        columns.push(width);
        Ok(Overflow {
            file: Spill::new(ctx)?,
            parts: (0..PARTS).map(|_| Part::default()).collect(),
            means: Arc::new(Packed { columns, beside: Beside::default() }),
            level,
        })
    }

    /// Takes some rows of a [numbered] batch, each with the hash of its key.
    ///
    /// # Errors
    /// Those of the file, and stops.
    pub(super) fn push(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        rows: impl IntoIterator<Item = (u32, u64)>,
    ) -> Result<()> {
        let columns = self.means.columns.iter().filter_map(|at| batch.settled(ctx, *at).transpose());
        let columns = columns.collect::<Result<Vec<&Column>>>()?;
        let mut packer = Packer::new(&columns, &self.means.beside);
        for (row, hash) in rows {
            ctx.step()?;
            let part = (hash >> (60 - 4 * self.level)) as usize % PARTS;
            let Some(part) = self.parts.get_mut(part) else { continue };
            packer.pack(row as usize, &mut part.waiting);
            if part.waiting.len() >= CHUNK {
                part.write(&mut self.file)?;
            }
        }
        Ok(())
    }

    /// The rows of each part, as they came.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn into_parts(mut self) -> Result<Vec<PartRows>> {
        for part in &mut self.parts {
            part.write(&mut self.file)?;
        }
        let file = Arc::new(Mutex::new(self.file));
        let rows = |part: Part| PartRows {
            file: Arc::clone(&file),
            written: part.written.into_iter(),
            means: Arc::clone(&self.means),
        };
        Ok(self.parts.into_iter().map(rows).collect())
    }

    /// What the rows come to, in the order of their numbers, which stand in the last of `width` columns. `open` gives,
    /// for the rows of a part, the batches it comes to.
    ///
    /// # Errors
    /// Those of the file, and what reading the batches raises.
    pub(super) fn finish(
        self,
        ctx: &Context,
        width: usize,
        open: impl Fn(Box<dyn Batches>) -> Result<Box<dyn Batches>>,
    ) -> Result<Box<dyn Batches>> {
        let mut in_order = InOrder::new(ctx, width);
        for rows in self.into_parts()? {
            let mut batches = open(Box::new(rows))?;
            while let Some(batch) = batches.next(ctx)? {
                in_order.push(ctx, batch)?;
            }
        }
        Ok(Box::new(in_order.finish(ctx)?))
    }
}

impl Part {
    fn write(&mut self, file: &mut Spill) -> Result<()> {
        if !self.waiting.is_empty() {
            self.written.push((file.end(), self.waiting.len()));
            file.write(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }
}

/// The rows of a part, as they came.
pub(super) struct PartRows {
    file: Arc<Mutex<Spill>>,
    written: std::vec::IntoIter<(u64, usize)>,
    means: Arc<Packed>,
}

impl Batches for PartRows {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.check_limits()?;
        let Some((start, length)) = self.written.next() else { return Ok(None) };
        let mut bytes = vec![0; length];
        self.file.lock().unwrap_or_else(PoisonError::into_inner).read(start, &mut bytes)?;
        let width = self.means.columns.last().map_or(0, |numbers| numbers + 1);
        Ok(Some(unpack(&bytes, &self.means.columns, width, &self.means.beside)))
    }
}

#[cfg(test)]
mod tests;
