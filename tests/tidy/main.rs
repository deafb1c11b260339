//! Rules of the house that no compiler checks: which folder may know which, file sizes, names of folders.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod coverage;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each folder of `src/` with those it may use. The kernel (value, ir, eval, table) is one knot on purpose: a
/// lazy value holds code, and code makes values. Everything else points one way.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("host", &[]),
    ("syntax", &["text"]),
    ("format", &["text", "syntax"]),
    ("value", &["text", "syntax", "ir", "eval", "table"]),
    ("ir", &["text", "syntax", "value"]),
    ("eval", &["value", "ir", "table", "host"]),
    ("table", &["value", "ir", "eval", "criteria"]),
    ("culture", &["value"]),
    ("criteria", &["value", "eval", "culture", "table"]),
    ("resolve", &["text", "syntax", "value", "ir", "eval", "table"]),
    ("diagnostics", &["text", "syntax", "value", "resolve"]),
    ("sources", &["text", "value", "eval", "table", "host", "culture"]),
    (
        "library",
        &[
            "text", "syntax", "value", "ir", "eval", "table", "culture", "criteria", "resolve", "host",
            "sources",
        ],
    ),
    ("destinations", &["host", "sources"]),
    (
        "engine",
        &[
            "text",
            "syntax",
            "value",
            "ir",
            "eval",
            "table",
            "culture",
            "resolve",
            "diagnostics",
            "host",
            "sources",
            "library",
        ],
    ),
    (
        "project",
        &[
            "destinations",
            "engine",
            "Engine",
            "Query",
            "value",
            "eval",
            "table",
            "host",
            "culture",
            "sources",
            "diagnostics",
            "syntax",
            "text",
        ],
    ),
    (
        "testing",
        &["text", "syntax", "format", "value", "eval", "diagnostics", "engine", "Engine", "Evaluated"],
    ),
    ("check", &["text", "syntax", "value", "resolve", "library", "diagnostics"]),
    ("ide", &["text", "syntax", "value", "library"]),
    (
        "repl",
        &[
            "text",
            "syntax",
            "format",
            "value",
            "eval",
            "table",
            "sources",
            "diagnostics",
            "engine",
            "Engine",
            "Evaluated",
            "Query",
            "Run",
            "project",
            "ide",
        ],
    ),
    ("cli", &["*"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn folders_use_only_what_stands_before_them() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let folder = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((_, may)) = MAY_USE.iter().find(|(name, _)| *name == folder) else {
            wrong.push(format!("src/{folder} has no rule: say in tests/tidy what it may use"));
            continue;
        };
        if may.contains(&"*") {
            continue;
        }
        let mut files = Vec::new();
        rust_files(&path, &mut files);
        for file in files {
            // Tests may look at anything.
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            if file.to_string_lossy().contains("test") {
                continue;
            }
            let used: BTreeSet<&str> = code
                .match_indices("crate::")
                .filter(|(at, _)| !code[..*at].ends_with('$'))
                .map(|(at, found)| {
                    let rest = &code[at + found.len()..];
                    &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
                })
                .filter(|name| !name.is_empty() && *name != folder && !may.contains(name))
                .collect();
            for name in used {
                wrong.push(format!("{} uses crate::{name}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_small_and_folders_say_what_they_are() {
    const MOST_LINES: usize = 800;
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{name} has {lines} lines: split it"));
        }
        for vague in ["utils", "util", "common", "misc", "helpers"] {
            if file
                .components()
                .any(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs") == vague)
            {
                wrong.push(format!("{name}: '{vague}' says nothing"));
            }
        }
        for left in ["todo!(", "unimplemented!(", "dbg!("] {
            if text.contains(left) {
                wrong.push(format!("{name} holds {left}...)"));
            }
        }
        if file.file_name().is_some_and(|name| name == "mod.rs") && !text.starts_with("//!") {
            wrong.push(format!("{name} does not say what the folder is for"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What Cargo.toml depends on has a line in ARCHITECTURE.md that says why.
#[test]
fn each_dependency_earns_its_line() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let architecture = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let missing: Vec<&str> = section
        .lines()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim()))
        .filter(|name| !architecture.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not say why: {missing:?}");
}
