//! Arrow IPC: files, and streams as they come over a wire or a pipe.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::{ArrowError, SchemaRef};

use super::read::{RecordBatches, table_from_record_batch_source};
use crate::table::Table;
use crate::value::{Error, Result};

/// What an IPC file starts with: behind it, and zeros up to eight bytes or more, it is a stream, and then comes an index.
const MAGIC: &[u8] = b"ARROW1\0\0";
/// How many bytes are read at a time.
const CHUNK: usize = 1 << 20;

type Arrow<T> = std::result::Result<T, ArrowError>;

/// A table of what Arrow IPC bytes hold, in the format of files or that of streams. `open` starts reading them: once
/// now, for the columns, and each time the table is read. Record batches are read when they are needed and not kept.
///
/// # Errors
/// `DataSource.Error` for what `open` raises, and `DataFormat.Error` where the bytes are no Arrow IPC, or hold columns
/// of types that M has nothing for. What is found to be wrong later ends the reading with `DataSource.Error`.
pub fn table_from_ipc<R: Read + Send + 'static>(
    open: impl Fn() -> io::Result<R> + Send + Sync + 'static,
) -> Result<Table> {
    let bytes = open().map_err(|error| Error::data_source(format!("Arrow data can't be read: {error}.")))?;
    let schema = Reading::new(bytes)
        .schema()
        .map_err(|error| Error::data_format(format!("The data isn't in Arrow's IPC format: {error}")))?;
    table_from_record_batch_source(&schema, move || -> Box<RecordBatches> {
        match open() {
            Ok(bytes) => Box::new(Reading::new(bytes)),
            Err(error) => Box::new(std::iter::once(Err(error.into()))),
        }
    })
}

/// One reading.
struct Reading<R> {
    bytes: R,
    decoder: StreamDecoder,
    /// What was read and not decoded.
    read: Buffer,
    started: bool,
    ended: bool,
}

impl<R: Read> Reading<R> {
    fn new(bytes: R) -> Reading<R> {
        let decoder = StreamDecoder::new();
        Reading { bytes, decoder, read: Buffer::default(), started: false, ended: false }
    }

    /// Reads on; `false` at the end.
    fn read(&mut self) -> Arrow<bool> {
        let mut chunk = Vec::new();
        (&mut self.bytes).take(CHUNK as u64).read_to_end(&mut chunk)?;
        if !std::mem::replace(&mut self.started, true) && chunk.starts_with(MAGIC) {
            let groups = chunk.chunks(MAGIC.len()).skip(1);
            let zeros = groups.take_while(|group| group.iter().all(|byte| *byte == 0)).count();
            chunk.drain(..((1 + zeros) * MAGIC.len()).min(chunk.len()));
        }
        self.read = chunk.into();
        Ok(!self.read.is_empty())
    }

    /// The next batch; `None` at the end, or, if only `until` something else is there, then.
    fn decode(&mut self, until: impl Fn(&StreamDecoder) -> bool) -> Arrow<Option<RecordBatch>> {
        loop {
            if self.read.is_empty() && !self.read()? {
                self.decoder.finish()?;
                return Ok(None);
            }
            // The decoder trusts what it reads in places: a panic there is an error in the data.
            let (decoder, read) = (&mut self.decoder, &mut self.read);
            let decoded = catch_unwind(AssertUnwindSafe(|| decoder.decode(read)))
                .unwrap_or_else(|_| Err(ArrowError::IpcError("The data is damaged.".to_owned())));
            match decoded {
                Ok(None) if until(&self.decoder) => return Ok(None),
                Ok(None) => {}
                // Behind the end of the stream there may be the index of a file.
                Err(_) if self.decoder.finish().is_ok() => return Ok(None),
                decoded => return decoded,
            }
        }
    }

    fn schema(mut self) -> Arrow<SchemaRef> {
        // The decoder may well come upon a batch first, which comes after the schema.
        self.decode(|decoder| decoder.schema().is_some())?;
        self.decoder.schema().ok_or_else(|| ArrowError::IpcError("There is no schema.".to_owned()))
    }
}

impl<R: Read> Iterator for Reading<R> {
    type Item = Arrow<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.decode(|_| false).transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, StringArray};
    use arrow_ipc::writer::{FileWriter, StreamWriter};
    use arrow_schema::{DataType, Field, Schema};

    use super::*;
    use crate::Engine;
    use crate::value::{Value, literal_text};

    fn batch() -> RecordBatch {
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int64, false),
            Field::new("name", DataType::Utf8, true),
        ]);
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("Ann"), None]));
        RecordBatch::try_new(Arc::new(schema), vec![ids, names]).unwrap()
    }

    fn file() -> Vec<u8> {
        let mut writer = FileWriter::try_new(Vec::new(), &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        writer.write(&batch()).unwrap();
        writer.into_inner().unwrap()
    }

    fn stream() -> Vec<u8> {
        let mut writer = StreamWriter::try_new(Vec::new(), &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        writer.write(&batch()).unwrap();
        writer.into_inner().unwrap()
    }

    fn shown(bytes: Vec<u8>, text: &str) -> String {
        let table = match table_from_ipc(move || Ok(Cursor::new(bytes.clone()))) {
            Ok(table) => table,
            Err(error) => return error.to_string(),
        };
        let engine = Engine::new().with_value("T", Value::Table(Arc::new(table)));
        let query = engine.compile("test", text).unwrap();
        let ctx = query.start();
        let shown = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
        shown.unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn files_and_streams_are_tables() {
        for bytes in [file(), stream()] {
            let rows = shown(bytes.clone(), "Table.ToRows(Table.FirstN(T, 3))");
            assert_eq!(rows, "{{1, \"Ann\"}, {2, null}, {1, \"Ann\"}}");
            let types = shown(bytes, "Table.Schema(T)[TypeName]");
            assert_eq!(types, "{\"Int64.Type\", \"Text.Type\"}");
        }
    }

    #[test]
    fn what_is_no_ipc_is_an_error() {
        assert!(shown(b"id,name\n1,Ann\n".to_vec(), "T").starts_with("DataFormat.Error"));
        let failing = table_from_ipc(|| Err::<Cursor<Vec<u8>>, _>(io::Error::other("no such file")));
        let message = failing.map(|_| ()).unwrap_err().to_string();
        assert_eq!(message, "DataSource.Error: Arrow data can't be read: no such file.");
    }

    #[test]
    fn damaged_bytes_end_in_an_error_or_in_other_values() {
        for bytes in [file(), stream()] {
            for at in 0..bytes.len() {
                for damaged in [0x00, 0x7F, 0xFF] {
                    let mut bytes = bytes.clone();
                    bytes[at] = damaged;
                    shown(bytes, "Table.ToRows(T)");
                }
                shown(bytes[..at].to_vec(), "Table.ToRows(T)");
            }
        }
    }
}
