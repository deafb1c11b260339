//! `pqm doc`: what a library name is, from the registry; one name, a search, or all of them as a site.

mod entry;
mod json;
mod search;
mod site;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use pqm::diagnostics::closest;
use pqm::library::Library;

use self::entry::{Entry, State};
use super::exit::{Exit, Failure};
use super::project::RecordFormat;
use super::report::{Style, report};
use super::terminal::Colour;

const EXAMPLES: &str = "\
Examples:
  pqm doc Table.SelectRows
  pqm doc JoinKind.Inner
  pqm doc Text.            lists the names that begin so
  pqm doc --search split   lists the names that have to do with it
  pqm doc Text. --format json
  pqm doc --site reference writes a page for each name into a folder";

/// Arguments of `pqm doc`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct DocArguments {
    /// A library name, or the beginning of one
    #[arg(value_name = "NAME", required_unless_present_any = ["search", "site"])]
    name: Option<String>,
    /// List the names whose name or description has all of these words
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["name", "site"])]
    search: Option<String>,
    /// Write the reference as web pages into a folder; every example is run
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    site: Option<PathBuf>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "site")]
    format: RecordFormat,
}

/// Prints the documentation of a name or what a search finds, or writes the reference.
pub fn doc(arguments: &DocArguments, colour: Colour) -> Result<(), Exit> {
    let is_json = arguments.format == RecordFormat::Json;
    let text = match (&arguments.search, &arguments.site, &arguments.name) {
        (Some(words), ..) if is_json => search::found(words).map(|found| json::entries(&found)),
        (Some(words), ..) => search::search(words),
        (_, Some(folder), _) => site::write(folder),
        (.., name) if is_json => {
            matching(name.as_deref().unwrap_or_default()).map(|names| json::names(&names))
        }
        (.., name) => describe(name.as_deref().unwrap_or_default()),
    };
    let style = if is_json { Style::Json } else { Style::text(colour, false) };
    let text = text.map_err(|failure| report(&failure, &style))?;
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The name that is given, or those that begin so.
fn matching(given: &str) -> Result<Vec<&'static str>, Failure> {
    let names = Library::get().all_names();
    if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(given)) {
        return Ok(vec![name]);
    }
    let folded = given.to_lowercase();
    let matching: Vec<&str> =
        names.iter().filter(|name| name.to_lowercase().starts_with(&folded)).copied().collect();
    if matching.is_empty() {
        let help = closest(given, names.iter().copied());
        return Err(Failure::Usage(format!("The library has no name '{given}'."), help));
    }
    Ok(matching)
}

/// The documentation of a name, or the names that begin so.
pub fn describe(given: &str) -> Result<String, Failure> {
    let matching = matching(given)?;
    let [name] = matching.as_slice() else {
        return Ok(matching.iter().fold(String::new(), |text, name| text + name + "\n"));
    };
    let entry = Entry::of(name);
    let mut text = format!("{}\n", entry.heading);
    // Writing to a text cannot fail.
    if !entry.summary.is_empty() {
        _ = writeln!(text, "\n{}", entry.summary);
    }
    match entry.state {
        State::Works => {}
        State::Partly(what) => _ = writeln!(text, "\nNot all of it: {what}"),
        State::NotAvailable(why) => _ = writeln!(text, "\nNot available: {why}"),
    }
    for example in entry.examples {
        _ = writeln!(text, "\n  {}", example.usage.replace('\n', "\n  "));
        _ = writeln!(text, "  → {}", example.result.replace('\n', "\n    "));
    }
    Ok(text)
}
