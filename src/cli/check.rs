//! `pqm check`: what can be said of M texts without running them.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pqm::check::{Finding, Options, apply, check};
use pqm::diagnostics::{Diagnostic, Severity, severity};
use pqm::text::Source;
use serde_json::json;

use super::exit::{Exit, Failure};
use super::m_files::{decode, files};
use super::output::Output;
use super::render::{self, Look};
use super::report::{self, Style};
use super::sarif;
use super::terminal::{Colour, Stream};

const EXAMPLES: &str = "\
Examples:
  pqm check sales.pq                     check one file
  pqm check .                            check all .pq and .pqm files of a folder
  pqm check --fix .                      mend what can be mended without changing a result
  pqm check --fix-also M0410 .           also what changes results, for the code that is named
  pqm check --format sarif . > log.sarif

A comment `// pqm: allow M0401` allows what is found on its line or the next; `allow-file` in the whole text.
Exit codes: 0 at most notes, 1 warnings or errors, 3 mistakes of syntax or unknown names.";

/// Arguments of `pqm check`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct CheckArguments {
    /// Files and folders; `-` is standard input, the current folder if none is given
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Also look for what is only a matter of habit: M0402, M0407
    #[arg(long)]
    strict: bool,

    /// Names that mean something where the texts are used, such as other queries; files that are checked together know
    /// each other's names
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    known: Vec<String>,

    /// Change the files: what is safe to mend
    #[arg(long)]
    fix: bool,

    /// Change the files: also mend what these codes find, though results may change
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    fix_also: Vec<String>,

    /// How to report, on standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
    /// One SARIF log
    Sarif,
}

/// One text to check.
struct Input {
    /// Where it is written back to.
    file: Option<PathBuf>,
    source: Source,
    /// Whether a byte order mark stood before it.
    marked: bool,
}

/// Checks what the arguments name.
pub fn run(arguments: &CheckArguments, colour: Colour) -> Result<(), Exit> {
    let style = match arguments.format {
        Format::Json => Style::Json,
        Format::Text | Format::Sarif => Style::text(colour, false),
    };
    let tell = |failure: Failure| report::report(&failure, &style);
    let mut inputs = inputs(&arguments.paths).map_err(tell)?;
    let mut options = Options { known: arguments.known.clone(), strict: arguments.strict };
    // Files of one folder are queries of one workbook: each may name the others.
    options.known.extend(inputs.iter().filter_map(query_name));
    let (mut all, mut fixed) = (Vec::new(), 0);
    for input in &mut inputs {
        let mut findings = check(&input.source, &options);
        if arguments.fix || !arguments.fix_also.is_empty() {
            fixed += mend(input, &mut findings, &options, &arguments.fix_also).map_err(tell)?;
        }
        all.extend(findings);
    }
    show(arguments.format, &all, (inputs.len(), fixed), colour).map_err(tell)?;
    match worst(&all) {
        Exit::Done => Ok(()),
        worst => Err(worst),
    }
}

fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    if paths == [Path::new("-")] {
        let name = Path::new("standard input");
        let mut bytes = Vec::new();
        let fail = |error: std::io::Error| Failure::file("read", name, &error);
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(fail)?;
        return Ok(vec![input(None, name, bytes)?]);
    }
    let read = |file: PathBuf| {
        let bytes = std::fs::read(&file).map_err(|error| Failure::file("read", &file, &error))?;
        input(Some(file.clone()), &file, bytes)
    };
    files(paths)?.into_iter().map(read).collect()
}

fn input(file: Option<PathBuf>, name: &Path, bytes: Vec<u8>) -> Result<Input, Failure> {
    let text = decode(name, bytes)?;
    let body = text.strip_prefix(MARK);
    let source = Source::new(name.display().to_string(), body.unwrap_or(&text));
    Ok(Input { file, source, marked: body.is_some() })
}

/// The byte order mark of UTF-8; a text that starts with it keeps it.
const MARK: char = '\u{feff}';

