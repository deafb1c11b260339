//! The library's hottest functions over 20,000 items each: `cargo bench --bench library`. The expressions and their data
//! stand in `benches/library`, where `compare.py` times the same beside CPython.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pqm::Engine;
use pqm::value::Value;

const ITEMS: u64 = 20_000;

/// The rows of a file of `benches/library`, but for comments.
fn rows(file: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/library").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn functions(criterion: &mut Criterion) {
    let engine = Engine::new();
    let mut data: HashMap<String, Value> = HashMap::new();
    let mut group = criterion.benchmark_group("library");
    group.sample_size(10).throughput(Throughput::Elements(ITEMS));
    let texts: HashMap<String, String> =
        rows("data.tsv").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    for row in rows("functions.tsv") {
        let (name, over, expression) = (&row[0], &row[1], &row[2]);
        let query = engine.compile("bench", &format!("(v) => {expression}")).unwrap();
        let ctx = query.start();
        let Value::Function(function) = query.evaluate(&ctx).unwrap() else { continue };
        let made = data.entry(over.clone()).or_insert_with(|| {
            let made = engine.compile("data", &format!("let n = {ITEMS} in {}", texts[over])).unwrap();
            made.evaluate(&made.start()).unwrap()
        });
        let run = || match ctx.call1(&function, made.clone()).unwrap() {
            Value::List(list) => black_box(list.values(&ctx).unwrap().len()),
            other => {
                black_box(other);
                1
            }
        };
        group.bench_function(name, |bencher| bencher.iter(run));
    }
    group.finish();
}

criterion_group!(benches, functions);
criterion_main!(benches);
