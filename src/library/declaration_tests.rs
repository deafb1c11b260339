//! What holds of every declaration: its examples run and give what they claim, its signature is the documented
//! one, and what it names as its body is there.

use std::collections::HashMap;

use super::{Body, Example, Library, declarations, registry};
use crate::Engine;
use crate::eval::{Context, equal};
use crate::host::LocalHost;
use crate::value::{Error, Value, error_line, literal_text, type_text};

/// Functions whose signature differs from the public reference on purpose, and why.
const DIFFERENT: &[(&str, &str)] = &[];

fn evaluate(text: &str) -> Result<(Context, Result<Value, Error>), String> {
    let engine = Engine::new().with_host(LocalHost::new(".").without_network());
    let query = engine.compile("example", text).map_err(|diagnostics| {
        let messages: Vec<_> = diagnostics.iter().map(|found| found.message.as_str()).collect();
        format!("does not compile: {}", messages.join("; "))
    })?;
    let ctx = query.start();
    let result = query.evaluate(&ctx);
    Ok((ctx, result))
}

/// What an expression gives as text: M text, or `error: ...` with the detail.
fn shown(text: &str) -> String {
    let (ctx, result) = match evaluate(text) {
        Ok(evaluated) => evaluated,
        Err(message) => return message,
    };
    let line = |error| error_line(&ctx, &error).unwrap_or_else(|stop| stop.to_string());
    result.and_then(|value| literal_text(&ctx, &value)).unwrap_or_else(line)
}

/// Whether two expressions give equal values, whatever the types of their columns.
fn are_equal(left: &str, right: &str) -> bool {
    match (evaluate(left), evaluate(right)) {
        (Ok((ctx, Ok(left))), Ok((_, Ok(right)))) => equal(&ctx, &left, &right).unwrap_or(false),
        _ => false,
    }
}

/// Why the example does not hold. An expected error may leave out the detail, an expected table the types.
fn fault(example: &Example) -> Option<String> {
    let got = shown(example.usage);
    let (is_error, is_untyped) = (example.result.starts_with("error: "), example.result.contains("#table({"));
    let wanted = if is_error { example.result.to_owned() } else { shown(example.result) };
    let without_detail = got.split(" | Detail: ").next().unwrap_or_default();
    let holds = got == wanted
        || (is_error && without_detail == wanted)
        || (is_untyped && are_equal(example.usage, example.result));
    (!holds).then(|| format!("{}\n  got      {got}\n  expected {wanted}", example.usage))
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
