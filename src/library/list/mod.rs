//! List.*. Lists stay lazy: what need not be read is not, endless lists work, and an item that fails fails only
//! when it is read.

pub(super) mod aggregate;
mod bound;
pub(super) mod change;
pub(super) mod choose;
pub(super) mod create;
pub(super) mod extreme;
pub(super) mod fold;
pub(super) mod frequency;
mod kept;
#[cfg(test)]
mod lazy_tests;
mod mapped;
pub(super) mod measure;
mod part;
pub(super) mod percentile;
pub(super) mod ranges;
pub(super) mod replace;
pub(super) mod search;
pub(super) mod sets;
pub(super) mod statistics;
mod stream;
pub(super) mod transform;
