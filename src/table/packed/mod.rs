//! Rows as bytes: what steps keep that hold many rows, in memory or in temporary files.
//!
//! A row's cells stand one after the other, so that taking rows in another order touches one place of memory a row
//! and not one a cell. The texts of a row come behind its other cells: rows that are unpacked together become one
//! block of text and views into it. Cells that are no plain values stay members, in a table beside the bytes.

mod read;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use crate::value::{Member, Value};

pub(super) use read::unpack;
pub(super) use write::{Packer, push_length, take_length};

/// The cells of packed rows that bytes cannot hold: lists, records, errors, cells that are not evaluated.
#[derive(Clone, Default)]
pub(super) struct Beside(Arc<Mutex<Vec<Member>>>);

impl Beside {
    fn push(&self, member: Member) -> usize {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.push(member);
        members.len() - 1
    }

    fn get(&self, number: usize) -> Member {
        let members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.get(number).cloned().unwrap_or(Member::Ready(Value::Null))
    }
}

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const DOUBLE: u8 = 4;
const DATE: u8 = 5;
const TIME: u8 = 6;
const DATETIME: u8 = 7;
const DURATION: u8 = 8;
/// The length of a text, which stands behind the row's other cells.
const TEXT: u8 = 9;
/// The number of a member in [`Beside`].
const BESIDE: u8 = 10;

#[cfg(test)]
mod tests;
