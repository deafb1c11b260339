//! Reading binaries and texts from start to end without holding files in memory.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::sync::Arc;

use crate::eval::Context;
use crate::host::HostError;
use crate::value::{Binary, ByteStream, Error, Reason, Result, Text, Value};

/// Where the bytes of a document come from; can be read any number of times.
#[derive(Clone)]
pub enum ByteSource {
    /// A binary value. One that stands for a file that was not read yet is streamed from the host.
    Binary(Arc<Binary>),
    /// A text, as UTF-8.
    Text(Text),
}

impl ByteSource {
    /// Starts reading.
    ///
    /// # Errors
    /// What the host says if it does not give the file.
    pub fn open(&self, ctx: &Context) -> Result<ByteReader> {
        let from = match self {
            ByteSource::Text(text) => From::Text(text.clone()),
            ByteSource::Binary(binary) => match (binary.is_read(), binary.path()) {
                (false, Some(path)) => {
                    let path = path.to_path_buf();
                    let file = ctx.host().open(&path).map_err(|error| host_error(&error))?;
                    From::File(file, path)
                }
                (false, None) => match binary.stream() {
                    Some(stream) => From::Stream(Arc::clone(stream)),
                    None => From::Binary(Arc::clone(binary)),
                },
                _ => From::Binary(Arc::clone(binary)),
            },
        };
        Ok(ByteReader { from, at: 0 })
    }

    /// What messages call the source: the file's path, the address, or nothing.
    pub fn label(&self) -> Option<String> {
        match self {
            ByteSource::Binary(binary) => match binary.path() {
                Some(path) => Some(path.display().to_string()),
                None => binary.stream().map(|stream| stream.label()),
            },
            ByteSource::Text(_) => None,
        }
    }
}

/// One reading of a [`ByteSource`].
pub struct ByteReader {
    from: From,
    at: usize,
}

enum From {
    Binary(Arc<Binary>),
    Text(Text),
    File(Box<dyn Read + Send>, PathBuf),
    Stream(Arc<dyn ByteStream>),
}

impl ByteReader {
    /// Appends the next `size` bytes to `buffer`; gives how many there were. Fewer than `size` only at the end.
    pub fn append(&mut self, ctx: &Context, buffer: &mut Vec<u8>, size: usize) -> Result<usize> {
        let bytes = match &mut self.from {
            From::File(file, path) => {
                let start = buffer.len();
                buffer.reserve(size);
                while buffer.len() - start < size {
                    ctx.step()?;
                    let left = size - (buffer.len() - start);
                    // Fills the reserved memory as it is, without writing zeros first.
                    match file.take(left as u64).read_to_end(buffer) {
                        Ok(0) => break,
                        Ok(_) => {}
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        Err(error) => {
                            let message = format!("Reading '{}' failed: {error}.", path.display());
                            return Err(Error::data_source(message));
                        }
                    }
                }
                return Ok(buffer.len() - start);
            }
            From::Stream(stream) => {
                let start = buffer.len();
                let mut piece = vec![0; size.min(1 << 16)];
                while buffer.len() - start < size {
                    ctx.step()?;
                    let left = (size - (buffer.len() - start)).min(piece.len());
                    let free = piece.get_mut(..left).unwrap_or_default();
                    match stream.read_at(ctx, self.at as u64, free)? {
                        0 => break,
                        read => {
                            buffer.extend_from_slice(free.get(..read).unwrap_or_default());
                            self.at += read;
                        }
                    }
                }
                return Ok(buffer.len() - start);
            }
            From::Binary(binary) => binary.bytes(ctx)?,
            From::Text(text) => text.as_bytes(),
        };
        let rest = bytes.get(self.at..).unwrap_or_default();
        let read = rest.get(..size).unwrap_or(rest);
        buffer.extend_from_slice(read);
        self.at += read.len();
        Ok(read.len())
    }
}

/// What a host refused or failed to do, as an M error.
pub fn host_error(error: &HostError) -> Error {
    let reason = match error {
        HostError::NotFound(_) => Reason::NotFound,
        HostError::Denied { .. } | HostError::Failed(_) => Reason::DataSource,
    };
    Error::new(reason, error.to_string())
}

/// The content of a file: read from the host in one piece, unless it is streamed.
pub fn file_binary(path: PathBuf) -> Binary {
    let full = path.clone();
    Binary::file(
        path,
        Box::new(move |ctx| {
            let mut file = ctx.host().open(&full).map_err(|error| host_error(&error))?;
            let mut bytes = Vec::new();
            let mut buffer = vec![0; 1 << 16];
            loop {
                ctx.step()?;
                match file.read(&mut buffer) {
                    Ok(0) => return Ok(bytes),
                    Ok(read) => bytes.extend_from_slice(buffer.get(..read).unwrap_or_default()),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => {
                        return Err(Error::data_source(format!(
                            "Reading '{}' failed: {error}.",
                            full.display()
                        ))
                        .with_detail(Value::text(full.display().to_string())));
                    }
                }
            }
        }),
    )
}
