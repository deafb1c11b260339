//! Runs as JSON for machines.

use serde_json::{Value, json};

use super::{RunRecord, TaskRecord};

impl RunRecord {
    /// Number, times, status, tasks with their counts.
    pub fn to_json(&self) -> Value {
        json!({
            "run": self.id,
            "project": self.project,
            "connection_set": self.connection_set,
            "schedule": self.schedule,
            "started": self.started.to_string(),
            "ended": self.ended.map(|at| at.to_string()),
            "status": self.status.as_str(),
            "error": self.error,
            "tasks": self.tasks.iter().map(TaskRecord::to_json).collect::<Vec<_>>(),
        })
    }
}

impl TaskRecord {
    /// Name, status and counts.
    pub fn to_json(&self) -> Value {
        let counts = &self.counts;
        json!({
            "name": self.name,
            "hop": self.hop,
            "hops": self.hops,
            "status": self.status.as_str(),
            "error": self.error,
            "read": counts.read,
            "filtered": counts.filtered,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "deleted": counts.deleted,
            "rejected": counts.rejected,
        })
    }
}
