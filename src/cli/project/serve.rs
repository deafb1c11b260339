//! `pqm project serve-schedules`: runs projects at their times, until it is asked to stop.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use pqm::project::history::RunRecord;
use pqm::project::run::StopSignal;
use pqm::project::schedule::{Clock, Event, serve};
use pqm::project::{Project, notify};
use serde_json::json;

use super::{Failure, RecordFormat, consent, mistakes};
use crate::cli::interrupt::stop_on_interrupt;

/// Arguments of `pqm project serve-schedules`.
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// The folders of the projects
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,

    /// Agree to the privacy notices, where nobody can be asked
    #[arg(long)]
    accept_privacy_notice: bool,

    /// How to tell what happens, one line for each event
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

pub(super) fn serve_schedules(arguments: &ServeArguments) -> Result<(), Failure> {
    let mut names = Vec::with_capacity(arguments.folders.len());
    for folder in &arguments.folders {
        let project = Project::load(folder).map_err(|error| mistakes(&error))?;
        consent::ask(&project, arguments.accept_privacy_notice)?;
        names.push(project.name().to_owned());
    }
    let stop = StopSignal::default();
    stop_on_interrupt(stop.clone());
    let format = arguments.format;
    // Each project has a thread of its own, so that a long run of one keeps none of the others waiting.
    std::thread::scope(|scope| {
        for (folder, name) in arguments.folders.iter().zip(&names) {
            let stop = &stop;
            scope.spawn(move || {
                serve(folder, &MachineClock, stop, &mut |event| told(name, &event, format));
            });
        }
    });
    tell(format, "", "stopped", &json!({}), "stopped");
    Ok(())
}

fn told(project: &str, event: &Event<'_>, format: RecordFormat) {
    let say = |what, value: serde_json::Value, text: String| tell(format, project, what, &value, &text);
    match event {
        Event::Read(all) => {
            let next = |at: Option<Timestamp>| at.map_or("no more".to_owned(), |at| at.to_string());
            let each: Vec<String> = all.iter().map(|(name, at)| format!("{name} at {}", next(*at))).collect();
            let value =
                all.iter().map(|(name, at)| json!({ "schedule": name, "next": at.map(|at| at.to_string()) }));
            let text = if each.is_empty() {
                "no schedules".to_owned()
            } else {
                format!("next: {}", each.join(", "))
            };
            say("read", json!({ "schedules": value.collect::<Vec<_>>() }), text);
        }
        Event::Mistakes(error) => say("mistakes", json!({ "error": error.to_string() }), error.to_string()),
        Event::Left(name) => {
            say("left", json!({ "schedule": name }), format!("{name}: missed times are left out"));
        }
        Event::Waits(name) => {
            say(
                "waits",
                json!({ "schedule": name }),
                format!("{name}: waits for another run of the project"),
            );
        }
        Event::Starts(name) => say("starts", json!({ "schedule": name }), format!("{name}: starts")),
        Event::Ended(name, project, report) => {
            let told = notify::notify(project, &report.record, &Timestamp::now);
            let mut value = report.record.to_json();
            value["schedule"] = (*name).into();
            say("ended", value, format!("{name}: run {} {}", report.record.id, summary(&report.record)));
            for one in told.iter().filter(|one| one.error.is_some()) {
                let error = one.error.as_deref().unwrap_or_default();
                let text = format!("{name}: {} to {} was not sent: {error}", one.kind, one.target);
                say("not-notified", json!({ "schedule": name, "target": one.target, "error": error }), text);
            }
        }
        Event::Failed(name, error) => {
            say(
                "failed",
                json!({ "schedule": name, "error": error.to_string() }),
                format!("{name}: {error}"),
            );
        }
    }
}

/// A run in one line.
fn summary(record: &RunRecord) -> String {
    let sum = |of: fn(&pqm::project::history::TaskCounts) -> u64| -> u64 {
        record.tasks.iter().map(|task| of(&task.counts)).sum()
    };
    let mut text = format!(
        "{}: {} read, {} written, {} unchanged, {} rejected",
        record.status.as_str(),
        sum(|c| c.read),
        sum(|c| c.inserted + c.updated),
        sum(|c| c.unchanged),
        sum(|c| c.rejected)
    );
    let errors = record.tasks.iter().filter_map(|task| task.error.as_ref()).chain(&record.error);
    for error in errors {
        text.push_str(&format!("; {}", error.replace('\n', " ")));
    }
    text
}

fn tell(format: RecordFormat, project: &str, what: &str, value: &serde_json::Value, text: &str) {
    let at = Timestamp::now();
    let line = match format {
        RecordFormat::Text if project.is_empty() => format!("{at:.0} {text}\n"),
        RecordFormat::Text => format!("{at:.0} {project}: {text}\n"),
        RecordFormat::Json => {
            let mut line = json!({ "at": format!("{at:.3}"), "project": project, "event": what });
            if let (Some(line), Some(value)) = (line.as_object_mut(), value.as_object()) {
                line.extend(
                    value.iter().filter(|(name, _)| *name != "project").map(|(n, v)| (n.clone(), v.clone())),
                );
            }
            format!("{line}\n")
        }
    };
    // Whoever read it may have gone; the runs go on.
    let _ = super::print(&line);
}
