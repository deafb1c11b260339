//! Table.*: steps of lazy plans. The operators they build live in [`crate::table`].

pub(super) mod columns;
pub(super) mod relate;
pub(super) mod rows;
