//! The engine as a host uses it: compiled once, run from many threads, cancelled, limited, without leaks.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

#[cfg(feature = "tokio")]
mod asynchronous;
mod embedding;
mod host;
mod hostile;
mod leaks;
mod library;
mod limits;
mod runs;
mod streams;
mod sweep;
mod threads;
