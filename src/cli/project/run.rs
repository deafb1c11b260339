//! `pqm project run` and `rerun`.

use clap::Args;
use jiff::Timestamp;
use pqm::project::history::{History, RunStatus};
use pqm::project::run::{RunOptions, RunReport, run};
use pqm::project::{Project, notify};

use super::progress::Watcher;
use super::{
    Exit, Failure, ProjectArguments, RecordFormat, Style, consent, json, print, recording, report, show,
};
use crate::cli::interrupt::stop_on_interrupt;

/// Arguments of `pqm project run`.
#[derive(Args, Debug)]
pub struct RunArguments {
    #[command(flatten)]
    project: ProjectArguments,

    /// Deliver all data again, whatever earlier runs have delivered
    #[arg(long)]
    all_data: bool,

    /// Run only this task; may be given several times
    #[arg(long, value_name = "NAME")]
    task: Vec<String>,

    #[command(flatten)]
    shown: ShownArguments,
}

/// Arguments of `pqm project rerun`.
#[derive(Args, Debug)]
pub struct RerunArguments {
    #[command(flatten)]
    project: ProjectArguments,

    /// Run only this task; may be given several times
    #[arg(long, value_name = "NAME")]
    task: Vec<String>,

    #[command(flatten)]
    shown: ShownArguments,
}

#[derive(Args, Debug)]
struct ShownArguments {
    /// Agree to the privacy notice, where nobody can be asked
    #[arg(long)]
    accept_privacy_notice: bool,

    /// How to print the record of the run
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: RecordFormat,
}

impl RunArguments {
    pub(super) fn format(&self) -> RecordFormat {
        self.shown.format
    }
}

impl RerunArguments {
    pub(super) fn format(&self) -> RecordFormat {
        self.shown.format
    }
}

pub(super) fn run_project(arguments: &RunArguments, style: &Style) -> Result<(), Exit> {
    let options =
        RunOptions { all_data: arguments.all_data, tasks: arguments.task.clone(), ..RunOptions::default() };
    execute(&arguments.project, &options, &arguments.shown, style)
}

pub(super) fn rerun_project(arguments: &RerunArguments, style: &Style) -> Result<(), Exit> {
    let options = RunOptions { tasks: arguments.task.clone(), failed_only: true, ..RunOptions::default() };
    execute(&arguments.project, &options, &arguments.shown, style)
}

fn execute(
    project: &ProjectArguments,
    options: &RunOptions,
    shown: &ShownArguments,
    style: &Style,
) -> Result<(), Exit> {
    let tell = |failure: Failure| report(&failure, style);
    let folder = &project.folder;
    let project = project.load().map_err(tell)?;
    known_tasks(&project, &options.tasks).map_err(tell)?;
    consent::ask(&project, shown.accept_privacy_notice).map_err(tell)?;
    stop_on_interrupt(options.stop.clone());
    // Programs that read standard error get diagnostics there and nothing else.
    let mut watcher = Watcher::new(shown.format == RecordFormat::Text);
    let ended =
        run(&project, options, &mut watcher, &Timestamp::now).map_err(|error| tell(recording(&error)))?;
    let notified = notify::notify(&project, &ended.record, &Timestamp::now);
    show_report(&project, folder, &ended, &watcher, options, shown.format).map_err(tell)?;
    if shown.format == RecordFormat::Text {
        for one in &notified {
            eprintln!("{}", show::notification(one));
        }
    }
    if ended.was_stopped() {
        return Err(tell(Failure::Interrupted));
    }
    if let Some(failure) = ended.failure {
        tell(Failure::Source(failure.diagnostics));
        return Err(Exit::Raised);
    }
    match ended.record.status {
        RunStatus::Warning => Err(Exit::Warning),
        _ => Ok(()),
    }
}

/// That each named task is one of the project's.
pub(super) fn known_tasks(project: &Project, names: &[String]) -> Result<(), Failure> {
    match names.iter().find(|name| !project.tasks().iter().any(|task| task.name == **name)) {
        None => Ok(()),
        Some(name) => {
            let all: Vec<&str> = project.tasks().iter().map(|task| task.name.as_str()).collect();
            let help = format!("The project's tasks are {}.", all.join(", "));
            Err(Failure::Usage(format!("{} has no task {name:?}.", project.name()), Some(help)))
        }
    }
}

fn show_report(
    project: &Project,
    folder: &std::path::Path,
    ended: &RunReport,
    watcher: &Watcher,
    options: &RunOptions,
    format: RecordFormat,
) -> Result<(), Failure> {
    let record = &ended.record;
    let history = History::open(project.folder()).map_err(|error| recording(&error))?;
    let groups = history.rejected_groups(record.id).map_err(|error| recording(&error))?;
    if format == RecordFormat::Json {
        let mut value = record.to_json();
        value["rejected"] = json::rejected(&groups);
        value["failure"] = ended.failure.as_ref().map(json::failure).into();
        return print(&format!("{value:#}\n"));
    }
    if options.failed_only && record.tasks.is_empty() {
        return print("Nothing failed: there is nothing to run again.\n");
    }
    let planned: Vec<String> = if options.failed_only {
        Vec::new()
    } else {
        let legs = project.legs();
        let asked =
            legs.iter().filter(|leg| options.tasks.is_empty() || options.tasks.iter().any(|t| t == leg.task));
        asked.map(pqm::project::Leg::label).collect()
    };
    let mut text = show::run(record, watcher.seconds(), &planned);
    text.push_str(&show::notes(record));
    if !groups.is_empty() {
        text.push_str(&format!(
            "\nRejected rows (all of them: pqm project history {} --run {}):\n{}",
            folder.display(),
            record.id,
            show::rejected(&groups)
        ));
    }
    print(&text)
}
