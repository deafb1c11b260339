//! Running cases: evaluating, comparing, several at a time.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::compare::{Differences, compare, same_error};
use super::discover::{Case, Expectation};
use super::facts::facts;
use super::{SuiteError, read};
use crate::diagnostics::Diagnostic;
use crate::format::{Style, format};
use crate::syntax::{Node, parse};
use crate::text::Source;
use crate::value::{Error, Value};
use crate::{Engine, Evaluated};

/// How cases are run.
#[derive(Clone)]
pub struct Runner {
    /// What evaluates them: its host, limits and bound values hold for every case.
    pub engine: Engine,
    /// Whether what is found becomes what is expected.
    pub update: bool,
    /// How many cases are run at a time.
    pub jobs: usize,
}

/// What came of one test. A case that gives facts is as many tests.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// The case it belongs to, by its place in the list.
    pub case: usize,
    /// What came of it.
    pub outcome: Outcome,
    /// How long the case took.
    pub duration: Duration,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It gave what was expected.
    Passed,
    /// What it gave was written down as what is expected from now on.
    Updated,
    /// It gave something else; and that, as M text.
    Failed(Differences, String),
    /// A fact does not hold; its details.
    Fact(String),
    /// There is no output file; what it would hold.
    Missing(String),
    /// It could not be evaluated.
    Errored(Problem),
}

/// Why a test could not be evaluated or compared.
#[derive(Clone, Debug)]
pub enum Problem {
    /// Mistakes in M texts, or an error that was raised, with places.
    Diagnostics(Vec<Diagnostic>),
    /// Anything else, in words.
    Message(String),
}

impl Outcome {
    /// Whether the test is as it should be.
    pub fn is_good(&self) -> bool {
        matches!(self, Outcome::Passed | Outcome::Updated)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Diagnostics(vec![Diagnostic::from_error(&error)])
    }
}

impl From<Vec<Diagnostic>> for Problem {
    fn from(diagnostics: Vec<Diagnostic>) -> Problem {
        Problem::Diagnostics(diagnostics)
    }
}

impl From<SuiteError> for Problem {
    fn from(error: SuiteError) -> Problem {
        Problem::Message(error.to_string())
    }
}

/// Stack of a thread that evaluates; evaluation takes more by itself when it needs more.
const STACK: usize = 8 * 1024 * 1024;

