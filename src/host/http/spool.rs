use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use super::{GoOn, HttpBody, HttpError};

/// A body that can be read more than once although it comes only once: what has come is kept, in memory up to a
/// size, past that in a temporary file that nobody else sees.
pub struct Spool {
    body: Option<Box<dyn HttpBody>>,
    /// Why nothing more comes, if it ended badly.
    failed: Option<HttpError>,
    kept: Kept,
    length: u64,
}

enum Kept {
    Memory(Vec<u8>),
    File(File),
}

/// Bodies up to this size stay in memory.
const IN_MEMORY: usize = 1 << 20;
/// How much is asked of the connection at a time.
const PIECE: usize = 1 << 16;

impl Spool {
    /// A body of which nothing was read yet.
    pub fn new(body: Box<dyn HttpBody>) -> Spool {
        Spool { body: Some(body), failed: None, kept: Kept::Memory(Vec::new()), length: 0 }
    }

    /// Fills `buffer` with what stands at `at`, waiting for it if it has not come yet; 0 past the end.
    ///
    /// # Errors
    /// What reading the connection fails with, and a disk that takes no temporary file.
    pub fn read_at(&mut self, at: u64, buffer: &mut [u8], go_on: GoOn<'_>) -> Result<usize, HttpError> {
        while self.length <= at {
            if let Some(error) = &self.failed {
                return Err(error.clone());
            }
            if self.body.is_none() {
                return Ok(0);
            }
            self.more(go_on)?;
        }
        match &mut self.kept {
            Kept::Memory(bytes) => {
                let from = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let count = from.len().min(buffer.len());
                if let (Some(to), Some(from)) = (buffer.get_mut(..count), from.get(..count)) {
                    to.copy_from_slice(from);
                }
                Ok(count)
            }
            Kept::File(file) => {
                file.seek(SeekFrom::Start(at)).and_then(|_| file.read(buffer)).map_err(|error| disk(&error))
            }
        }
    }

    /// Takes one piece from the connection.
    fn more(&mut self, go_on: GoOn<'_>) -> Result<(), HttpError> {
        let Some(body) = &mut self.body else { return Ok(()) };
        let mut piece = vec![0; PIECE];
        let read = match body.read(&mut piece, go_on) {
            Ok(read) => read,
            Err(HttpError::GivenUp) => return Err(HttpError::GivenUp),
            Err(error) => {
                self.body = None;
                self.failed = Some(error);
                return Ok(());
            }
        };
        if read == 0 {
            self.body = None;
            return Ok(());
        }
        let piece = piece.get(..read).unwrap_or_default();
        self.keep(piece).map_err(|error| disk(&error))?;
        self.length += read as u64;
        Ok(())
    }

    fn keep(&mut self, piece: &[u8]) -> std::io::Result<()> {
        if let Kept::Memory(bytes) = &mut self.kept {
            if bytes.len() + piece.len() <= IN_MEMORY {
                bytes.extend_from_slice(piece);
                return Ok(());
            }
            let mut file = tempfile::tempfile()?;
            file.write_all(bytes)?;
            self.kept = Kept::File(file);
        }
        if let Kept::File(file) = &mut self.kept {
            file.seek(SeekFrom::Start(self.length))?;
            file.write_all(piece)?;
        }
        Ok(())
    }
}

fn disk(error: &std::io::Error) -> HttpError {
    HttpError::Broken(format!("the answer could not be kept in a temporary file: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in odd pieces and then fails, if it is to.
    struct Pieces {
        bytes: Vec<u8>,
        at: usize,
        fails: bool,
    }

    impl HttpBody for Pieces {
        fn read(&mut self, buffer: &mut [u8], _: GoOn<'_>) -> Result<usize, HttpError> {
            let count = (self.bytes.len() - self.at).min(buffer.len()).min(9973);
            if count == 0 && self.fails {
                return Err(HttpError::Broken("reset".into()));
            }
            buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
            self.at += count;
            Ok(count)
        }
    }

    fn all(spool: &mut Spool) -> Result<Vec<u8>, HttpError> {
        let mut all = Vec::new();
        let mut buffer = [0; 5000];
        loop {
            match spool.read_at(all.len() as u64, &mut buffer, &|| true)? {
                0 => return Ok(all),
                read => all.extend_from_slice(&buffer[..read]),
            }
        }
    }

    #[test]
    fn a_body_is_read_twice_in_memory_and_from_a_file() {
        for size in [0, 1, PIECE, IN_MEMORY - 1, 2 * IN_MEMORY + 17] {
            let bytes: Vec<u8> = (0..size).map(|at| (at * 7 % 251) as u8).collect();
            let mut spool = Spool::new(Box::new(Pieces { bytes: bytes.clone(), at: 0, fails: false }));
            assert!(all(&mut spool).unwrap() == bytes, "{size}");
            assert!(all(&mut spool).unwrap() == bytes, "{size} again");
        }
    }

    #[test]
    fn what_came_before_a_break_is_given_and_then_the_break_each_time() {
        let mut spool = Spool::new(Box::new(Pieces { bytes: vec![1; 20_000], at: 0, fails: true }));
        let mut buffer = [0; 8];
        for _ in 0..2 {
            assert_eq!(spool.read_at(19_996, &mut buffer, &|| true), Ok(4));
            assert_eq!(spool.read_at(20_000, &mut buffer, &|| true), Err(HttpError::Broken("reset".into())));
        }
    }
}
