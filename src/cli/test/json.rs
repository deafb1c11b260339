//! The report as one JSON object.

use pqm::testing::Outcome;
use serde_json::{Value, json};

use super::{Run, text};
use crate::cli::report::Style;

/// The whole report, with a line end.
pub fn report(run: &Run<'_>, style: &Style) -> String {
    let counts = run.counts();
    let tests: Vec<Value> = run
        .results
        .iter()
        .map(|result| {
            let mut test = json!({
                "name": result.name,
                "file": run.cases.get(result.case).map(|case| case.file.display().to_string()),
                "status": status(&result.outcome),
                "seconds": result.duration.as_secs_f64(),
            });
            if let Outcome::Failed(differences, _) = &result.outcome {
                test["differences"] = differences
                    .shown
                    .iter()
                    .map(|one| {
                        json!({ "row": one.row, "column": one.place, "expected": one.expected, "found": one.found })
                    })
                    .collect();
                test["differenceCount"] = differences.count.into();
            } else if !result.outcome.is_good() {
                test["message"] = text::detail(run, result, style).into();
            }
            test
        })
        .collect();
    let report = json!({
        "tests": tests,
        "passed": counts.passed,
        "updated": counts.updated,
        "failed": counts.failed,
        "errors": counts.errored,
        "missing": counts.missing,
        "seconds": run.duration.as_secs_f64(),
    });
    format!("{report}\n")
}

/// The stable word for an outcome.
pub fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Updated => "updated",
        Outcome::Failed(..) | Outcome::Fact(_) => "failed",
        Outcome::Errored(_) => "error",
        Outcome::Missing(_) => "missing",
    }
}
