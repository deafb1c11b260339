//! `Date.*`, `Time.*`, `DateTime.*`, `DateTimeZone.*` and `Duration.*`.
//!
//! Functions of parts and periods take any kind of value that has the part and pass `null` on; what they take is
//! said by the error they raise for another kind. The clock is asked once per evaluation unless a function's
//! purpose is to ask anew.

pub(super) mod clock;
pub(super) mod conversion;
pub(super) mod duration;
mod kernels;
mod moment;
pub(super) mod parts;
pub(super) mod periods;
pub(super) mod relative;
pub(super) mod shift;
mod text;
pub(super) mod zone;

/// The signature of functions that change a date or time and keep its kind.
const CHANGE: &str = "(dateTime as any) as any";
/// The signature of functions that read a number from a date or time.
const PART: &str = "(dateTime as any) as nullable number";
/// The signature of functions that answer yes or no about a date or time.
const QUESTION: &str = "(dateTime as any) as nullable logical";
