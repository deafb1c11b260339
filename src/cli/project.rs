//! `pqm project`: running integration projects and looking at what past runs did.
//!
//! This module knows how to show a run, not how to make one: that is [`pqm::project::run`].

mod json;
mod progress;
mod show;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use pqm::diagnostics::{Diagnostic, Label};
use pqm::project::history::{History, HistoryError, RunStatus};
use pqm::project::run::{RunReport, run};
use pqm::project::{LoadError, Project};
use pqm::text::{Source, Span};
use serde_json::json;

use super::exit::{Exit, Failure};
use super::report::{Style, report};
use super::sarif;
use super::terminal::Colour;
use progress::Watcher;

/// The subcommands of `pqm project`.
#[derive(Subcommand, Debug)]
pub enum ProjectCommand {
    /// Run a project's tasks in order
    #[command(after_help = RUN_CODES)]
    Run(RunArguments),
    /// Show past runs, or one run with its rejected rows
    History(HistoryArguments),
    /// Check a project file and all it refers to
    Check {
        /// The project's folder: the one with project.yaml
        #[arg(value_name = "DIR")]
        folder: PathBuf,

        /// How to print what was found
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: CheckFormat,
    },
}

const RUN_CODES: &str = "\
Exit codes: 0 COMPLETED, 6 WARNING (some rows were rejected, the rest delivered), 1 ERROR,
3 mistakes in the project file, 5 the run could not be started or recorded.";

/// Arguments of `pqm project run`.
#[derive(Args, Debug)]
pub struct RunArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// How to print the record of the run
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: RecordFormat,
}

/// Arguments of `pqm project history`.
#[derive(Args, Debug)]
pub struct HistoryArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// One run, with its rejected rows
    #[arg(long, value_name = "N")]
    run: Option<i64>,

    /// The most runs, or rejected rows, to show
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: RecordFormat,
}

/// How records are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RecordFormat {
    /// For people
    #[default]
    Text,
    /// For machines
    Json,
}

/// How the mistakes that a check found are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    #[default]
    Text,
    /// JSON Lines on standard error
    Json,
    /// A SARIF log on standard output
    Sarif,
}

/// Runs a subcommand.
pub fn project(command: &ProjectCommand, colour: Colour) -> Result<(), Exit> {
    let style = |format| match format {
        RecordFormat::Text => Style::text(colour, false),
        RecordFormat::Json => Style::Json,
    };
    match command {
        ProjectCommand::Run(arguments) => run_project(arguments, &style(arguments.format)),
        ProjectCommand::History(arguments) => {
            history(arguments).map_err(|failure| report(&failure, &style(arguments.format)))
        }
        ProjectCommand::Check { folder, format } => check(folder, *format, colour),
    }
}

fn check(folder: &Path, format: CheckFormat, colour: Colour) -> Result<(), Exit> {
    let style = match format {
        CheckFormat::Json => Style::Json,
        CheckFormat::Text | CheckFormat::Sarif => Style::text(colour, false),
    };
    let checked = load(folder);
    let told = match (&checked, format) {
        (Ok(_), CheckFormat::Sarif) => Some(sarif::log(&[])),
        (Err(Failure::Source(all)), CheckFormat::Sarif) => Some(sarif::log(all)),
        _ => None,
    };
    if let Some(log) = told {
        print(&format!("{log:#}\n")).map_err(|failure| report(&failure, &style))?;
        return checked.map(|_| ()).map_err(|failure| failure.exit());
    }
    let project = checked.map_err(|failure| report(&failure, &style))?;
    if format == CheckFormat::Json {
        return Ok(());
    }
    print(&format!("{}: {} tasks, no mistakes found.\n", project.name(), project.tasks().len()))
        .map_err(|failure| report(&failure, &style))
}

fn run_project(arguments: &RunArguments, style: &Style) -> Result<(), Exit> {
    let tell = |failure: Failure| report(&failure, style);
    let project = load(&arguments.folder).map_err(tell)?;
    // Programs that read standard error get diagnostics there and nothing else.
    let mut watcher = Watcher::new(arguments.format == RecordFormat::Text);
    let ended = run(&project, &mut watcher, &Timestamp::now).map_err(|error| tell(recording(&error)))?;
    show_report(&project, &ended, &watcher, arguments).map_err(tell)?;
    if let Some(failure) = ended.failure {
        tell(Failure::Source(failure.diagnostics));
        return Err(Exit::Raised);
    }
    match ended.record.status {
        RunStatus::Warning => Err(Exit::Warning),
        _ => Ok(()),
    }
}

