//! What holds of every working function of the library, by the registry: outcomes of null, empty and wrong
//! arguments; errors that stay in their item or cell; endless lists and tables; laws over generated values.

mod calls;
mod cells;
mod inside;
mod laws;
mod laziness;
mod outcomes;
mod streams;

use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::{Error, literal_text};

/// An engine whose evaluations end: what should stream and does not is stopped.
pub fn engine() -> Engine {
    let limits = Limits { steps: Some(300_000), milliseconds: Some(20_000), ..Limits::default() };
    Engine::new().with_limits(limits)
}

/// The first columns of the lines of a file of this folder, but for its comments.
pub fn lines<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.starts_with("# ")).map(|line| {
        let mut parts = line.splitn(N, '\t');
        [(); N].map(|()| parts.next().unwrap_or_default())
    })
}

/// What an expression gives: M text, or the error.
pub fn shown(engine: &Engine, text: &str) -> String {
    let query = match engine.compile("test", text) {
        Ok(query) => query,
        Err(diagnostics) => {
            return format!("does not compile: {}", diagnostics.first().map_or("", |found| &found.message));
        }
    };
    let ctx = query.start();
    let result: Result<String, Error> = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    result.unwrap_or_else(|error| format!("error: {error}"))
}
