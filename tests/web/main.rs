//! Functions that ask web servers, against servers of the test's own.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod contents;
mod dataverse;
mod host;
mod odata;
mod server;
#[path = "../simulator/mod.rs"]
mod simulator;
