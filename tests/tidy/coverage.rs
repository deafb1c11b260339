//! `docs/coverage.md`: which names work, and what tests each. Written by `PQM_COVERAGE=write cargo test --test tidy`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use pqm::library::{Library, declarations, lacking};
use pqm::value::Value;

/// What a file of `tests/engine/library` holds against each name of the library.
struct Tests {
    text: String,
}

impl Tests {
    fn read(file: &str) -> Tests {
        Tests { text: std::fs::read_to_string(path("tests/engine/library").join(file)).unwrap() }
    }

    /// How often the name stands there as a name of its own.
    fn mentions(&self, name: &str) -> usize {
        let part = |letter: char| letter.is_alphanumeric() || letter == '.';
        let whole = |at: usize| {
            let (before, after) = (&self.text[..at], &self.text[at + name.len()..]);
            !before.ends_with(part) && !after.starts_with(part)
        };
        self.text.match_indices(name).filter(|(at, _)| whole(*at)).count()
    }

    /// How many outcomes of calls are written down for the name, and how many of them are of something failing inside.
    fn outcomes(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for line in self.text.lines() {
            let mut parts = line.split('\t');
            let (Some(name), Some(what)) = (parts.next(), parts.next()) else { continue };
            let (all, failing) = counts.entry(name).or_default();
            *all += 1;
            *failing += usize::from(what.contains("failing"));
        }
        counts
    }
}

fn path(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

#[test]
fn the_coverage_page_says_what_is_there() {
    let library = Library::get();
    let outcomes = Tests::read("outcomes.tsv");
    let outcomes = outcomes.outcomes();
    let lazy = Tests::read("laziness.rs");
    let streams = [Tests::read("streams.rs"), Tests::read("streams.tsv")];
    let laws = [Tests::read("properties.rs"), Tests::read("algebra.rs")];
    let examples: BTreeMap<&str, usize> =
        declarations().map(|declared| (declared.name, declared.examples.len())).collect();
    let (mut rows, mut works, mut partly, mut absent) = (String::new(), 0, 0, 0);
    for &name in library.all_names() {
        let state = match (library.is_absent(name), lacking(name)) {
            (true, _) => {
                absent += 1;
                "absent".to_owned()
            }
            (_, Some(what)) => {
                partly += 1;
                format!("partly: {what}")
            }
            _ => {
                works += 1;
                "works".to_owned()
            }
        };
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        let is_function = matches!(library.lookup(name), Some(Value::Function(_)));
        let tests = if library.is_absent(name) || !is_function {
            " | | | ".to_owned()
        } else {
            let (called, failing) = outcomes.get(name).copied().unwrap_or_default();
            format!(
                "{} | {} | {} | {}",
                count(called),
                count(failing + lazy.mentions(name)),
                count(streams.iter().map(|tests| tests.mentions(name)).sum()),
                count(laws.iter().map(|tests| tests.mentions(name)).sum()),
            )
        };
        let examples = count(examples.get(name).copied().unwrap_or(0));
        let _ = writeln!(rows, "| {name} | {state} | {examples} | {tests} |");
    }
    let page = format!(
        "# Coverage of the library\n\n\
         Written by a test from the registry and the tests, never by hand. Of {} names {works} work, {partly} work but \
         for what is said, {absent} need a closed service, a driver or a host that is not there: scripts that name them \
         load, and a call raises DataSource.Error with what is missing and what to use instead (`pqm doc NAME` says it \
         too).\n\n\
         The columns count what tests a function by name: executed examples of its documentation; calls with null, \
         empty and (all refused, not counted here) wrong arguments, whose outcomes are written down; errors in an item, \
         field or cell, or in a function that was given; endless lists and tables, or why it must read to the end; laws \
         over generated values. The documented examples and the results of the real engine are counted by the \
         conformance test.\n\n\
         | Name | State | Examples | Arguments | Errors inside | Endless input | Laws |\n|---|---|---|---|---|---|---|\n{rows}",
        works + partly + absent,
    );
    let file = path("docs/coverage.md");
    if std::env::var("PQM_COVERAGE").as_deref() == Ok("write") {
        std::fs::write(&file, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&file).unwrap_or_default() == page,
        "docs/coverage.md is not up to date: PQM_COVERAGE=write cargo test --test tidy"
    );
}
