//! Any project file loads, or is refused with problems that lie within its text.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use pqm::project::{PROJECT_FILE, Project};

fuzz_target!(|text: &str| {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a temporary folder"));
    std::fs::write(folder.path().join(PROJECT_FILE), text).expect("the project file is written");
    if let Err(error) = Project::load(folder.path()) {
        assert!(!error.problems.is_empty(), "refused without a problem");
        for problem in &error.problems {
            assert!(text.get(problem.span.clone()).is_some(), "a problem outside of the text: {problem:?}");
        }
    }
});
