//! How long evaluations go on after a limit of time is reached, or after another thread cancels: the goal is 50 ms.
//! `cargo bench --bench stops` prints a row for each program.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::literal_text;

/// Programs that run far longer than they may, each busy in another part of the engine.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "calls",
        "let f = (n) => if n = 0 then 0 else @f(n - 1), g = (k) => if k = 0 then 0 else f(1000) + @g(k - 1) in g(100000)",
    ),
    ("endless recursion", "let f = (n) => if n < 0 then 0 else @f(n + 1) in f(0)"),
    ("fold", "List.Accumulate({1..1000000000}, 0, (s, x) => s + x)"),
    ("generate", "List.Count(List.Generate(() => 0, each true, each _ + 1))"),
    ("sum of a range", "List.Sum({1..4000000000})"),
    ("sort of a list", "List.Sort(List.Transform({1..20000000}, each Number.Mod(_ * 7919, 1000003)))"),
    (
        "distinct",
        "List.Count(List.Distinct(List.Transform({1..50000000}, each Number.Mod(_ * 7919, 100000007))))",
    ),
    ("texts joined", "Text.Length(Text.Combine(List.Transform({1..50000000}, Text.From)))"),
    (
        "texts replaced",
        "List.Count(List.Select({1..100000}, each Text.Length(Text.Replace(Text.Repeat(\"ab\", 100000), \"a\", \"xy\")) > _))",
    ),
    ("one long text replaced", "Text.Length(Text.Replace(Text.Repeat(\"ab\", 200000000), \"a\", \"xyz\"))"),
    ("one long text split", "List.Count(Text.Split(Text.Repeat(\"ab,\", 100000000), \",\"))"),
    ("one long text in upper case", "Text.Length(Text.Upper(Text.Repeat(\"ab\", 200000000)))"),
    (
        "rows filtered",
        "Table.RowCount(Table.SelectRows(Table.FromList({1..100000000}, each {_}), each Number.Mod([Column1], 7) = 3))",
    ),
    (
        "rows grouped",
        "Table.RowCount(Table.Group(Table.FromList({1..50000000}, each {Number.Mod(_, 1000003)}), \"Column1\", {\"n\", Table.RowCount}))",
    ),
    (
        "rows sorted",
        "Table.RowCount(Table.Buffer(Table.Sort(Table.FromList({1..20000000}, each {Number.Mod(_ * 7919, 1000003)}), \"Column1\")))",
    ),
    (
        "rows joined",
        "let t = Table.FromList({1..3000000}, each {_}, {\"a\"}), u = Table.FromList({1..3000000}, each {_}, {\"b\"}) in Table.RowCount(Table.Join(t, \"a\", u, \"b\"))",
    ),
    (
        "every row with every row",
        "let t = Table.FromList({1..1000000}, each {1}, {\"a\"}), u = Table.RenameColumns(t, {\"a\", \"b\"}) in Table.RowCount(Table.Join(t, \"a\", u, \"b\"))",
    ),
    ("powers of a decimal", "List.Sum(List.Transform({1..100000000}, each Decimal.From(_) * 1.5))"),
    (
        "a binary",
        "Binary.Length(Binary.Compress(Binary.FromText(Text.Repeat(\"00ff\", 100000000), BinaryEncoding.Hex), Compression.GZip))",
    ),
    ("JSON", "List.Count(Json.Document(\"[\" & Text.Repeat(\"1,\", 200000000) & \"1]\"))"),
    (
        "permutations",
        "let p = (l) => if List.IsEmpty(l) then {{}} else List.TransformMany(l, (x) => @p(List.RemoveItems(l, {x})), (x, r) => {x} & r) in List.Count(p({1..12}))",
    ),
];

fn main() {
    println!("{:<28} {:>12} {:>12}", "program", "limit, ms", "cancel, ms");
    let mut worst = 0.0_f64;
    for (name, code) in PROGRAMS {
        let limited = after_the_limit(code, Duration::from_millis(300));
        let cancelled = after_the_cancel(code, Duration::from_millis(300));
        worst = worst.max(limited).max(cancelled);
        println!("{name:<28} {limited:>12.1} {cancelled:>12.1}");
    }
    println!("{:<28} {worst:>12.1}", "the longest");
}

/// Milliseconds from the limit to the end. Below zero: it ended before.
fn after_the_limit(code: &str, limit: Duration) -> f64 {
    let limits = Limits { milliseconds: Some(limit.as_millis() as u64), ..Limits::default() };
    let query = Engine::new().with_limits(limits).compile("stops", code).unwrap();
    let ctx = query.start();
    let began = Instant::now();
    let _ = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    (began.elapsed().as_secs_f64() - limit.as_secs_f64()) * 1e3
}

fn after_the_cancel(code: &str, wait: Duration) -> f64 {
    let engine = Engine::new();
    let token = engine.cancel_token();
    let query = engine.compile("stops", code).unwrap();
    let ctx = query.start();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(wait);
        let asked = Instant::now();
        token.cancel();
        asked
    });
    let _ = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    let ended = Instant::now();
    let asked = canceller.join().unwrap();
    ended.checked_duration_since(asked).map_or(-1.0, |after| after.as_secs_f64() * 1e3)
}
