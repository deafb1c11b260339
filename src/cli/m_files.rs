//! Finding and reading the M files that a command is given.

use std::path::{Path, PathBuf};

use super::exit::Failure;

/// The text of a file, which must be UTF-8.
pub fn decode(name: &Path, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Io(format!(
            "'{}' is left alone: it is not UTF-8 text (byte {at}). Save it as UTF-8 first.",
            name.display()
        ))
    })
}

/// The files that are named, and those in the folders that are named.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let mut found = Vec::new();
    for path in if paths.is_empty() { &here } else { paths } {
        if path.is_dir() {
            gather(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// The M files of a folder and the folders in it, in order; what is hidden, and what tools put there, is not looked at.
fn gather(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::file("read", folder, &error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        entries.push((entry.file_type().map_err(fail)?, entry.path()));
    }
    entries.sort_by(|a, b| a.1.cmp(&b.1));
    for (kind, path) in entries {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if kind.is_dir() && !name.starts_with('.') && !matches!(name, "node_modules" | "target") {
            gather(&path, found)?;
        } else if kind.is_file() && (name.ends_with(".pq") || name.ends_with(".pqm")) {
            found.push(path);
        }
    }
    Ok(())
}
