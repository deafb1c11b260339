//! Mistakes in a project file.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// What is wrong, as a stable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    /// The file is not there or cannot be read.
    Unreadable,
    /// The file is not YAML.
    Syntax,
    /// A field that no project has.
    UnknownField,
    /// A field that must be there is not.
    MissingField,
    /// A value of the wrong kind, or outside what is allowed.
    WrongValue,
    /// A name that refers to nothing.
    UnknownName,
    /// A name given twice.
    DuplicateName,
    /// A file named by the project is not there.
    MissingFile,
    /// A task without a usable integration key.
    Key,
    /// A mapping that cannot give a value.
    Mapping,
    /// A secret that stands in a file.
    Secret,
    /// An entity or field that is not in its system.
    Missing,
    /// Values that do not fit the field they go to.
    Fit,
    /// A field that the destination needs and no mapping gives.
    Required,
    /// A mistake in an Advanced Query or filter.
    Query,
    /// A system that cannot be reached or read.
    System,
}

impl ProblemCode {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Syntax => "syntax",
            Self::UnknownField => "unknown-field",
            Self::MissingField => "missing-field",
            Self::WrongValue => "wrong-value",
            Self::UnknownName => "unknown-name",
            Self::DuplicateName => "duplicate-name",
            Self::MissingFile => "missing-file",
            Self::Key => "key",
            Self::Mapping => "mapping",
            Self::Secret => "secret",
            Self::Missing => "missing",
            Self::Fit => "fit",
            Self::Required => "required",
            Self::Query => "query",
            Self::System => "system",
        }
    }
}

/// One mistake with its place and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The kind of mistake.
    pub code: ProblemCode,
    /// The field, as a path from the root such as `tasks[0].source.connection`; empty for the whole file.
    pub field: String,
    /// Line, counted from 1; 0 when there is no place in the file.
    pub line: usize,
    /// Column in characters, counted from 1; 0 when there is no place in the file.
    pub column: usize,
    /// The place in bytes of the file's text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Problem {
    /// A mistake without a place.
    pub(super) fn plain(code: ProblemCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            field: String::new(),
            line: 0,
            column: 0,
            span: 0..0,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The text of a file without the secrets that problems point at, everything else in its place.
pub(super) fn masked(text: &str, problems: &[Problem]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for problem in problems.iter().filter(|problem| problem.code == ProblemCode::Secret) {
        for byte in bytes.get_mut(problem.span.clone()).into_iter().flatten() {
            if !byte.is_ascii_whitespace() {
                *byte = b'*';
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A project that cannot be loaded, with everything found wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadError {
    /// The project file.
    pub path: PathBuf,
    /// Its text, for showing the places.
    pub text: String,
    /// The mistakes, by place; at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}", self.path.display())?;
            if problem.line > 0 {
                write!(f, ":{}:{}", problem.line, problem.column)?;
            }
            f.write_str(": ")?;
            if !problem.field.is_empty() {
                write!(f, "{}: ", problem.field)?;
            }
            f.write_str(&problem.message)?;
            if !problem.help.is_empty() {
                write!(f, " ({})", problem.help)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

/// "did you mean X?" when one of the names is close to the given one, else the list of names.
pub(super) fn suggest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let folded = given.to_lowercase().replace(['-', ' '], "_");
    let close = names
        .iter()
        .map(|name| {
            let other = name.to_lowercase().replace(['-', ' '], "_");
            (strsim::damerau_levenshtein(&folded, &other), *name)
        })
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4)
        .min();
    match close {
        Some((_, name)) => format!("did you mean {name}?"),
        None if names.is_empty() => String::new(),
        None => format!("there is {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_closest_name_or_lists_all() {
        assert_eq!(suggest("mapings", ["name", "mappings"]), "did you mean mappings?");
        assert_eq!(suggest("Connection-Set", ["connection_set"]), "did you mean connection_set?");
        assert_eq!(suggest("zzz", ["name", "mappings"]), "there is name, mappings");
        assert_eq!(suggest("zzz", []), "");
    }
}
