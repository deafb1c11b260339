//! How far a task is, for whoever watches the run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::project::history::{TaskCounts, TaskRecord};

/// The live counts of one task; may be read from any thread while the task runs.
#[derive(Debug, Default)]
pub struct Progress {
    expected: AtomicU64,
    read: AtomicU64,
    left: AtomicU64,
    inserted: AtomicU64,
    updated: AtomicU64,
    unchanged: AtomicU64,
    deleted: AtomicU64,
    rejected: AtomicU64,
}

impl Progress {
    /// The rows the source has; none where that is not known beforehand.
    pub fn expected(&self) -> Option<u64> {
        Some(self.expected.load(Ordering::Relaxed)).filter(|rows| *rows > 0)
    }

    /// What became of the rows so far. Rows that a step of the query holds back count as filtered until
    /// they leave it.
    pub fn counts(&self) -> TaskCounts {
        let read = self.read.load(Ordering::Relaxed);
        TaskCounts {
            read,
            filtered: read.saturating_sub(self.left.load(Ordering::Relaxed)),
            inserted: self.inserted.load(Ordering::Relaxed),
            updated: self.updated.load(Ordering::Relaxed),
            unchanged: self.unchanged.load(Ordering::Relaxed),
            deleted: self.deleted.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
        }
    }

    pub(super) fn expect(&self, rows: u64) {
        self.expected.store(rows, Ordering::Relaxed);
    }

    /// Notes that some reading of the source has come to this row.
    pub(super) fn rows_read(&self, rows: u64) {
        self.read.fetch_max(rows, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Notes the rows that left the query and what became of them.
    pub(super) fn delivered(&self, left: u64, counts: &TaskCounts) {
        self.left.store(left, Ordering::Relaxed);
        self.inserted.store(counts.inserted, Ordering::Relaxed);
        self.updated.store(counts.updated, Ordering::Relaxed);
        self.unchanged.store(counts.unchanged, Ordering::Relaxed);
        self.deleted.store(counts.deleted, Ordering::Relaxed);
        self.rejected.store(counts.rejected, Ordering::Relaxed);
    }
}

/// Watches a run. Every method does nothing unless it is written.
pub trait Observer {
    /// The run has a number; these are the names of its tasks.
    fn run_started(&mut self, _run: i64, _tasks: &[String]) {}

    /// A task starts; its counts can be read from `progress` at any time.
    fn task_started(&mut self, _position: usize, _name: &str, _progress: &Arc<Progress>) {}

    /// Rows of the task were made durable.
    fn checkpoint(&mut self, _position: usize, _name: &str, _progress: &Progress) {}

    /// A task ended, well or not.
    fn task_ended(&mut self, _position: usize, _record: &TaskRecord) {}
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}
