//! The program as its users meet it: arguments in, standard output, standard error, files and exit codes out.

// Tests make their own files, and may stop at what cannot be.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod check;
mod commands;
mod credentials;
mod diagnostics;
mod exit_codes;
mod files;
mod fmt;
mod formats;
mod plan;
mod program;
mod repl;
mod stopping;
mod testing;
