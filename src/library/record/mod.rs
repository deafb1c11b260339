//! Record.*. Fields that are only passed on stay unevaluated.

pub(super) mod change;
mod fields;
pub(super) mod make;
pub(super) mod read;
