//! Projects from end to end: the program is run on folders, and the files it leaves are looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod again;
mod bad_input;
mod editing;
mod example;
mod faults;
mod incremental;
mod killed;
mod notifying;
mod outcomes;
mod planning;
mod scheduling;
mod sets;
mod workspace;
