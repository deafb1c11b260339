//! Rows as bytes: what steps keep that hold many rows, in memory or in temporary files.
//!
//! A row's cells stand one after the other, so that taking rows in another order touches one place of memory a row
//! and not one a cell. Cells that are no plain values stay members, in a table beside the bytes.

mod read;
mod write;

use crate::value::Member;

pub(super) use read::unpack;
pub(super) use write::{pack, push_length, take_length};

/// The cells of packed rows that bytes cannot hold: lists, records, errors, cells that are not evaluated.
pub(super) type Beside = Vec<Member>;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const DOUBLE: u8 = 4;
const DATE: u8 = 5;
const TIME: u8 = 6;
const DATETIME: u8 = 7;
const DURATION: u8 = 8;
const TEXT: u8 = 9;
/// The number of a member in [`Beside`].
const BESIDE: u8 = 10;

#[cfg(test)]
mod tests;
