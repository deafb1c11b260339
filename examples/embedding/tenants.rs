//! A thousand tenants' scripts, each under the same limits. Some never end, some want ever more rows or an endless
//! recursion; they are stopped and say why. The others finish.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use pqm::eval::Limits;
use pqm::value::Stop;
use pqm::{Engine, Query};

/// The script of a tenant: every tenth is a bad neighbour, each of them in another way.
pub fn script(tenant: usize) -> String {
    match tenant % 50 {
        0 => "let spin = (n) => if n < 0 then n else @spin(n + 1) in spin(0)".to_owned(),
        10 => "List.Count(List.Generate(() => 1, each true, each _ + 1))".to_owned(),
        20 => "List.Generate(() => 1, each true, each _ + 1)".to_owned(),
        30 => "let grow = (text) => @grow(text & \"x\") in grow(\"\")".to_owned(),
        40 => "List.Sum(List.Combine(List.Repeat({{1..1000}}, 1000000)))".to_owned(),
        _ => format!(
            "let \
                 Sales = #table(type table [product = text, amount = number], \
                     List.Transform({{1..50}}, each {{\"p\" & Text.From(Number.Mod(_, 5)), _ * Factor}})), \
                 ByProduct = Table.Group(Sales, {{\"product\"}}, {{{{\"total\", each List.Sum([amount]), type number}}}}) \
             in \
                 List.Sum(ByProduct[total]) + {tenant}"
        ),
    }
}

/// What each script may use: the bad ones are stopped early, the good ones need a fraction of it.
pub fn limits() -> Limits {
    Limits {
        steps: Some(200_000),
        depth: 5_000,
        stack: 64 << 20,
        milliseconds: Some(10_000),
        rows: Some(10_000),
        ..Limits::default()
    }
}

/// How a tenant's script ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With this number.
    Finished(f64),
    /// By a limit.
    Stopped(Stop),
    /// With an M error, or a result that is no number.
    Failed(String),
}

/// Runs one tenant's compiled script.
pub fn run(query: &Query) -> Outcome {
    let number = query.run().with("Factor", 2.0).evaluate().and_then(|result| {
        // A list is read to its end: one without end meets the limit on rows.
        match result.items() {
            Ok(items) => items.map(|item| Ok(item?.to_double().unwrap_or(0.0))).sum(),
            Err(_) => Ok(result.value().to_double().unwrap_or(f64::NAN)),
        }
    });
    match number {
        Ok(number) if number.is_nan() => Outcome::Failed("The result is no number.".to_owned()),
        Ok(number) => Outcome::Finished(number),
        Err(error) => match error.as_stop() {
            Some(stop) => Outcome::Stopped(stop),
            None => Outcome::Failed(error.to_string()),
        },
    }
}

/// Compiles and runs the scripts of `tenants` tenants on `threads` threads.
pub fn run_all(tenants: usize, threads: usize) -> BTreeMap<usize, Outcome> {
    let engine = Engine::new().with_limits(limits()).with_parameters("(Factor as number)");
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let tenant = next.fetch_add(1, Ordering::Relaxed);
                    if tenant >= tenants {
                        return;
                    }
                    let outcome = match engine.compile(&format!("tenant {tenant}"), &script(tenant)) {
                        Ok(query) => run(&query),
                        Err(found) => Outcome::Failed(format!("{} mistakes", found.len())),
                    };
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[allow(dead_code)] // The tests call what is above.
fn main() {
    let outcomes = run_all(1_000, 4);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in outcomes.values() {
        let kind = match outcome {
            Outcome::Finished(_) => "finished".to_owned(),
            Outcome::Stopped(stop) => stop.to_string(),
            Outcome::Failed(message) => message.clone(),
        };
        *counts.entry(kind).or_default() += 1;
    }
    for (kind, count) in counts {
        println!("{count:5}  {kind}");
    }
}
