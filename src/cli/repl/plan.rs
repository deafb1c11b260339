//! `:plan`: how the steps run.

use std::sync::{Arc, PoisonError};

use super::super::plan::{plans, text};
use super::shell::{Reply, Shell};
use super::worker::Done;

/// What asks for reading everything, after the command or after what it names.
const ANALYZE: &str = "analyze";

impl Shell {
    /// Shows how a step or expression runs. The steps are evaluated anew for that, since the values that are kept do
    /// not know what they cost.
    pub(super) fn plan(&self, given: Option<&str>) -> Reply {
        let given = given.unwrap_or_default();
        let (given, analyze) = match given.strip_suffix(ANALYZE) {
            Some(rest) if rest.is_empty() || rest.ends_with(' ') => (rest.trim_end(), true),
            _ => (given, false),
        };
        let target = match self.target((!given.is_empty()).then_some(given)) {
            Ok(target) => target,
            Err(reply) => return reply,
        };
        let (session, view) = (Arc::clone(&self.session), self.view);
        self.worker.submit(Box::new(move |running| {
            let failed = |text: String| Done { text, well: false };
            let prepared = session.lock().unwrap_or_else(PoisonError::into_inner).prepare_observed(&target);
            let prepared = match prepared {
                Ok(prepared) => prepared,
                Err(mistakes) => return failed(view.mistakes(&mistakes)),
            };
            running.stops_by(prepared.cancel_token());
            let value = match prepared.evaluate().result {
                Ok(value) => value,
                Err(error) => return failed(view.error(&error, None)),
            };
            match plans(&value.context(), value.value(), analyze) {
                Ok((plans, analysis)) => {
                    let text = text(&plans, analysis, value.value(), view.width, view.colour);
                    Done { text, well: true }
                }
                Err(error) => failed(view.error(&error, None)),
            }
        }));
        Reply::Working
    }
}
