//! `pqm run`: a query file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Exit, Failure};
use super::format::{self, Errors, Format, Layout};
use super::output::Output;
use super::program::{self, Program, ProgramOptions};
use super::report::{self, Style};
use super::terminal::{Colour, Stream};

const EXAMPLES: &str = "\
Examples:
  pqm run sales.pq
  pqm run sales.pq --limit 100
  pqm run sales.pq -o sales.csv
  pqm run report.pq --query ByRegion --param Year=2024 --format jsonl | head
  pqm run - --format json < sales.pq

Relative paths in File.Contents and the like are taken from the current folder.";

/// Arguments of `pqm run`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct RunArguments {
    /// The file with the M text; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How to write the result [default: by the output file's ending, else table]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    format: Option<Format>,

    /// Write to this file; it is replaced only when all went well
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The member of a section document to evaluate [default: the only shared one]
    #[arg(long, short, value_name = "NAME")]
    query: Option<String>,

    /// Show or write at most N rows or items
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<u64>,

    /// What to write for a cell or item that holds an error
    #[arg(long, value_enum, value_name = "WHAT")]
    errors: Option<Errors>,

    /// Width of the preview in characters [default: the terminal's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,

    #[command(flatten)]
    program: ProgramOptions,
}

/// Runs and shows or writes.
pub fn run(arguments: &RunArguments, colour: Colour) -> Result<(), Exit> {
    let format = arguments.format.unwrap_or_else(|| by_ending(arguments.output.as_deref()));
    // A file's ending says what the file holds, not who reads the diagnostics.
    let asked = arguments.format.unwrap_or(Format::Table);
    let style = Style::of(asked, colour, arguments.program.trace);
    evaluate(arguments, format, colour, &style).map_err(|failure| report::report(&failure, &style))
}

/// The format that a file's ending tells.
fn by_ending(path: Option<&Path>) -> Format {
    let ending = path.and_then(Path::extension).map(|ending| ending.to_ascii_lowercase());
    match ending.as_ref().and_then(|ending| ending.to_str()) {
        Some("csv") => Format::Csv,
        Some("json") => Format::Json,
        Some("jsonl" | "ndjson") => Format::Jsonl,
        Some("pq" | "m") => Format::M,
        Some("arrow" | "feather" | "ipc") => Format::Arrow,
        #[cfg(feature = "parquet")]
        Some("parquet") => Format::Parquet,
        _ => Format::Table,
    }
}

fn evaluate(arguments: &RunArguments, format: Format, colour: Colour, style: &Style) -> Result<(), Failure> {
    let source = program::read(&arguments.file)?;
    let program = Program::start(source, &arguments.program)?;
    let value = program.result(arguments.query.as_deref())?;
    let mut out = Output::open(arguments.output.as_deref())?;
    let shown = matches!(out, Output::Standard(_));
    let layout = Layout {
        limit: arguments.limit,
        errors: arguments.errors,
        width: arguments.width.map_or_else(|| Stream::Output.width(format::PIPE_WIDTH), usize::from),
        colour: shown && colour.on(Stream::Output),
        raw: false,
    };
    let written = format::write(program.ctx(), &value, format, &layout, &mut out);
    let written = format::finish(written, out)?;
    report::written(&written, style);
    program.end();
    Ok(())
}
