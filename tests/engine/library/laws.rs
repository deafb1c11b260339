//! Laws over generated values, a line of `laws.tsv` each: what `v` is, and what holds of it: inverses, neutral elements,
//! what two ways round must give alike. They are evaluated under a host whose clock stands still, so that what is
//! "now" can be part of a law. `cultures` are some cultures to try.

use std::sync::atomic::{AtomicU8, Ordering};

use pqm::Engine;
use pqm::host::{Host, HostError, Now};
use pqm::value::{Value, to_literal};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{engine, shown};

/// Cultures whose short dates have four digits of year and the Gregorian calendar.
const CULTURES: &str =
    r#"{"", "en-US", "de-DE", "fr-FR", "ja-JP", "pt-BR", "ru-RU", "sv-SE", "pl-PL", "it-IT"}"#;

/// A clock that stands at 2024-02-29 23:30:15.5 in UTC, in a zone where it is the next day (and month) already;
/// bytes that are no two times the same instead of chance.
struct Still {
    next: AtomicU8,
}

impl Host for Still {
    fn now(&self) -> Result<Now, HostError> {
        Ok(Now { utc_ticks: 638_448_534_155_000_000, offset_minutes: 120 })
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        for byte in bytes {
            *byte = self.next.fetch_add(61, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn quoted(text: &str) -> String {
    to_literal(&Value::text(text))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ]{0,8}".prop_map(|text| quoted(&text)),
        "[ -~\u{e0}-\u{17f}\u{4e00}-\u{4e10}\u{1F600}-\u{1F610}]{0,6}".prop_map(|text| quoted(&text)),
    ]
}

fn word() -> impl Strategy<Value = String> {
    "[a-z\u{e9}\u{df}0-9 ]{1,6}".prop_map(|text| quoted(&text))
}

fn letters() -> impl Strategy<Value = String> {
    "[a-z]{3,8}".prop_map(|text| quoted(&text))
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        (-1000_i64..1000).prop_map(|number| number.to_string()),
        (-1e9..1e9).prop_map(|number: f64| format!("{number}")),
        any::<i32>().prop_map(|number| number.to_string()),
    ]
}

fn date() -> impl Strategy<Value = String> {
    (1000..9999, 1..=12, 1..=28).prop_map(|(year, month, day)| format!("#date({year}, {month}, {day})"))
}

fn time() -> impl Strategy<Value = String> {
    (0..24, 0..60, 0..60).prop_map(|(hour, minute, second)| format!("#time({hour}, {minute}, {second})"))
}

fn duration() -> impl Strategy<Value = String> {
    (-999..999, 0..24, 0..60, 0..60).prop_map(|(d, h, m, s)| format!("#duration({d}, {h}, {m}, {s})"))
}

fn list_of(item: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::collection::vec(item, 0..8).prop_map(|items| format!("{{{}}}", items.join(", ")))
}

/// Values of all kinds that have a form as text and are equal to themselves.
fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        number(),
        text(),
        date(),
        time(),
        duration(),
        Just("#binary({1, 2})".to_owned()),
    ];
    plain.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("{{{}}}", items.join(", "))),
            (inner.clone(), inner).prop_map(|(a, b)| format!("[a = {a}, #\"b c\" = {b}]")),
        ]
    })
}

/// A table of a key column of different numbers and two columns without nulls.
fn table() -> impl Strategy<Value = String> {
    proptest::collection::btree_map(0..100_i32, (number(), text()), 0..6).prop_map(|rows| {
        let rows: Vec<String> =
            rows.into_iter().map(|(key, (number, text))| format!("{{{key}, {number}, {text}}}")).collect();
        format!("#table({{\"k\", \"x\", \"y\"}}, {{{}}})", rows.join(", "))
    })
}

/// A table of numbers, which may be there twice, and words of letters.
fn named_rows() -> impl Strategy<Value = String> {
    proptest::collection::vec((0..100_i32, letters()), 0..6).prop_map(|rows| {
        let rows: Vec<String> = rows.iter().map(|(key, name)| format!("{{{key}, {name}}}")).collect();
        format!("#table(type table [k = number, y = text], {{{}}})", rows.join(", "))
    })
}

/// Forty days in a row, most often around today.
fn days() -> impl Strategy<Value = String> {
    prop_oneof![2 => -35..0_i32, 1 => -900..900_i32].prop_map(|first| {
        let last = first + 40;
        format!(
            "List.Transform({{{first} .. {last}}}, each Date.AddDays(Date.From(DateTime.FixedLocalNow()), _))"
        )
    })
}

