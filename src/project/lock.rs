//! The lock that keeps two runs of one project apart.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::history::HistoryError;

/// The folder beside the project file for what runs leave behind.
pub(super) const STATE_FOLDER: &str = ".pqm";
const LOCK_FILE: &str = "run.lock";

/// The right to run a project. The operating system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock of the project in `folder`, or fails at once if another run holds it.
    pub fn acquire(folder: &Path) -> Result<Self, HistoryError> {
        let state = folder.join(STATE_FOLDER);
        fs::create_dir_all(&state).map_err(|source| HistoryError::Io { path: state.clone(), source })?;
        let path = state.join(LOCK_FILE);
        let open = || File::options().create(true).truncate(false).write(true).open(&path);
        let file = open().map_err(|source| HistoryError::Io { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(HistoryError::AlreadyRunning { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(HistoryError::Io { path, source }),
        }
    }

    /// Whether a run of the project in `folder` is going on.
    pub(super) fn is_held(folder: &Path) -> bool {
        match File::options().write(true).open(folder.join(STATE_FOLDER).join(LOCK_FILE)) {
            Ok(file) => matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
            Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!RunLock::is_held(folder.path()));
        let lock = RunLock::acquire(folder.path()).unwrap();
        assert!(RunLock::is_held(folder.path()));
        assert!(matches!(RunLock::acquire(folder.path()), Err(HistoryError::AlreadyRunning { .. })));
        drop(lock);
        assert!(!RunLock::is_held(folder.path()));
        RunLock::acquire(folder.path()).unwrap();
    }
}