/// Runs cases, as many at a time as the runner says; results come in the order of the cases. `done` hears of each
/// as it ends.
pub fn run(runner: &Runner, cases: &[Case], done: &(dyn Fn(&TestResult) + Sync)) -> Vec<TestResult> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(cases.len()));
    let work = || {
        while let Some((at, case)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            cases.get(at).map(|case| (at, case))
        } {
            let start = Instant::now();
            let outcomes = one(runner, case)
                .unwrap_or_else(|problem| vec![(case.name.clone(), Outcome::Errored(problem))]);
            let duration = start.elapsed();
            let tests: Vec<TestResult> = outcomes
                .into_iter()
                .map(|(name, outcome)| TestResult { name, case: at, outcome, duration })
                .collect();
            tests.iter().for_each(done);
            if let Ok(mut results) = results.lock() {
                results.extend(tests);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..runner.jobs.clamp(1, cases.len().max(1)) {
            // A thread that cannot be started leaves its share to the others.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|result: &TestResult| result.case);
    results
}

type Named = Vec<(String, Outcome)>;

fn one(runner: &Runner, case: &Case) -> Result<Named, Problem> {
    match &case.expectation {
        Expectation::Inline { source, member, expected, .. } => {
            let found = evaluate(&runner.engine, vec![source.clone()], member.as_deref());
            let expected = evaluate(&runner.engine, vec![expected.clone()], None);
            let outcome = judge(expected, found)?;
            Ok(vec![(case.name.clone(), outcome)])
        }
        Expectation::Query { output, parameter, extensions, create_missing } => {
            let parameter = match parameter {
                Some(path) => {
                    Some(evaluate(&runner.engine, vec![source(path)?], None)?.map_err(Problem::from)?)
                }
                None => None,
            };
            let text = source(&case.file)?;
            let member = shared_member(text.text());
            let mut sources = vec![text];
            for path in extensions {
                sources.push(source(path)?);
            }
            let query = evaluate(&runner.engine, sources, member.as_deref())?;
            let found = query.and_then(|value| match &parameter {
                Some(parameter) => value.call(&[parameter.value().clone()]),
                None => Ok(value),
            });
            if let Ok(value) = &found
                && parameter.is_none()
                && matches!(value.value().as_plain(), Value::Function(_))
            {
                return Err(Problem::Message(
                    "The test query is a function of what a parameter query gives, and there is no parameter query. \
                     Name one with --parameter-query, or in a settings file as ParameterQueryFilePath."
                        .to_owned(),
                ));
            }
            query_outcome(runner, case, output, *create_missing, found)
        }
    }
}

fn query_outcome(
    runner: &Runner,
    case: &Case,
    output: &Path,
    create_missing: bool,
    found: Result<Evaluated, Error>,
) -> Result<Named, Problem> {
    let named = |outcome| Ok(vec![(case.name.clone(), outcome)]);
    if output.is_file() {
        let outcome = judge(evaluate(&runner.engine, vec![source(output)?], None), Ok(found))?;
        return match outcome {
            Outcome::Failed(_, text) if runner.update => {
                write(output, &text)?;
                named(Outcome::Updated)
            }
            outcome => named(outcome),
        };
    }
    if let Ok(value) = &found
        && let Some(facts) = facts(value)?
    {
        let outcome =
            |holds: bool, details: String| if holds { Outcome::Passed } else { Outcome::Fact(details) };
        return Ok(facts
            .into_iter()
            .map(|fact| (format!("{}: {}", case.name, fact.name), outcome(fact.holds, fact.details)))
            .collect());
    }
    let text = found?.literal()?;
    if runner.update || create_missing {
        write(output, &text)?;
        return named(Outcome::Updated);
    }
    named(Outcome::Missing(text))
}

/// What a comparison of two evaluations comes to. An expectation that raises an error expects that error.
fn judge(
    expected: Result<Result<Evaluated, Error>, Problem>,
    found: Result<Result<Evaluated, Error>, Problem>,
) -> Result<Outcome, Problem> {
    match (expected?, found?) {
        (Ok(expected), Ok(found)) => {
            let differences = compare(&expected, &found)?;
            if differences.count == 0 {
                Ok(Outcome::Passed)
            } else {
                Ok(Outcome::Failed(differences, found.literal()?))
            }
        }
        (Err(expected), Err(found)) if same_error(&expected, &found) => Ok(Outcome::Passed),
        (Err(expected), Ok(found)) => {
            let text = found.literal()?;
            let mut differences = Differences { shown: Vec::new(), count: 1 };
            differences.shown.push(super::Difference {
                row: 0,
                place: "value".to_owned(),
                expected: format!("error: {expected}"),
                found: text.chars().take(80).collect(),
            });
            Ok(Outcome::Failed(differences, text))
        }
        (_, Err(found)) => Err(found.into()),
    }
}

/// Evaluates a program: the member, or its expression. Mistakes in the texts are problems, raised errors a result.
fn evaluate(
    engine: &Engine,
    sources: Vec<Source>,
    member: Option<&str>,
) -> Result<Result<Evaluated, Error>, Problem> {
    let run = engine.compile_all(sources)?.run();
    Ok(match member {
        Some(member) => run.evaluate_member(member),
        None => run.evaluate(),
    })
}

/// The member of a test query that is a section document: its last shared one.
fn shared_member(text: &str) -> Option<String> {
    let tree = parse(text).tree;
    let Node::Section { members, .. } = tree.node(tree.root()) else { return None };
    tree.list(members).iter().rev().find_map(|&id| match tree.node(id) {
        Node::SectionMember { shared: true, name, .. } => Some(tree.name(name, text).into_owned()),
        _ => None,
    })
}

fn source(path: &Path) -> Result<Source, Problem> {
    Ok(Source::new(path.display().to_string(), read(path)?))
}

/// Writes an output file, laid out so that its differences read well.
fn write(path: &Path, text: &str) -> Result<(), Problem> {
    let text = format(text, &Style::default()).map_err(|_| {
        Problem::Message(
            "The value holds errors or functions, which no output file can hold; change the query to give plain values."
                .to_owned(),
        )
    })?;
    std::fs::write(path, text)
        .map_err(|error| SuiteError::File { what: "write", path: path.to_owned(), error }.into())
}
