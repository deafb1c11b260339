//! `pqm project`: making, checking and running integration projects, and looking at what past runs did.
//!
//! This module knows how to show a run, not how to make one: that is [`pqm::project::run`].

mod check;
mod consent;
mod edit;
mod history;
mod json;
mod plan;
mod progress;
mod run;
mod schedule;
mod serve;
mod show;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use pqm::diagnostics::{Diagnostic, Label};
use pqm::project::history::HistoryError;
use pqm::project::{Choice, LoadError, Project};
use pqm::text::{Source, Span};

use super::exit::{Exit, Failure};
use super::report::{Style, report};
use super::terminal::Colour;

/// The subcommands of `pqm project`.
#[derive(Subcommand, Debug)]
pub enum ProjectCommand {
    /// Make a new project, from a template
    #[command(after_help = NEW)]
    New(edit::NewArguments),
    /// Add a task to a project, with mappings between fields of the same names
    #[command(after_help = ADD_TASK)]
    AddTask(edit::AddTaskArguments),
    /// Turn a task's Fn transforms into steps of its Advanced Query, and back
    #[command(subcommand, after_help = ADVANCED_QUERY)]
    AdvancedQuery(edit::AdvancedQueryCommand),
    /// Templates to start projects from
    #[command(subcommand, after_help = TEMPLATE)]
    Template(edit::TemplateCommand),
    /// Run a project's tasks in order
    #[command(after_help = RUN)]
    Run(run::RunArguments),
    /// Run again only what failed: tasks that ended with ERROR or were not run, rows that wait in quarantine
    #[command(after_help = RERUN)]
    Rerun(run::RerunArguments),
    /// Show what a run would do to each row, and write nothing
    #[command(after_help = PLAN)]
    Plan(plan::PlanArguments),
    /// Show past runs, or one run with its rejected rows
    #[command(after_help = HISTORY)]
    History(history::HistoryArguments),
    /// Show the rows that wait in quarantine
    #[command(after_help = QUARANTINE)]
    Quarantine(history::QuarantineArguments),
    /// When the project runs by itself
    #[command(subcommand, after_help = SCHEDULE)]
    Schedule(schedule::ScheduleCommand),
    /// Run projects at the times of their schedules, until Ctrl-C or the signal to terminate
    #[command(after_help = SERVE)]
    ServeSchedules(serve::ServeArguments),
    /// Check a project file and all it refers to: queries, entities, fields, types, keys
    #[command(after_help = CHECK)]
    Check(check::CheckArguments),
    /// List the entities and fields of a project's systems, and what has changed since the last time
    #[command(after_help = REFRESH)]
    RefreshEntities(check::EntitiesArguments),
}

/// Examples of the whole group.
pub const EXAMPLES: &str = "\
Examples:
  pqm project new sales
  pqm project check sales
  pqm project plan sales
  pqm project run sales
  pqm project history sales";
const NEW: &str = "\
Examples:
  pqm project new sales
  pqm project new sales --name 'Sales to warehouse' --template prospect-to-cash
  pqm project template list";
const ADD_TASK: &str = "\
Examples:
  pqm project add-task sales Accounts --source Files --source-entity accounts.csv \\
    --destination Store --destination-entity accounts --key account_number";
const ADVANCED_QUERY: &str = "\
Examples:
  pqm project advanced-query enable sales Accounts
  pqm project advanced-query disable sales Accounts";
const TEMPLATE: &str = "\
Examples:
  pqm project template list
  pqm project template save sales sales.template.yaml --name Sales";
const RUN: &str = "\
Examples:
  pqm project run sales
  pqm project run sales --task Accounts --all-data
  pqm project run sales --connection-set Production --format json

Exit codes: 0 COMPLETED, 6 WARNING (some rows were rejected, the rest delivered), 1 ERROR,
3 mistakes in the project file, 5 the run could not be started or recorded.";
const RERUN: &str = "\
Examples:
  pqm project rerun sales

Exit codes: as those of `pqm project run`.";
const PLAN: &str = "\
Examples:
  pqm project plan sales
  pqm project plan sales --format json";
const HISTORY: &str = "\
Examples:
  pqm project history sales
  pqm project history sales --run 12
  pqm project history sales --purge 90";
const QUARANTINE: &str = "\
Examples:
  pqm project quarantine sales
  pqm project quarantine sales --task Accounts --format json";
const SCHEDULE: &str = "\
Examples:
  pqm project schedule list sales
  pqm project schedule pause sales Nightly
`pqm project schedule add --help` shows how times are said.";
const SERVE: &str = "\
Examples:
  pqm project serve-schedules sales purchases";
const CHECK: &str = "\
Examples:
  pqm project check sales
  pqm project check sales --format sarif > log.sarif";
const REFRESH: &str = "\
Examples:
  pqm project refresh-entities sales";

/// The project, and what to choose differently from its file.
#[derive(Args, Debug)]
pub struct ProjectArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Another connection set than the project names, such as Production
    #[arg(long, value_name = "NAME")]
    connection_set: Option<String>,

    /// Another organization mapping than the project names
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

impl ProjectArguments {
    fn load(&self) -> Result<Project, Failure> {
        let choice =
            Choice { connection_set: self.connection_set.clone(), organization: self.organization.clone() };
        Project::load_with(&self.folder, &choice).map_err(|error| mistakes(&error))
    }
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
    let told = |done: Result<(), Failure>, format| done.map_err(|failure| report(&failure, &style(format)));
    match command {
        ProjectCommand::New(arguments) => told(edit::new_project(arguments), arguments.format),
        ProjectCommand::AddTask(arguments) => told(edit::new_task(arguments), arguments.format),
        ProjectCommand::AdvancedQuery(command) => told(edit::advanced_query(command), command.format()),
        ProjectCommand::Template(command) => told(edit::templates(command), command.format()),
        ProjectCommand::Run(arguments) => run::run_project(arguments, &style(arguments.format())),
        ProjectCommand::Rerun(arguments) => run::rerun_project(arguments, &style(arguments.format())),
        ProjectCommand::Plan(arguments) => plan::plan_project(arguments, &style(arguments.format)),
        ProjectCommand::History(arguments) => told(history::history(arguments), arguments.format),
        ProjectCommand::Quarantine(arguments) => told(history::quarantine(arguments), arguments.format),
        ProjectCommand::Schedule(command) => told(schedule::schedule(command), RecordFormat::Text),
        ProjectCommand::ServeSchedules(arguments) => {
            told(serve::serve_schedules(arguments), arguments.format)
        }
        ProjectCommand::Check(arguments) => check::check(arguments, colour),
        ProjectCommand::RefreshEntities(arguments) => {
            told(check::refresh_entities(arguments), arguments.format)
        }
    }
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

/// Writes to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::file("write", Path::new("standard output"), &error))
}
