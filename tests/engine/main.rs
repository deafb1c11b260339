//! The engine as a host uses it: compiled once, run from many threads, cancelled, limited, without leaks.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod host;
mod leaks;
mod limits;
mod threads;
