//! Where a session is kept while it goes on, so that nothing entered is lost when the program is killed.
//!
//! One file for a session in the user's folder of states, replaced whole at each change: an M file with a line of
//! comment that says which folder it was written in. While the session lives the file beside it is locked; the next
//! session in that folder finds those whose lock nobody holds.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::document::{from_document, to_document};
use super::steps::Step;
use crate::text::Source;

const FOLDER: &str = "// folder: ";
const ENDING: &str = "session.pq";

/// The file that keeps the steps of this session.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    folder: PathBuf,
    /// Held as long as the session lives.
    lock: File,
}

/// The steps of a session that ended without saving them.
#[derive(Clone, Debug)]
pub struct Kept {
    path: PathBuf,
    /// The steps.
    pub steps: Vec<Step>,
    /// When the last of them was entered.
    pub when: Option<std::time::SystemTime>,
}

impl Journal {
    /// Begins a journal in `states` for a session in `folder`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(states: &Path, folder: &Path) -> io::Result<Journal> {
        std::fs::create_dir_all(states)?;
        let start = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        let path = states.join(format!("{start}-{}.{ENDING}", std::process::id()));
        let lock = private(&lock_path(&path))?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Journal { path, folder: folder.to_owned(), lock })
    }

    /// Keeps the steps as they are now.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, steps: &[Step]) -> io::Result<()> {
        if steps.is_empty() {
            return match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let written = self.path.with_extension("part");
        let mut file = private(&written)?;
        writeln!(file, "{FOLDER}{}", self.folder.display())?;
        file.write_all(to_document(steps).as_bytes())?;
        file.flush()?;
        drop(file);
        std::fs::rename(&written, &self.path)
    }

    /// Sessions of the same folder that ended without saving, the latest first. Those that live are left alone.
    pub fn left_behind(&self) -> Vec<Kept> {
        let Some(states) = self.path.parent() else { return Vec::new() };
        let Ok(entries) = std::fs::read_dir(states) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| *path != self.path && path.to_string_lossy().ends_with(ENDING))
            .collect();
        paths.sort();
        paths.reverse();
        paths.into_iter().filter_map(|path| read(path, &self.folder)).collect()
    }

    /// Ends the session: the steps stay for the next one unless they were saved.
    pub fn end(self, saved: bool) {
        let lock = lock_path(&self.path);
        if saved {
            // What cannot be removed is offered once more.
            let _ = std::fs::remove_file(&self.path);
        }
        drop(self.lock);
        let _ = std::fs::remove_file(lock);
    }
}

impl Kept {
    /// Removes what was kept.
    pub fn forget(&self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(lock_path(&self.path));
    }
}

/// The steps in a file, if no session holds it and it is of that folder.
fn read(path: PathBuf, folder: &Path) -> Option<Kept> {
    if let Ok(lock) = File::open(lock_path(&path)) {
        lock.try_lock().ok()?;
    }
    let text = std::fs::read_to_string(&path).ok()?;
    let (head, rest) = text.split_once('\n')?;
    if Path::new(head.strip_prefix(FOLDER)?) != folder {
        return None;
    }
    let steps = from_document(&Source::new("session", rest)).ok()?;
    let when = std::fs::metadata(&path).and_then(|data| data.modified()).ok();
    Some(Kept { path, steps, when })
}

fn lock_path(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

/// A new file that only its owner can read: steps may hold what others should not see.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_sessions_that_are_gone_are_found_in_their_folder() {
        let states = tempfile::tempdir().unwrap();
        let here = Path::new("/project/here");
        let steps = vec![Step::new("Source", "{1}"), Step::new("Sum", "List.Sum(Source)")];
        let first = Journal::begin(states.path(), here).unwrap();
        first.keep(&steps).unwrap();
        let second = Journal::begin(states.path(), here).unwrap();
        assert!(second.left_behind().is_empty(), "the first one lives");
        // As if killed: the lock goes, the files stay.
        drop(first);
        let left = second.left_behind();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].steps, steps);
        let elsewhere = Journal::begin(states.path(), Path::new("/project/elsewhere")).unwrap();
        assert!(elsewhere.left_behind().is_empty());
        left[0].forget();
        assert!(second.left_behind().is_empty());
    }

    #[test]
    fn a_saved_session_leaves_nothing() {
        let states = tempfile::tempdir().unwrap();
        let journal = Journal::begin(states.path(), Path::new("/x")).unwrap();
        journal.keep(&[Step::new("Source", "1")]).unwrap();
        journal.end(true);
        assert_eq!(std::fs::read_dir(states.path()).unwrap().count(), 0);
    }
}
