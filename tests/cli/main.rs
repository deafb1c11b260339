//! The program as its users meet it: arguments in, standard output, standard error, files and exit codes out.

mod commands;
mod diagnostics;
mod exit_codes;
mod files;
mod formats;
mod program;
mod stopping;
