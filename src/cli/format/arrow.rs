//! Arrow IPC files and, with the feature `parquet`, Parquet files. Both hold tables only.
//!
//! Columns follow the types they claim, or else what the first rows hold; see [`ArrowOptions`].

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, SchemaRef};
use pqm::eval::Context;
use pqm::table::Table;
use pqm::table::arrow::{ArrowOptions, ArrowWriter, FailedCells};
use pqm::value::{Error, Value};

use super::rows::RowReader;
use super::{Errors, Stopped};

/// Which kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// Arrow IPC.
    Ipc,
    /// Parquet, compressed with Snappy.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// Rows of a group in Parquet files: what is held in memory while writing.
#[cfg(feature = "parquet")]
const GROUP: usize = 1 << 17;

/// Writes at most `limit` rows of a table. Cells with errors end the writing, or become null.
pub fn write(
    ctx: &Context,
    value: &Value,
    limit: Option<u64>,
    errors: Errors,
    container: Container,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let Value::Table(table) = value.as_plain() else {
        return Err(Stopped::Evaluation(Error::expression(
            "Arrow and Parquet files hold tables, and the result is none. Make it one with Table.FromList or \
             Record.ToTable, or write it as json.",
        )));
    };
    match container {
        Container::Ipc => {
            let made = move |schema: &SchemaRef| FileWriter::try_new(out, schema).map_err(stopped);
            let mut writer = batches(ctx, table, limit, errors, made, |writer, batch| {
                writer.write(batch).map_err(stopped)
            })?;
            writer.finish().map_err(stopped)
        }
        #[cfg(feature = "parquet")]
        Container::Parquet => parquet::write(ctx, table, limit, errors, out),
    }
}

/// Leads the rows of a table as record batches into a writer.
fn batches<W>(
    ctx: &Context,
    table: &Table,
    limit: Option<u64>,
    errors: Errors,
    start: impl FnOnce(&SchemaRef) -> Result<W, Stopped>,
    mut write: impl FnMut(&mut W, &RecordBatch) -> Result<(), Stopped>,
) -> Result<W, Stopped> {
    let failed = if errors == Errors::Fail { FailedCells::Fail } else { FailedCells::Null };
    let options = ArrowOptions { failed, ..ArrowOptions::default() };
    let mut rows = RowReader::open(ctx, table, limit)?;
    let first = if ArrowWriter::looks_at_rows(table, &options) { rows.next_batch(ctx)? } else { None };
    let columns = ArrowWriter::new(ctx, table, &options, first.as_ref())?;
    let mut writer = start(columns.schema())?;
    let mut batch = match first {
        Some(first) => Some(first),
        None => rows.next_batch(ctx)?,
    };
    while let Some(read) = batch {
        write(&mut writer, &columns.write(ctx, &read)?)?;
        batch = rows.next_batch(ctx)?;
    }
    Ok(writer)
}

fn stopped(error: ArrowError) -> Stopped {
    match error {
        ArrowError::IoError(_, error) => Stopped::Io(error),
        other => Stopped::Io(io::Error::other(other)),
    }
}

#[cfg(feature = "parquet")]
mod parquet {
    use std::sync::{Arc, Mutex, PoisonError};

    use ::parquet::arrow::ArrowWriter;
    use ::parquet::basic::Compression;
    use ::parquet::errors::ParquetError;
    use ::parquet::file::properties::WriterProperties;

    use super::*;

    /// What the writer gave so far. The writer wants to own its destination and to move between threads, which
    /// standard output cannot.
    #[derive(Clone, Default)]
    struct Given(Arc<Mutex<Vec<u8>>>);

    impl Write for Given {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Given {
        fn pass_on(&self, out: &mut dyn Write) -> io::Result<()> {
            let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
            out.write_all(&bytes)
        }
    }

    pub fn write(
        ctx: &Context,
        table: &Table,
        limit: Option<u64>,
        errors: Errors,
        out: &mut dyn Write,
    ) -> Result<(), Stopped> {
        let given = Given::default();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .build();
        let start = |schema: &SchemaRef| {
            ArrowWriter::try_new(given.clone(), Arc::clone(schema), Some(properties)).map_err(failed)
        };
        let writer = batches(ctx, table, limit, errors, start, |writer, batch| {
            writer.write(batch).map_err(failed)?;
            Ok(given.pass_on(out)?)
        })?;
        writer.close().map_err(failed)?;
        Ok(given.pass_on(out)?)
    }

    fn failed(error: ParquetError) -> Stopped {
        Stopped::Io(io::Error::other(error))
    }
}
