//! The command line: reads arguments, runs what they ask for, and shows what comes of it.
//!
//! Knows the engine only through its public interface. Everything a person sees is made here: previews, diagnostics,
//! exit codes. One file per command; `docs/cli.md` is the reference.
#![allow(clippy::disallowed_methods)] // The program is where files and the environment come in.

mod check;
mod completions;
mod credential;
mod diff;
mod doc;
mod eval;
mod excerpt;
mod exit;
mod explain;
mod fmt;
mod format;
mod interrupt;
mod m_files;
mod output;
mod plan;
mod program;
mod project;
mod render;
mod repl;
mod report;
mod run;
mod sarif;
mod terminal;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::{Exit, Failure};
use terminal::Colour;

/// Power Query's M language, everywhere: evaluate expressions, run queries, run integration projects.
#[derive(Parser)]
#[command(name = "pqm", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are respected
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
}

const EXAMPLES: &str = "\
Examples:
  pqm eval 'List.Sum({1..10})'
  pqm run sales.pq
  pqm run sales.pq --format csv -o sales.csv
  pqm project run examples/prospect-to-cash
  pqm explain M0201

Exit codes: 0 done, 1 an M error or a check that does not hold, 2 wrong usage, 3 mistakes in the M text, 4 a limit was reached,
5 a file could not be read or written, 6 rows of a project were rejected,
130 interrupted.";

#[derive(Subcommand)]
enum Command {
    /// Evaluate an expression and print its value as M text
    Eval(eval::EvalArguments),
    /// Run a query file and show or write its result
    Run(run::RunArguments),
    /// Show how a query runs, step by step
    Plan(plan::PlanArguments),
    /// Write and explore M step by step
    Repl(repl::ReplArguments),
    /// Work with integration projects
    #[command(subcommand, after_help = project::EXAMPLES)]
    Project(project::ProjectCommand),
    /// Keep the credentials of systems that projects reach
    #[command(subcommand, after_help = credential::EXAMPLES)]
    Credential(credential::CredentialCommand),
    /// Bring M files into the usual layout
    Fmt(fmt::FmtArguments),
    /// Find mistakes and traps without running anything
    Check(check::CheckArguments),
    /// Run test suites of M
    Test(test::TestArguments),
    /// Show what a library function or constant is
    Doc(doc::DocArguments),
    /// Explain an error code such as M0201
    Explain(explain::ExplainArguments),
    /// Print a completion script for a shell
    Completions(completions::CompletionArguments),
}

/// Stack for the thread that does the work: the parser and the printers recurse, and not every system gives the
/// main thread much. Evaluation takes more by itself when it needs more.
const STACK: usize = 16 * 1024 * 1024;

/// Runs the program and says with which code it ends.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that was asked for goes to a pipe that may be closed already; either way there is nothing to add.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let work = std::thread::Builder::new().name("pqm".to_owned()).stack_size(STACK);
    let done = work.spawn(move || execute(&cli)).map(std::thread::JoinHandle::join);
    match done {
        Ok(Ok(exit)) => exit.into(),
        // The panic has printed itself; 101 is what Rust programs end with.
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => {
            eprintln!("pqm: cannot start a thread: {error}");
            Exit::Io.into()
        }
    }
}

fn execute(cli: &Cli) -> Exit {
    let done = match &cli.command {
        Command::Eval(arguments) => eval::eval(arguments, cli.color),
        Command::Run(arguments) => run::run(arguments, cli.color),
        Command::Plan(arguments) => plan::plan(arguments, cli.color),
        Command::Repl(arguments) => repl::repl(arguments, cli.color),
        Command::Project(command) => project::project(command, cli.color),
        Command::Credential(command) => credential::credential(command, cli.color),
        Command::Fmt(arguments) => fmt::fmt(arguments, cli.color),
        Command::Check(arguments) => check::run(arguments, cli.color),
        Command::Test(arguments) => test::test(arguments, cli.color),
        Command::Doc(arguments) => doc::doc(arguments, cli.color),
        Command::Explain(arguments) => explain::explain(arguments, cli.color),
        Command::Completions(arguments) => completions::completions(arguments),
    };
    match done {
        Ok(()) => Exit::Done,
        Err(reported) => reported,
    }
}

/// Reports a failure to people, for commands without machine-readable diagnostics.
fn tell(failure: &Failure, colour: Colour) -> Exit {
    report::report(failure, &report::Style::text(colour, false))
}
