//! `docs/coverage.md`: which names work, and what tests each. Written by `PQM_COVERAGE=write cargo test --test tidy`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use pqm::library::{Library, declarations, lacking};
use pqm::value::types::Form;
use pqm::value::{Function, Kind, Value};

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

    /// How many lines begin with the name.
    fn lines(&self, name: &str) -> usize {
        self.text.lines().filter(|line| line.split('\t').next() == Some(name)).count()
    }

    /// What a line that begins with the name says of it.
    fn said(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t'))
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

/// All that is counted.
struct Suite {
    outcomes: Tests,
    lazy: Tests,
    inside: Tests,
    streams: [Tests; 2],
    laws: Tests,
    lawless: Tests,
}

impl Suite {
    fn read() -> Suite {
        Suite {
            outcomes: Tests::read("outcomes.tsv"),
            lazy: Tests::read("laziness.rs"),
            inside: Tests::read("inside.tsv"),
            streams: ["streams.rs", "streams.tsv"].map(Tests::read),
            laws: Tests::read("laws.tsv"),
            lawless: Tests::read("lawless.tsv"),
        }
    }

    /// The columns of a function that works.
    fn columns(&self, name: &str, function: &Function, outcomes: &BTreeMap<&str, (usize, usize)>) -> String {
        let (called, failing) = outcomes.get(name).copied().unwrap_or_default();
        let sum = |tests: &[Tests]| tests.iter().map(|tests| tests.mentions(name)).sum();
        // Each parameter fails in a cell of a column once: `cells.rs` goes through all of the registry.
        let parameters = match &function.function_type().form {
            Form::Function(Some(ty)) => ty.parameters.len(),
            _ => 0,
        };
        let inside = failing + self.lazy.mentions(name) + self.inside.lines(name) + parameters;
        let kinds = &function.parameters().kinds;
        let wants = |kind| kinds.iter().any(|kinds| kinds.contains(kind) && !kinds.contains(Kind::Date));
        let laws = match self.lawless.said(name) {
            Some(reason) => format!("{NOTHING} ({reason})"),
            None => count(self.laws.mentions(name)),
        };
        format!(
            "{} | {} | {} | {laws}",
            match (parameters, called) {
                (0, _) => NOTHING.to_owned(),
                (_, 0) => "wrong".to_owned(),
                _ => count(called),
            },
            if parameters == 0 { NOTHING.to_owned() } else { count(inside) },
            if wants(Kind::List) || wants(Kind::Table) {
                count(sum(&self.streams))
            } else {
                NOTHING.to_owned()
            },
        )
    }
}

/// Stands where there is nothing to test.
const NOTHING: &str = "–";

fn count(count: usize) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}

#[test]
fn the_coverage_page_says_what_is_there() {
    let library = Library::get();
    let suite = Suite::read();
    let outcomes = suite.outcomes.outcomes();
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
        let tests = match library.lookup(name) {
            Some(Value::Function(function)) if !library.is_absent(name) => {
                suite.columns(name, &function, &outcomes)
            }
            _ => " | | | ".to_owned(),
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
         empty and (all refused, not counted here) wrong arguments, whose outcomes are written down (`wrong` where it admits neither null nor \
         anything empty); errors inside: \
         each parameter failing in one cell of a column, whose other cells must get their values; an item, field or \
         cell that fails inside of an argument, or a function that does, and whether that is raised, kept or never \
         read; endless lists and tables, or why it must read to the end; laws over generated values. {NOTHING} stands \
         where there is nothing to test: no parameters; for endless input, no parameter that wants a list or a table; \
         for laws, the reason is said. The documented examples and the results of the real engine are counted by the \
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
