//! Parquet files. What is read of a file is its end, where its columns are described, and of the columns that are asked
//! for the row groups that are reached; a count of rows reads no more than the end.

use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_schema::ArrowError;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::{ParquetError, Result as Parquet};
use parquet::file::reader::{ChunkReader, Length};

use super::bytes::{host_error, read_error};
use crate::eval::Context;
use crate::host::Shared;
use crate::table::arrow::{batch_of, columns_of};
use crate::table::{Batch, Batches, Column, Demand, Operator, Table};
use crate::value::{Binary, Error, Result};

/// How many rows are decoded in one go.
const ROWS: usize = 1 << 16;

/// The table that a Parquet file holds. Columns claim the types that the file says; a column may hold lists, and records.
///
/// # Errors
/// The binary is no Parquet file, or has columns of a type that M has nothing for; what the host says of the file.
pub fn document(ctx: &Context, binary: &Arc<Binary>) -> Result<Table> {
    let input = Input::open(ctx, binary)?;
    let metadata = guarded(|| {
        Ok(ArrowReaderMetadata::load(&input, ArrowReaderOptions::default()).map_err(|error| failed(&error)))
    })??;
    let (shape, types) = columns_of(metadata.schema())?;
    Ok(Table::new(shape, types, Arc::new(Document { input, metadata })))
}

/// The bytes of a file, read where they are needed.
#[derive(Clone)]
enum Input {
    File(Arc<dyn Shared>, u64),
    Held(Bytes),
}

/// A binary whose bytes are at hand.
struct Held(Arc<Binary>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        self.0.at_hand().unwrap_or_default()
    }
}

impl Input {
    fn open(ctx: &Context, binary: &Arc<Binary>) -> Result<Input> {
        if let (false, Some(path)) = (binary.is_read(), binary.path())
            && let Some(file) = ctx.host().open_shared(path).map_err(|error| host_error(&error))?
        {
            let len = file.size().map_err(|error| read_error(path, &error))?;
            return Ok(Input::File(file, len));
        }
        binary.bytes(ctx)?;
        Ok(Input::Held(Bytes::from_owner(Held(Arc::clone(binary)))))
    }

    /// Fills `buffer` with what stands at `at`, as far as there is something.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Input::File(file, _) => file.read_at(at, buffer),
            Input::Held(bytes) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                bytes.get(start..).unwrap_or_default().read(buffer)
            }
        }
    }
}

impl Length for Input {
    fn len(&self) -> u64 {
        match self {
            Input::File(_, len) => *len,
            Input::Held(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Input {
    type T = BufReader<Piece>;

    fn get_read(&self, start: u64) -> Parquet<Self::T> {
        Ok(BufReader::new(Piece { input: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Parquet<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} are beyond the end")));
        }
        match self {
            Input::Held(bytes) => Ok(bytes.slice(start as usize..start as usize + length)),
            Input::File(..) => {
                let mut bytes = vec![0; length];
                Piece { input: self.clone(), at: start }.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

/// The bytes of a file from some place on.
struct Piece {
    input: Input,
    at: u64,
}

impl Read for Piece {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read_at(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

struct Document {
    input: Input,
    metadata: ArrowReaderMetadata,
}

impl Document {
    fn rows(&self) -> usize {
        usize::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }
}

impl Operator for Document {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let width = self.metadata.schema().fields().len();
        let wanted: Vec<usize> = (0..width).filter(|at| demand.wants(*at)).collect();
        if wanted.is_empty() {
            let left = self.rows().min(demand.limit.unwrap_or(usize::MAX));
            return Ok(Box::new(Counting { width, left }));
        }
        let rows = demand.limit.map_or(ROWS, |limit| limit.clamp(1, ROWS));
        let reader = guarded(|| {
            let builder =
                ParquetRecordBatchReaderBuilder::new_with_metadata(self.input.clone(), self.metadata.clone());
            let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
            let mut builder = builder.with_projection(mask).with_batch_size(rows);
            if let Some(limit) = demand.limit {
                builder = builder.with_limit(limit);
            }
            builder.build().map_err(|error| failed(&error))
        })?;
        Ok(Box::new(Reading { reader, metadata: self.metadata.clone(), wanted }))
    }

    fn known_rows(&self) -> Option<usize> {
        Some(self.rows())
    }

    fn name(&self) -> &'static str {
        "Parquet"
    }
}

/// Rows of which no cell is read.
struct Counting {
    width: usize,
    left: usize,
}

impl Batches for Counting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        let len = self.left.min(ROWS);
        self.left -= len;
        let unread = Arc::new(Column::unread(len));
        let columns = (0..self.width).map(|_| Arc::clone(&unread)).collect();
        Ok((len > 0).then(|| Batch::new(columns, len)))
    }
}

struct Reading {
    reader: ParquetRecordBatchReader,
    metadata: ArrowReaderMetadata,
    wanted: Vec<usize>,
}

impl Batches for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            ctx.check_limits()?;
            let reader = &mut self.reader;
            let read = guarded(|| reader.next().transpose().map_err(|error| unreadable(&error)))?;
            let Some(read) = read else { return Ok(None) };
            ctx.steps(read.num_rows())?;
            if read.num_rows() > 0 {
                return batch_of(self.metadata.schema(), &read, &self.wanted).map(Some);
            }
        }
    }
}

/// What the reader gives. It is not free of panics where a file is damaged: they end the reading as an error does.
fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(no_parquet("it is damaged")))
}

fn no_parquet(why: &str) -> Error {
    Error::data_format(format!("The input couldn't be read as a Parquet document: {why}."))
}

fn failed(error: &ParquetError) -> Error {
    let text = match error {
        ParquetError::External(inner) if inner.is::<io::Error>() => {
            return Error::data_source(format!("Reading a Parquet document failed: {inner}."));
        }
        ParquetError::General(text) | ParquetError::NYI(text) | ParquetError::EOF(text) => text.clone(),
        other => other.to_string(),
    };
    no_parquet(text.trim_end_matches('.'))
}

fn unreadable(error: &ArrowError) -> Error {
    match error {
        ArrowError::IoError(text, _) => {
            Error::data_source(format!("Reading a Parquet document failed: {text}."))
        }
        ArrowError::ParquetError(text) => no_parquet(text.trim_end_matches('.')),
        other => no_parquet(other.to_string().trim_end_matches('.')),
    }
}

#[cfg(test)]
mod tests;
