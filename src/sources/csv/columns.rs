//! Columns made of the cells of a block.

use std::sync::Arc;

use super::block::Block;
use super::dialect::Dialect;
use super::split::{Cell, unquote};
use crate::table::{Column, TextSpans};
use crate::value::{Error, List, Member, Value};

/// Makes the columns of one block.
#[derive(Clone, Copy)]
pub struct Cells<'b> {
    /// The block.
    pub block: &'b Block,
    /// How its cells are written.
    pub dialect: &'b Dialect,
    /// What messages call the document.
    pub label: Option<&'b str>,
    /// How many rows of the block count.
    pub rows: usize,
}

impl Cells<'_> {
    /// The cells at a position of the rows as texts; `null` where a row is too short. Shares the text of a
    /// [settled](Block::settle) block.
    pub fn column(&self, position: usize) -> Column {
        let split = self.block.split();
        self.texts((0..self.rows).map(|row| split.cell(row, position)), position)
    }

    /// The same for some of the rows.
    pub fn column_of(&self, position: usize, rows: &[i64]) -> Column {
        let split = self.block.split();
        self.texts(rows.iter().map(|row| split.cell(*row as usize, position)), position)
    }

    fn texts(&self, cells: impl ExactSizeIterator<Item = Option<Cell>>, position: usize) -> Column {
        let Some(text) = self.block.shared() else {
            return cells.map(|cell| self.member(cell, position)).collect();
        };
        let place = |cell: Cell| (cell.start() as u32, cell.end() as u32);
        Column::spans(TextSpans::of(text, cells.map(|cell| cell.map(place))))
    }

    /// The cells from a position on as lists.
    pub fn column_of_lists(&self, position: usize) -> Column {
        let lists = (0..self.rows).map(|row| {
            let cells = self.block.split().row(row).enumerate().skip(position);
            let items = cells.map(|(at, cell)| self.member(Some(cell), at)).collect();
            Member::Ready(Value::List(Arc::new(List::Items(items))))
        });
        Column::any(lists.collect())
    }

    /// The text of a row's first cell beyond `width` that has one, for messages.
    pub fn extra(&self, row: usize, width: usize) -> Option<String> {
        let text = self.block.text();
        let cell = self.block.split().row(row).skip(width).find(|cell| !cell.bytes(text).is_empty())?;
        Some(String::from_utf8_lossy(cell.bytes(text)).into_owned())
    }

    /// `in line 7 of orders.csv`: where a row of the block is.
    pub fn place(&self, row: usize) -> String {
        self.place_at(self.block.split().start(row))
    }

    /// `in line 7 of orders.csv`: where a place of the block's text is.
    fn place_at(&self, at: usize) -> String {
        in_line(self.block.line_at(at), self.label)
    }

    fn member(&self, cell: Option<Cell>, position: usize) -> Member {
        let Some(cell) = cell else { return Member::Ready(Value::Null) };
        let mut bytes = Vec::new();
        if cell.quoted() {
            unquote(self.dialect.quotes, cell.bytes(self.block.text()), &mut bytes);
        } else {
            bytes.extend_from_slice(cell.bytes(self.block.text()));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Member::Ready(Value::from(text)),
            Err(_) => Member::failed(self.undecodable(cell, position)),
        }
    }

    fn undecodable(&self, cell: Cell, position: usize) -> Error {
        let encoding = self.block.encoding().name();
        let advice = if self.block.encoding().is_utf8() {
            "for instance 1252 for Western European Windows files, or 1200 for UTF-16"
        } else {
            "for instance 65001 for UTF-8"
        };
        let shown = String::from_utf8_lossy(cell.bytes(self.block.text())).into_owned();
        Error::data_format(format!(
            "The text in column {} {} isn't valid {encoding}. Give the document's encoding in the Encoding option: \
             {advice}.",
            position + 1,
            self.place_at(cell.start()),
        ))
        .with_detail(Value::from(shown))
    }
}

/// `in line 7 of orders.csv`.
pub fn in_line(line: u64, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("in line {line} of '{label}'"),
        None => format!("in line {line}"),
    }
}
