//! Runs as text for people.

use std::fmt::Write;

use jiff::Timestamp;
use pqm::project::history::{RejectedGroup, RowError, RunRecord, TaskRecord};

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
pub(super) fn run(record: &RunRecord, seconds: &[f64], planned: &[&str]) -> String {
    let mut text = format!("Run {} of {}: {}", record.id, record.project, record.status.as_str());
    if let Some(took) = took(record) {
        // Writing to a text cannot fail.
        let _ = write!(text, " after {took}");
    }
    text.push('\n');
    if let Some(error) = &record.error {
        let _ = writeln!(text, "{error}");
    }
    let head = ["Task", "Status", "Read", "Filtered", "Inserted", "Updated", "Unchanged", "Rejected"];
    let mut head: Vec<String> = head.map(str::to_owned).to_vec();
    if !seconds.is_empty() {
        head.push("Rows/s".to_owned());
    }
    let mut rows = vec![head];
    rows.extend(record.tasks.iter().enumerate().map(|(i, task)| task_row(task, seconds, i)));
    for name in planned.iter().filter(|name| !record.tasks.iter().any(|task| task.name == **name)) {
        rows.push(vec![(*name).to_owned(), "not run".to_owned()]);
    }
    if rows.len() > 1 {
        text.push('\n');
        text.push_str(&table(&rows, 2));
    }
    text
}

fn task_row(task: &TaskRecord, seconds: &[f64], position: usize) -> Vec<String> {
    let counts = &task.counts;
    let numbers =
        [counts.read, counts.filtered, counts.inserted, counts.updated, counts.unchanged, counts.rejected];
    let mut row = vec![task.name.clone(), task.status.as_str().to_owned()];
    row.extend(numbers.map(grouped));
    if let Some(seconds) = seconds.get(position) {
        row.push(speed(counts.read, *seconds).map(grouped).unwrap_or_default());
    }
    row
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
    let mut rows = vec![["Task", "Row", "Key", "Column", "Code", "Reason"].map(str::to_owned).to_vec()];
    rows.extend(errors.iter().map(|error| {
        vec![
            error.task.clone(),
            grouped(error.row),
            one_line(error.key.as_deref().unwrap_or_default()),
            error.column.clone().unwrap_or_default(),
            error.code.clone(),
            one_line(&error.reason),
        ]
    }));
    table(&rows, 6)
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
