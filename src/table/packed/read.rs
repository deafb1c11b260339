//! Reading rows from bytes.

use std::sync::Arc;

use super::write::{take_length, take_varying};
use super::{BESIDE, Beside, DATE, DATETIME, DOUBLE, DURATION, FALSE, NULL, TEXT, TIME, TRUE, WHOLE};
use crate::table::column::CellView;
use crate::table::{Batch, Column, ColumnBuilder, TextBlock, TextSpans, Whole};
use crate::value::{Member, Value};

/// A batch of rows that were packed one after the other with the columns at `positions`, in a table of `width`
/// columns; the others are unread.
pub(in crate::table) fn unpack(mut rows: &[u8], positions: &[usize], width: usize, beside: &Beside) -> Batch {
    // No text is longer than its row.
    let mut block = Vec::with_capacity(rows.len());
    let mut columns: Vec<Unpacked> = positions.iter().map(|_| Unpacked::Nulls(0)).collect();
    let mut count = 0;
    while let Some(row) = take(&mut rows) {
        count += 1;
        unpack_row(row, &mut columns, &mut block, beside);
    }
    // What was packed is text; what is read from a file is looked at.
    let block = String::from_utf8(block)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let block = TextBlock::from(block);
    let unread = Arc::new(Column::unread(count));
    let mut all = vec![unread; width];
    for (&position, column) in positions.iter().zip(columns) {
        if let Some(place) = all.get_mut(position) {
            *place = Arc::new(column.finish(&block));
        }
    }
    Batch::new(all, count)
}

/// What stands at the beginning of `bytes` behind its length.
#[inline]
fn take<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = take_length(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// The cells of a column so far.
enum Unpacked {
    Nulls(usize),
    /// Where texts start and end in the block; `null` does nowhere.
    Texts(Vec<(u32, u32)>),
    Others(Box<ColumnBuilder>),
}

const NO_TEXT: (u32, u32) = (u32::MAX, 0);

fn unpack_row(mut row: &[u8], columns: &mut [Unpacked], block: &mut Vec<u8>, beside: &Beside) {
    let mut cells = take(&mut row).unwrap_or_default();
    let mut at = block.len();
    block.extend_from_slice(row);
    for column in columns {
        // What was packed is whole.
        match take_cell(&mut cells).unwrap_or(Cell::View(CellView::Null)) {
            Cell::Text(length) => {
                column.push_text(at, at + length, block);
                at += length;
            }
            Cell::View(view) => column.push(view, block),
            Cell::Beside(number) => column.push(CellView::Member(&beside.get(number)), block),
        }
    }
}

enum Cell {
    View(CellView<'static>),
    /// A text of that length.
    Text(usize),
    Beside(usize),
}

#[inline]
fn take_cell(cells: &mut &[u8]) -> Option<Cell> {
    let (&tag, rest) = cells.split_first()?;
    *cells = rest;
    Some(Cell::View(match tag {
        TEXT => return take_length(cells).map(Cell::Text),
        NULL => CellView::Null,
        FALSE | TRUE => CellView::Logical(tag == TRUE),
        WHOLE => {
            let number = take_varying(cells)?;
            CellView::Whole(Whole::Number, (number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
        }
        DOUBLE => CellView::Double(f64::from_bits(take_eight(cells)?)),
        DATE => {
            let (days, rest) = cells.split_first_chunk::<4>()?;
            *cells = rest;
            CellView::Date(i32::from_le_bytes(*days))
        }
        TIME => CellView::Whole(Whole::Time, take_eight(cells)?.cast_signed()),
        DATETIME => CellView::Whole(Whole::DateTime, take_eight(cells)?.cast_signed()),
        DURATION => CellView::Whole(Whole::Duration, take_eight(cells)?.cast_signed()),
        BESIDE => return take_length(cells).map(Cell::Beside),
        _ => return None,
    }))
}

#[inline]
fn take_eight(cells: &mut &[u8]) -> Option<u64> {
    let (content, rest) = cells.split_first_chunk::<8>()?;
    *cells = rest;
    Some(u64::from_le_bytes(*content))
}

impl Unpacked {
    #[inline]
    fn push_text(&mut self, start: usize, end: usize, block: &[u8]) {
        match self {
            Unpacked::Texts(texts) => texts.push((start as u32, end as u32)),
            Unpacked::Nulls(nulls) => {
                let mut texts = vec![NO_TEXT; *nulls];
                texts.push((start as u32, end as u32));
                *self = Unpacked::Texts(texts);
            }
            Unpacked::Others(cells) => {
                cells.push_text(&text_at(block, start, end));
            }
        }
    }

    #[inline]
    fn push(&mut self, view: CellView<'_>, block: &[u8]) {
        match (&mut *self, view) {
            (Unpacked::Others(cells), view) => cells.push_view(view),
            (Unpacked::Nulls(nulls), CellView::Null) => *nulls += 1,
            (Unpacked::Texts(texts), CellView::Null) => texts.push(NO_TEXT),
            (_, view) => {
                let mut cells = Box::new(ColumnBuilder::default());
                match self {
                    Unpacked::Nulls(nulls) => (0..*nulls).for_each(|_| cells.push_null()),
                    Unpacked::Texts(texts) => texts.iter().for_each(|&(start, end)| match (start, end) {
                        NO_TEXT => cells.push_null(),
                        (start, end) => cells.push_text(&text_at(block, start as usize, end as usize)),
                    }),
                    Unpacked::Others(_) => {}
                }
                cells.push_view(view);
                *self = Unpacked::Others(cells);
            }
        }
    }

    fn finish(self, block: &TextBlock) -> Column {
        match self {
            Unpacked::Nulls(nulls) => Column::same(Member::Ready(Value::Null), nulls),
            Unpacked::Others(cells) => cells.finish(),
            Unpacked::Texts(texts) => {
                let place = |place| (place != NO_TEXT).then_some(place);
                Column::spans(TextSpans::of(block, texts.into_iter().map(place)))
            }
        }
    }
}

fn text_at(block: &[u8], start: usize, end: usize) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(block.get(start..end).unwrap_or_default())
}
