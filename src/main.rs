//! The `pqm` program.

fn main() {}
