//! `pqm fmt`: M texts in the usual layout.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pqm::diagnostics::Diagnostic;
use pqm::format::{FormatError, Style, format};
use pqm::text::Source;
use serde_json::json;

use super::diff;
use super::exit::{Exit, Failure};
use super::m_files::{decode, files};
use super::output::Output;
use super::report::{self, Style as Report};
use super::terminal::{Colour, Stream};

const EXAMPLES: &str = "\
Examples:
  pqm fmt sales.pq queries/       format files, and all .pq and .pqm files of folders
  pqm fmt --check .               say what is not formatted; exit code 1 if anything is not
  pqm fmt --diff sales.pq         show what would change
  pqm fmt - < sales.pq            format standard input to standard output";

/// Arguments of `pqm fmt`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct FmtArguments {
    /// Files and folders; `-` is standard input, the current folder if none is given
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Format standard input to standard output, as `-` does
    #[arg(long, conflicts_with = "paths")]
    stdin: bool,

    /// Change nothing; end with exit code 1 if something is not formatted
    #[arg(long)]
    check: bool,

    /// Change nothing; show what would change
    #[arg(long)]
    diff: bool,

    /// Characters that a line should not be longer than
    #[arg(long, value_name = "N", default_value_t = Style::default().width, value_parser = clap::value_parser!(usize))]
    width: usize,

    /// How to report
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ReportFormat::Text)]
    format: ReportFormat,
}

/// How `pqm fmt` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// Lines for people
    Text,
    /// One JSON object
    Json,
}

/// What came of one text.
enum Outcome {
    /// It is formatted already.
    Same,
    /// It is another text now, or would be.
    Changed(String),
}

/// Formats what the arguments name.
pub fn fmt(arguments: &FmtArguments, colour: Colour) -> Result<(), Exit> {
    let style = match arguments.format {
        ReportFormat::Text => Report::text(colour, false),
        ReportFormat::Json => Report::Json,
    };
    let tell = |failure: Failure| report::report(&failure, &style);
    if arguments.stdin || arguments.paths == [Path::new("-")] {
        return standard_input(arguments, colour).map_err(tell)?;
    }
    let files = files(&arguments.paths).map_err(tell)?;
    let coloured = colour.on(Stream::Output);
    let writes = !arguments.check && !arguments.diff;
    let (mut listed, mut worst, mut changed) = (Vec::new(), Exit::Done, 0);
    let mut out = std::io::stdout().lock();
    for file in &files {
        let name = file.display().to_string();
        let status = match one(file, arguments, writes) {
            Ok((_, Outcome::Same)) => "unchanged",
            Ok((old, Outcome::Changed(new))) => {
                changed += 1;
                if arguments.format == ReportFormat::Text {
                    // Whoever closed the pipe has read enough; the files are still formatted.
                    let _ = if arguments.diff {
                        let names = (name.as_str(), "formatted");
                        out.write_all(diff::unified(&old, &new, names, coloured).as_bytes())
                    } else {
                        let what = if writes { "formatted" } else { "not formatted:" };
                        writeln!(out, "{what} {name}")
                    };
                }
                if writes { "formatted" } else { "not formatted" }
            }
            Err(failure) => {
                let exit = report::report(&failure, &style);
                worst = if worst == Exit::Done { exit } else { worst };
                "left alone"
            }
        };
        listed.push(json!({ "file": name, "status": status }));
    }
    if arguments.format == ReportFormat::Json {
        let _ = writeln!(out, "{}", json!({ "files": listed, "changed": changed }));
    } else if files.is_empty() {
        eprintln!("note: there are no .pq or .pqm files here.");
    }
    match worst {
        Exit::Done if arguments.check && changed > 0 => Err(Exit::UNMET),
        Exit::Done => Ok(()),
        worst => Err(worst),
    }
}

fn standard_input(arguments: &FmtArguments, colour: Colour) -> Result<Result<(), Exit>, Failure> {
    let mut bytes = Vec::new();
    let name = Path::new("standard input");
    let fail = |error: std::io::Error| Failure::file("read", name, &error);
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(fail)?;
    let old = decode(name, bytes)?;
    let outcome = formatted(name, &old, arguments)?;
    let mut out = Output::open(None)?;
    let fail = |error: std::io::Error| Failure::file("write", Path::new("standard output"), &error);
    let changed = matches!(outcome, Outcome::Changed(_));
    if arguments.diff {
        if let Outcome::Changed(new) = &outcome {
            let names = ("standard input", "formatted");
            let text = diff::unified(&old, new, names, colour.on(Stream::Output));
            out.write_all(text.as_bytes()).map_err(fail)?;
        }
    } else if !arguments.check {
        let text = match &outcome {
            Outcome::Same => &old,
            Outcome::Changed(new) => new,
        };
        out.write_all(text.as_bytes()).map_err(fail)?;
    }
    out.finish()?;
    Ok(if arguments.check && changed { Err(Exit::UNMET) } else { Ok(()) })
}

/// Formats one file; gives its old text too.
fn one(file: &Path, arguments: &FmtArguments, writes: bool) -> Result<(String, Outcome), Failure> {
    let old = decode(file, std::fs::read(file).map_err(|error| Failure::file("read", file, &error))?)?;
    let outcome = formatted(file, &old, arguments)?;
    if let (true, Outcome::Changed(new)) = (writes, &outcome) {
        let mut out = Output::open(Some(file))?;
        out.write_all(new.as_bytes()).map_err(|error| Failure::file("write", file, &error))?;
        out.finish()?;
    }
    Ok((old, outcome))
}

/// The byte order mark of UTF-8; a text that starts with it keeps it.
const MARK: char = '\u{feff}';

fn formatted(name: &Path, text: &str, arguments: &FmtArguments) -> Result<Outcome, Failure> {
    let style = Style { width: arguments.width, ..Style::default() };
    let marked = text.starts_with(MARK);
    let body = text.strip_prefix(MARK).unwrap_or(text);
    match format(body, &style) {
        Ok(new) if new == body => Ok(Outcome::Same),
        Ok(new) => Ok(Outcome::Changed(if marked { format!("{MARK}{new}") } else { new })),
        Err(FormatError::Syntax(errors)) => {
            let source = Source::new(name.display().to_string(), body);
            Err(Failure::Source(errors.iter().map(|error| Diagnostic::from_syntax(&source, error)).collect()))
        }
        Err(error @ FormatError::Changed) => Err(Failure::Io(format!("{}: {error}.", name.display()))),
    }
}
