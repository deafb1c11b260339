//! Plain numbers: their text forms, rounding, whole division and reading.
//!
//! M keeps three representations apart: whole numbers (`i64`), doubles (`f64`) and decimals
//! ([`rust_decimal::Decimal`]). The functions here work on those types; nothing here knows values
//! or cultures (the signs and separators of a culture come in as [`NumberSymbols`]).

mod append;
mod convert;
mod digits;
mod division;
mod parse;
mod round;
mod text;

pub use append::{
    ShortText, append_digits, append_double, append_whole, short_double, short_whole, two_digits,
};
pub use convert::{decimal_to_double, double_to_decimal};
pub use digits::{DOUBLE_DIGITS, Digits};
pub use division::{
    integer_divide, integer_divide_decimal, integer_divide_whole, modulo, modulo_decimal, modulo_whole,
};
pub use parse::{NumberSymbols, NumberText, ParsedNumber, parse_literal};
pub use round::{Direction, RoundingMode};
pub use text::{double_literal, double_text, general_text, push_finite, round_trip_digits};
