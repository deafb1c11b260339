//! Named points at which tests kill the process.
//!
//! In builds for development, `PQM_KILL_AT=point` or `PQM_KILL_AT=point:n` ends the process with SIGKILL when a run
//! comes to the point, for the n-th time; and with `PQM_BATCH_ROWS=n` a run brings n rows at a time to its destination
//! and makes a checkpoint after each, so that the points between checkpoints are reached with few rows. Other builds
//! know of neither.

/// A point that a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// Rows are about to go to the destination.
    BeforeWrite,
    /// Rows were given to the destination and are not durable.
    AfterWrite,
    /// The destination has made rows durable and nothing here knows of it.
    AfterCommit,
    /// Counts and state are recorded.
    AfterRecord,
    /// Deletions were given to the destination and are not durable.
    AfterDelete,
    /// The last rows of a task are about to be made durable.
    BeforeFinish,
    /// All rows of a task are durable and nothing here knows of it.
    AfterFinish,
    /// A task is recorded as ended.
    AfterTask,
}

/// Ends the process if a test asked for it.
pub(super) fn at(point: Point) {
    #[cfg(debug_assertions)]
    armed::at(point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

/// How many rows go to the destination at a time, each with a checkpoint, if a test asked for it.
pub(super) fn batch_rows() -> Option<usize> {
    #[cfg(debug_assertions)]
    return armed::batch_rows();
    #[cfg(not(debug_assertions))]
    None
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Point;

    const VARIABLE: &str = "PQM_KILL_AT";
    const BATCH_ROWS: &str = "PQM_BATCH_ROWS";

    pub(super) fn batch_rows() -> Option<usize> {
        static ASKED: OnceLock<Option<usize>> = OnceLock::new();
        *ASKED.get_or_init(|| std::env::var(BATCH_ROWS).ok()?.parse().ok().filter(|rows| *rows > 0))
    }

    pub(super) fn at(point: Point) {
        static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static COME: AtomicU64 = AtomicU64::new(0);
        let asked = ASKED.get_or_init(|| {
            let text = std::env::var(VARIABLE).ok()?;
            let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
            Some((name.to_owned(), count.parse().ok()?))
        });
        if let Some((name, count)) = asked
            && *name == format!("{point:?}")
            && COME.fetch_add(1, Ordering::Relaxed) + 1 == *count
        {
            // Not an exit: nothing may be tidied up.
            let _ = std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
            std::process::abort();
        }
    }
}
