//! What is printed from a tree parses to an equal tree.

use pqm::syntax::{equivalent, print};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::corpus::samples;
use crate::invariants::parse_checked;

/// Prints what `text` parses to, parses that, and compares.
fn check(text: &str) {
    let parsed = parse_checked(text);
    assert_eq!(parsed.errors, [], "{text}");
    let printed = print(&parsed.tree, text);
    let again = parse_checked(&printed);
    assert_eq!(again.errors, [], "{text}\nprinted as\n{printed}");
    assert!(equivalent(&parsed.tree, text, &again.tree, &printed), "{text}\nprinted as\n{printed}");
    assert_eq!(print(&again.tree, &printed), printed, "printing twice changes {text}");
}

#[test]
fn the_corpus_survives_printing() {
    let Some(samples) = samples("the_corpus_survives_printing") else { return };
    for sample in samples.iter().filter(|sample| sample.valid && !sample.raises) {
        check(&sample.text);
    }
}

fn quoted(value: &str) -> String {
    value.replace("#(", "#(#)(").replace('"', "\"\"")
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-zA-Z0-9_]{0,6}".prop_filter("keywords are no names", |name| {
            pqm::syntax::is_regular_identifier(name)
                && !["nullable", "optional", "catch"].contains(&name.as_str())
        }),
        ".{0,8}".prop_map(|name| format!("#\"{}\"", quoted(&name))),
        Just("Table.AddColumn".to_owned()),
        Just("#\"text\"".to_owned()),
    ]
}

fn primitive() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("text"),
        Just("nullable number"),
        Just("null"),
        Just("table"),
        Just("type"),
        Just("function")
    ]
    .prop_map(str::to_owned)
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        name().prop_map(|name| format!("@{name}")),
        any::<u64>().prop_map(|number| number.to_string()),
        (0.0..1e9f64).prop_map(|number| format!("{number:?}")),
        ".{0,12}".prop_map(|value| format!("\"{}\"", quoted(&value))),
        prop_oneof![
            Just("null"),
            Just("true"),
            Just("..."),
            Just("#date"),
            Just("#!\"x\""),
            Just("{}"),
            Just("[]"),
            Just("f()")
        ]
        .prop_map(str::to_owned),
    ]
}

fn ty(expression: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![primitive(), name(), expression.prop_map(|inner| format!("({inner})"))];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| format!("nullable {ty}")),
            inner.clone().prop_map(|ty| format!("{{{ty}}}")),
            inner.clone().prop_map(|ty| format!("[a = {ty}, optional b, ...]")),
            inner.clone().prop_map(|ty| format!("table [Unit Price = {ty}]")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("function (a as {a}, optional b as any) as {b}")),
        ]
    })
}

/// A primary expression: whatever it holds is in brackets.
fn primary(inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let a = inner.clone();
    let b = inner.clone();
    let c = inner;
    prop_oneof![
        2 => leaf(),
        1 => a.clone().prop_map(|x| format!("({x})")),
        1 => (a.clone(), b.clone()).prop_map(|(x, y)| format!("{{{x}, {y} .. {x}}}")),
        1 => (a.clone(), b.clone()).prop_map(|(x, y)| format!("[a = {x}, Unit Price = {y}, if = 1]")),
        1 => (leaf(), a, b).prop_map(|(f, x, y)| format!("{f}({x}, {y})")),
        1 => (leaf(), c).prop_map(|(f, x)| format!("{f}{{{x}}}?")),
        1 => leaf().prop_map(|f| format!("{f}[Unit Price]?[[a], [b c]]")),
        1 => Just("[a]".to_owned()),
        1 => Just("[[a], [b]]?".to_owned()),
    ]
    .boxed()
}

fn expression() -> BoxedStrategy<String> {
    leaf()
        .prop_recursive(5, 60, 4, |inner| {
            let inner = inner.boxed();
            let operand = (prop_oneof![3 => Just(""), 1 => Just("not "), 1 => Just("-"), 1 => Just("+ ")], primary(inner.clone()))
                .prop_map(|(sign, primary)| format!("{sign}{primary}"))
                .boxed();
            let operator = prop::sample::select(vec![
                "meta", "*", "/", "+", "-", "&", "<", ">", "<=", ">=", "=", "<>", "and", "or", "??", "is", "as",
            ]);
            let operators = (operand, prop::collection::vec((operator, primary(inner.clone()), primitive()), 1..5)).prop_map(
                |(first, rest)| {
                    // After `is text` only looser operators can follow, and `meta` does not group.
                    let mut before = "";
                    rest.into_iter().fold(first, |text, (operator, right, ty)| {
                        let looser = matches!(operator, "and" | "or" | "??") || operator == before && operator != "meta";
                        let text = if matches!(before, "is" | "as" | "meta") && !looser { format!("({text})") } else { text };
                        before = operator;
                        match operator {
                            "is" | "as" => format!("{text} {operator} {ty}"),
                            _ => format!("{text} {operator} {right}"),
                        }
                    })
                },
            );
            prop_oneof![
                4 => operators,
                1 => (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("let a = {x}, #\"b c\" = {y} in a")),
                1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(x, y, z)| format!("if {x} then {y} else {z}")),
                1 => inner.clone().prop_map(|x| format!("each {x}")),
                1 => (inner.clone(), primitive()).prop_map(|(x, ty)| format!("(a as {ty}, optional b) as any => {x}")),
                1 => (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("try {x} otherwise {y}")),
                1 => (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("try ({x}) catch (e) => {y}")),
                1 => inner.clone().prop_map(|x| format!("error {x}")),
                1 => ty(inner.clone()).prop_map(|ty| format!("type {{{ty}}}")),
                1 => ty(inner.clone()).prop_map(|ty| format!("type nullable {ty}")),
                1 => ty(inner.clone()).prop_map(|ty| format!("type table [a = {ty}, optional b]")),
                1 => primary(inner),
            ]
        })
        .boxed()
}

#[test]
fn expressions_survive_printing() {
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    // Making nested values takes more stack than a test has.
    stacker::grow(64 * 1024 * 1024, || {
        let tested = TestRunner::new(config).run(&expression(), |text| {
            check(&text);
            Ok(())
        });
        if let Err(failure) = tested {
            panic!("{failure}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_keeps_the_invariants(text in "\\PC{0,60}") {
        parse_checked(&text);
    }
}
