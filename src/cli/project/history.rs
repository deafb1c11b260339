//! `pqm project history` and `quarantine`.

use clap::Args;
use jiff::Timestamp;
use pqm::project::RunLock;
use pqm::project::history::{History, RunRecord};
use serde_json::json;

use super::{Failure, RecordFormat, json, mistakes, print, recording, show};

/// Arguments of `pqm project history`.
#[derive(Args, Debug)]
pub struct HistoryArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: std::path::PathBuf,

    /// One run, with its rejected rows
    #[arg(long, value_name = "N")]
    run: Option<i64>,

    /// Forget the runs that are older than so many days
    #[arg(long, value_name = "DAYS", conflicts_with = "run")]
    purge: Option<u32>,

    /// The most runs, or rejected rows, to show
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

/// Arguments of `pqm project quarantine`.
#[derive(Args, Debug)]
pub struct QuarantineArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: std::path::PathBuf,

    /// Only the rows of this task
    #[arg(long, value_name = "NAME")]
    task: Option<String>,

    /// The most rows to show
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

/// The history of a project; none if it was never run. A project that cannot be loaded any more still has its
/// history; a folder without either is a mistake.
fn open(folder: &std::path::Path) -> Result<Option<History>, Failure> {
    let found = History::open_existing(folder).map_err(|error| recording(&error))?;
    if found.is_none() {
        pqm::project::Project::load(folder).map_err(|error| mistakes(&error))?;
    }
    Ok(found)
}

pub(super) fn history(arguments: &HistoryArguments) -> Result<(), Failure> {
    let failed = |error| recording(&error);
    let never = match arguments.format {
        RecordFormat::Text => "The project was never run.\n",
        RecordFormat::Json => "[]\n",
    };
    let Some(history) = open(&arguments.folder)? else {
        if arguments.run.is_some() {
            return Err(Failure::Usage("The project was never run.".to_owned(), None));
        }
        return print(never);
    };
    if let Some(days) = arguments.purge {
        let lock = RunLock::acquire(&arguments.folder).map_err(failed)?;
        let forgotten = history.purge(&lock, Timestamp::now(), days).map_err(failed)?;
        return print(&format!("{forgotten} runs forgotten.\n"));
    }
    let Some(number) = arguments.run else {
        let runs = history.runs(arguments.limit).map_err(failed)?;
        return match arguments.format {
            RecordFormat::Text if runs.is_empty() => print(never),
            RecordFormat::Text => print(&show::runs(&runs)),
            RecordFormat::Json => {
                print(&format!("{:#}\n", json!(runs.iter().map(RunRecord::to_json).collect::<Vec<_>>())))
            }
        };
    };
    let record = history.run(number).map_err(failed)?;
    let errors = history.row_errors(number, arguments.limit).map_err(failed)?;
    let notified = history.notifications(number).map_err(failed)?;
    if arguments.format == RecordFormat::Json {
        let mut value = record.to_json();
        value["row_errors"] = json::row_errors(&errors);
        value["notifications"] = json::notifications(&notified);
        return print(&format!("{value:#}\n"));
    }
    let mut text = show::run(&record, &[], &[]);
    text.push_str(&show::notes(&record));
    if !notified.is_empty() {
        text.push('\n');
        notified.iter().for_each(|one| text.push_str(&format!("{}\n", show::notification(one))));
    }
    if !errors.is_empty() {
        text.push_str(&format!("\nRejected rows:\n{}", show::row_errors(&errors)));
    }
    if errors.len() == arguments.limit {
        text.push_str(&format!("There may be more; --limit shows more than {}.\n", arguments.limit));
    }
    print(&text)
}

pub(super) fn quarantine(arguments: &QuarantineArguments) -> Result<(), Failure> {
    let rows = match open(&arguments.folder)? {
        None => Vec::new(),
        Some(history) => history
            .quarantine(arguments.task.as_deref(), arguments.limit)
            .map_err(|error| recording(&error))?,
    };
    print(&match arguments.format {
        RecordFormat::Json => format!("{:#}\n", json::quarantine(&rows)),
        RecordFormat::Text if rows.is_empty() => "No row waits in quarantine.\n".to_owned(),
        RecordFormat::Text => show::quarantine(&rows),
    })
}
