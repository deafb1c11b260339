//! For tests: what expressions give.

use super::Engine;
use crate::value::literal_text;

impl Engine {
    /// What an expression gives, as M text; the message if it fails or does not compile.
    pub(crate) fn shown(&self, text: &str) -> String {
        let query = match self.compile("test", text) {
            Ok(query) => query,
            Err(mistakes) => return mistakes.into_iter().map(|mistake| mistake.message).take(1).collect(),
        };
        let ctx = query.start();
        let result = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
        result.unwrap_or_else(|error| error.to_string())
    }
}
