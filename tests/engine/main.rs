//! The engine as a host uses it: compiled once, run from many threads, cancelled, limited, without leaks.
#![allow(clippy::unwrap_used)]

mod leaks;
mod limits;
mod threads;
