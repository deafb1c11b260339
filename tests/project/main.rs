//! Projects from end to end: the program is run on folders, and the files it leaves are looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod bad_input;
mod example;
mod killed;
mod outcomes;
mod workspace;
