//! Table.*: steps of lazy plans. The operators they build live in [`crate::table`].

mod arguments;
pub(super) mod columns;
#[cfg(test)]
mod editor_tests;
mod made;
mod parts;
pub(super) mod relate;
pub(super) mod rows;
