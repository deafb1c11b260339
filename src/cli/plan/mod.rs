//! `pqm plan`: how a query runs.

mod json;
mod text;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use pqm::eval::Context;
use pqm::table::{Plan, read_through};
use pqm::value::Value;

use super::exit::{Exit, Failure};
use super::format::PIPE_WIDTH;
use super::program::{self, Program, ProgramOptions};
use super::report::{self, Style};
use super::terminal::{Colour, Stream};

pub use text::text;

const EXAMPLES: &str = "\
Examples:
  pqm plan sales.pq
  pqm plan sales.pq --analyze                     also rows, time and memory of each step
  pqm plan report.pq --query ByRegion --param Year=2024
  pqm plan sales.pq --format json | jq '.plans[0].how'

Steps stand in the order in which rows pass them. `vector` runs M functions over whole columns, `row by row` calls them for
each row (the reasons stand below), `pushed down` leaves the work to the source, `no work` hands on what it gets.";

/// Arguments of `pqm plan`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct PlanArguments {
    /// The file with the M text; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Read the result to its end, and show the rows, time and memory of each step; on one thread unless --threads says
    /// otherwise, so that times add up
    #[arg(long)]
    analyze: bool,

    /// How to show the plan
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = PlanFormat::Text)]
    format: PlanFormat,

    /// The member of a section document to evaluate [default: the only shared one]
    #[arg(long, short, value_name = "NAME")]
    query: Option<String>,

    /// Width of what is shown in characters [default: the terminal's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..))]
    width: Option<u16>,

    #[command(flatten)]
    program: ProgramOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What reading a result came to.
#[derive(Clone, Copy, Debug)]
pub struct Analysis {
    /// How long it took.
    time: Duration,
    /// Cells that hold errors.
    errors: u64,
}

/// Shows the plan of a query.
pub fn plan(arguments: &PlanArguments, colour: Colour) -> Result<(), Exit> {
    let style = match arguments.format {
        PlanFormat::Json => Style::Json,
        PlanFormat::Text => Style::text(colour, arguments.program.trace),
    };
    show(arguments, colour).map_err(|failure| report::report(&failure, &style))
}

fn show(arguments: &PlanArguments, colour: Colour) -> Result<(), Failure> {
    let source = program::read(&arguments.file)?;
    let one_thread = arguments.analyze && arguments.program.threads.is_none();
    let program = Program::with(source, &arguments.program, |engine| {
        let engine = engine.observed();
        if one_thread { engine.with_threads(1) } else { engine }
    })?;
    let value = program.result(arguments.query.as_deref())?;
    let (plans, analysis) =
        plans(program.ctx(), &value, arguments.analyze).map_err(|error| Failure::evaluation(&error))?;
    let shown = match arguments.format {
        PlanFormat::Json => json::json(&plans, analysis),
        PlanFormat::Text => {
            let width = arguments.width.map_or_else(|| Stream::Output.width(PIPE_WIDTH), usize::from);
            text(&plans, analysis, &value, width, colour.on(Stream::Output))
        }
    };
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(shown.as_bytes());
    program.end();
    Ok(())
}

/// The plans of a value, after reading it if that is asked for.
///
/// # Errors
/// What the enumeration of the rows raises.
pub fn plans(
    ctx: &Context,
    value: &Value,
    analyze: bool,
) -> pqm::value::Result<(Vec<Plan>, Option<Analysis>)> {
    let mut analysis = None;
    if analyze && let Value::Table(table) = value.as_plain() {
        let start = Instant::now();
        let errors = read_through(ctx, table)?;
        analysis = Some(Analysis { time: start.elapsed(), errors });
    }
    Ok((Plan::of_value(ctx, value)?, analysis))
}

/// What a step is called: by its names in the program, or else by the functions that made it.
fn name(plan: &Plan) -> String {
    let mut names: Vec<&str> = plan.notes.iter().filter_map(|note| note.name.as_deref()).collect();
    names.dedup();
    if names.is_empty() {
        names = plan.notes.iter().filter_map(|note| note.call.as_ref().map(|call| call.as_str())).collect();
    }
    names.join(" + ")
}

/// At how many places of the text a step stands that is made once for all of them.
fn places(plan: &Plan) -> usize {
    plan.notes.iter().map(|note| note.places).max().unwrap_or(1)
}

/// How a step runs, in a word.
fn word(plan: &Plan) -> &'static str {
    use pqm::table::How;
    match plan.how {
        How::Source => "source",
        How::Vector => "vector",
        How::RowWise(_) => "row by row",
        How::PushedDown => "pushed down",
        How::Batches => "batches",
        How::Nothing => "no work",
    }
}
