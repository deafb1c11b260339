use std::sync::{Arc, OnceLock};

use super::{Error, Record, Result};
use crate::eval::Context;

/// Where the bytes of a binary value come from when they are not in memory yet.
pub type ReadBytes = dyn Fn(&Context) -> Result<Vec<u8>> + Send + Sync;

/// A binary value: bytes at hand, or bytes that are read on first use.
pub struct Binary {
    bytes: OnceLock<Result<Vec<u8>>>,
    read: Option<Box<ReadBytes>>,
    path: Option<std::path::PathBuf>,
    view: Option<Arc<Record>>,
}

impl Binary {
    /// A binary of bytes at hand.
    pub fn new(bytes: Vec<u8>) -> Binary {
        Binary { bytes: OnceLock::from(Ok(bytes)), read: None, path: None, view: None }
    }

    /// A binary whose bytes `read` fetches when they are first asked for.
    pub fn lazy(read: Box<ReadBytes>) -> Binary {
        Binary { bytes: OnceLock::new(), read: Some(read), path: None, view: None }
    }

    /// The content of a file, read through the host on first use.
    pub fn file(path: std::path::PathBuf, read: Box<ReadBytes>) -> Binary {
        Binary { bytes: OnceLock::new(), read: Some(read), path: Some(path), view: None }
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
