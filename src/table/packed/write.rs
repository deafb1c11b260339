//! Writing rows as bytes.

use super::{BESIDE, Beside, DATE, DATETIME, DOUBLE, DURATION, FALSE, NULL, TEXT, TIME, TRUE, WHOLE};
use crate::table::column::CellView;
use crate::table::{Column, Whole};
use crate::value::{Member, Value};

/// Adds the cells of one row.
pub(in crate::table) fn pack(columns: &[&Column], row: usize, beside: &mut Beside, bytes: &mut Vec<u8>) {
    for column in columns {
        match column.view(row) {
            CellView::Null => bytes.push(NULL),
            CellView::Text(text) => push_text(text, bytes),
            CellView::Logical(logical) => bytes.push(if logical { TRUE } else { FALSE }),
            CellView::Double(double) => push_eight(DOUBLE, double.to_le_bytes(), bytes),
            CellView::Date(days) => push_date(days, bytes),
            CellView::Whole(kind, whole) => push_whole(kind, whole, bytes),
            CellView::Member(member) => push_member(member, beside, bytes),
        }
    }
}

fn push_member(member: &Member, beside: &mut Beside, bytes: &mut Vec<u8>) {
    match member {
        Member::Ready(Value::Null) => bytes.push(NULL),
        Member::Ready(Value::Logical(logical)) => bytes.push(if *logical { TRUE } else { FALSE }),
        Member::Ready(Value::Int64(whole)) => push_whole(Whole::Number, *whole, bytes),
        Member::Ready(Value::Double(double)) => push_eight(DOUBLE, double.to_le_bytes(), bytes),
        Member::Ready(Value::Date(date)) => push_date(date.0, bytes),
        Member::Ready(Value::Time(time)) => push_whole(Whole::Time, time.0, bytes),
        Member::Ready(Value::DateTime(datetime)) => push_whole(Whole::DateTime, datetime.0, bytes),
        Member::Ready(Value::Duration(duration)) => push_whole(Whole::Duration, duration.0, bytes),
        Member::Ready(Value::Text(text)) => push_text(text, bytes),
        other => {
            bytes.push(BESIDE);
            push_length(beside.len(), bytes);
            beside.push(other.clone());
        }
    }
}

fn push_eight(tag: u8, content: [u8; 8], bytes: &mut Vec<u8>) {
    bytes.push(tag);
    bytes.extend_from_slice(&content);
}

fn push_date(days: i32, bytes: &mut Vec<u8>) {
    bytes.push(DATE);
    bytes.extend_from_slice(&days.to_le_bytes());
}

fn push_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(TEXT);
    push_length(text.len(), bytes);
    bytes.extend_from_slice(text.as_bytes());
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
pub(in crate::table) fn push_length(length: usize, bytes: &mut Vec<u8>) {
    push_varying(length as u64, bytes);
}

fn push_varying(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a length from the beginning of `bytes`.
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
