//! Runs as text for people.

use std::fmt::Write;

use jiff::Timestamp;
use pqm::project::history::{
    Notified, QuarantinedRow, RejectedGroup, RowError, RunRecord, TaskCounts, TaskRecord,
};
use pqm::project::run::{Action, Plan, Planned};

use super::progress::speed;

/// A whole number with thousands separators.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One run with a table of its tasks. `seconds` are the times of its tasks, where they are known; `planned`
/// are the names of all tasks of the project.
pub(super) fn run(record: &RunRecord, seconds: &[f64], planned: &[String]) -> String {
    let mut text = format!("Run {} of {}: {}", record.id, record.project, record.status.as_str());
    if let Some(took) = took(record) {
        // Writing to a text cannot fail.
        let _ = write!(text, " after {took}");
    }
    if let Some(schedule) = &record.schedule {
        let _ = write!(text, ", by the schedule {schedule}");
    }
    text.push('\n');
    if let Some(error) = &record.error {
        let _ = writeln!(text, "{error}");
    }
    let deletes = record.tasks.iter().any(|task| task.counts.deleted > 0);
    let mut head = vec!["Task".to_owned(), "Status".to_owned()];
    head.extend(count_names(deletes).map(str::to_owned));
    if !seconds.is_empty() {
        head.push("Rows/s".to_owned());
    }
    let mut rows = vec![head];
    rows.extend(record.tasks.iter().enumerate().map(|(i, task)| task_row(task, seconds, i, deletes)));
    for name in planned.iter().filter(|name| !record.tasks.iter().any(|task| task.label() == **name)) {
        rows.push(vec![name.clone(), "not run".to_owned()]);
    }
    if rows.len() > 1 {
        text.push('\n');
        text.push_str(&table(&rows, 2));
    }
    text
}

fn task_row(task: &TaskRecord, seconds: &[f64], position: usize, deletes: bool) -> Vec<String> {
    let mut row = vec![task.label(), task.status.as_str().to_owned()];
    row.extend(counts(&task.counts, deletes));
    if let Some(seconds) = seconds.get(position) {
        row.push(speed(task.counts.read, *seconds).map(grouped).unwrap_or_default());
    }
    row
}

/// The names of the counts; deletions only where there are some.
fn count_names(deletes: bool) -> impl Iterator<Item = &'static str> {
    let all = ["Read", "Filtered", "Inserted", "Updated", "Unchanged", "Deleted", "Rejected"];
    all.into_iter().filter(move |name| deletes || *name != "Deleted")
}

fn counts(counts: &TaskCounts, deletes: bool) -> impl Iterator<Item = String> {
    let before = [counts.read, counts.filtered, counts.inserted, counts.updated, counts.unchanged];
    let deleted = deletes.then_some(counts.deleted);
    before.into_iter().chain(deleted).chain([counts.rejected]).map(grouped)
}

/// Why tasks failed, and what else is to be known of them.
pub(super) fn notes(record: &RunRecord) -> String {
    let mut text = String::new();
    for task in &record.tasks {
        if let Some(error) = &task.error {
            let _ = writeln!(text, "\n{}: {error}", task.label());
        }
    }
    text
}

/// Who was told, or why not.
pub(super) fn notification(one: &Notified) -> String {
    match &one.error {
        None => format!("Notified {} by {}.", one.target, one.kind),
        Some(error) => format!("Not notified: {} by {}: {}", one.target, one.kind, one_line(error)),
    }
}

/// A dry run: counts, then what would happen to each row, up to `limit` of each task.
pub(super) fn plan(plan: &Plan, limit: usize) -> String {
    let deletes = plan.tasks.iter().any(|task| task.record.counts.deleted > 0);
    let mut head = vec!["Task".to_owned()];
    head.extend(count_names(deletes).map(str::to_owned));
    let mut rows = vec![head];
    rows.extend(plan.tasks.iter().map(|task| {
        let mut row = vec![task.record.label()];
        row.extend(counts(&task.record.counts, deletes));
        row
    }));
    let mut text = String::from("A run would do this; nothing was written.\n\n");
    text.push_str(&table(&rows, 1));
    for task in &plan.tasks {
        if task.rows.is_empty() && task.record.error.is_none() {
            continue;
        }
        let _ = writeln!(text, "\n{}", task.record.label());
        for row in task.rows.iter().take(limit) {
            planned(row, &mut text);
        }
        if task.rows.len() > limit {
            let more = grouped((task.rows.len() - limit) as u64);
            let _ = writeln!(text, "  and {more} more; --limit shows more than {limit}");
        }
        if let Some(note) = &task.record.error {
            let _ = writeln!(text, "  {note}");
        }
    }
    text
}

