//! `pqm doc`: what a library name is, from the registry.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::Args;
use pqm::Engine;
use pqm::diagnostics::closest;
use pqm::library::{Library, declarations, unavailable_reason};
use pqm::value::{Value, literal_text, type_text};

use super::exit::{Exit, Failure};
use super::terminal::Colour;

const EXAMPLES: &str = "\
Examples:
  pqm doc Table.SelectRows
  pqm doc JoinKind.Inner
  pqm doc Text.            lists the names that begin so";

/// Arguments of `pqm doc`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct DocArguments {
    /// A library name, or the beginning of one
    #[arg(value_name = "NAME")]
    name: String,
}

/// Prints the documentation of a name, or the names that begin so.
pub fn doc(arguments: &DocArguments, colour: Colour) -> Result<(), Exit> {
    let text = describe(&arguments.name).map_err(|failure| super::tell(&failure, colour))?;
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The documentation of a name, or the names that begin so.
pub fn describe(given: &str) -> Result<String, Failure> {
    let library = Library::names();
    let names = library.names();
    let exact = names.iter().find(|name| name.eq_ignore_ascii_case(given)).copied();
    let Some(name) = exact else {
        let folded = given.to_lowercase();
        let matching: Vec<&str> =
            names.iter().filter(|name| name.to_lowercase().starts_with(&folded)).copied().collect();
        if matching.is_empty() {
            let help = closest(given, names.into_iter());
            return Err(Failure::Usage(format!("The library has no name '{given}'."), help));
        }
        return Ok(matching.iter().fold(String::new(), |text, name| text + name + "\n"));
    };
    let value = library.lookup(name).unwrap_or(Value::Null);
    let mut text = String::new();
    // Writing to a text cannot fail.
    match value.as_plain() {
        Value::Function(function) => {
            let signature = type_text(&function.function_type());
            let signature = signature.strip_prefix("type function ").unwrap_or(&signature);
            _ = writeln!(text, "{name} {signature}");
        }
        _ => _ = writeln!(text, "{name} = {}", literal(&value)),
    }
    match declarations().find(|declaration| declaration.name == name) {
        Some(declaration) => {
            _ = writeln!(text, "\n{}", declaration.summary);
            for example in declaration.examples {
                _ = writeln!(text, "\n  {}", example.usage.replace('\n', "\n  "));
                _ = writeln!(text, "  → {}", example.result.replace('\n', "\n    "));
            }
        }
        None if Library::get().is_absent(name) => {
            let why = unavailable_reason(name).unwrap_or("calling it raises an error.");
            _ = writeln!(text, "\nNot available: {why}");
        }
        None => {}
    }
    Ok(text)
}

/// The M text of a library constant.
fn literal(value: &Value) -> String {
    let Ok(query) = Engine::new().compile("<doc>", "null") else { return String::new() };
    literal_text(&query.start(), value).unwrap_or_default()
}