/// The name of the query that a file holds.
fn query_name(input: &Input) -> Option<String> {
    let name = input.file.as_ref()?.file_name()?.to_str()?;
    let name = name.strip_suffix(".pq").or_else(|| name.strip_suffix(".pqm"))?;
    Some(name.strip_suffix(".query").unwrap_or(name).to_owned())
}

/// Times that a text is mended and checked again; what overlaps is mended one after the other.
const ROUNDS: usize = 20;

/// Mends a file; gives how much was mended. Standard input has nowhere to be written back to.
fn mend(
    input: &mut Input,
    findings: &mut Vec<Finding>,
    options: &Options,
    also: &[String],
) -> Result<usize, Failure> {
    let Some(file) = &input.file else {
        let help = "Save the text to a file and name that.";
        return Err(Failure::Usage("Standard input can't be mended.".to_owned(), Some(help.to_owned())));
    };
    let mut total = 0;
    for _ in 0..ROUNDS {
        let (text, applied) = apply(input.source.text(), findings, also);
        if applied == 0 {
            break;
        }
        total += applied;
        input.source = Source::new(input.source.name(), text);
        *findings = check(&input.source, options);
    }
    if total > 0 {
        let fail = |error: std::io::Error| Failure::file("write", file, &error);
        let mut out = Output::open(Some(file))?;
        if input.marked {
            write!(out, "{MARK}").map_err(fail)?;
        }
        out.write_all(input.source.text().as_bytes()).map_err(fail)?;
        out.finish()?;
    }
    Ok(total)
}

fn show(format: Format, all: &[Finding], counts: (usize, usize), colour: Colour) -> Result<(), Failure> {
    let text = match format {
        Format::Text => for_people(all, counts, colour),
        Format::Json => all.iter().map(|finding| format!("{}\n", object(finding))).collect(),
        Format::Sarif => {
            let diagnostics: Vec<Diagnostic> = all.iter().map(|finding| finding.diagnostic.clone()).collect();
            format!("{:#}\n", sarif::log(&diagnostics))
        }
    };
    let mut out = Output::open(None)?;
    let fail = |error: std::io::Error| Failure::file("write", Path::new("standard output"), &error);
    out.write_all(text.as_bytes()).map_err(fail)?;
    out.finish()
}

/// The width of what does not go to a terminal.
const WIDTH: usize = 100;

fn for_people(all: &[Finding], (files, fixed): (usize, usize), colour: Colour) -> String {
    let look = Look { colour: colour.on(Stream::Output), width: Stream::Output.width(WIDTH), trace: false };
    let mut text: String =
        all.iter().map(|finding| render::diagnostic(&finding.diagnostic, None, &look)).collect();
    let count = |wanted| all.iter().filter(|finding| severity(finding.diagnostic.code) == wanted).count();
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let found = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| plural(count(severity), severity.word()))
        .join(", ");
    text.push_str(&format!("{}: {found}", plural(files, "text")));
    if fixed > 0 {
        text.push_str(&format!("; {} mended", plural(fixed, "finding")));
    }
    text.push_str(".\n");
    text
}

fn object(finding: &Finding) -> serde_json::Value {
    let mut object = report::object(&finding.diagnostic, "check", None);
    if let (Some(object), Some(fix)) = (object.as_object_mut(), &finding.fix) {
        let (start, end) = (fix.span.start, fix.span.end);
        let fix = json!({ "start": start, "end": end, "replacement": fix.replacement, "safe": fix.safe });
        object.insert("fix".to_owned(), fix);
    }
    object
}

fn worst(all: &[Finding]) -> Exit {
    let is_mistake = |code: &str| code.starts_with("M01") || code.starts_with("M02");
    match () {
        () if all.iter().any(|finding| is_mistake(finding.diagnostic.code)) => Exit::Source,
        () if all.iter().any(|finding| severity(finding.diagnostic.code) > Severity::Note) => Exit::UNMET,
        () => Exit::Done,
    }
}
