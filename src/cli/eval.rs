//! `pqm eval`: one expression.

use clap::Args;
use pqm::text::Source;

use super::exit::{Exit, Failure};
use super::format::{self, Errors, Format, Layout};
use super::output::Output;
use super::program::{self, Program, ProgramOptions};
use super::report::{self, Style};
use super::terminal::{Colour, Stream};

const EXAMPLES: &str = "\
Examples:
  pqm eval '1 + 2'
  pqm eval --raw 'Text.Upper(\"straße\")'
  pqm eval --culture de-DE 'Number.FromText(\"1.234,5\")'
  pqm eval --param 'n:=20' 'List.Numbers(1, n)' --format json
  echo '{1..3}' | pqm eval -";

/// Arguments of `pqm eval`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct EvalArguments {
    /// The M expression; `-` reads it from standard input
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    expression: String,

    /// Print a text value as it is, not as an M literal
    #[arg(long, conflicts_with = "format")]
    raw: bool,

    /// How to print the value
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = Format::M)]
    format: Format,

    /// Print at most N rows or items
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    /// What to write for a cell or item that holds an error
    #[arg(long, value_enum, value_name = "WHAT")]
    errors: Option<Errors>,

    #[command(flatten)]
    program: ProgramOptions,
}

/// Evaluates and prints.
pub fn eval(arguments: &EvalArguments, colour: Colour) -> Result<(), Exit> {
    let style = Style::of(arguments.format, colour, arguments.program.trace);
    evaluate(arguments, colour, &style).map_err(|failure| report::report(&failure, &style))
}

fn evaluate(arguments: &EvalArguments, colour: Colour, style: &Style) -> Result<(), Failure> {
    let source = match arguments.expression.as_str() {
        "-" => program::read("-".as_ref())?,
        text => Source::new("<eval>", text),
    };
    let program = Program::start(source, &arguments.program)?;
    let value = program.result(None)?;
    let mut out = Output::open(None)?;
    let layout = Layout {
        limit: arguments.limit,
        errors: arguments.errors,
        width: Stream::Output.width(format::PIPE_WIDTH),
        colour: colour.on(Stream::Output),
        raw: arguments.raw,
    };
    let written = format::write(program.ctx(), &value, arguments.format, &layout, &mut out);
    let written = format::finish(written, out)?;
    report::written(&written, style);
    program.end();
    Ok(())
}
