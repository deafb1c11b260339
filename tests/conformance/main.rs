//! The documented examples and the results the real engine printed, run and counted.
//!
//! Reads `../shared/conformance`; says plainly that nothing was run where that is absent. The counts in
//! `baseline.tsv` may only rise: `PQM_BASELINE=write` records a rise. `PQM_CONFORMANCE=Text.` runs the cases
//! whose id holds that text, and prints each failure.
#![allow(clippy::disallowed_methods)] // Tests read their corpora.
#![allow(clippy::unwrap_used)]

mod cases;
mod compare;

use std::collections::BTreeMap;
use std::fmt::Write;

use cases::Outcome;

/// Cases that do not pass, each with the reason: `id`, tab, why. What is not there must pass.
const MISSES: &str = include_str!("misses.tsv");

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/baseline.tsv");

#[test]
fn conformance_counts_do_not_fall() {
    // Deep recursion in unoptimised builds needs more than the 2 MB of a test thread.
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap();
    worker.join().unwrap();
}

fn run() {
    let Some(cases) = cases::load() else {
        println!("conformance data absent: no case was run");
        return;
    };
    let filter = std::env::var("PQM_CONFORMANCE").ok();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut failures = String::new();
    let (mut missed, mut passed_ids) = (Vec::new(), Vec::new());
    for case in &cases {
        if filter.as_deref().is_some_and(|filter| !case.id.contains(filter)) {
            continue;
        }
        let outcome = case.run();
        let count = counts.entry(format!("{}\t{}", case.file, case.group())).or_default();
        match outcome {
            Outcome::Skipped => continue,
            Outcome::Passed => {
                count.0 += 1;
                passed_ids.push(case.id.as_str());
            }
            Outcome::Failed(why) => {
                count.1 += 1;
                missed.push(case.id.as_str());
                let _ = writeln!(failures, "--- {} ({})\n{}\n{why}\n", case.id, case.file, case.code);
            }
        }
    }
    let mut files: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    println!("{:<8} {:<28} {:>6} {:>6}", "file", "category", "passed", "failed");
    for (key, (passed, failed)) in &counts {
        let (file, group) = key.split_once('\t').unwrap();
        println!("{file:<8} {group:<28} {passed:>6} {failed:>6}");
        let total = files.entry(file).or_default();
        *total = (total.0 + passed, total.1 + failed);
    }
    for (file, (passed, failed)) in &files {
        println!("{file:<8} {:<28} {passed:>6} {failed:>6}", "ALL");
    }
    let report = std::env::temp_dir().join("pqm-conformance-failures.txt");
    std::fs::write(&report, &failures).unwrap();
    if filter.is_some() {
        println!("{failures}");
        return;
    }
    println!("failures listed in {}", report.display());
    check_misses(&missed, &passed_ids);
    check_baseline(&counts);
}

/// Every case that fails is known with its reason, and none that is known passes.
fn check_misses(missed: &[&str], passed: &[&str]) {
    let known: BTreeMap<&str, &str> = MISSES.lines().filter_map(|line| line.split_once('\t')).collect();
    let unexplained: Vec<&&str> = missed.iter().filter(|id| !known.contains_key(**id)).collect();
    assert!(unexplained.is_empty(), "cases fail that misses.tsv gives no reason for: {unexplained:?}");
    let mended: Vec<&&str> = known.keys().filter(|id| passed.contains(id) && !missed.contains(id)).collect();
    assert!(mended.is_empty(), "cases pass now; take them off misses.tsv: {mended:?}");
    for (id, why) in &known {
        println!("missed: {id}: {why}");
    }
}

/// No count may fall below what was reached before.
fn check_baseline(counts: &BTreeMap<String, (usize, usize)>) {
    let before: BTreeMap<String, usize> = std::fs::read_to_string(BASELINE)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let (key, passed) = line.rsplit_once('\t')?;
            Some((key.to_owned(), passed.parse().ok()?))
        })
        .collect();
    let fallen: Vec<String> = before
        .iter()
        .filter_map(|(key, before)| {
            let now = counts.get(key).map_or(0, |count| count.0);
            (now < *before).then(|| format!("{key}: {now}, was {before}"))
        })
        .collect();
    assert!(fallen.is_empty(), "fewer cases pass than before:\n{}", fallen.join("\n"));
    if std::env::var("PQM_BASELINE").as_deref() == Ok("write") {
        let lines: String = counts.iter().map(|(key, (passed, _))| format!("{key}\t{passed}\n")).collect();
        std::fs::write(BASELINE, lines).unwrap();
    }
}
