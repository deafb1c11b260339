//! What a run shows while it goes on: one moving line on a terminal, now and then a plain line elsewhere.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use pqm::project::history::{RunStatus, TaskCounts, TaskRecord};
use pqm::project::run::{Observer, Progress};

use super::show::grouped;

/// The least time between two plain lines of one task.
const BETWEEN_LINES: Duration = Duration::from_secs(2);
/// How often the moving line is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// Shows a run on standard error and remembers how long each task took.
pub(super) struct Watcher {
    terminal: bool,
    /// Whether plain lines are printed where there is no terminal.
    lines: bool,
    bar: Option<ProgressBar>,
    task_started: Instant,
    last_line: Instant,
    seconds: Vec<f64>,
}

impl Watcher {
    /// On a terminal it shows a moving line; elsewhere it prints plain ones, if `lines` says so.
    pub(super) fn new(lines: bool) -> Self {
        let now = Instant::now();
        let terminal = std::io::stderr().is_terminal();
        Self {
            terminal,
            lines: lines || terminal,
            bar: None,
            task_started: now,
            last_line: now,
            seconds: Vec::new(),
        }
    }

    /// How long the tasks took, in seconds, as far as they ran.
    pub(super) fn seconds(&self) -> &[f64] {
        &self.seconds
    }

    fn print(&self, line: &str) {
        if self.lines {
            eprintln!("{line}");
        }
    }

    fn bar(name: &str, progress: &Arc<Progress>) -> ProgressBar {
        let live = Arc::clone(progress);
        let counts = move |state: &ProgressState, out: &mut dyn Write| {
            let line = line(&live.counts(), live.expected(), state.elapsed().as_secs_f64());
            // The line is drawn again in a moment; a failed one is no loss.
            let _ = out.write_str(&line);
        };
        let style = ProgressStyle::with_template("{spinner} {prefix}: {counts}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner()).with_key("counts", counts);
        let bar = ProgressBar::new_spinner().with_style(style).with_prefix(name.to_owned());
        bar.enable_steady_tick(TICK);
        bar
    }
}

impl Observer for Watcher {
    fn run_started(&mut self, run: i64, tasks: &[String]) {
        let tasks_word = if tasks.len() == 1 { "task" } else { "tasks" };
        self.print(&format!("Run {run}: {} {tasks_word}", tasks.len()));
    }

    fn task_started(&mut self, _: usize, name: &str, progress: &Arc<Progress>) {
        self.task_started = Instant::now();
        self.last_line = self.task_started;
        if self.terminal {
            self.bar = Some(Self::bar(name, progress));
        } else {
            self.print(&format!("{name}: started"));
        }
    }

    fn checkpoint(&mut self, _: usize, name: &str, progress: &Progress) {
        if self.bar.is_none() && self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            let seconds = self.task_started.elapsed().as_secs_f64();
            self.print(&format!("{name}: {}", line(&progress.counts(), progress.expected(), seconds)));
        }
    }

    fn task_ended(&mut self, _: usize, record: &TaskRecord) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let seconds = self.task_started.elapsed().as_secs_f64();
        self.seconds.push(seconds);
        let counts = match record.status {
            RunStatus::Error => "stopped by an error".to_owned(),
            _ => line(&record.counts, None, seconds),
        };
        self.print(&format!("{}: {}, {counts}", record.label(), record.status.as_str()));
    }
}

/// Counts in words: rows read, filtered, written, unchanged, rejected, and how fast.
fn line(counts: &TaskCounts, expected: Option<u64>, seconds: f64) -> String {
    let mut text = grouped(counts.read);
    if let Some(expected) = expected.filter(|rows| *rows >= counts.read) {
        text.push_str(&format!(" of {}", grouped(expected)));
    }
    text.push_str(&format!(
        " read, {} filtered, {} written, ",
        grouped(counts.filtered),
        grouped(counts.inserted + counts.updated)
    ));
    if counts.unchanged > 0 {
        text.push_str(&format!("{} unchanged, ", grouped(counts.unchanged)));
    }
    if counts.deleted > 0 {
        text.push_str(&format!("{} deleted, ", grouped(counts.deleted)));
    }
    text.push_str(&format!("{} rejected", grouped(counts.rejected)));
    if let Some(speed) = speed(counts.read, seconds) {
        text.push_str(&format!(" ({} rows/s)", grouped(speed)));
    }
    text
}

/// Rows in a second, unless the time is too short to say.
pub(super) fn speed(rows: u64, seconds: f64) -> Option<u64> {
    (seconds > 0.0 && rows > 0).then(|| (rows as f64 / seconds).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_what_became_of_the_rows() {
        let counts = TaskCounts {
            read: 12_000,
            filtered: 1000,
            inserted: 9000,
            updated: 500,
            unchanged: 0,
            deleted: 0,
            rejected: 7,
        };
        assert_eq!(
            line(&counts, Some(50_000), 2.0),
            "12,000 of 50,000 read, 1,000 filtered, 9,500 written, 7 rejected (6,000 rows/s)"
        );
        let unchanged = TaskCounts { read: 3, unchanged: 3, ..TaskCounts::default() };
        assert_eq!(line(&unchanged, None, 0.0), "3 read, 0 filtered, 0 written, 3 unchanged, 0 rejected");
    }
}