/// Twenty moments, half a second to a quarter of an hour apart, around now.
fn moments() -> impl Strategy<Value = String> {
    (-19..0_i32, prop_oneof![Just(0.5), Just(7.0), Just(61.5), Just(900.0)]).prop_map(|(first, apart)| {
        let last = first + 20;
        format!(
            "List.Transform({{{first} .. {last}}}, each DateTime.FixedLocalNow() + #duration(0, 0, 0, _ * {apart}))"
        )
    })
}

/// What the first column of `laws.tsv` names.
fn generator(name: &str) -> BoxedStrategy<String> {
    match name {
        "number" => number().boxed(),
        "text" => text().boxed(),
        "date" => date().boxed(),
        "time" => time().boxed(),
        "duration" => duration().boxed(),
        "any value" => value().boxed(),
        "numbers" => list_of(number()).boxed(),
        "numbers and nulls" => {
            let small = (0..4_i32).prop_map(|small| small.to_string());
            list_of(prop_oneof![Just("null".to_owned()), number(), small]).boxed()
        }
        "words" => list_of(word()).boxed(),
        "two words" => (word(), word()).prop_map(|(one, other)| format!("{{{one}, {other}}}")).boxed(),
        "letters" => list_of(letters()).boxed(),
        "record" => {
            (number(), text()).prop_map(|(number, text)| format!("[a = {number}, b = {text}]")).boxed()
        }
        "table" => table().boxed(),
        "named rows" => named_rows().boxed(),
        "bytes" => text().prop_map(|text| format!("Text.ToBinary({text})")).boxed(),
        "eight bytes" => proptest::array::uniform8(0..256_i32)
            .prop_map(|bytes| format!("{{{}}}", bytes.map(|byte| byte.to_string()).join(", ")))
            .boxed(),
        "type" => prop_oneof!["number", "text", "date", "list", "any", "nullable number"]
            .prop_map(|name| format!("type {name}"))
            .boxed(),
        "identifier" => {
            "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}".prop_map(|id| quoted(&id)).boxed()
        }
        "days" => days().boxed(),
        "moments" => moments().boxed(),
        name => panic!("laws.tsv: what is {name:?}?"),
    }
}

/// For which value a law does not hold, if there is one. 16 values are tried, or as many as PROPTEST_CASES says.
fn fault(engine: &Engine, strategy: &BoxedStrategy<String>, law: &str) -> Option<String> {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    // Each law has a runner of its own: one that has tried its cases tries no more.
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(cases) });
    let outcome = runner.run(strategy, |generated| {
        let text = format!("let cultures = {CULTURES}, v = {generated} in {law}");
        prop_assert_eq!(shown(engine, &text), "true", "{}", text);
        Ok(())
    });
    outcome.err().map(|error| format!("{law}: {error}"))
}

/// The tests, and which generators' laws each takes: so that they run beside each other.
const TESTS: [&[&str]; 5] = [
    &["number", "any value", "type", "record"],
    &["text", "words", "two words", "letters", "bytes", "eight bytes", "identifier"],
    &["numbers", "numbers and nulls"],
    &["table", "named rows"],
    &["date", "time", "duration", "days", "moments"],
];

fn laws() -> impl Iterator<Item = [&'static str; 2]> {
    super::lines(include_str!("laws.tsv"))
}

fn hold(test: usize) {
    let engine: Engine = engine().with_host(Still { next: AtomicU8::new(0) });
    let laws = laws().filter(|[name, _]| TESTS[test].contains(name));
    let faults: Vec<String> = laws.filter_map(|[name, law]| fault(&engine, &generator(name), law)).collect();
    assert!(faults.is_empty(), "{} laws\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn laws_of_numbers_and_any_values() {
    hold(0);
}

#[test]
fn laws_of_texts_and_bytes() {
    hold(1);
}

#[test]
fn laws_of_lists() {
    hold(2);
}

#[test]
fn laws_of_tables() {
    hold(3);
}

#[test]
fn laws_of_moments() {
    hold(4);
}

#[test]
fn every_law_is_of_one_of_these() {
    let others: Vec<_> = laws().filter(|[name, _]| TESTS.iter().all(|names| !names.contains(name))).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn a_law_that_does_not_hold_is_found() {
    let found = |law| fault(&engine(), &generator("number"), law).is_some();
    assert!(found("v = v + 1"));
    assert!(found("v"));
    assert!(found("Number.Foo(v)"));
    assert!(!found("v = v"));
}
