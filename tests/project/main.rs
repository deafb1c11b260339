//! Projects from end to end: the program is run on folders, and the files it leaves are looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod again;
mod bad_input;
#[cfg(feature = "http")]
mod dataverse;
#[cfg(feature = "http")]
mod dataverse_faults;
mod drift;
mod editing;
mod example;
mod faults;
mod incremental;
mod killed;
mod kills;
mod notifying;
#[cfg(feature = "http")]
mod odata_service;
mod outcomes;
mod planning;
#[cfg(feature = "postgres")]
mod postgres;
mod proxy;
mod scheduling;
mod sets;
#[cfg(feature = "http")]
#[path = "../simulator/mod.rs"]
mod simulator;
mod stores;
mod workspace;
