//! Test suites of M: the query and output files of the Power Query SDK, expectations written into M texts, and the
//! fact tables of the SDK's unit-testing sample.
//!
//! [`discover`] finds cases, [`run`] evaluates them and compares cell by cell. `docs/testing.md` describes the files.
#![allow(clippy::disallowed_methods)] // Suites are files, and this stands above the engine.

mod compare;
mod discover;
mod facts;
mod inline;
mod run;
mod settings;

pub use compare::{Difference, Differences};
pub use discover::{Case, Discovery, Expectation, discover};
pub use inline::update as update_inline;
pub use run::{Outcome, Problem, Runner, TestResult, run};
pub use settings::Settings;

use std::path::PathBuf;

/// Why a suite could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file could not be read or written.
    #[error("Cannot {what} '{}': {error}.", path.display())]
    File {
        /// Read or write.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A settings file is not what it should be.
    #[error("The settings file '{}' cannot be used: {reason}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads an M text, without its byte order mark.
fn read(path: &std::path::Path) -> Result<String, SuiteError> {
    let text = std::fs::read_to_string(path).map_err(|error| SuiteError::File {
        what: "read",
        path: path.to_owned(),
        error,
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
