//! Every limit stops an evaluation, says which it was, and leaves the engine usable.

use std::time::{Duration, Instant};

use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::{Stop, Value};

const ENDLESS: &str = "let f = (n) => if n = 0 then @f(1) else @f(0) in f(0)";
const LONG: &str = "let count = (n, stop) => if n >= stop then n else @count(n + 1, stop), \
                    work = (k) => if k = 0 then 0 else count(0, 1000) + @work(k - 1) in work(100000)";

fn stopped(engine: &Engine, code: &str) -> Option<Stop> {
    let query = engine.compile("limits", code).unwrap();
    let ctx = query.start();
    query.evaluate(&ctx).err().and_then(|error| error.as_stop())
}

#[test]
fn each_limit_stops_and_is_named() {
    let limited = |limits: Limits| Engine::new().with_limits(limits);
    let steps = limited(Limits { steps: Some(10_000), ..Limits::default() });
    assert_eq!(stopped(&steps, LONG), Some(Stop::Steps(10_000)));
    let depth = limited(Limits { depth: 500, ..Limits::default() });
    assert!(matches!(stopped(&depth, ENDLESS), Some(Stop::Depth(_))));
    let stack = limited(Limits { stack: 32 << 20, ..Limits::default() });
    assert!(matches!(stopped(&stack, ENDLESS), Some(Stop::Depth(_))));
    let time = limited(Limits { milliseconds: Some(50), ..Limits::default() });
    let started = Instant::now();
    assert_eq!(stopped(&time, LONG), Some(Stop::Time(50)));
    // Generous: a busy machine, an unoptimised build. What is asserted is that it ends at all.
    assert!(started.elapsed() < Duration::from_secs(20));
    // The same engine goes on working.
    let query = time.compile("after", "1 + 1").unwrap();
    assert!(matches!(query.evaluate(&query.start()), Ok(Value::Int64(2))));
}

#[test]
fn memory_is_limited_by_what_is_held_and_not_by_what_passes() {
    let engine = Engine::new().with_limits(Limits { memory: Some(16 << 20), ..Limits::default() });
    for (what, code) in [
        (
            "a list that is kept",
            "List.Count(List.Buffer(List.Transform({1..2000000}, each [a = Text.From(_)])))",
        ),
        ("one long text", "Text.Length(Text.Repeat(\"0123456789\", 5000000))"),
        ("a text that grows", "Text.Length(List.Accumulate({1..40}, \"ab\", (text, _) => text & text))"),
        (
            "rows that are sorted",
            "Table.RowCount(Table.Buffer(Table.Sort(Table.FromList({1..500000}, each {Text.From(_), _ * 2}), \"Column1\")))",
        ),
        ("a binary", "Binary.Length(Binary.Buffer(Binary.FromList(List.Repeat({1, 2, 3, 4}, 10000000))))"),
    ] {
        assert_eq!(stopped(&engine, code), Some(Stop::Memory(16 << 20)), "{what}");
    }
    // 200 MB pass through, a few kB at a time.
    let passing = "List.Sum(List.Transform({1..20000}, each Text.Length(Text.Repeat(Text.From(_), 2000))))";
    assert_eq!(stopped(&engine, passing), None);
}

#[test]
fn memory_that_one_evaluation_held_is_not_held_against_the_next() {
    let engine = Engine::new().with_limits(Limits { memory: Some(16 << 20), ..Limits::default() });
    let query = engine
        .compile("limits", "List.Count(List.Buffer(List.Transform({1..50000}, each [a = _])))")
        .unwrap();
    for _ in 0..10 {
        assert!(matches!(query.evaluate(&query.start()), Ok(Value::Int64(50_000))));
    }
}

#[test]
fn a_stop_cannot_be_caught() {
    let engine = Engine::new().with_limits(Limits { steps: Some(10_000), ..Limits::default() });
    assert!(stopped(&engine, &format!("try ({LONG}) otherwise 1")).is_some());
}

#[test]
fn another_thread_cancels() {
    let engine = Engine::new();
    let token = engine.cancel_token();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        token.cancel();
    });
    assert_eq!(stopped(&engine, LONG), Some(Stop::Cancelled));
    canceller.join().unwrap();
    engine.cancel_token().reset();
    assert_eq!(stopped(&engine, "1"), None);
}

#[test]
fn a_cancelled_value_can_be_asked_again() {
    let engine = Engine::new();
    let query = engine.compile("again", &format!("[slow = {}]", LONG.replace("100000", "200"))).unwrap();
    let ctx = query.start();
    let Ok(Value::Record(record)) = query.evaluate(&ctx) else { panic!("no record") };
    let slow = record.get("slow").unwrap();
    engine.cancel_token().cancel();
    assert_eq!(slow.force(&ctx).err().and_then(|error| error.as_stop()), Some(Stop::Cancelled));
    engine.cancel_token().reset();
    assert!(matches!(slow.force(&ctx), Ok(Value::Int64(200_000))));
}
