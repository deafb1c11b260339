//! What is said of a run.

#[cfg(feature = "http")]
use serde_json::{Value, json};

use crate::project::history::RunRecord;

/// One line.
pub(super) fn subject(record: &RunRecord) -> String {
    let rejected: u64 = record.tasks.iter().map(|task| task.counts.rejected).sum();
    let more = match rejected {
        0 => String::new(),
        1 => ", 1 row rejected".to_owned(),
        rows => format!(", {rows} rows rejected"),
    };
    format!("{}: {}{more}", record.project, record.status.as_str())
}

/// The run in words.
#[cfg(feature = "smtp")]
pub(super) fn text(record: &RunRecord) -> String {
    let mut text = format!(
        "{}\n\nRun {} with the connection set {}{}\nStarted {}, ended {}\n",
        subject(record),
        record.id,
        record.connection_set,
        record.schedule.as_ref().map(|name| format!(", by the schedule {name}")).unwrap_or_default(),
        record.started,
        record.ended.map_or("not yet".to_owned(), |at| at.to_string()),
    );
    for task in &record.tasks {
        let c = &task.counts;
        text.push_str(&format!("\n{}: {}\n  read {}\n", task.label(), task.status.as_str(), c.read));
        let others = [
            ("filtered", c.filtered),
            ("inserted", c.inserted),
            ("updated", c.updated),
            ("unchanged", c.unchanged),
            ("deleted", c.deleted),
            ("rejected", c.rejected),
        ];
        for (name, count) in others.into_iter().filter(|(_, count)| *count > 0) {
            text.push_str(&format!("  {name} {count}\n"));
        }
        if let Some(error) = &task.error {
            text.push_str(&format!("  {}\n", error.replace('\n', "\n  ")));
        }
    }
    if let Some(error) = &record.error {
        text.push_str(&format!("\n{error}\n"));
    }
    text.push_str(&format!("\nMore: pqm project history DIR --run {}\n", record.id));
    text
}

/// The record of the run, and one line of it under the name that chat services show.
#[cfg(feature = "http")]
pub(super) fn body(record: &RunRecord) -> Value {
    let mut body = json!({ "text": subject(record) });
    if let (Some(body), Value::Object(record)) = (body.as_object_mut(), record.to_json()) {
        body.extend(record);
    }
    body
}
