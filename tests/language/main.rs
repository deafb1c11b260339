//! The language: transcripts, a corpus of whole queries, and generated programs against a reference evaluator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod agreement;
mod corpus;
mod operators;
mod transcripts;

use pqm::Engine;
use pqm::value::{error_line, literal_text};

/// What an expression comes to, as `pqm eval` would show it: M text, or `error: Reason: Message | Detail: ...`.
fn shown(code: &str) -> String {
    let query = match Engine::new().compile("test", code) {
        Ok(query) => query,
        Err(found) => {
            return found
                .iter()
                .map(|one| format!("{}: {}", one.code, one.message))
                .collect::<Vec<_>>()
                .join("\n");
        }
    };
    let ctx = query.start();
    query
        .evaluate(&ctx)
        .and_then(|value| literal_text(&ctx, &value))
        .or_else(|error| error_line(&ctx, &error))
        .unwrap_or_else(|stop| stop.to_string())
}

/// The files of a folder under `tests/` with an extension, sorted.
fn files(folder: &str, extension: &str) -> Vec<std::path::PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}
