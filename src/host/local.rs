//! The host of the command line: the local machine's files, network, clock and randomness.
#![allow(clippy::disallowed_methods)] // This is the one place that grants them.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::http::{Credential, GoOn, HttpError, HttpRequest, HttpResponse};
#[cfg(feature = "http")]
use super::http::{HostGrants, HttpClient};
use super::spooled::{FromStart, Spooled};
use super::{FolderEntry, Host, HostError, Now, Scratch, Shared};

/// A host that grants nothing: evaluation is then a pure function of the program and its inputs.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {}

/// The local machine. Files are read under the given folders only, or anywhere if none are given; the network is
/// reached at the given names only, or everywhere if none are given.
#[derive(Clone)]
pub struct LocalHost {
    base: PathBuf,
    granted: Option<Vec<PathBuf>>,
    /// The files that can be read only once, such as pipes.
    spooled: Arc<Mutex<HashMap<PathBuf, Arc<Spooled>>>>,
    databases: Arc<Databases>,
    #[cfg(feature = "http")]
    network: Arc<HttpClient>,
}

/// Which databases on servers are granted, and with which credentials; see [`Host::database`].
type Databases = dyn Fn(&str) -> Result<Option<Credential>, HostError> + Send + Sync;

/// Ticks (100 ns) between 0001-01-01 and 1970-01-01.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

impl LocalHost {
    /// A host that resolves relative paths against `base` and grants every file the user may read
    /// and every address of the network.
    pub fn new(base: impl Into<PathBuf>) -> LocalHost {
        LocalHost {
            base: base.into(),
            granted: None,
            spooled: Arc::default(),
            databases: Arc::new(|_: &str| Ok(None)),
            #[cfg(feature = "http")]
            network: Arc::new(HttpClient::new(HostGrants::Everything)),
        }
    }

    /// The same host with file access only under `folders`.
    pub fn with_folders(mut self, folders: impl IntoIterator<Item = PathBuf>) -> LocalHost {
        self.granted =
            Some(folders.into_iter().map(|folder| folder.canonicalize().unwrap_or(folder)).collect());
        self
    }

    /// The same host without the network, and so without the databases on it.
    pub fn without_network(self) -> LocalHost {
        let host = self.with_databases(|address| Err(super::denied_database(address)));
        #[cfg(feature = "http")]
        return host.with_network(HttpClient::new(HostGrants::Nothing));
        #[cfg(not(feature = "http"))]
        host
    }

    /// The same host with these databases on servers: for the address of one, what it is opened with, or why it is
    /// not granted.
    pub fn with_databases(
        mut self,
        databases: impl Fn(&str) -> Result<Option<Credential>, HostError> + Send + Sync + 'static,
    ) -> LocalHost {
        self.databases = Arc::new(databases);
        self
    }

    /// The same host on this network: what it grants, and the credentials it has.
    #[cfg(feature = "http")]
    pub fn with_network(mut self, network: impl Into<Arc<HttpClient>>) -> LocalHost {
        self.network = network.into();
        self
    }

    fn resolve(&self, path: &Path) -> Result<PathBuf, HostError> {
        let full = self.base.join(path);
        if let Some(granted) = &self.granted {
            // Links are followed before the check, so that none leads out of a granted folder.
            let real = full.canonicalize().map_err(|error| explain(&full, &error))?;
            if !granted.iter().any(|folder| real.starts_with(folder)) {
                return Err(super::denied_file(path));
            }
            return Ok(real);
        }
        Ok(full)
    }

    /// The file, if it can be read only once: programs read most files more than once.
    fn spooled(&self, full: &Path) -> Result<Option<Arc<Spooled>>, HostError> {
        if full.metadata().map_or(true, |data| data.is_file() || data.is_dir()) {
            return Ok(None);
        }
        let mut all = self.spooled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(spooled) = all.get(full) {
            return Ok(Some(Arc::clone(spooled)));
        }
        let spooled = Arc::new(Spooled::new(file(full)?, temporary_file()?));
        all.insert(full.to_path_buf(), Arc::clone(&spooled));
        Ok(Some(spooled))
    }
}

