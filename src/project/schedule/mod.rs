//! Schedules: when a project runs by itself.
//!
//! They stand in `schedules.yaml` beside the project file, so that they are read, compared and reviewed like it. What
//! is due is computed from the file, the clock and what was handled last ([`due`]); [`serve()`] waits and runs. The
//! clock is the caller's, so that tests have one of their own.

mod due;
mod edit;
mod model;
mod recurrence;
mod serve;

use std::path::Path;
use std::sync::OnceLock;

pub use due::{Due, due};
pub use edit::{add_schedule, pause_schedule, remove_schedule};
pub use model::{Missed, Schedule, ScheduleFile};
pub use recurrence::{Mistake, Timing};
pub use serve::{Clock, Event, serve};

use super::document::Step::{Field, Item};
use super::document::path_text;
use super::load::parse;
use super::problem::{LoadError, Problem, ProblemCode};

/// The name of the schedules file in a project's folder.
pub const SCHEDULES_FILE: &str = "schedules.yaml";

/// A schedule and its times.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// What the file says.
    pub schedule: Schedule,
    /// When.
    pub timing: Timing,
}

/// The JSON Schema of a schedules file, for editors.
pub fn schedules_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(ScheduleFile).to_value();
    if let serde_json::Value::Object(fields) = &mut schema {
        fields.insert("title".to_owned(), "pqm schedules".into());
    }
    schema
}

/// The schedules of the project in a folder; none if it has no file of them.
///
/// # Errors
/// The mistakes in the file, each with line and field.
pub fn schedules(folder: &Path) -> Result<Vec<Scheduled>, LoadError> {
    let path = folder.join(SCHEDULES_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let message = format!("cannot read the file: {error}");
            let problem = Problem::plain(ProblemCode::Unreadable, message, "");
            return Err(LoadError { path, text: String::new(), problems: vec![problem] });
        }
    };
    read(&text).map_err(|problems| LoadError { path, text, problems })
}

/// The schedules that a text says.
fn read(text: &str) -> Result<Vec<Scheduled>, Vec<Problem>> {
    static SCHEMA: OnceLock<serde_json::Value> = OnceLock::new();
    let (file, root) = parse::<ScheduleFile>(text, SCHEMA.get_or_init(schedules_schema))?;
    let mut problems = Vec::new();
    let mut found: Vec<Scheduled> = Vec::new();
    for (i, schedule) in file.schedules.into_iter().enumerate() {
        let mut report = |field: &'static str, message: String, help: String| {
            let path = [Field("schedules"), Item(i), Field(field)];
            let place = root.place_of(&path);
            problems.push(Problem {
                code: ProblemCode::WrongValue,
                field: path_text(&path),
                line: place.line,
                column: place.column,
                span: place.span.clone(),
                message,
                help,
            });
        };
        if schedule.name.trim().is_empty() {
            report("name", "the text is blank".to_owned(), "give it a value".to_owned());
        }
        if found.iter().any(|other| other.schedule.name == schedule.name) {
            let message = format!("a schedule named {:?} is already there", schedule.name);
            report("name", message, "give each its own name".to_owned());
        }
        match Timing::of(&schedule) {
            Ok(timing) => found.push(Scheduled { schedule, timing }),
            Err(mistake) => report(mistake.field, mistake.message, mistake.help),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

#[cfg(test)]
mod tests;
