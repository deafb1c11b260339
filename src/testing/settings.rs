//! Settings files of the SDK: JSON with the options of a run.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{SuiteError, read};

/// What a settings file says. Options that concern only the SDK's own host are read and reported, not followed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Settings {
    /// A query file, or a folder of them.
    pub query_file_path: Option<PathBuf>,
    /// The query whose value each test query is called with.
    pub parameter_query_file_path: Option<PathBuf>,
    /// Connectors; those that are M section documents (`.pq`) are loaded.
    #[serde(alias = "Extension", deserialize_with = "one_or_more")]
    pub extension_paths: Vec<PathBuf>,
    /// Whether a missing output file is a failure; if said to be none, the file is written.
    pub fail_on_missing_output_file: Option<bool>,
    /// Whether queries must fold; not checked.
    pub fail_on_folding_failure: bool,
    /// Channels whose events are compared; not compared.
    pub diagnostic_channels: Vec<String>,
}

/// One path or several.
fn one_or_more<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        One(PathBuf),
        More(Vec<PathBuf>),
    }
    Ok(match Given::deserialize(from)? {
        Given::One(path) => vec![path],
        Given::More(paths) => paths,
    })
}

impl Settings {
    /// Reads a settings file. Its paths are taken from its own folder or, as the SDK's suites are laid out, from
    /// the nearest folder around it where they exist.
    ///
    /// # Errors
    /// If it cannot be read, or is no JSON object with options of these types.
    pub fn read(path: &Path) -> Result<Settings, SuiteError> {
        let mut settings: Settings =
            serde_json::from_str(&read(path)?).map_err(|error| SuiteError::Settings {
                path: path.to_owned(),
                reason: format!("{error}. A JSON object with options such as QueryFilePath is expected."),
            })?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let paths = settings.query_file_path.iter_mut().chain(&mut settings.parameter_query_file_path);
        for given in paths.chain(&mut settings.extension_paths) {
            *given = locate(given, &absolute);
        }
        Ok(settings)
    }

    /// What the file asks for that is not done here.
    pub fn unsupported(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.fail_on_folding_failure {
            all.push("FailOnFoldingFailure is not checked.".to_owned());
        }
        if !self.diagnostic_channels.is_empty() {
            all.push("Events of DiagnosticChannels are not compared.".to_owned());
        }
        for path in self.extension_paths.iter().filter(|path| !is_source(path)) {
            all.push(format!(
                "The extension '{}' is not loaded: only .pq section documents are.",
                path.display()
            ));
        }
        all
    }

    /// The connectors that can be loaded.
    pub fn extensions(&self) -> impl Iterator<Item = &PathBuf> {
        self.extension_paths.iter().filter(|path| is_source(path))
    }
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pq"))
}

fn locate(given: &Path, settings: &Path) -> PathBuf {
    let given = PathBuf::from(given.to_string_lossy().replace('\\', "/"));
    let near = settings.ancestors().skip(1).map(|folder| folder.join(&given)).find(|path| path.exists());
    near.unwrap_or(given)
}
