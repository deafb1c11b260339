//! A session of writing and exploring: applied steps entered one at a time, their values, what is asked about them.
//!
//! Knows no terminal: `cli` reads lines and shows what comes of them. Times and places of files come from there too.
#![allow(clippy::disallowed_methods)] // Sessions are kept in files, and sources looked into, on behalf of the user.

mod command;
mod detect;
mod document;
mod entry;
mod errors;
mod journal;
mod origin;
mod profile;
mod session;
mod source;
mod steps;

pub use command::{COMMANDS, Command, CommandHelp, parse_command};
pub use detect::changed_types;
pub use document::{from_document, to_document, to_saved};
pub use entry::{Entry, completeness, entry};
pub use errors::{Failing, Found, failing_cells};
pub use journal::{Journal, Kept};
pub use origin::{Lend, origins};
pub use profile::{Bar, ColumnProfile, Profile, profile};
pub use session::{Outcome, Prepared, Session, Shared, Target};
pub use source::{Planned, expanded, plan, plan_entity};
pub use steps::{Step, StepError, Steps};
