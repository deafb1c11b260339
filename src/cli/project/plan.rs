//! `pqm project plan`.

use clap::Args;
use pqm::project::run::{RunOptions, plan};

use super::progress::Watcher;
use super::run::known_tasks;
use super::{Exit, Failure, ProjectArguments, RecordFormat, Style, json, print, recording, report, show};

/// Arguments of `pqm project plan`.
#[derive(Args, Debug)]
pub struct PlanArguments {
    #[command(flatten)]
    project: ProjectArguments,

    /// Plan a run that delivers all data again
    #[arg(long)]
    all_data: bool,

    /// Plan only this task; may be given several times
    #[arg(long, value_name = "NAME")]
    task: Vec<String>,

    /// The most rows of each task to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

pub(super) fn plan_project(arguments: &PlanArguments, style: &Style) -> Result<(), Exit> {
    let tell = |failure: Failure| report(&failure, style);
    let project = arguments.project.load().map_err(tell)?;
    known_tasks(&project, &arguments.task).map_err(tell)?;
    let options =
        RunOptions { all_data: arguments.all_data, tasks: arguments.task.clone(), ..RunOptions::default() };
    let mut watcher = Watcher::new(arguments.format == RecordFormat::Text);
    let found = plan(&project, &options, &mut watcher).map_err(|error| tell(recording(&error)))?;
    let text = match arguments.format {
        RecordFormat::Text => show::plan(&found, arguments.limit),
        RecordFormat::Json => format!("{:#}\n", json::plan(&found)),
    };
    print(&text).map_err(tell)?;
    match found.failure {
        Some(failure) => {
            tell(Failure::Source(failure.diagnostics));
            Err(Exit::Raised)
        }
        None => Ok(()),
    }
}