fn show_report(
    project: &Project,
    ended: &RunReport,
    watcher: &Watcher,
    arguments: &RunArguments,
) -> Result<(), Failure> {
    let record = &ended.record;
    let history = History::open(project.folder()).map_err(|error| recording(&error))?;
    let groups = history.rejected_groups(record.id).map_err(|error| recording(&error))?;
    if arguments.format == RecordFormat::Json {
        let mut value = json::run(record);
        value["rejected"] = json::rejected(&groups);
        value["failure"] = ended.failure.as_ref().map(json::failure).into();
        return print(&format!("{value:#}\n"));
    }
    let planned: Vec<&str> = project.tasks().iter().map(|task| task.name.as_str()).collect();
    let mut text = show::run(record, watcher.seconds(), &planned);
    if !groups.is_empty() {
        text.push_str(&format!(
            "\nRejected rows (all of them: pqm project history {} --run {}):\n{}",
            arguments.folder.display(),
            record.id,
            show::rejected(&groups)
        ));
    }
    print(&text)
}

fn history(arguments: &HistoryArguments) -> Result<(), Failure> {
    // A project that cannot be loaded any more still has its history; a folder without either is a mistake.
    let found = History::open_existing(&arguments.folder).map_err(|error| recording(&error))?;
    let Some(history) = found else {
        let project = load(&arguments.folder)?;
        if arguments.run.is_some() {
            return Err(Failure::Usage(format!("{} was never run.", project.name()), None));
        }
        return print(match arguments.format {
            RecordFormat::Text => "The project was never run.\n",
            RecordFormat::Json => "[]\n",
        });
    };
    let failed = |error| recording(&error);
    let Some(number) = arguments.run else {
        let runs = history.runs(arguments.limit).map_err(failed)?;
        return match arguments.format {
            RecordFormat::Text => print(&show::runs(&runs)),
            RecordFormat::Json => {
                print(&format!("{:#}\n", json!(runs.iter().map(json::run).collect::<Vec<_>>())))
            }
        };
    };
    let record = history.run(number).map_err(failed)?;
    let errors = history.row_errors(number, arguments.limit).map_err(failed)?;
    if arguments.format == RecordFormat::Json {
        let mut value = json::run(&record);
        value["row_errors"] = json::row_errors(&errors);
        return print(&format!("{value:#}\n"));
    }
    let mut text = show::run(&record, &[], &[]);
    for task in &record.tasks {
        if let Some(error) = &task.error {
            text.push_str(&format!("\n{}: {error}\n", task.name));
        }
    }
    if !errors.is_empty() {
        text.push_str(&format!("\nRejected rows:\n{}", show::row_errors(&errors)));
    }
    if errors.len() == arguments.limit {
        text.push_str(&format!("There may be more; --limit shows more than {}.\n", arguments.limit));
    }
    print(&text)
}

fn load(folder: &Path) -> Result<Project, Failure> {
    Project::load(folder).map_err(|error| mistakes(&error))
}

/// The mistakes in a project file, each with its place in the text.
pub fn mistakes(error: &LoadError) -> Failure {
    if error.text.is_empty() {
        return Failure::Io(error.to_string());
    }
    let source = Source::new(error.path.display().to_string(), error.text.as_str());
    let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let diagnostics = error.problems.iter().map(|problem| Diagnostic {
        label: (problem.line > 0).then(|| Label {
            source: source.clone(),
            span: Span::new(at(problem.span.start), at(problem.span.end)),
            text: problem.field.clone(),
        }),
        help: Some(problem.help.clone()).filter(|help| !help.is_empty()),
        ..Diagnostic::plain(problem.code.as_str(), problem.message.as_str())
    });
    Failure::Source(diagnostics.collect())
}

/// A run that cannot be recorded or looked up.
fn recording(error: &HistoryError) -> Failure {
    match error {
        HistoryError::NoRun { .. } => Failure::Usage(error.to_string(), None),
        _ => Failure::Io(error.to_string()),
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::file("write", Path::new("standard output"), &error))
}
