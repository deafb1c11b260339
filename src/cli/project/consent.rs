//! The privacy notice: asked once for a project, and recorded in its history.

use std::io::{BufRead, IsTerminal, Write};

use jiff::Timestamp;
use pqm::project::Project;
use pqm::project::history::{Consent, History};

use super::{Failure, recording};

/// Its version: a notice that says something else must be agreed to anew.
const NOTICE: i64 = 1;
const VARIABLE: &str = "PQM_ACCEPT_PRIVACY_NOTICE";

fn notice(project: &Project) -> String {
    let set = project.connection_set();
    let names = |side: &str| {
        let sides = set.sides().filter(|(name, _)| *name == side);
        let all: Vec<&str> = sides.flat_map(|(_, side)| &side.connections).map(|c| c.connection()).collect();
        all.join(", ")
    };
    format!(
        "Privacy notice. {} copies data from {} to {}. Whoever can read the destination can read what is copied there, \
         and other rules of privacy and law may hold there than in the source. Rows that cannot be delivered are kept in \
         the project's folder until they are.",
        project.name(),
        names("source"),
        names("destination")
    )
}

/// Makes sure that somebody has agreed to the notice for this project.
pub(super) fn ask(project: &Project, accepted: bool) -> Result<(), Failure> {
    let history = History::open(project.folder()).map_err(|error| recording(&error))?;
    if history.consent(NOTICE).map_err(|error| recording(&error))?.is_some() {
        return Ok(());
    }
    let accepted = accepted || std::env::var(VARIABLE).is_ok_and(|value| !matches!(value.as_str(), "" | "0"));
    if !accepted && !asked(&notice(project)) {
        let help = format!(
            "Agree once: answer y on a terminal, pass --accept-privacy-notice, or set {VARIABLE}=1. The notice: {}",
            notice(project)
        );
        return Err(Failure::Usage(
            "The privacy notice of this project is not agreed to.".to_owned(),
            Some(help),
        ));
    }
    let person = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default();
    let consent = Consent { notice: NOTICE, person, given: Timestamp::now() };
    history.record_consent(&consent).map_err(|error| recording(&error))
}

/// The answer of a person, if one is there.
fn asked(notice: &str) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    eprint!("{notice}\nDo you agree? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
