use std::sync::{Arc, OnceLock};

use super::{Error, Record, Result};
use crate::eval::Context;

/// Where the bytes of a binary value come from when they are not in memory yet.
pub type ReadBytes = dyn Fn(&Context) -> Result<Vec<u8>> + Send + Sync;

/// Bytes that come from somewhere piece by piece, and can be read more than once.
pub trait ByteStream: Send + Sync {
    /// Fills `buffer` with what stands at `at`, as far as it is at hand; 0 only past the end.
    ///
    /// # Errors
    /// The bytes cannot be had.
    fn read_at(&self, ctx: &Context, at: u64, buffer: &mut [u8]) -> Result<usize>;

    /// What messages call the stream.
    fn label(&self) -> String;
}

/// A binary value: bytes at hand, or bytes that are read on first use.
pub struct Binary {
    bytes: OnceLock<Result<Vec<u8>>>,
    read: Option<Box<ReadBytes>>,
    path: Option<std::path::PathBuf>,
    stream: Option<Arc<dyn ByteStream>>,
    view: Option<Arc<Record>>,
}

impl Binary {
    /// A binary of bytes at hand.
    pub fn new(bytes: Vec<u8>) -> Binary {
        Binary { bytes: OnceLock::from(Ok(bytes)), read: None, path: None, stream: None, view: None }
    }

    /// A binary whose bytes `read` fetches when they are first asked for.
    pub fn lazy(read: Box<ReadBytes>) -> Binary {
        Binary { bytes: OnceLock::new(), read: Some(read), path: None, stream: None, view: None }
    }

    /// The content of a file, read through the host on first use.
    pub fn file(path: std::path::PathBuf, read: Box<ReadBytes>) -> Binary {
        Binary { bytes: OnceLock::new(), read: Some(read), path: Some(path), stream: None, view: None }
    }

    /// The bytes of a stream, read piece by piece where that is enough.
    pub fn streamed(stream: Arc<dyn ByteStream>) -> Binary {
        let whole = Arc::clone(&stream);
        let read = move |ctx: &Context| {
            let mut all = Vec::new();
            let mut piece = vec![0; 1 << 16];
            loop {
                ctx.step()?;
                match whole.read_at(ctx, all.len() as u64, &mut piece)? {
                    0 => return Ok(all),
                    read => all.extend_from_slice(piece.get(..read).unwrap_or_default()),
                }
                ctx.reserve(all.len())?;
            }
        };
        Binary { stream: Some(stream), ..Binary::lazy(Box::new(read)) }
    }

    /// The stream the bytes come from, if they come from one.
    pub fn stream(&self) -> Option<&Arc<dyn ByteStream>> {
        self.stream.as_ref()
    }

    /// The same binary as a view: with the handlers of `Binary.View`.
    pub fn with_view(mut self, handlers: Arc<Record>) -> Binary {
        self.view = Some(handlers);
        self
    }

    /// The handlers of the view, if the binary is one.
    pub fn view(&self) -> Option<&Arc<Record>> {
        self.view.as_ref()
    }

    /// The file the binary is the content of, if it is one.
    pub fn path(&self) -> Option<&std::path::Path> {
        self.path.as_deref()
    }

    /// Whether the bytes are at hand.
    pub fn is_read(&self) -> bool {
        self.bytes.get().is_some()
    }

    /// The bytes, if they are at hand and could be had.
    pub fn at_hand(&self) -> Option<&[u8]> {
        self.bytes.get()?.as_deref().ok()
    }

    /// The bytes, reading them first if need be.
    pub fn bytes(&self, ctx: &Context) -> Result<&[u8]> {
        if let Some(known) = self.bytes.get() {
            return known.as_ref().map(Vec::as_slice).map_err(Error::clone);
        }
        let read = match &self.read {
            Some(read) => read(ctx),
            None => Ok(Vec::new()),
        };
        if let Err(error) = &read
            && error.is_stop()
        {
            return Err(error.clone());
        }
        self.bytes.get_or_init(|| read).as_ref().map(Vec::as_slice).map_err(Error::clone)
    }
}