fn planned(row: &Planned, text: &mut String) {
    let key = row.key.as_deref().map(one_line).unwrap_or_else(|| format!("row {}", row.row));
    match &row.action {
        Action::Insert => drop(writeln!(text, "  + {key}")),
        Action::Delete => drop(writeln!(text, "  - {key}")),
        Action::Update(changes) => {
            let value = |value: &Option<String>| {
                value.as_deref().map_or("null".to_owned(), |text| format!("{:?}", one_line(text)))
            };
            let fields =
                changes.iter().map(|c| format!("{} {} -> {}", c.column, value(&c.from), value(&c.to)));
            let _ = writeln!(text, "  ~ {key}: {}", fields.collect::<Vec<_>>().join(", "));
        }
        Action::Reject(reasons) => {
            let reasons: Vec<String> = reasons.iter().map(|reason| one_line(reason)).collect();
            let _ = writeln!(text, "  ! {key}: {}", reasons.join("; "));
        }
    }
}

/// The rows that wait in quarantine, each as it left its query.
pub(super) fn quarantine(rows: &[QuarantinedRow]) -> String {
    let mut lines = vec![["Task", "Run", "Row", "Content"].map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(|row| {
        vec![row.task.clone(), row.run.to_string(), grouped(row.row), one_line(&row.content.to_string())]
    }));
    table(&lines, 4)
}

/// The rejected rows of a run by reason, an example of each.
pub(super) fn rejected(groups: &[RejectedGroup]) -> String {
    let mut text = String::new();
    for group in groups {
        let column = group.column.as_deref().map(|column| format!(" in {column}")).unwrap_or_default();
        let key = group.key.as_deref().map(|key| format!(" ({key})")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {}: {} x {}{column}, such as row {}{key}: {}",
            group.task,
            grouped(group.count),
            group.code,
            group.row,
            one_line(&group.reason)
        );
    }
    text
}

/// The rejected rows of a run, one after the other.
pub(super) fn row_errors(errors: &[RowError]) -> String {
    let mut rows =
        vec![["Task", "Row", "Key", "Column", "Step", "Code", "Reason"].map(str::to_owned).to_vec()];
    rows.extend(errors.iter().map(|error| {
        vec![
            error.task.clone(),
            grouped(error.row),
            one_line(error.key.as_deref().unwrap_or_default()),
            error.column.clone().unwrap_or_default(),
            error.step.as_str().to_owned(),
            error.code.clone(),
            one_line(&error.reason),
        ]
    }));
    table(&rows, 7)
}

/// Many runs, one line each.
pub(super) fn runs(records: &[RunRecord]) -> String {
    let head = ["Run", "Started", "Took", "Status", "Read", "Written", "Unchanged", "Rejected"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(records.iter().map(|record| {
        let sum = |of: fn(&TaskRecord) -> u64| grouped(record.tasks.iter().map(of).sum());
        vec![
            record.id.to_string(),
            time(record.started),
            took(record).unwrap_or_default(),
            record.status.as_str().to_owned(),
            sum(|task| task.counts.read),
            sum(|task| task.counts.inserted + task.counts.updated),
            sum(|task| task.counts.unchanged),
            sum(|task| task.counts.rejected),
        ]
    }));
    table(&rows, 4)
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How long a run took, if it ended.
fn took(record: &RunRecord) -> Option<String> {
    let seconds = record.ended?.duration_since(record.started).as_secs_f64();
    Some(if seconds < 10.0 { format!("{seconds:.2} s") } else { format!("{seconds:.0} s") })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of cells under each other. The first `left` columns are text and the rest numbers.
fn table(rows: &[Vec<String>], left: usize) -> String {
    use unicode_width::UnicodeWidthStr;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|i| rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            if i > 0 {
                line.push_str("  ");
            }
            if i < left {
                line.push_str(cell);
                line.push_str(&gap);
            } else {
                line.push_str(&gap);
                line.push_str(cell);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let found = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(found, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn numbers_stand_right_and_text_left() {
        let rows = [vec!["Task".to_owned(), "Read".to_owned()], vec!["Größe".to_owned(), "7".to_owned()]];
        assert_eq!(table(&rows, 1), "Task   Read\nGröße     7\n");
    }
}
