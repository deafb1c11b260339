//! Runs as JSON for machines.

use pqm::diagnostics::Diagnostic;
use pqm::project::history::{Notified, QuarantinedRow, RejectedGroup, RowError};
use pqm::project::run::{Action, Failure, Plan, Planned, TaskPlan};
use serde_json::{Value, json};

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
            "step": error.step.as_str(),
            "place": error.place.as_ref().map(|(source, line, column)| {
                json!({ "source": source, "line": line, "column": column })
            }),
        })
    };
    errors.iter().map(error).collect()
}

/// Rows in quarantine, whole.
pub(super) fn quarantine(rows: &[QuarantinedRow]) -> Value {
    let row = |row: &QuarantinedRow| json!({ "task": row.task, "hop": row.hop, "run": row.run, "row": row.row, "content": row.content });
    rows.iter().map(row).collect()
}

/// A dry run: what would happen to each row.
pub(super) fn plan(plan: &Plan) -> Value {
    let tasks = plan.tasks.iter().map(|found: &TaskPlan| {
        let mut value = found.record.to_json();
        value["rows"] = found.rows.iter().map(planned).collect();
        value
    });
    json!({ "tasks": tasks.collect::<Vec<_>>(), "failure": plan.failure.as_ref().map(failure) })
}

fn planned(row: &Planned) -> Value {
    let mut value = json!({ "key": row.key });
    match &row.action {
        Action::Insert => value["action"] = "insert".into(),
        Action::Delete => value["action"] = "delete".into(),
        Action::Update(changes) => {
            value["action"] = "update".into();
            let change =
                |c: &pqm::destinations::FieldChange| json!({ "field": c.column, "from": c.from, "to": c.to });
            value["changes"] = changes.iter().map(change).collect();
        }
        Action::Reject(reasons) => {
            value["action"] = "reject".into();
            value["row"] = row.row.into();
            value["reasons"] = reasons.clone().into();
        }
    }
    value
}

/// Who was told of a run.
pub(super) fn notifications(all: &[Notified]) -> Value {
    let one = |one: &Notified| json!({ "sent": one.sent.to_string(), "kind": one.kind, "target": one.target, "error": one.error });
    all.iter().map(one).collect()
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
