//! Reading binaries and texts from start to end without holding files in memory.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::eval::Context;
use crate::host::{HostError, Shared};
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
            ByteSource::Text(text) => From::Shared(SharedBytes::Text(text.clone())),
            ByteSource::Binary(binary) => match unread_file(binary) {
                Some(path) => {
                    let file = ctx.host().open(path).map_err(|error| host_error(&error))?;
                    From::File(file, path.to_path_buf())
                }
                None => match unread_stream(binary) {
                    Some(stream) => From::Stream(Arc::clone(stream)),
                    None => From::Shared(SharedBytes::Binary(Arc::clone(binary))),
                },
            },
        };
        Ok(ByteReader { from, at: 0 })
    }

    /// The same for threads that read side by side, where the host has the file for them: see [`ByteReader::leave`].
    ///
    /// # Errors
    /// As [`ByteSource::open`].
    pub fn open_shared(&self, ctx: &Context) -> Result<ByteReader> {
        if let ByteSource::Binary(binary) = self
            && let Some(path) = unread_file(binary)
            && let Some(file) = ctx.host().open_shared(path).map_err(|error| host_error(&error))?
        {
            return Ok(ByteReader { from: From::Shared(SharedBytes::File(file, path.into())), at: 0 });
        }
        self.open(ctx)
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

/// The file that a binary is the content of, if that was not read yet.
fn unread_file(binary: &Binary) -> Option<&Path> {
    binary.path().filter(|_| !binary.is_read())
}

/// The stream that a binary is the content of, if that was not read yet.
fn unread_stream(binary: &Binary) -> Option<&Arc<dyn ByteStream>> {
    binary.stream().filter(|_| !binary.is_read())
}

/// Bytes that threads read side by side, each where it wants.
#[derive(Clone)]
pub enum SharedBytes {
    /// A binary at hand, or read as a whole when first asked.
    Binary(Arc<Binary>),
    /// A text, as UTF-8.
    Text(Text),
    /// A file of the host.
    File(Arc<dyn Shared>, Arc<Path>),
}

impl SharedBytes {
    /// Fills `buffer` with what stands at `at`; gives how many bytes there were. Fewer than there is room for only at
    /// the end.
    ///
    /// # Errors
    /// What the host says if it does not give the bytes.
    pub fn read(&self, ctx: &Context, at: u64, buffer: &mut [u8]) -> Result<usize> {
        let at_hand = match self {
            SharedBytes::Binary(binary) => binary.bytes(ctx)?,
            SharedBytes::Text(text) => text.as_bytes(),
            SharedBytes::File(file, path) => {
                let mut read = 0;
                while let Some(free) = buffer.get_mut(read..).filter(|free| !free.is_empty()) {
                    ctx.step()?;
                    match file.read_at(at + read as u64, free) {
                        Ok(0) => break,
                        Ok(more) => read += more,
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        Err(error) => return Err(read_error(path, &error)),
                    }
                }
                return Ok(read);
            }
        };
        let rest = usize::try_from(at).ok().and_then(|at| at_hand.get(at..)).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Ok(read)
    }
}

/// What reading a file says when it fails, as an M error.
pub(super) fn read_error(path: &Path, error: &std::io::Error) -> Error {
    Error::data_source(format!("Reading '{}' failed: {error}.", path.display()))
}

/// One reading of a [`ByteSource`].
pub struct ByteReader {
    from: From,
    at: u64,
}

enum From {
    Shared(SharedBytes),
    File(Box<dyn Read + Send>, PathBuf),
    Stream(Arc<dyn ByteStream>),
}

impl ByteReader {
    /// Leaves the next `size` bytes to whoever reads them where they are; `None` if they can only be read in order.
    pub fn leave(&mut self, size: usize) -> Option<(SharedBytes, u64)> {
        let From::Shared(bytes) = &self.from else { return None };
        let at = self.at;
        self.at += size as u64;
        Some((bytes.clone(), at))
    }

    /// Appends the next `size` bytes to `buffer`; gives how many there were. Fewer than `size` only at the end.
    pub fn append(&mut self, ctx: &Context, buffer: &mut Vec<u8>, size: usize) -> Result<usize> {
        let start = buffer.len();
        let is_full = |buffer: &Vec<u8>| buffer.len() - start >= size;
        match &mut self.from {
            From::File(file, path) => {
                buffer.reserve(size);
                while !is_full(buffer) {
                    ctx.step()?;
                    let left = size - (buffer.len() - start);
                    // Fills the reserved memory as it is, without writing zeros first.
                    match file.take(left as u64).read_to_end(buffer) {
                        Ok(0) => break,
                        Ok(_) => {}
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        Err(error) => return Err(read_error(path, &error)),
                    }
                }
            }
            From::Stream(stream) => {
                let mut piece = vec![0; size.min(1 << 16)];
                while !is_full(buffer) {
                    ctx.step()?;
                    let left = (size - (buffer.len() - start)).min(piece.len());
                    let free = piece.get_mut(..left).unwrap_or_default();
                    match stream.read_at(ctx, self.at, free)? {
                        0 => break,
                        read => {
                            buffer.extend_from_slice(free.get(..read).unwrap_or_default());
                            self.at += read as u64;
                        }
                    }
                }
            }
            From::Shared(bytes) => {
                buffer.resize(start + size, 0);
                let read = bytes.read(ctx, self.at, buffer.get_mut(start..).unwrap_or_default())?;
                buffer.truncate(start + read);
                self.at += read as u64;
            }
        }
        Ok(buffer.len() - start)
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
                        return Err(
                            read_error(&full, &error).with_detail(Value::text(full.display().to_string()))
                        );
                    }
                }
            }
        }),
    )
}
