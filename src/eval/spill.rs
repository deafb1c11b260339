//! Temporary files of steps that hold more rows than memory is granted for.

use std::io::SeekFrom;

use super::Context;
use crate::host::{HostError, Scratch};
use crate::value::{Error, Result};

/// A temporary file that is written to its end, and read anywhere.
pub struct Spill {
    file: Box<dyn Scratch>,
    end: u64,
}

impl Spill {
    /// A new one.
    ///
    /// # Errors
    /// The host grants none, or has no room for it.
    pub fn new(ctx: &Context) -> Result<Spill> {
        let file = ctx.host().scratch().map_err(|error| failed(&error))?;
        Ok(Spill { file, end: 0 })
    }

    /// Where the next bytes will stand.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(bytes));
        written.map_err(|error| failed(&HostError::Failed(error.to_string())))?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Fills `bytes` with what stands from `start` on.
    ///
    /// # Errors
    /// Those of the file.
    pub fn read(&mut self, start: u64, bytes: &mut [u8]) -> Result<()> {
        let read = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.read_exact(bytes));
        read.map_err(|error| failed(&HostError::Failed(error.to_string())))
    }
}

fn failed(error: &HostError) -> Error {
    Error::data_source(format!(
        "The rows don't fit into the memory that is granted, and a temporary file can't be used: {error}"
    ))
}
