//! Changing a project's files so that a person finds again what they wrote: comments, order and layout stay, and only
//! the lines in question are replaced.

mod add_task;
mod advanced_query;
mod steps;
mod yaml;

use std::path::{Path, PathBuf};

pub use add_task::{NewTask, add_task};
pub use advanced_query::{disable_advanced_query, enable_advanced_query};

pub(super) use yaml::{item_blocks, scalar};

use super::Project;
use super::load::PROJECT_FILE;
use super::problem::LoadError;
use super::run::Failure;

/// Why a project's files were not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The project, as it is or as it would be, has mistakes.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Something that was named is not there, or cannot be changed.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: String,
    },
    /// The rows of a task cannot be looked at.
    #[error("{0}")]
    Failed(Failure),
    /// The operating system refused something.
    #[error("cannot write {}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
}

impl EditError {
    pub(super) fn refused(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), help: help.into() }
    }
}

/// Writes a file in one step: a reader sees the old content or the new.
pub(super) fn write(path: &Path, text: &str) -> Result<(), EditError> {
    let fail = |source| EditError::Io { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".pqm-new");
    let temporary = path.with_file_name(name);
    std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, path)).map_err(fail)
}

/// Replaces the project file. A text that makes no sound project is an error, and the old one stays.
fn replace_project_file(folder: &Path, old: &str, new: &str) -> Result<Project, EditError> {
    let path = folder.join(PROJECT_FILE);
    write(&path, new)?;
    match Project::load(folder) {
        Ok(project) => Ok(project),
        Err(error) => {
            write(&path, old)?;
            Err(error.into())
        }
    }
}

pub(super) fn read(path: &Path) -> Result<String, EditError> {
    std::fs::read_to_string(path).map_err(|source| EditError::Io { path: path.to_owned(), source })
}
