//! What a program may touch of the world: files, the network, the clock, randomness. A script sees only what its host grants.
//!
//! The traits know nothing of M; the engine asks through them and never touches files, clock or environment itself.

pub mod credentials;
pub mod http;
mod local;
mod spooled;

pub use local::{LocalHost, NoHost};

use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::{Credential, GoOn, HttpError, HttpRequest, HttpResponse};

/// Why the host did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The host does not grant this.
    #[error("Access to {what} isn't granted. {advice}")]
    Denied {
        /// What was asked for.
        what: String,
        /// What to do about it.
        advice: String,
    },
    /// There is nothing of that name.
    #[error("Could not find {0}.")]
    NotFound(String),
    /// It is there, but reading it failed.
    #[error("{0}")]
    Failed(String),
}

/// The point in time and the zone a host is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// 100 ns ticks since 0001-01-01 in UTC.
    pub utc_ticks: i64,
    /// The local zone: minutes east of UTC.
    pub offset_minutes: i16,
}

/// What an entry of a folder is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderEntry {
    /// The full path.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Size in bytes; 0 for folders.
    pub size: u64,
    /// Last change, 100 ns ticks since 0001-01-01 in UTC, if known.
    pub modified: Option<i64>,
}

/// A temporary file: bytes that are written, read anywhere, and gone when it is dropped.
pub trait Scratch: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Scratch for T {}

/// A file that is read at any place, by threads side by side.
pub trait Shared: Send + Sync {
    /// How many bytes there are.
    ///
    /// # Errors
    /// What the system says.
    fn size(&self) -> std::io::Result<u64>;

    /// Fills `buffer` with what stands at `at`, or a part of it; 0 only past the end.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<usize>;
}

/// The capabilities a host grants to a program. Everything is denied unless an implementation grants it.
pub trait Host: Send + Sync {
    /// Opens a file for reading.
    fn open(&self, path: &Path) -> Result<Box<dyn Read + Send>, HostError> {
        Err(denied_file(path))
    }

    /// Opens a file for reading at any place, by threads side by side; `None` if it can only be read from start to end,
    /// such as a pipe, or the host has no such files: one thread reads it then, and what needs more holds the whole file.
    fn open_shared(&self, path: &Path) -> Result<Option<Arc<dyn Shared>>, HostError> {
        let _ = path;
        Ok(None)
    }

    /// The path the host means by `path`: absolute, so that a file can be named in messages and caches.
    fn locate(&self, path: &Path) -> Result<PathBuf, HostError> {
        Err(denied_file(path))
    }

    /// The entries of a folder, sorted by name.
    fn list_folder(&self, path: &Path) -> Result<Vec<FolderEntry>, HostError> {
        Err(denied_file(path))
    }

    /// Sends a request over the network and waits for the beginning of the answer. While it waits, `go_on` is asked
    /// again and again.
    ///
    /// # Errors
    /// The address isn't granted, or there is no answer. An answer that stands for an error is an answer.
    fn send(&self, request: &HttpRequest, go_on: GoOn<'_>) -> Result<HttpResponse, HttpError> {
        let _ = go_on;
        Err(HttpError::Denied(request.url.clone()))
    }

    /// The host's credential for an address, as far as those who ask must know what kind it is.
    ///
    /// # Errors
    /// The store of the credentials cannot be read.
    fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError> {
        let _ = url;
        Ok(None)
    }

    /// What a database on a server is opened with, if the host grants it; its address is such as
    /// `postgres://server:5432/database`.
    ///
    /// # Errors
    /// The address isn't granted, or the store of the credentials cannot be read.
    fn database(&self, address: &str) -> Result<Option<Credential>, HostError> {
        Err(denied_database(address))
    }

    /// Lets time pass; less than asked if need be. Called in small pieces by those who wait to ask a server again.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    /// Makes a temporary file of no name, for rows that don't fit into the memory an evaluation may take. Nothing of
    /// it must be left when it is dropped, or when the program ends in whatever way.
    fn scratch(&self) -> Result<Box<dyn Scratch>, HostError> {
        Err(HostError::Denied {
            what: "temporary files".into(),
            advice: "Let the host grant them, or grant the evaluation more memory for rows.".into(),
        })
    }

    /// The time now.
    fn now(&self) -> Result<Now, HostError> {
        Err(HostError::Denied {
            what: "the clock".into(),
            advice: "Let the host grant the clock to this script.".into(),
        })
    }

    /// Takes note of something that is no error but that the user may want to know, such as cells of a document
    /// that were left out. The same note may come again when a document is read again.
    fn warn(&self, message: &str) {
        let _ = message;
    }

    /// The name of the local time zone, if the host has one.
    fn time_zone(&self) -> Option<String> {
        None
    }

    /// Fills `bytes` with random bits.
    fn random(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        let _ = bytes;
        Err(HostError::Denied {
            what: "randomness".into(),
            advice: "Let the host grant randomness to this script.".into(),
        })
    }
}

fn denied_database(address: &str) -> HostError {
    HostError::Denied { what: format!("the database '{address}'"), advice: "Let the host grant it.".into() }
}

fn denied_file(path: &Path) -> HostError {
    HostError::Denied {
        what: format!("the file '{}'", path.display()),
        advice: "Let the host grant the folder it is in.".into(),
    }
}
