//! Writing rows as bytes.

use super::{BESIDE, Beside, DATE, DATETIME, DOUBLE, DURATION, FALSE, NULL, TEXT, TIME, TRUE, WHOLE};
use crate::table::column::{CellView, ColumnCells};
use crate::table::{Column, Whole};
use crate::value::{Member, Value};

/// Packs rows of some columns.
pub(in crate::table) struct Packer<'c> {
    columns: Vec<ColumnCells<'c>>,
    beside: Beside,
    /// The cells of a row, and its texts.
    cells: Vec<u8>,
    texts: Vec<u8>,
}

impl<'c> Packer<'c> {
    /// Of columns that are computed. Cells that bytes cannot hold are added to `beside`.
    pub(in crate::table) fn new(columns: &[&'c Column], beside: &Beside) -> Packer<'c> {
        Packer {
            columns: columns.iter().map(|column| column.cells()).collect(),
            beside: beside.clone(),
            cells: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Adds a row, and how long it is before it.
    pub(in crate::table) fn pack(&mut self, row: usize, bytes: &mut Vec<u8>) {
        let Packer { columns, beside, cells, texts } = self;
        cells.clear();
        texts.clear();
        for column in columns {
            match column.view(row) {
                CellView::Null => cells.push(NULL),
                CellView::Text(text) => push_text(text, cells, texts),
                CellView::Logical(logical) => cells.push(if logical { TRUE } else { FALSE }),
                CellView::Double(double) => push_eight(DOUBLE, double.to_le_bytes(), cells),
                CellView::Date(days) => push_date(days, cells),
                CellView::Whole(kind, whole) => push_whole(kind, whole, cells),
                CellView::Member(member) => push_member(member, beside, cells, texts),
            }
        }
        let mut length = [0; 10];
        let length = varying(cells.len() as u64, &mut length);
        push_length(length.len() + cells.len() + texts.len(), bytes);
        bytes.extend_from_slice(length);
        bytes.extend_from_slice(cells);
        bytes.extend_from_slice(texts);
    }
}

fn push_member(member: &Member, beside: &Beside, cells: &mut Vec<u8>, texts: &mut Vec<u8>) {
    match member {
        Member::Ready(Value::Null) => cells.push(NULL),
        Member::Ready(Value::Logical(logical)) => cells.push(if *logical { TRUE } else { FALSE }),
        Member::Ready(Value::Int64(whole)) => push_whole(Whole::Number, *whole, cells),
        Member::Ready(Value::Double(double)) => push_eight(DOUBLE, double.to_le_bytes(), cells),
        Member::Ready(Value::Date(date)) => push_date(date.0, cells),
        Member::Ready(Value::Time(time)) => push_whole(Whole::Time, time.0, cells),
        Member::Ready(Value::DateTime(datetime)) => push_whole(Whole::DateTime, datetime.0, cells),
        Member::Ready(Value::Duration(duration)) => push_whole(Whole::Duration, duration.0, cells),
        Member::Ready(Value::Text(text)) => push_text(text, cells, texts),
        other => {
            cells.push(BESIDE);
            push_length(beside.push(other.clone()), cells);
        }
    }
}

fn push_eight(tag: u8, content: [u8; 8], bytes: &mut Vec<u8>) {
    let [a, b, c, d, e, f, g, h] = content;
    bytes.extend_from_slice(&[tag, a, b, c, d, e, f, g, h]);
}

fn push_date(days: i32, bytes: &mut Vec<u8>) {
    let [a, b, c, d] = days.to_le_bytes();
    bytes.extend_from_slice(&[DATE, a, b, c, d]);
}

#[inline]
fn push_text(text: &str, cells: &mut Vec<u8>, texts: &mut Vec<u8>) {
    cells.push(TEXT);
    push_length(text.len(), cells);
    texts.extend_from_slice(text.as_bytes());
}

fn push_whole(kind: Whole, whole: i64, bytes: &mut Vec<u8>) {
    match kind {
        Whole::Number => {
            bytes.push(WHOLE);
            // Small numbers of either sign are short.
            push_varying((whole << 1 ^ whole >> 63).cast_unsigned(), bytes);
        }
        Whole::Time => push_eight(TIME, whole.to_le_bytes(), bytes),
        Whole::DateTime => push_eight(DATETIME, whole.to_le_bytes(), bytes),
        Whole::Duration => push_eight(DURATION, whole.to_le_bytes(), bytes),
    }
}

/// Adds a length, seven bits a byte.
#[inline]
pub(in crate::table) fn push_length(length: usize, bytes: &mut Vec<u8>) {
    push_varying(length as u64, bytes);
}

#[inline]
fn push_varying(number: u64, bytes: &mut Vec<u8>) {
    if number < 0x80 {
        return bytes.push(number as u8);
    }
    bytes.extend_from_slice(varying(number, &mut [0; 10]));
}

/// A number, seven bits a byte.
#[inline]
fn varying(mut number: u64, bytes: &mut [u8; 10]) -> &[u8] {
    let mut length = 0;
    for byte in bytes.iter_mut() {
        length += 1;
        if number < 0x80 {
            *byte = number as u8;
            break;
        }
        *byte = number as u8 | 0x80;
        number >>= 7;
    }
    bytes.get(..length).unwrap_or_default()
}

/// Takes a length from the beginning of `bytes`.
#[inline]
pub(in crate::table) fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    take_varying(bytes).and_then(|length| usize::try_from(length).ok())
}

#[inline]
pub(super) fn take_varying(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte & 0x80 == 0 || shift >= 64 {
            return Some(number);
        }
    }
}
