//! The language itself: the programs of `benches/language`, and what a small compiled expression costs.
//! `cargo bench --bench evaluate`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use pqm::Engine;
use pqm::value::Value;

fn programs(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/language");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "pq"));
    files.sort();
    let mut group = criterion.benchmark_group("language");
    group.sample_size(10);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let Ok(query) = Engine::new().compile("bench", &text) else {
            println!("{}: has parameters, see compare.py", file.display());
            continue;
        };
        let run = || query.evaluate(&query.start());
        // A program the library cannot run yet says so instead of being timed.
        if let Err(error) = run() {
            println!("{}: {error}", file.display());
            continue;
        }
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        group.bench_function(name, |bencher| bencher.iter(|| black_box(run().unwrap())));
    }
}

fn small_expression(criterion: &mut Criterion) {
    let query = Engine::new()
        .compile("rule", "(order) => if order[Amount] > 100 and order[Country] = \"DE\" then order[Amount] * 0.9 else order[Amount]")
        .unwrap();
    let ctx = query.start();
    let Value::Function(rule) = query.evaluate(&ctx).unwrap() else { return };
    let order = Value::record([("Amount", Value::from(250.0)), ("Country", Value::text("DE"))]);
    criterion.bench_function("rule/call", |bencher| {
        bencher.iter(|| black_box(ctx.call1(&rule, black_box(order.clone())).unwrap()));
    });
    let whole = Engine::new().compile("whole", "1 + 2 * 3").unwrap();
    criterion.bench_function("rule/evaluation", |bencher| {
        bencher.iter(|| black_box(whole.evaluate(&whole.start()).unwrap()));
    });
}

criterion_group!(benches, programs, small_expression);
criterion_main!(benches);
