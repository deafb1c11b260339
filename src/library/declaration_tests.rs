//! What holds of every declaration: its examples run and give what they claim, its signature is the documented
//! one, and what it names as its body is there.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Body, Example, Library, declarations, registry};
use crate::engine::example_fault;
use crate::host::{Host, LocalHost};
use crate::value::{Value, type_text};

/// Functions whose signature differs from the public reference on purpose, and why.
const DIFFERENT: &[(&str, &str)] = &[];

/// Why the example does not hold, with the files of the project and no network.
fn fault(example: &Example) -> Option<String> {
    let host: Arc<dyn Host> = Arc::new(LocalHost::new(".").without_network());
    example_fault(&host, example)
}

#[test]
fn examples_give_what_they_claim() {
    let faults: Vec<String> = declarations()
        .flat_map(|declaration| declaration.examples.iter().map(move |example| (declaration.name, example)))
        .filter_map(|(name, example)| fault(example).map(|fault| format!("{name}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "{} examples fail:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_example_that_claims_too_much_is_found() {
    let wrong = |usage, result| fault(&Example { usage, result }).is_some();
    assert!(wrong("1 + 1", "3"));
    assert!(wrong("error \"a\"", "error: Expression.Error: b"));
    assert!(wrong("[", "1"));
    assert!(!wrong("1 + 1", "2"));
    assert!(!wrong("#table(type table [a = text], {{1}})", "#table({\"a\"}, {{1}})"));
    assert!(wrong("#table(type table [a = text], {{1}})", "#table({\"a\"}, {{2}})"));
    let failing = "error [Reason = \"R\", Message = \"a\", Detail = 1]";
    assert!(!wrong(failing, "error: R: a"));
    assert!(wrong(failing, "error: R: a | Detail: 2"));
}

#[test]
fn every_function_is_documented_with_an_example() {
    let bare: Vec<&str> = declarations()
        .filter(|declaration| !matches!(declaration.body, Body::Constant(_)))
        .filter(|declaration| declaration.examples.is_empty() || declaration.summary.is_empty())
        .map(|declaration| declaration.name)
        .collect();
    assert!(bare.is_empty(), "without summary or example: {bare:?}");
}

#[test]
fn no_name_is_declared_twice() {
    let mut seen = std::collections::HashSet::new();
    let twice: Vec<&str> =
        declarations().map(|declaration| declaration.name).filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// A signature as the engine reads and writes it, or `None` if it is no function type.
fn normal(signature: &str) -> Option<String> {
    match registry::constant(&format!("type function {signature}"))? {
        Value::Type(ty) => Some(type_text(&ty)),
        _ => None,
    }
}

#[test]
fn signatures_are_the_documented_ones() {
    let documented: HashMap<&str, &str> = registry::DOCUMENTED
        .lines()
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let (name, kind, signature) = (parts.next()?, parts.next()?, parts.next()?);
            (kind == "function").then_some((name, signature))
        })
        .collect();
    let mut faults = Vec::new();
    for declaration in declarations().filter(|declaration| !matches!(declaration.body, Body::Constant(_))) {
        let name = declaration.name;
        let Some(declared) = normal(declaration.signature) else {
            faults.push(format!("{name}: no function type: {}", declaration.signature));
            continue;
        };
        if DIFFERENT.iter().any(|(different, _)| *different == name) {
            continue;
        }
        match documented.get(name).map(|signature| normal(signature)) {
            Some(Some(known)) if known == declared => {}
            Some(known) => faults.push(format!("{name}: declared {declared}, documented {known:?}")),
            // Functions of pqm's own stand in no public reference.
            None => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn functions_written_in_m_are_there() {
    let missing: Vec<&str> = declarations()
        .filter(|declaration| matches!(declaration.body, Body::Standard))
        .map(|declaration| declaration.name)
        .filter(|name| !matches!(Library::get().lookup(name), Some(Value::Function(_))))
        .collect();
    assert!(missing.is_empty(), "not in stdlib/: {missing:?}");
}
