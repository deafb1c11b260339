//! Finding the cases of a suite.

use std::path::{Path, PathBuf};

use super::{Settings, SuiteError, inline};
use crate::text::{Source, Span};

/// One thing to test.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name: the file, from the folder that was searched, and the line of an expectation inside it.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// What is expected.
    pub expectation: Expectation,
}

/// What a case expects.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// A test query: its output file says what it gives.
    Query {
        /// The output file, whether it is there or not.
        output: PathBuf,
        /// The query whose value the test query is called with.
        parameter: Option<PathBuf>,
        /// The connectors it uses.
        extensions: Vec<PathBuf>,
        /// Whether a missing output file is written instead of being a failure.
        create_missing: bool,
    },
    /// A comment in an M text.
    Inline {
        /// The program to evaluate.
        source: Source,
        /// The section member to evaluate; none for an expression.
        member: Option<String>,
        /// What it should give, as M.
        expected: Source,
        /// Where the comment stands in the file.
        span: Span,
    },
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// The cases, in the order of their names.
    pub cases: Vec<Case>,
    /// What settings files ask for that is not done.
    pub notes: Vec<String>,
}

/// Finds the cases of paths: settings files (`.json`, `.settings`), query files, M texts with expectations, and
/// folders with any of the last two. What `options` say holds for all and goes before settings files.
///
/// # Errors
/// If a file cannot be read.
pub fn discover(paths: &[PathBuf], options: &Settings) -> Result<Discovery, SuiteError> {
    let mut found = Discovery::default();
    for path in paths {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if matches!(ending, "json" | "settings") {
            let given = Settings::read(path)?;
            found
                .notes
                .extend(given.unsupported().into_iter().map(|note| format!("{}: {note}", path.display())));
            let settings = merged(&given, options);
            let target = given.query_file_path.clone().ok_or_else(|| SuiteError::Settings {
                path: path.clone(),
                reason: "it has no QueryFilePath.".to_owned(),
            })?;
            search(&target, &settings, &mut found.cases)?;
        } else {
            search(path, options, &mut found.cases)?;
        }
    }
    Ok(found)
}

fn merged(given: &Settings, options: &Settings) -> Settings {
    let mut settings = given.clone();
    if options.parameter_query_file_path.is_some() {
        settings.parameter_query_file_path.clone_from(&options.parameter_query_file_path);
    }
    settings.extension_paths.extend(options.extension_paths.iter().cloned());
    settings
}

fn search(path: &Path, settings: &Settings, cases: &mut Vec<Case>) -> Result<(), SuiteError> {
    if !path.is_dir() {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        return file(path, &name, settings, cases);
    }
    let mut files = Vec::new();
    gather(path, &mut files)?;
    for one in files {
        let name = one.strip_prefix(path).unwrap_or(&one).to_string_lossy().replace('\\', "/");
        file(&one, &name, settings, cases)?;
    }
    Ok(())
}

fn file(path: &Path, name: &str, settings: &Settings, cases: &mut Vec<Case>) -> Result<(), SuiteError> {
    if name.ends_with(".parameterquery.pq") {
        return Ok(());
    }
    if !name.ends_with(".query.pq") {
        cases.extend(inline::cases(path, name)?);
        return Ok(());
    }
    let mut extensions: Vec<PathBuf> = settings.extensions().cloned().collect();
    // The connector that a project of the SDK tests stands beside its query file.
    let beside = PathBuf::from(path.to_string_lossy().replace(".query.pq", ".pq"));
    if beside.is_file() && !extensions.contains(&beside) {
        extensions.push(beside);
    }
    cases.push(Case {
        name: name.to_owned(),
        file: path.to_owned(),
        expectation: Expectation::Query {
            output: path.with_extension("pqout"),
            parameter: settings.parameter_query_file_path.clone(),
            extensions,
            create_missing: settings.fail_on_missing_output_file == Some(false),
        },
    });
    Ok(())
}

/// The M files of a folder and the folders in it, in order.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), SuiteError> {
    let fail = |error| SuiteError::File { what: "read", path: folder.to_owned(), error };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        entries.push((entry.path(), entry.file_type().map_err(fail)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if kind.is_dir() && !name.starts_with('.') && !matches!(name, "node_modules" | "target") {
            gather(&path, files)?;
        } else if kind.is_file() && name.ends_with(".pq") {
            files.push(path);
        }
    }
    Ok(())
}
