//! The report for people: what failed, with the cells that differ; a line for the rest.

use std::fmt::Write as _;

use pqm::testing::{Differences, Outcome, Problem, TestResult};
use unicode_width::UnicodeWidthStr;

use super::Run;
use crate::cli::render;
use crate::cli::report::Style;

/// Characters of an output that is shown because its file is missing.
const PREVIEW: usize = 300;

/// The whole report.
pub fn report(run: &Run<'_>, style: &Style, coloured: bool) -> String {
    let mut text = String::new();
    for result in run.results {
        let (word, colour) = match result.outcome {
            Outcome::Passed => continue,
            Outcome::Updated => ("UPDATED", "33"),
            Outcome::Failed(..) | Outcome::Fact(_) => ("FAILED", "31"),
            Outcome::Errored(_) => ("ERROR", "31"),
            Outcome::Missing(_) => ("MISSING", "31"),
        };
        let word = format!("{word:7}");
        let word = if coloured { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word };
        let _ = writeln!(text, "{word} {}", result.name);
        for line in detail(run, result, style).lines() {
            let _ = writeln!(text, "{}", format!("        {line}").trim_end());
        }
    }
    text + &summary(run) + "\n"
}

/// How many tests ended how.
pub fn summary(run: &Run<'_>) -> String {
    let counts = run.counts();
    let all = run.results.len();
    let mut parts = vec![format!("{} passed", counts.passed)];
    for (count, what) in [
        (counts.updated, "updated"),
        (counts.failed, "failed"),
        (counts.errored, "with errors"),
        (counts.missing, "without an output file"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    format!("{all} {}: {}", if all == 1 { "test" } else { "tests" }, parts.join(", "))
}

/// What there is to say about one test.
pub fn detail(run: &Run<'_>, result: &TestResult, style: &Style) -> String {
    match &result.outcome {
        Outcome::Passed => String::new(),
        Outcome::Updated => match run.output(result) {
            Some(output) => format!("wrote {}\n", output.display()),
            None => String::new(),
        },
        Outcome::Failed(differences, _) => table(differences),
        Outcome::Fact(details) => format!("{details}\n"),
        Outcome::Missing(found) => {
            let mut shown: String = found.chars().take(PREVIEW).collect();
            if shown.len() < found.len() {
                shown.push('…');
            }
            let file = run.output(result).map(|file| file.display().to_string()).unwrap_or_default();
            format!(
                "There is no output file '{file}'. The query gives\n{shown}\nRun with --update to write it.\n"
            )
        }
        Outcome::Errored(Problem::Message(message)) => format!("{message}\n"),
        Outcome::Errored(Problem::Diagnostics(all)) => match style {
            Style::Text(look) => {
                let look = render::Look { colour: false, ..*look };
                all.iter().map(|one| render::diagnostic(one, None, &look)).collect()
            }
            Style::Json => all.iter().map(|one| format!("{}: {}\n", one.code, one.message)).collect(),
        },
    }
}

/// The cells that differ, below one another.
fn table(differences: &Differences) -> String {
    let head = ["row", "column", "expected", "found"].map(str::to_owned);
    let rows = differences.shown.iter().map(|one| {
        let row = if one.row == 0 { String::new() } else { one.row.to_string() };
        [row, one.place.clone(), one.expected.clone(), one.found.clone()]
    });
    let lines: Vec<[String; 4]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut text = String::new();
    for line in &lines {
        let pad = |at: usize| " ".repeat(widths[at].saturating_sub(line[at].width()));
        let [row, column, expected, found] = line;
        let _ = writeln!(text, "{}{row}  {column}{}  {expected}{}  {found}", pad(0), pad(1), pad(2));
    }
    if differences.count > differences.shown.len() {
        let _ = writeln!(text, "… and {} more differences", differences.count - differences.shown.len());
    }
    text
}
