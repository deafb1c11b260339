//! Every function of the library called with nasty values: no panic, no giant allocation, and a stop near the limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use pqm::Engine;
use pqm::eval::Limits;
use pqm::library::{Library, declarations};
use pqm::value::{Member, Value, literal_text};

/// M texts of the values, several of each kind that parameters take.
const NASTY: &[&str] = &[
    "null",
    "true",
    "0",
    "1",
    "-1",
    "3",
    "0.5",
    "1e18",
    "-1e18",
    "1e300",
    "9223372036854775807",
    "-9223372036854775808",
    "Number.From(\"79228162514264337593543950335\")",
    "#nan",
    "#infinity",
    "-#infinity",
    "\"\"",
    "\"a\"",
    "\"#(0000)\u{301}\u{1F600}\"",
    "\"1e400\"",
    "\"yyyy-MM-dd'\"",
    "\"%%%#0.,,,0;;;\"",
    "\"de-DE\"",
    "\"[1,{\"\"a\"\":[]}]\"",
    "Text.Repeat(\"x,\"\"\", 300)",
    "{}",
    "{null}",
    "{0, \"a\", null, #nan}",
    "{\"a\", \"b\"}",
    "{1, 2, 3}",
    "{{\"a\", 1e18}, {\"b\", -1}}",
    "{{1, 2}}",
    "{error \"item\"}",
    "{1..1000000000000000}",
    "List.Generate(() => 0, each true, each _ + 1)",
    "List.Generate(() => [a = 1], each true, each _)",
    "let deep = (n) => if n = 0 then {} else {@deep(n - 1)} in deep(300)",
    "List.Repeat({\"a\", {1}}, 1000000000)",
    "{each _, (a, b) => a, () => null}",
    "{each true, {0, null}, 5}",
    "[]",
    "[a = 1, b = \"x\"]",
    "[a = error \"field\", b = @a]",
    "[Delimiter = \"\", Columns = 1e18, Encoding = -1, Year = 1e9, Day = -1]",
    "let deep = (n) => if n = 0 then [] else [next = @deep(n - 1)] in deep(300)",
    "let r = [again = @r] in r",
    "#table({}, {})",
    "#table({\"a\", \"b\"}, {{1, \"x\"}, {null, #nan}, {2, error \"cell\"}})",
    "#table(type table [a = number, b = nullable text], {{1, null}, {1, \"x\"}})",
    "Table.FromColumns({{1..1000000000000000}}, {\"a\"})",
    "#binary({})",
    "#binary({255, 254, 0, 216, 34, 44})",
    "each _",
    "each true",
    "() => null",
    "(a, b) => a",
    "(a, b, optional c) => error \"called\"",
    "let f = (x) => @f(x) in f",
    "each {_, _}",
    "Text.Length",
    "type null",
    "type number",
    "type text",
    "type {number}",
    "type [a = number, optional b = text, ...]",
    "type table [a = number, b = text]",
    "type function (a as number, optional b as text) as any",
    "Date.Type",
    "#date(1, 1, 1)",
    "#date(9999, 12, 31)",
    "#time(23, 59, 59.9999999)",
    "#datetime(1, 1, 1, 0, 0, 0)",
    "#datetime(9999, 12, 31, 23, 59, 59.9999999)",
    "#datetimezone(1, 1, 1, 14, 0, 0, 14, 0)",
    "#datetimezone(9999, 12, 31, 9, 59, 59.9999999, -14, 0)",
    "#duration(10675199, 2, 48, 5.4775807)",
    "-#duration(10675199, 2, 48, 5.4775807)",
    "#duration(0, 0, 0, 0)",
];

/// Calls for each function; `PQM_SWEEP` asks for more.
const CALLS: usize = 24;
/// The time that a call may take, and what is granted beyond: the machine may be busy, the build is not optimised.
const MILLISECONDS: u64 = 100;
const GRACE: Duration = Duration::from_secs(10);
/// How much of a result is read, so that its lazy parts run too.
const READ: usize = 20_000;

