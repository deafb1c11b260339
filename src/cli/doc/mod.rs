//! `pqm doc`: what a library name is, from the registry; one name, a search, or all of them as a site.

mod entry;
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
use super::terminal::Colour;

const EXAMPLES: &str = "\
Examples:
  pqm doc Table.SelectRows
  pqm doc JoinKind.Inner
  pqm doc Text.            lists the names that begin so
  pqm doc --search split   lists the names that have to do with it
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
}

/// Prints the documentation of a name or what a search finds, or writes the reference.
pub fn doc(arguments: &DocArguments, colour: Colour) -> Result<(), Exit> {
    let text = match (&arguments.search, &arguments.site, &arguments.name) {
        (Some(words), ..) => search::search(words),
        (_, Some(folder), _) => site::write(folder),
        (.., name) => describe(name.as_deref().unwrap_or_default()),
    };
    let text = text.map_err(|failure| super::tell(&failure, colour))?;
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The documentation of a name, or the names that begin so.
pub fn describe(given: &str) -> Result<String, Failure> {
    let names = Library::get().all_names();
    let exact = names.iter().find(|name| name.eq_ignore_ascii_case(given)).copied();
    let Some(name) = exact else {
        let folded = given.to_lowercase();
        let matching: Vec<&str> =
            names.iter().filter(|name| name.to_lowercase().starts_with(&folded)).copied().collect();
        if matching.is_empty() {
            let help = closest(given, names.iter().copied());
            return Err(Failure::Usage(format!("The library has no name '{given}'."), help));
        }
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
