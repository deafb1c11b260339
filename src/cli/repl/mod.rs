//! `pqm repl`: writing and exploring, a step at a time. Lines come from a terminal or a pipe, evaluation has a thread of
//! its own, and what is shown is drawn by the same code as `pqm run`'s previews.

mod failing;
mod helper;
mod input;
mod place;
mod plan;
mod shell;
mod sources;
mod steps;
mod views;
mod worker;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use pqm::Engine;
use pqm::culture::Culture;
use pqm::host::LocalHost;
use pqm::project::{PROJECT_FILE, Project};
use pqm::repl::{Session, from_document};
use pqm::syntax::{Node, parse};

use super::exit::{Exit, Failure};
use super::program;
use super::terminal::Colour;
use shell::Shell;

const EXAMPLES: &str = "\
Examples:
  pqm repl
  pqm repl sales.pq
  pqm repl examples/prospect-to-cash
  pqm repl --echo < script

In it, :source FILE opens data, :help lists the commands, Tab completes.";

/// Arguments of `pqm repl`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ReplArguments {
    /// An M file to begin with, or a project whose connections to use
    #[arg(value_name = "FILE|PROJECT")]
    start: Option<PathBuf>,

    /// End at the first mistake when reading from a pipe
    #[arg(long)]
    strict: bool,

    /// Show the lines that come from a pipe among what they give
    #[arg(long)]
    echo: bool,

    /// Keep history and steps of a pipe, too, as those of a terminal: for editors that run the prompt
    #[arg(long)]
    keep: bool,

    /// The document's culture, such as de-DE: how texts become numbers and dates
    #[arg(long, value_name = "NAME", default_value = "en-US")]
    culture: String,

    /// Rows that previews show
    #[arg(long, value_name = "N", default_value_t = 10)]
    rows: u64,

    /// Width of what is shown in characters [default: the terminal's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    width: Option<u16>,
}

/// Reads and answers until the end.
pub fn repl(arguments: &ReplArguments, colour: Colour) -> Result<(), Exit> {
    let start = start(arguments, colour).map_err(|failure| super::tell(&failure, colour))?;
    let shell = Shell::new(start)
        .map_err(|error| super::tell(&Failure::Io(format!("Cannot start a thread: {error}.")), colour))?;
    let terminal = std::io::stdin().is_terminal();
    let exit = if terminal { input::terminal(shell) } else { input::piped(shell, arguments) };
    match exit {
        Exit::Done => Ok(()),
        exit => Err(exit),
    }
}

/// What a session begins with.
struct Start {
    session: Session,
    project: Option<Project>,
    /// The file whose steps were opened.
    file: Option<PathBuf>,
    base: PathBuf,
    colour: Colour,
    rows: u64,
    width: Option<usize>,
}

fn start(arguments: &ReplArguments, colour: Colour) -> Result<Start, Failure> {
    if Culture::find(&arguments.culture).is_none() {
        return Err(Failure::Usage(format!("There is no culture '{}'.", arguments.culture), None));
    }
    let base = std::env::current_dir()
        .map_err(|error| Failure::Io(format!("Cannot find the current folder: {error}.")))?;
    // One processor is left to the prompt.
    let threads = std::thread::available_parallelism().map_or(1, |all| all.get().saturating_sub(1).max(1));
    let host = LocalHost::new(&base).with_databases(super::credential::of_database);
    let engine = Engine::new().with_host(host).with_culture(&arguments.culture).with_threads(threads);
    let mut start = Start {
        session: Session::new(engine),
        project: None,
        file: None,
        base,
        colour,
        rows: arguments.rows,
        width: arguments.width.map(usize::from),
    };
    let Some(path) = arguments.start.as_deref() else { return Ok(start) };
    if let Some(folder) = project_folder(path) {
        let project = Project::load(&folder).map_err(|error| super::project::mistakes(&error))?;
        start.project = Some(project);
        return Ok(start);
    }
    let source = program::read(path)?;
    let parsed = parse(source.text());
    if matches!(parsed.tree.node(parsed.tree.root()), Node::Section { .. }) {
        start.session = start.session.with_sections(vec![source]).map_err(Failure::Source)?;
    } else {
        let steps = from_document(&source).map_err(Failure::Source)?;
        start.session.steps_mut().set(steps).map_err(|error| Failure::Usage(error.to_string(), None))?;
        start.file = Some(path.to_owned());
    }
    Ok(start)
}

/// The folder of the project that a path means, if it means one.
fn project_folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    (path.file_name()? == PROJECT_FILE).then(|| path.parent().unwrap_or(Path::new(".")).to_owned())
}
