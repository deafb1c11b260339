//! Why a destination cannot be written at all (as opposed to the rejection of single rows).

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the destination. Each names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DestinationError {
    /// The address is a folder.
    #[error("the destination {} is a folder: give the path of a file in it", .path.display())]
    IsFolder {
        /// The address.
        path: PathBuf,
    },
    /// The file may not be written.
    #[error("the destination {} is read-only: make it writable, or choose another file", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the file.
    #[error("the destination {} is locked by another process: close it there and run again", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file has other content than its kind says.
    #[error("the destination {} is not {expected}: {detail}; move the file away or correct the address", .path.display())]
    WrongContent {
        /// The file.
        path: PathBuf,
        /// What the file should be, with its article.
        expected: &'static str,
        /// What was found.
        detail: String,
    },
    /// The disk is full.
    #[error("no space is left on the disk for {}: what was committed stays; free space and run again", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The database file cannot be created or opened.
    #[error("the destination {} cannot be opened or created: check that its folder may be written", .path.display())]
    NotOpened {
        /// The file.
        path: PathBuf,
    },
    /// The table exists but lacks columns.
    #[error("{entity} in {} has no column {}: add it there, or drop its mapping (columns are never added silently)",
        .path.display(), .columns.join(", "))]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// The table.
        entity: String,
        /// The columns that are mapped but not there.
        columns: Vec<String>,
    },
    /// The table exists but the key is not unique in it.
    #[error("the key ({}) of {entity} in {} is neither its primary key nor a unique index: {advice}",
        .key.join(", "), .path.display())]
    KeyNotUnique {
        /// The file.
        path: PathBuf,
        /// The table.
        entity: String,
        /// The key columns.
        key: Vec<String>,
        /// What to do.
        advice: String,
    },
    /// The entity is no table that can be upserted into.
    #[error("{entity} in {} is {found}: choose an ordinary table", .path.display())]
    NotATable {
        /// The file.
        path: PathBuf,
        /// The entity.
        entity: String,
        /// What it is, with its article.
        found: String,
    },
    /// The existing file holds one key twice.
    #[error("{} holds the key ({key}) twice, at {first} and {second}: remove one, then run again", .path.display())]
    DuplicateStoredKey {
        /// The file.
        path: PathBuf,
        /// The key's values.
        key: String,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
    /// A system that is reached over a network refused something or did not answer.
    #[error("the destination {system} failed: {message}")]
    Remote {
        /// The system, by an address without secrets.
        system: String,
        /// What it said and what to do.
        message: String,
    },
    /// A service on the network cannot be used.
    #[error("the service {address} cannot be used: {detail}")]
    Service {
        /// Its address.
        address: String,
        /// What is wrong.
        detail: String,
    },
    /// The operating system refused something.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The database refused something.
    #[error("the destination {} failed: {source}", .path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// The database's answer.
        source: rusqlite::Error,
    },
}

impl DestinationError {
    /// Sorts an operating system error into the cases a user can act on.
    pub(super) fn from_io(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::IsADirectory => Self::IsFolder { path },
            _ => Self::Io { action, path, source },
        }
    }

    /// Sorts a database error into the cases a user can act on.
    pub(super) fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::CannotOpen) => Self::NotOpened { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase) => Self::WrongContent {
                path,
                expected: "an SQLite database",
                detail: "its content is of another kind".to_owned(),
            },
            _ => Self::Sqlite { path, source },
        }
    }
}

/// Checks that a file can be created or changed at `path`, and creates the folder around it.
pub(super) fn prepare_path(path: &Path) -> Result<(), DestinationError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(DestinationError::IsFolder { path: path.to_owned() }),
        Ok(found) if found.permissions().readonly() => {
            Err(DestinationError::ReadOnly { path: path.to_owned() })
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
                .map_err(|e| DestinationError::from_io("create the folder", folder, e)),
            _ => Ok(()),
        },
        Err(error) => Err(DestinationError::from_io("open", path, error)),
    }
}
