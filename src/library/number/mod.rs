//! `Number.*` and the conversions named after number types (`Int64.From`, `Currency.From`).
//!
//! Numbers keep the representation they came in where a function's result allows it: a whole number stays whole, a
//! decimal stays decimal.

pub(super) mod arithmetic;
pub(super) mod bitwise;
pub(super) mod conversion;
mod counting;
pub(super) mod random;
pub(super) mod rounding;
pub(super) mod transcendental;

/// The signature of functions of one number that pass `null` on.
const ONE_NUMBER: &str = "(number as nullable number) as nullable number";