impl Host for LocalHost {
    fn open(&self, path: &Path) -> Result<Box<dyn Read + Send>, HostError> {
        let full = self.resolve(path)?;
        Ok(match self.spooled(&full)? {
            Some(spooled) => Box::new(FromStart::of(spooled)),
            None => Box::new(file(&full)?),
        })
    }

    fn open_shared(&self, path: &Path) -> Result<Option<Arc<dyn Shared>>, HostError> {
        let full = self.resolve(path)?;
        // Opening a pipe, to find that it is one, would wait for whoever writes to it.
        let is_file = full.metadata().is_ok_and(|data| data.is_file());
        Ok(if is_file { Some(Arc::new(SharedFile(file(&full)?))) } else { None })
    }

    fn scratch(&self) -> Result<Box<dyn Scratch>, HostError> {
        Ok(Box::new(temporary_file()?))
    }

    fn locate(&self, path: &Path) -> Result<PathBuf, HostError> {
        self.resolve(path)
    }

    fn list_folder(&self, path: &Path) -> Result<Vec<FolderEntry>, HostError> {
        let full = self.resolve(path)?;
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&full).map_err(|error| explain(&full, &error))? {
            let entry = entry.map_err(|error| explain(&full, &error))?;
            let data = entry.metadata().map_err(|error| explain(&entry.path(), &error))?;
            let modified = data
                .modified()
                .ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
                .map(|since| UNIX_EPOCH_TICKS + (since.as_nanos() / 100) as i64);
            let size = if data.is_dir() { 0 } else { data.len() };
            entries.push(FolderEntry { path: entry.path(), is_folder: data.is_dir(), size, modified });
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    fn send(&self, request: &HttpRequest, go_on: GoOn<'_>) -> Result<HttpResponse, HttpError> {
        #[cfg(feature = "http")]
        return self.network.send(request, go_on);
        #[cfg(not(feature = "http"))]
        {
            let _ = (request, go_on);
            Err(HttpError::NoNetwork)
        }
    }

    #[cfg(feature = "http")]
    fn credential(&self, url: &str) -> Result<Option<Credential>, HttpError> {
        self.network.credential(url)
    }

    fn database(&self, address: &str) -> Result<Option<Credential>, HostError> {
        (self.databases)(address)
    }

    fn now(&self) -> Result<Now, HostError> {
        let now = jiff::Zoned::now();
        Ok(Now {
            utc_ticks: UNIX_EPOCH_TICKS + (now.timestamp().as_nanosecond() / 100) as i64,
            offset_minutes: (now.offset().seconds() / 60) as i16,
        })
    }

    fn time_zone(&self) -> Option<String> {
        jiff::tz::TimeZone::system().iana_name().map(str::to_owned)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        // The standard library seeds its hashers from the system's randomness; each seed and count gives new bits.
        for chunk in bytes.chunks_mut(8) {
            let word = std::collections::hash_map::RandomState::new().build_hasher().finish().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

fn file(full: &Path) -> Result<File, HostError> {
    let file = File::open(full).map_err(|error| explain(full, &error))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(HostError::Failed(format!(
            "'{}' is a folder, not a file. Name a file in it, or list it with Folder.Files.",
            full.display()
        )));
    }
    Ok(file)
}

struct SharedFile(File);

impl Shared for SharedFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        read_at(&self.0, at, buffer)
    }
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
pub(super) fn read_at(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// A file that goes when its handle does. Where the system allows it, it has no name from the start.
fn temporary_file() -> Result<File, HostError> {
    tempfile::tempfile().map_err(|error| {
        let folder = std::env::temp_dir();
        HostError::Failed(format!("no temporary file can be made in '{}': {error}", folder.display()))
    })
}

fn explain(path: &Path, error: &io::Error) -> HostError {
    match error.kind() {
        io::ErrorKind::NotFound => HostError::NotFound(format!("file '{}'", path.display())),
        io::ErrorKind::PermissionDenied => HostError::Failed(format!(
            "Reading '{}' isn't permitted for this user. Check the permissions of the file and its folders.",
            path.display()
        )),
        _ => HostError::Failed(format!("Reading '{}' failed: {error}.", path.display())),
    }
}
