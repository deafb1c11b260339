//! Integration projects: a folder with a `project.yaml` that names connections, a connection set and tasks.
//!
//! Loading ([`Project::load`]) reports every mistake it can find, each with its place. The parts: the file
//! as a tree with positions (`document`), the fields and their JSON Schema ([`model`], `structure`), what
//! must hold between fields (`check`, `keys`), tasks by their hops (`leg`), field mappings ([`mapping`], [`country`]), the
//! systems that connections reach (`system`, `network`) and their secrets ([`credentials`]), the record of past runs and how far each has come ([`history`]), and
//! running ([`run`]), looking into systems beforehand ([`inspect()`]), changing project files ([`edit`]), and templates ([`template`]).
//!
//! This module renders nothing for a terminal and reads no clock: callers pass time stamps in.
#![allow(clippy::disallowed_methods)] // A project is a folder of files: the runner is the host of its queries.

mod check;
pub mod country;
pub mod credentials;
mod document;
pub mod edit;
pub mod history;
mod inspect;
mod keys;
mod leg;
mod load;
mod lock;
pub mod mapping;
pub mod model;
#[cfg(feature = "http")]
mod network;
pub mod notify;
mod problem;
pub mod run;
pub mod schedule;
mod structure;
mod system;
pub mod template;

pub use inspect::{EntityChange, EntityList, SystemEntities, entities, inspect, reach};
pub use leg::{Leg, label};
pub use load::{Choice, PROJECT_FILE, Project};
pub use lock::RunLock;
pub use problem::{LoadError, Problem, ProblemCode};
pub use structure::json_schema;
