//! The fields of a schedules file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a project runs by itself.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleFile {
    /// The schedules, each by a name.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
}

/// A recurrence, and what is run.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The schedule's name.
    pub name: String,
    /// How often: a number of minutes, hours, days, weeks or months, such as "15 minutes" or "1 month". Minutes and
    /// hours pass evenly; days, weeks and months keep the time of day that clocks show.
    #[serde(default)]
    pub every: Option<String>,
    /// In place of "every": minute, hour, day of month, month and day of week, as cron has them.
    #[serde(default)]
    pub cron: Option<String>,
    /// The first time, and what "every" counts from, as clocks of the time zone show it: 2026-03-01T02:30. Without it,
    /// counting begins at midnight of Monday, 2001-01-01.
    #[serde(default)]
    pub start: Option<String>,
    /// The last time that may be, as clocks of the time zone show it.
    #[serde(default)]
    pub until: Option<String>,
    /// The name of the time zone, such as Europe/Berlin; UTC if absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// What becomes of times that passed while nothing could run.
    #[serde(default)]
    pub missed: Missed,
    /// Another connection set than the project names.
    #[serde(default)]
    pub connection_set: Option<String>,
    /// Another organization mapping than the project names.
    #[serde(default)]
    pub organization: Option<String>,
    /// The only tasks to run; all of them if absent.
    #[serde(default)]
    pub tasks: Vec<String>,
    /// Whether all data are delivered again, whatever earlier runs have delivered.
    #[serde(default)]
    pub all_data: bool,
    /// Whether it is left out for the time being.
    #[serde(default)]
    pub paused: bool,
}

/// What becomes of times that passed while nothing could run: the machine was off, or an earlier run was still going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missed {
    /// They are left out.
    Skip,
    /// One run stands for all of them.
    #[default]
    RunOnce,
    /// Each is made good, one after the other.
    RunAll,
}
