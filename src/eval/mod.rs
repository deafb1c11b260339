//! The evaluator: runs [`ir`](crate::ir) and gives values. Operators, calls, cells, limits.
//!
//! Evaluation is a pure function of program, inputs and host. M errors travel as
//! [`Error`](crate::value::Error)s; every limit stops an evaluation cleanly and leaves it able to run again.

mod access;
mod arguments;
mod call;
mod compare;
mod concatenate;
mod context;
mod convert;
mod evaluate;
#[cfg(test)]
mod evaluate_tests;
mod limits;
mod memory;
mod messages;
mod nested_update;
mod operators;
mod prompt;
mod rows_held;
mod spill;
mod type_expression;

pub use access::{field_of, item_of, range};
pub use arguments::Arguments;
pub use compare::{compare, equal, fill_format, hash, order, ordinal, types_equal};
pub use context::{Context, Evaluation, Names};
pub use convert::{check_kind, conversion_error, describe};
pub use limits::{CancelToken, Limits};
pub use memory::CountingAllocator;
pub(crate) use memory::held as bytes_taken;
pub use messages::{
    column_not_found, cyclic_reference, field_exists, field_not_found, no_column, not_available,
    not_enough_elements, too_many_elements,
};
pub use operators::{apply, apply_unary, combine_metadata, exact_sum};
pub use rows_held::RowsHeld;
pub use spill::Spill;
