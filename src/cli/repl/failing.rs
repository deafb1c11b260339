//! `:errors`: the cells that hold errors, and the step each of them comes from.

use std::sync::{Arc, PoisonError};

use pqm::repl::{Target, failing_cells, origins};

use super::shell::{Reply, Shell, evaluate};
use super::worker::Done;

/// Cells with errors that are shown.
const SHOWN: usize = 20;

impl Shell {
    /// Shows the cells of a table that hold errors.
    pub(super) fn errors(&self, target: Target) -> Reply {
        let session = Arc::clone(&self.session);
        let view = self.view;
        self.worker.submit(Box::new(move |running| {
            let value = match evaluate(&session, &target, running, &view) {
                Ok(value) => value,
                Err((text, _)) => return Done { text, well: false },
            };
            let found = match value.table().and_then(|table| failing_cells(&value, table, SHOWN)) {
                Ok(found) => found,
                Err(error) => return Done { text: view.error(&error, None), well: false },
            };
            let steps = origins(
                &value,
                &target,
                &found.cells,
                &|ask| ask(&session.lock().unwrap_or_else(PoisonError::into_inner)),
                &mut |name| evaluate(&session, &Target::Step(name.to_owned()), running, &view).ok(),
            );
            Done { text: view.errors(&value, &found, &steps), well: true }
        }));
        Reply::Working
    }
}
