//! Reading rows back from bytes.

use std::sync::Arc;

use super::write::{take_length, take_varying};
use super::{BESIDE, Beside, DATE, DATETIME, DOUBLE, DURATION, FALSE, NULL, TEXT, TIME, TRUE, WHOLE};
use crate::table::column::CellView;
use crate::table::{Batch, Column, ColumnBuilder, Whole};
use crate::value::{Member, Value};

/// A batch of rows that were packed with the columns at `positions`, in a table of `width` columns; the others
/// are unread. `rows` are used up.
pub(in crate::table) fn unpack(
    rows: &mut [&[u8]],
    positions: &[usize],
    width: usize,
    beside: &Beside,
) -> Batch {
    let unread = Arc::new(Column::unread(rows.len()));
    let mut columns = vec![unread; width];
    for &position in positions {
        let mut cells = ColumnBuilder::with_capacity(rows.len());
        for row in rows.iter_mut() {
            // What `pack` wrote is always whole.
            if take_cell(row, beside, &mut cells).is_none() {
                cells.push(Member::Ready(Value::Null));
            }
        }
        if let Some(place) = columns.get_mut(position) {
            *place = Arc::new(cells.finish());
        }
    }
    Batch::new(columns, rows.len())
}

#[inline]
fn take_cell(row: &mut &[u8], beside: &Beside, cells: &mut ColumnBuilder) -> Option<()> {
    let (&tag, rest) = row.split_first()?;
    *row = rest;
    let view = match tag {
        NULL => CellView::Null,
        FALSE | TRUE => CellView::Logical(tag == TRUE),
        WHOLE => {
            let number = take_varying(row)?;
            CellView::Whole(Whole::Number, (number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
        }
        DOUBLE => CellView::Double(f64::from_bits(take_eight(row)?)),
        DATE => {
            let (days, rest) = row.split_first_chunk::<4>()?;
            *row = rest;
            CellView::Date(i32::from_le_bytes(*days))
        }
        TIME => CellView::Whole(Whole::Time, take_eight(row)?.cast_signed()),
        DATETIME => CellView::Whole(Whole::DateTime, take_eight(row)?.cast_signed()),
        DURATION => CellView::Whole(Whole::Duration, take_eight(row)?.cast_signed()),
        TEXT => {
            let length = take_length(row)?;
            let (text, rest) = row.split_at_checked(length)?;
            *row = rest;
            CellView::Text(std::str::from_utf8(text).ok()?)
        }
        BESIDE => CellView::Member(beside.get(take_length(row)?)?),
        _ => return None,
    };
    cells.push_view(view);
    Some(())
}

#[inline]
fn take_eight(row: &mut &[u8]) -> Option<u64> {
    let (content, rest) = row.split_first_chunk::<8>()?;
    *row = rest;
    Some(u64::from_le_bytes(*content))
}
