//! `pqm project schedule`: when a project runs by itself.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use pqm::project::edit::EditError;
use pqm::project::schedule::{
    Missed, SCHEDULES_FILE, Schedule, Scheduled, add_schedule, pause_schedule, remove_schedule, schedules,
};
use pqm::project::{Choice, Project};
use serde_json::json;

use super::{Failure, RecordFormat, edit, mistakes, print, run};

/// The subcommands of `pqm project schedule`.
#[derive(Subcommand, Debug)]
pub enum ScheduleCommand {
    /// Add a schedule
    #[command(after_help = SERVED)]
    Add(Box<AddArguments>),
    /// Show the schedules and their next times
    List(ListArguments),
    /// Take a schedule out
    Remove(NamedArguments),
    /// Leave a schedule out for the time being
    Pause(NamedArguments),
    /// Let a paused schedule count again
    Resume(NamedArguments),
}

const SERVED: &str = "\
Schedules stand in schedules.yaml beside project.yaml; pqm project serve-schedules runs them.
Minutes and hours pass evenly. Days, weeks and months keep the time of day when clocks are changed.";

/// Arguments of `pqm project schedule add`.
#[derive(Args, Debug)]
pub struct AddArguments {
    #[command(flatten)]
    named: NamedArguments,

    /// How often: "15 minutes", "1 hour", "1 day", "2 weeks", "1 month"
    #[arg(long, value_name = "INTERVAL", conflicts_with = "cron", required_unless_present = "cron")]
    every: Option<String>,

    /// Minute, hour, day of month, month, day of week: "30 2 * * MON-FRI"
    #[arg(long, value_name = "EXPRESSION")]
    cron: Option<String>,

    /// The first time, as clocks of the time zone show it: 2026-03-01T02:30
    #[arg(long, value_name = "TIME")]
    start: Option<String>,

    /// The last time that may be
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// Such as Europe/Berlin; UTC if absent
    #[arg(long, value_name = "NAME")]
    time_zone: Option<String>,

    /// What becomes of times that pass while nothing can run
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    missed: MissedChoice,

    /// Run only this task; may be given several times
    #[arg(long, value_name = "NAME")]
    task: Vec<String>,

    /// Deliver all data each time, whatever earlier runs have delivered
    #[arg(long)]
    all_data: bool,

    /// Another connection set than the project names
    #[arg(long, value_name = "NAME")]
    connection_set: Option<String>,

    /// Another organization mapping than the project names
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum MissedChoice {
    /// They are left out
    Skip,
    /// One run stands for all of them
    #[default]
    RunOnce,
    /// Each is made good, one after the other
    RunAll,
}

/// A schedule of a project.
#[derive(Args, Debug)]
pub struct NamedArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: std::path::PathBuf,

    /// The schedule
    #[arg(value_name = "NAME")]
    name: String,
}

/// Arguments of `pqm project schedule list`.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: std::path::PathBuf,

    /// How many of the next times to show
    #[arg(long, value_name = "N", default_value_t = 3)]
    next: usize,

    /// Count the next times from here instead of now
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,

    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: RecordFormat,
}

pub(super) fn schedule(command: &ScheduleCommand) -> Result<(), Failure> {
    let edited = |done: Result<(), EditError>| done.map_err(edit::refused);
    match command {
        ScheduleCommand::Add(arguments) => add(arguments),
        ScheduleCommand::List(arguments) => list(arguments),
        ScheduleCommand::Remove(NamedArguments { folder, name }) => {
            edited(remove_schedule(folder, name))?;
            print(&format!("{name} is taken out of {SCHEDULES_FILE}.\n"))
        }
        ScheduleCommand::Pause(NamedArguments { folder, name }) => {
            edited(pause_schedule(folder, name, true))?;
            print(&format!("{name} is paused.\n"))
        }
        ScheduleCommand::Resume(NamedArguments { folder, name }) => {
            edited(pause_schedule(folder, name, false))?;
            print(&format!("{name} counts again.\n"))
        }
    }
}

fn add(arguments: &AddArguments) -> Result<(), Failure> {
    let NamedArguments { folder, name } = &arguments.named;
    let choice = Choice {
        connection_set: arguments.connection_set.clone(),
        organization: arguments.organization.clone(),
    };
    // What the schedule is to run must be there.
    let project = Project::load_with(folder, &choice).map_err(|error| mistakes(&error))?;
    run::known_tasks(&project, &arguments.task)?;
    let schedule = Schedule {
        name: name.clone(),
        every: arguments.every.clone(),
        cron: arguments.cron.clone(),
        start: arguments.start.clone(),
        until: arguments.until.clone(),
        time_zone: arguments.time_zone.clone(),
        missed: match arguments.missed {
            MissedChoice::Skip => Missed::Skip,
            MissedChoice::RunOnce => Missed::RunOnce,
            MissedChoice::RunAll => Missed::RunAll,
        },
        connection_set: arguments.connection_set.clone(),
        organization: arguments.organization.clone(),
        tasks: arguments.task.clone(),
        all_data: arguments.all_data,
        paused: false,
    };
    add_schedule(folder, &schedule).map_err(edit::refused)?;
    let all = schedules(folder).map_err(|error| mistakes(&error))?;
    let added = all.iter().find(|one| one.schedule.name == *name);
    let next = added.map(|one| times(one, Timestamp::now(), 1).join("")).filter(|next| !next.is_empty());
    let next = next.map_or("there is no time left".to_owned(), |next| format!("the next time is {next}"));
    print(&format!("{name} is added to {SCHEDULES_FILE}; {next}. pqm project serve-schedules runs it.\n"))
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let all = schedules(&arguments.folder).map_err(|error| mistakes(&error))?;
    let from = arguments.from.unwrap_or_else(Timestamp::now);
    if arguments.format == RecordFormat::Json {
        let one = |one: &Scheduled| {
            let schedule = &one.schedule;
            json!({
                "name": schedule.name,
                "every": schedule.every,
                "cron": schedule.cron,
                "start": schedule.start,
                "until": schedule.until,
                "time_zone": schedule.time_zone,
                "missed": schedule.missed,
                "connection_set": schedule.connection_set,
                "organization": schedule.organization,
                "tasks": schedule.tasks,
                "all_data": schedule.all_data,
                "paused": schedule.paused,
                "next": times(one, from, arguments.next),
            })
        };
        return print(&format!("{:#}\n", json!(all.iter().map(one).collect::<Vec<_>>())));
    }
    if all.is_empty() {
        return print("The project has no schedule. Add one with pqm project schedule add.\n");
    }
    let mut text = String::new();
    for one in &all {
        let schedule = &one.schedule;
        let when = match (&schedule.every, &schedule.cron) {
            (Some(every), _) => format!("every {every}"),
            (None, cron) => format!("cron {}", cron.as_deref().unwrap_or_default()),
        };
        let paused = if schedule.paused { ", paused" } else { "" };
        text.push_str(&format!("{}: {when}{paused}\n", schedule.name));
        for time in times(one, from, arguments.next) {
            text.push_str(&format!("  {time}\n"));
        }
    }
    print(&text)
}

/// The next times, as clocks of the zone show them.
fn times(one: &Scheduled, from: Timestamp, count: usize) -> Vec<String> {
    let mut at = from;
    let mut found = Vec::new();
    while found.len() < count
        && let Some(next) = one.timing.next(at)
    {
        at = next;
        found.push(next.to_zoned(one.timing.zone().clone()).strftime("%Y-%m-%dT%H:%M%:z[%Q]").to_string());
    }
    found
}
