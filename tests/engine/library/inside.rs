//! Errors inside of arguments: in an item, a field, a cell, or in a function that is given. `inside.tsv` says for each
//! function that takes such what comes of it: the error is raised, or it stays where it was in what is given, or nobody
//! has looked at it.

use pqm::library::{Library, declarations};
use pqm::value::Value;
use pqm::value::{Function, Kind};

use super::{engine, shown};

const RAISED: &str = "error: Expression.Error: probe";

fn lines() -> impl Iterator<Item = [&'static str; 3]> {
    super::lines(include_str!("inside.tsv"))
}

/// What an expression gives, or the error with its detail: as it stands in an item.
fn inside_an_item(engine: &pqm::Engine, text: &str) -> String {
    let shown = shown(engine, &format!("{{{text}}}"));
    shown.strip_prefix('{').and_then(|shown| shown.strip_suffix('}')).unwrap_or(&shown).to_owned()
}

#[test]
fn errors_inside_are_raised_or_kept_as_said() {
    let engine = engine();
    let faults: Vec<String> = lines()
        .filter_map(|[_, text, wanted]| {
            let got = inside_an_item(&engine, text);
            let wanted = if wanted == "raised" { RAISED } else { wanted };
            (got != wanted).then(|| format!("{text}\n  got      {got}\n  expected {wanted}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), lines().count(), faults.join("\n"));
}

#[test]
fn a_line_of_inside_tsv_calls_its_function_with_an_error() {
    let odd: Vec<&str> = lines()
        .filter(|[name, text, _]| !(text.contains(&format!("{name}(")) && text.contains("error \"probe\"")))
        .map(|[_, text, _]| text)
        .collect();
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

/// Whether a parameter wants something that has an inside.
fn takes_an_inside(function: &Function) -> bool {
    let inside = [Kind::List, Kind::Record, Kind::Table, Kind::Function];
    let kinds = &function.parameters().kinds;
    kinds.iter().any(|kinds| !kinds.contains(Kind::Date) && inside.iter().any(|kind| kinds.contains(*kind)))
}

#[test]
fn every_function_that_takes_something_with_an_inside_stands_there() {
    let missing: Vec<&str> = declarations()
        .map(|declaration| declaration.name)
        .filter(|name| match Library::get().lookup(name) {
            Some(Value::Function(function)) => takes_an_inside(&function),
            _ => false,
        })
        .filter(|name| lines().all(|[known, ..]| known != *name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
