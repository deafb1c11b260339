//! `pqm test`: runs suites of M and tells what came of them.

mod json;
mod junit;
mod text;
mod trx;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use pqm::testing::{self, Case, Expectation, Outcome, Runner, Settings, SuiteError, TestResult};

use super::exit::{Exit, Failure};
use super::output::Output;
use super::program::{self, ProgramOptions};
use super::report::{self, Style};
use super::terminal::Colour;

const EXAMPLES: &str = "\
Examples:
  pqm test                                          all tests under the current folder
  pqm test suite/ --parameter-query csv.parameterquery.pq
  pqm test suite/settings.json --filter Join
  pqm test suite/ --update                          write what was found as what is expected
  pqm test suite/ --format junit -o results.xml";

/// Arguments of `pqm test`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct TestArguments {
    /// Folders, query files, M texts with `//=` expectations, or settings files; the current folder if none is given
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The query whose value every test query is called with; goes before settings files
    #[arg(long, value_name = "FILE")]
    parameter_query: Option<PathBuf>,

    /// A connector that the queries use: a section document. Repeatable
    #[arg(long, value_name = "FILE")]
    extension: Vec<PathBuf>,

    /// Run only tests with this in their name, in any case
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Write what was found as what is expected: output files and `//=` comments
    #[arg(long)]
    update: bool,

    /// Tests run at a time [default: one for each processor]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,

    /// How to report
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Text)]
    format: ReportFormat,

    /// Write the report to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    program: ProgramOptions,
}

/// How `pqm test` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people
    Text,
    /// JUnit's XML
    Junit,
    /// Visual Studio's test results
    Trx,
    /// One JSON object
    Json,
}

/// All that a report tells.
struct Run<'r> {
    cases: &'r [Case],
    results: &'r [TestResult],
    duration: Duration,
    /// When the run began and ended, in UTC.
    times: (jiff::Timestamp, jiff::Timestamp),
}

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    passed: usize,
    updated: usize,
    failed: usize,
    errored: usize,
    missing: usize,
}

impl Run<'_> {
    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for result in self.results {
            *match result.outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Updated => &mut counts.updated,
                Outcome::Failed(..) | Outcome::Fact(_) => &mut counts.failed,
                Outcome::Errored(_) => &mut counts.errored,
                Outcome::Missing(_) => &mut counts.missing,
            } += 1;
        }
        counts
    }

    /// The output file of a test that has one.
    fn output(&self, result: &TestResult) -> Option<&Path> {
        match &self.cases.get(result.case)?.expectation {
            Expectation::Query { output, .. } => Some(output),
            Expectation::Inline { .. } => None,
        }
    }
}

/// Runs the tests the arguments name.
pub fn test(arguments: &TestArguments, colour: Colour) -> Result<(), Exit> {
    let style = Style::text(colour, arguments.program.trace);
    match tested(arguments, colour, &style) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Exit::UNMET),
        Err(failure) => Err(report::report(&failure, &style)),
    }
}

fn tested(arguments: &TestArguments, colour: Colour, style: &Style) -> Result<bool, Failure> {
    let options = Settings {
        parameter_query_file_path: arguments.parameter_query.clone(),
        extension_paths: arguments.extension.clone(),
        ..Settings::default()
    };
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
    let found = testing::discover(paths, &options).map_err(suite)?;
    for note in &found.notes {
        eprintln!("note: {note}");
    }
    let wanted = arguments.filter.as_ref().map(|filter| filter.to_lowercase());
    let is_wanted =
        |case: &Case| wanted.as_ref().is_none_or(|wanted| case.name.to_lowercase().contains(wanted.as_str()));
    let cases: Vec<Case> = found.cases.into_iter().filter(is_wanted).collect();
    if cases.is_empty() {
        return Err(Failure::Usage(
            "There are no tests here.".to_owned(),
            Some(
                "Tests are *.query.pq files with *.query.pqout beside them, and //= comments in .pq files."
                    .to_owned(),
            ),
        ));
    }
    let (engine, _kept) = program::bound_engine(&arguments.program)?;
    super::interrupt::cancel_on_interrupt(engine.cancel_token());
    let jobs = arguments.jobs.map(usize::from);
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let runner = Runner { engine, update: arguments.update, jobs };
    let begun = jiff::Timestamp::now();
    let start = std::time::Instant::now();
    let mut results = testing::run(&runner, &cases, &|_| {});
    if arguments.update {
        update(&cases, &mut results)?;
    }
    let run = Run {
        cases: &cases,
        results: &results,
        duration: start.elapsed(),
        times: (begun, jiff::Timestamp::now()),
    };
    let mut out = Output::open(arguments.output.as_deref())?;
    let path = out.path().to_owned();
    let text = match arguments.format {
        ReportFormat::Text => {
            let stream = super::terminal::Stream::Output;
            text::report(&run, style, arguments.output.is_none() && colour.on(stream))
        }
        ReportFormat::Junit => junit::report(&run, style),
        ReportFormat::Trx => trx::report(&run, style),
        ReportFormat::Json => json::report(&run, style),
    };
    out.write_all(text.as_bytes()).map_err(|error| Failure::file("write", &path, &error))?;
    out.finish_result()?;
    if arguments.format != ReportFormat::Text || arguments.output.is_some() {
        eprintln!("{}", text::summary(&run));
    }
    Ok(results.iter().all(|result| result.outcome.is_good()))
}

/// Writes what was found into the files of failing `//=` expectations.
fn update(cases: &[Case], results: &mut [TestResult]) -> Result<(), Failure> {
    let mut changes: BTreeMap<&Path, Vec<_>> = BTreeMap::new();
    for result in results {
        let Some(case) = cases.get(result.case) else { continue };
        let (Outcome::Failed(_, found), Expectation::Inline { span, .. }) =
            (&result.outcome, &case.expectation)
        else {
            continue;
        };
        changes.entry(&case.file).or_default().push((*span, found.clone()));
        result.outcome = Outcome::Updated;
    }
    for (file, changes) in changes {
        testing::update_inline(file, changes).map_err(suite)?;
    }
    Ok(())
}

fn suite(error: SuiteError) -> Failure {
    match error {
        SuiteError::File { what, path, error } => Failure::file(what, &path, &error),
        error @ SuiteError::Settings { .. } => Failure::Usage(error.to_string(), None),
    }
}
