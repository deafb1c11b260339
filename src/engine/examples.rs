//! Runs the examples of the library's documentation.

use std::sync::Arc;

use super::Engine;
use crate::eval::{Context, equal};
use crate::host::Host;
use crate::library::Example;
use crate::value::{Error, Value, error_line, literal_text};

/// Runs an example and says why it does not hold, or `None` if it does.
///
/// An expected error may leave out its detail, an expected `#table` of column names the types of the columns.
pub fn example_fault(host: &Arc<dyn Host>, example: &Example) -> Option<String> {
    let got = shown(host, example.usage);
    let (is_error, is_untyped) = (example.result.starts_with("error: "), example.result.contains("#table({"));
    let wanted = if is_error { example.result.to_owned() } else { shown(host, example.result) };
    let without_detail = got.split(" | Detail: ").next().unwrap_or_default();
    let holds = got == wanted
        || (is_error && without_detail == wanted)
        || (is_untyped && are_equal(host, example.usage, example.result));
    (!holds).then(|| format!("{}\n  got      {got}\n  expected {wanted}", example.usage))
}

fn evaluate(host: &Arc<dyn Host>, text: &str) -> Result<(Context, Result<Value, Error>), String> {
    let engine = Engine { host: Arc::clone(host), ..Engine::new() };
    let query = engine.compile("example", text).map_err(|diagnostics| {
        let messages: Vec<_> = diagnostics.iter().map(|found| found.message.as_str()).collect();
        format!("does not compile: {}", messages.join("; "))
    })?;
    let ctx = query.start();
    let result = query.evaluate(&ctx);
    Ok((ctx, result))
}

/// What an expression gives as text: M text, or `error: ...` with the detail.
fn shown(host: &Arc<dyn Host>, text: &str) -> String {
    let (ctx, result) = match evaluate(host, text) {
        Ok(evaluated) => evaluated,
        Err(message) => return message,
    };
    let line = |error| error_line(&ctx, &error).unwrap_or_else(|stop| stop.to_string());
    result.and_then(|value| literal_text(&ctx, &value)).unwrap_or_else(line)
}

/// Whether two expressions give equal values, whatever the types of their columns.
fn are_equal(host: &Arc<dyn Host>, left: &str, right: &str) -> bool {
    match (evaluate(host, left), evaluate(host, right)) {
        (Ok((ctx, Ok(left))), Ok((_, Ok(right)))) => equal(&ctx, &left, &right).unwrap_or(false),
        _ => false,
    }
}
