//! Files that can be read only once, such as pipes, for readers that start again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::local::read_at;

/// How many bytes are taken of the file at a time.
const PIECE: usize = 64 << 10;

/// A file that can be read only once. What was read of it is kept in a temporary file; no more is read than is asked
/// for, since it may have no end.
pub(super) struct Spooled(Mutex<State>);

struct State {
    file: File,
    kept: File,
    /// How many bytes are kept.
    end: u64,
    ended: bool,
}

impl Spooled {
    /// `kept` is an empty file.
    pub(super) fn new(file: File, kept: File) -> Spooled {
        Spooled(Mutex::new(State { file, kept, end: 0, ended: false }))
    }

    /// Fills `buffer` with what stands at `at`, or a part of it; 0 only past the end.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.ended && state.end <= at {
            state.read_on()?;
        }
        read_at(&state.kept, at, buffer)
    }
}

impl State {
    fn read_on(&mut self) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        let read = self.file.read(&mut piece)?;
        self.ended = read == 0;
        // Reading moves the place of writing on some systems.
        self.kept.seek(SeekFrom::Start(self.end))?;
        self.kept.write_all(piece.get(..read).unwrap_or_default())?;
        self.end += read as u64;
        Ok(())
    }
}

/// Such a file from its start.
pub(super) struct FromStart {
    file: Arc<Spooled>,
    at: u64,
}

impl FromStart {
    pub(super) fn of(file: Arc<Spooled>) -> FromStart {
        FromStart { file, at: 0 }
    }
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}
