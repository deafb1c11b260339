//! `pqm project`: integration projects.

use std::path::PathBuf;

use clap::Subcommand;
use pqm::project::Project;

use super::exit::{Exit, Failure};
use super::terminal::Colour;

/// The subcommands of `pqm project`.
#[derive(Subcommand, Debug)]
pub enum ProjectCommand {
    /// Check a project file and all it refers to
    Check {
        /// The project's folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Runs a subcommand.
pub fn project(command: &ProjectCommand, colour: Colour) -> Result<(), Exit> {
    match command {
        ProjectCommand::Check { folder } => check(folder).map_err(|failure| super::tell(&failure, colour)),
    }
}

fn check(folder: &std::path::Path) -> Result<(), Failure> {
    let project = Project::load(folder).map_err(|error| Failure::Io(error.to_string()))?;
    println!("{}: {} tasks, no mistakes found.", project.name(), project.tasks().len());
    Ok(())
}