/// What the worker tells: the call it begins, what went wrong in the last.
enum Report {
    Begins(String),
    Panicked,
    Slow(Duration),
}

#[test]
fn no_library_function_panics_or_runs_on() {
    let calls = std::env::var("PQM_SWEEP").ok().and_then(|text| text.parse().ok()).unwrap_or(CALLS);
    let (sender, reports) = mpsc::channel();
    // As little stack as threads of a host have.
    let worker =
        std::thread::Builder::new().stack_size(2 << 20).spawn(move || sweep(calls, &sender)).unwrap();
    let mut call = String::new();
    let mut findings = Vec::new();
    loop {
        match reports.recv_timeout(3 * GRACE) {
            Ok(Report::Begins(next)) => {
                // Shown by --nocapture: what an abort of the process leaves.
                eprintln!("{next}");
                call = next;
            }
            Ok(Report::Panicked) => findings.push(format!("panicked: {call}")),
            Ok(Report::Slow(time)) => findings.push(format!("took {time:?}: {call}")),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("runs on: {call}\n{}", findings.join("\n")),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    worker.join().unwrap();
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), findings.join("\n"));
}

fn sweep(calls: usize, reports: &mpsc::Sender<Report>) {
    let limits = Limits { steps: Some(READ as u64), milliseconds: Some(MILLISECONDS), ..Limits::default() };
    let engine = Engine::new().with_limits(limits);
    let values: Vec<Value> = NASTY
        .iter()
        .map(|text| {
            let query = engine.compile("nasty", text).unwrap();
            query.evaluate(&query.start()).unwrap()
        })
        .collect();
    let nothing = engine.compile("nothing", "null").unwrap();
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let only = std::env::var("PQM_SWEEP_ONLY").unwrap_or_default();
    for declaration in declarations().filter(|declaration| declaration.name.starts_with(&only)) {
        let Some(Value::Function(function)) = Library::get().lookup(declaration.name) else { continue };
        let kinds = function.parameters().kinds.clone();
        let required = function.parameters().ty.required;
        for _ in 0..if kinds.is_empty() { 1 } else { calls } {
            let count = required + random(kinds.len() - required + 1);
            let chosen: Vec<usize> = kinds[..count]
                .iter()
                .map(|kinds| {
                    // Mostly what gets past the check of the kinds.
                    let wrong = random(20) == 0;
                    let fitting: Vec<usize> =
                        (0..values.len()).filter(|&at| wrong || kinds.contains(values[at].kind())).collect();
                    if fitting.is_empty() { 0 } else { fitting[random(fitting.len())] }
                })
                .collect();
            let texts: Vec<&str> = chosen.iter().map(|&at| NASTY[at]).collect();
            let name = format!("{}({})", declaration.name, texts.join(", "));
            reports.send(Report::Begins(name)).unwrap();
            let arguments: Vec<Value> = chosen.iter().map(|&at| values[at].clone()).collect();
            let started = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let ctx = nothing.start();
                let result = ctx.call(&function, &arguments);
                // What a function gives may be a function: a splitter, a comparer. It is called too.
                if let Ok(value) = &result
                    && let Value::Function(made) = value.as_plain()
                {
                    let few: Vec<Value> =
                        arguments.iter().take(made.parameters().kinds.len()).cloned().collect();
                    let _ = ctx.call(made, &few).and_then(|value| literal_text(&ctx, &value));
                }
                let _ = result.and_then(|value| literal_text(&ctx, &value));
                drop(ctx);
            }));
            if outcome.is_err() {
                reports.send(Report::Panicked).unwrap();
            }
            let took = started.elapsed();
            if took > GRACE {
                reports.send(Report::Slow(took)).unwrap();
            }
        }
    }
    // Lazy values read by the last calls are dropped on the small stack as well.
    drop(values.into_iter().map(Member::Ready).collect::<Vec<Member>>());
}
