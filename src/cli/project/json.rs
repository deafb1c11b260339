//! Runs as JSON for machines.

use pqm::diagnostics::Diagnostic;
use pqm::project::history::{RejectedGroup, RowError, RunRecord, TaskRecord};
use pqm::project::run::Failure;
use serde_json::{Value, json};

/// A run: number, times, status, tasks with their counts.
pub(super) fn run(record: &RunRecord) -> Value {
    json!({
        "run": record.id,
        "project": record.project,
        "started": record.started.to_string(),
        "ended": record.ended.map(|at| at.to_string()),
        "status": record.status.as_str(),
        "error": record.error,
        "tasks": record.tasks.iter().map(task).collect::<Vec<_>>(),
    })
}

fn task(task: &TaskRecord) -> Value {
    let counts = &task.counts;
    json!({
        "name": task.name,
        "status": task.status.as_str(),
        "error": task.error,
        "read": counts.read,
        "filtered": counts.filtered,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
    })
}

/// Rejected rows by reason.
pub(super) fn rejected(groups: &[RejectedGroup]) -> Value {
    let group = |group: &RejectedGroup| {
        json!({
            "task": group.task,
            "column": group.column,
            "code": group.code,
            "count": group.count,
            "example": { "row": group.row, "key": group.key, "reason": group.reason },
        })
    };
    groups.iter().map(group).collect()
}

/// Rejected rows, each for itself.
pub(super) fn row_errors(errors: &[RowError]) -> Value {
    let error = |error: &RowError| {
        json!({
            "task": error.task,
            "row": error.row,
            "key": error.key,
            "column": error.column,
            "code": error.code,
            "reason": error.reason,
        })
    };
    errors.iter().map(error).collect()
}

/// What ended a run.
pub(super) fn failure(failure: &Failure) -> Value {
    json!({
        "task": failure.task,
        "diagnostics": failure.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
    })
}

/// One mistake with its place.
pub(super) fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.label.as_ref().map(|label| {
        let at = label.source.line_column(label.span.start);
        json!({ "source": label.source.name(), "line": at.line, "column": at.column })
    });
    json!({
        "code": diagnostic.code,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "place": place,
        "reason": diagnostic.raised.as_ref().map(|raised| &raised.reason),
        "detail": diagnostic.raised.as_ref().and_then(|raised| raised.detail.as_ref()),
    })
}
