//! `docs/coverage.md`: which documented names work. Written by `PQM_COVERAGE=write cargo test --test tidy`.

use std::collections::BTreeMap;
use std::fmt::Write;

use pqm::library::Library;

#[test]
fn the_coverage_page_says_what_is_there() {
    let library = Library::get();
    let mut families: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for name in library.all_names() {
        let family = if name.starts_with('#') { "#" } else { name.split('.').next().unwrap() };
        let (there, absent) = families.entry(family).or_default();
        if library.is_absent(name) { absent.push(name) } else { there.push(name) }
    }
    let total: usize = families.values().map(|(there, absent)| there.len() + absent.len()).sum();
    let missing: usize = families.values().map(|(_, absent)| absent.len()).sum();
    let mut page = format!(
        "# Coverage of the library\n\nWritten by a test from the registry, never by hand. {} of {total} names work. The others \
         need a closed service, a driver or a host that is not there: scripts that name them load, and a call raises \
         DataSource.Error with what is missing and what to use instead (`pqm doc NAME` says it too).\n\n\
         | Namespace | Works | Not available |\n|---|---|---|\n",
        total - missing
    );
    for (family, (there, absent)) in &families {
        let _ = writeln!(page, "| {family} | {} | {} |", there.len(), absent.join(", "));
    }
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    if std::env::var("PQM_COVERAGE").as_deref() == Ok("write") {
        std::fs::write(&file, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&file).unwrap_or_default() == page,
        "docs/coverage.md is not up to date: PQM_COVERAGE=write cargo test --test tidy"
    );
}
