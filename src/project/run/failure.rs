//! Why a run ended with ERROR.

use crate::diagnostics::{Diagnostic, RaisedInfo};
use crate::value::Error;

/// The code of query files that cannot be read.
pub const QUERY_UNREADABLE: &str = "P0101";
/// The code of queries whose value is no table.
pub const QUERY_NO_TABLE: &str = "P0102";
/// The code of mappings that name a field the rows do not have.
pub const MAPPING_FIELD: &str = "P0103";
/// The code of entities that cannot be read.
pub const SOURCE: &str = "P0104";
/// The code of destinations that cannot be written.
pub const DESTINATION: &str = "P0105";

/// The code of a history that cannot be written any more.
pub(super) const HISTORY: &str = "P0106";
/// The code of rows that no longer fit a destination whose schema is frozen.
pub const FROZEN: &str = "P0107";

/// The code of runs that were asked to end early.
pub const STOPPED: &str = "P0108";

/// What ended a run before its last row: one or more mistakes of the same kind.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The task it happened in; none if the run did not come to its tasks.
    pub task: Option<String>,
    /// What went wrong, at least one.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// A failure without a place in a text.
    pub(in crate::project) fn plain(
        code: &'static str,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Self {
        Self::of(vec![Diagnostic { help, ..Diagnostic::plain(code, message) }])
    }

    /// A run that was asked to end early.
    pub(super) fn stopped() -> Self {
        let help = "what was committed stays; run again to go on";
        Self::plain(STOPPED, "the run was asked to stop", Some(help.to_owned()))
    }

    /// Whether the run was asked to end early.
    pub fn is_stop(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.code == STOPPED)
    }

    pub(super) fn of(diagnostics: Vec<Diagnostic>) -> Self {
        Self { task: None, diagnostics }
    }

    /// An error that ended the evaluation of an Advanced Query.
    pub(super) fn raised(error: &Error) -> Self {
        Self::of(vec![Diagnostic::from_error(error)])
    }

    /// An error in reading an entity. The query that reads it is the runner's own, so its places are left out.
    pub(in crate::project) fn source(entity: &str, connection: &str, error: &Error) -> Self {
        let found = Diagnostic::from_error(error);
        let detail = found.raised.as_ref().and_then(|raised| raised.detail.as_ref());
        let mut message = format!("cannot read {entity} of the connection {connection:?}: {}", found.message);
        if let Some(detail) = detail {
            message.push_str(&format!(" Detail: {detail}"));
        }
        let raised = found.raised.map(|raised| RaisedInfo { detail: None, ..raised });
        Self::of(vec![Diagnostic { help: found.help, raised, ..Diagnostic::plain(SOURCE, message) }])
    }

    pub(super) fn in_task(mut self, task: &str) -> Self {
        self.task = Some(task.to_owned());
        self
    }
}

/// One line for each mistake: place, message, what to do.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, diagnostic) in self.diagnostics.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            if let Some(label) = &diagnostic.label {
                let at = label.source.line_column(label.span.start);
                write!(f, "{}:{}:{}: ", label.source.name(), at.line, at.column)?;
            }
            f.write_str(&diagnostic.message)?;
            if let Some(help) = &diagnostic.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}
