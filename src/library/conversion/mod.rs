//! Conversions between kinds of values: what the `X.From` functions and column types share.
//!
//! Every conversion keeps `null`. Nothing here knows argument lists beyond the culture argument, or tables: a
//! table that changes column types takes a [`Converter`] for each column.

mod column;
mod columns;
mod culture;
mod kernels;
mod logical;
mod number;
mod plain;
mod temporal;
mod text;
mod typed;
mod whole;

pub use column::{Converter, Target, to_type};
pub use culture::{culture_named, culture_of, document_culture};
pub use kernels::{converted_to, texts_converted_to};
pub use logical::logical_from;
pub use number::{
    currency_from, decimal_from, double_from, not_a_number, number_from, number_from_text, percentage_from,
    single_from,
};
pub use temporal::{
    ParseTarget, date_from, datetime_from, datetimezone_from, duration_from, duration_from_text,
    local_offset, not_parsed, outside_range, time_from,
};
pub use text::text_from;
pub use whole::{WholeKind, exact_whole, whole_from};

use std::sync::Arc;

use crate::eval::conversion_error;
use crate::value::types::Form;
use crate::value::{Error, Type, Value};

/// The error for a value of a kind that has no conversion to `form`.
fn no_conversion(value: &Value, form: Form) -> Error {
    conversion_error(value, &Arc::new(Type::new(form)))
}
