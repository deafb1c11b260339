//! What the registry knows of a name, for people.

use pqm::Engine;
use pqm::library::{Example, Library, declarations, lacking, unavailable_reason};
use pqm::value::{Value, literal_text, type_text};

/// A name of the library.
pub struct Entry {
    /// The name: `Text.Upper`.
    pub name: &'static str,
    /// Signature or value: `Text.Upper (text as nullable text) as nullable text`, `JoinKind.Inner = 0`.
    pub heading: String,
    /// What it does; empty for constants and types.
    pub summary: &'static str,
    /// Its examples.
    pub examples: &'static [Example],
    /// Whether it works.
    pub state: State,
}

/// Whether a name works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All of it.
    Works,
    /// But for what is said.
    Partly(&'static str),
    /// A call raises an error; why, and what to use instead.
    NotAvailable(&'static str),
}

impl Entry {
    /// All names of the library, sorted.
    pub fn all() -> Vec<Entry> {
        Library::get().all_names().iter().map(|name| Entry::of(name)).collect()
    }

    /// What is known of one name of the library.
    pub fn of(name: &'static str) -> Entry {
        let library = Library::get();
        let value = library.lookup(name).unwrap_or(Value::Null);
        let heading = match value.as_plain() {
            Value::Function(function) => {
                let signature = type_text(&function.function_type());
                format!("{name} {}", signature.strip_prefix("type function ").unwrap_or(&signature))
            }
            _ => format!("{name} = {}", literal(&value)),
        };
        let declaration = declarations().find(|declaration| declaration.name == name);
        let state = match (library.is_absent(name), lacking(name)) {
            (true, _) => {
                State::NotAvailable(unavailable_reason(name).unwrap_or("calling it raises an error."))
            }
            (false, Some(what)) => State::Partly(what),
            (false, None) => State::Works,
        };
        Entry {
            name,
            heading,
            summary: declaration.map_or("", |declaration| declaration.summary),
            examples: declaration.map_or(&[], |declaration| declaration.examples),
            state,
        }
    }

    /// The part of the name before the dot; `#` for `#date` and its like.
    pub fn namespace(&self) -> &'static str {
        if self.name.starts_with('#') { "#" } else { self.name.split('.').next().unwrap_or(self.name) }
    }
}

/// The M text of a library constant.
fn literal(value: &Value) -> String {
    let Ok(query) = Engine::new().compile("<doc>", "null") else { return String::new() };
    literal_text(&query.start(), value).unwrap_or_default()
}
