//! `tests/corpus/*.pq`: whole queries. Lines that start with `//= ` hold what the query shows; those in
//! `notyetpassing/` must fail, and are moved up as soon as they pass.

use super::{files, shown};

fn run(folder: &str) -> Vec<(String, String, String)> {
    files(folder, "pq")
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("//= ")).collect();
            assert!(!expected.is_empty(), "{}: no expectation", file.display());
            (file.file_name().unwrap().to_string_lossy().into_owned(), shown(&text), expected.join("\n"))
        })
        .collect()
}

#[test]
fn the_corpus_shows_what_it_says() {
    let wrong: Vec<String> = run("corpus")
        .into_iter()
        .filter(|(_, got, expected)| got != expected)
        .map(|(name, got, expected)| format!("{name}\ngot      {got}\nexpected {expected}\n"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_not_to_pass_does_not() {
    for (name, got, expected) in run("corpus/notyetpassing") {
        assert_ne!(got, expected, "{name} passes now: move it to tests/corpus");
    }
}
