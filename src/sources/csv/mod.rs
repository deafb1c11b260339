//! Delimited text as lazy tables of texts.
//!
//! A table streams its document in pieces of text, in which threads look for complete rows side by side (`pieces`).
//! Cells are located first ([`split`]) and then made into text columns that share the piece's text. Only those are made
//! that the reader asks for.
//!
//! What is wrong in a document, and what becomes of it:
//! - A row that is too short: `null` in the cells it lacks. A row that is too long: see [`Extra`].
//! - Bytes that are no text in the document's encoding: reading that cell raises a `DataFormat.Error` with the line
//!   and the advice to name the encoding. Other cells are not touched.
//! - A quote that nothing closes: a `DataFormat.Error` with the line, after the rows before it. (Power Query takes the
//!   rest of the document for one cell, so that rows are lost silently.)

mod block;
mod blocks;
mod columns;
mod dialect;
mod found;
mod handover;
mod lines;
mod masks;
mod pieces;
mod plain;
mod scan;
mod split;
#[cfg(test)]
mod tests;

pub use block::Block;
pub use blocks::Blocks;
pub use dialect::{Delimiter, Dialect, Quotes};
pub use split::{Cell, Counted, Split, count_rows, split, unquote};

use std::sync::Arc;

use arrow_array::Int64Array;

use columns::Cells;
use pieces::{COUNTED, MOST, Piece, Pieces};

use super::bytes::ByteSource;
use super::encoding::Encoding;
use crate::eval::Context;
use crate::table::{
    Batch, Batches, Column, Compute, Demand, Explanation, Morsel, Morsels, Operator, Staged, Table, Whole,
    late_columns, one_by_one,
};
use crate::value::types::Form;
use crate::value::{Error, Member, Result, Shape, Type, Value};

/// What becomes of the cells of a row that are more than the table has columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// They are left out; the host is told.
    Ignore,
    /// The row's cells raise an error.
    Error,
    /// The last column holds lists: of its own cell and those that follow.
    List,
}

/// A document of delimited text.
#[derive(Clone)]
pub struct Document {
    /// Where its bytes come from.
    pub source: ByteSource,
    /// Their encoding, unless a byte order mark says otherwise.
    pub encoding: Encoding,
    /// How its cells are written.
    pub dialect: Dialect,
    /// What becomes of extra cells.
    pub extra: Extra,
}

impl Document {
    /// The number of cells in the first row; 0 if there is no row. Reads no further than needed.
    pub fn first_row_width(&self, ctx: &Context) -> Result<usize> {
        let mut blocks = Blocks::new(ctx, &self.source, self.encoding, 1)?;
        let first = blocks.next(ctx, &self.dialect)?;
        Ok(first.map_or(0, |block| block.split().width(0)))
    }

    /// The document as a table of text columns with the names of `shape`.
    pub fn into_table(self, shape: Arc<Shape>) -> Table {
        let width = shape.len();
        let text = Arc::new(Type::nullable(Form::Text));
        let mut types = vec![text; width];
        if self.extra == Extra::List
            && let Some(last) = types.last_mut()
        {
            *last = Arc::new(Type::new(Form::List(None)));
        }
        Table::new(shape, types, Arc::new(Read { document: Arc::new(self), width }))
    }
}

struct Read {
    document: Arc<Document>,
    width: usize,
}

impl Read {
    fn reading(&self, demand: &Demand) -> Reading {
        let counting = demand.limit.is_none() && !(0..self.width).any(|position| demand.wants(position));
        let label = self.document.source.label();
        let plan = Plan {
            document: Arc::clone(&self.document),
            label,
            width: self.width,
            demand: demand.clone(),
            counting,
        };
        Reading { plan: Arc::new(plan), pieces: None }
    }
}

impl Operator for Read {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(one_by_one(Box::new(self.reading(demand))))
    }

    fn morsels(&self, _ctx: &Context, demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        Ok(Some(Box::new(self.reading(demand))))
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        Ok(Explanation::source(self.document.source.label().unwrap_or_default()))
    }

    fn name(&self) -> &'static str {
        "read delimited text"
    }
}

/// What the batches of one reading have in common.
struct Plan {
    document: Arc<Document>,
    label: Option<String>,
    width: usize,
    demand: Demand,
    /// Whether nothing is asked but how many rows there are.
    counting: bool,
}

struct Reading {
    plan: Arc<Plan>,
    pieces: Option<Pieces>,
}

impl Morsels for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        let pieces = match &mut self.pieces {
            Some(pieces) => pieces,
            None => {
                let Document { source, encoding, .. } = &*self.plan.document;
                let most = if self.plan.counting { COUNTED } else { MOST };
                let wanted = self.plan.demand.limit.unwrap_or(usize::MAX);
                self.pieces.insert(Pieces::new(ctx, source, *encoding, most, wanted)?)
            }
        };
        let piece = pieces.next(ctx)?;
        Ok(piece.map(|piece| Box::new(Rows { plan: Arc::clone(&self.plan), piece }) as Box<dyn Morsel>))
    }
}

/// The rows of a piece.
struct Rows {
    plan: Arc<Plan>,
    piece: Piece,
}

impl Morsel for Rows {
    fn batch(self: Box<Self>, ctx: &Context) -> Result<Staged> {
        let Rows { plan, piece } = *self;
        if plan.counting { plan.counted(ctx, piece) } else { Plan::split(plan, ctx, piece) }
    }
}

impl Plan {
    /// As many rows as there are in the piece, without cells.
    fn counted(&self, ctx: &Context, piece: Piece) -> Result<Staged> {
        let Some(rows) = piece.find(ctx, &self.document.dialect, self.width, Counted::default())? else {
            return Ok(self.unread(0).into());
        };
        let line_of = |at| rows.line + lines::count_lines(rows.text.get(rows.start..at).unwrap_or_default());
        let unclosed = rows.found.unclosed.map(line_of);
        rows.spares.texts.give(rows.text);
        rows.onward.hand_over();
        self.staged(self.unread(rows.found.rows - usize::from(unclosed.is_some())), unclosed)
    }

    /// The rows in the piece, with the cells that are wanted.
    fn split(plan: Arc<Plan>, ctx: &Context, piece: Piece) -> Result<Staged> {
        let document = &plan.document;
        let spare = piece.spares().splits.take();
        let Some(rows) = piece.find(ctx, &document.dialect, plan.width, spare)? else {
            return Ok(plan.unread(0).into());
        };
        let (mut block, mut onward) = Block::of(rows);
        let unclosed = block.split().unclosed.map(|at| block.line_at(at));
        let rows = block.split().len() - usize::from(unclosed.is_some());
        if document.extra == Extra::Ignore && !onward.before.warned {
            onward.before.warned = warn_of_long_rows(ctx, &plan.cells(&block, rows), plan.width);
        }
        onward.hand_over();
        block.settle(document.dialect.quotes);
        let made = Arc::new(Made { plan, block, rows });
        let mut columns = Made::columns(&made, ctx)?;
        if made.plan.document.extra == Extra::Error {
            columns = fail_long_rows(&made.cells(), made.plan.width, columns);
        }
        made.plan.staged(Batch::new(columns, rows), unclosed)
    }

    /// The rows, and the error of a quote in this line behind them that nothing closes.
    fn staged(&self, batch: Batch, unclosed: Option<u64>) -> Result<Staged> {
        let Some(line) = unclosed else { return Ok(batch.into()) };
        let error = Error::data_format(format!(
            "The quote that opens {} isn't closed, so that the rest of the document would be one cell. Close it, or \
             read the document with QuoteStyle = QuoteStyle.None, where quotes end with the line.",
            columns::in_line(line, self.label.as_deref())
        ));
        if batch.is_empty() { Err(error) } else { Ok(Staged { batch, failed: Some(error) }) }
    }

    fn unread(&self, rows: usize) -> Batch {
        let columns = (0..self.width).map(|_| Arc::new(Column::unread(rows)));
        Batch::new(columns.collect(), rows)
    }

    fn cells<'b>(&'b self, block: &'b Block, rows: usize) -> Cells<'b> {
        Cells { block, dialect: &self.document.dialect, label: self.label.as_deref(), rows }
    }
}

/// Some rows whose cells are located, which columns are made of.
struct Made {
    plan: Arc<Plan>,
    block: Block,
    rows: usize,
}

impl Made {
    fn cells(&self) -> Cells<'_> {
        self.plan.cells(&self.block, self.rows)
    }

    /// The columns that are wanted. Those of texts wait until they are read: by then fewer rows may be left.
    fn columns(made: &Arc<Made>, ctx: &Context) -> Result<Vec<Arc<Column>>> {
        let Plan { width, demand, document, .. } = &*made.plan;
        let numbers = || Column::whole(Whole::Number, Int64Array::from_iter_values(0..made.rows as i64));
        let rows = (!ctx.limits().row_wise).then(|| Batch::new(vec![Arc::new(numbers())], made.rows));
        let mut columns = Vec::with_capacity(*width);
        for position in 0..*width {
            columns.push(Arc::new(if !demand.wants(position) {
                Column::unread(made.rows)
            } else if document.extra == Extra::List && position + 1 == *width {
                made.cells().column_of_lists(position)
            } else if let Some(rows) = &rows {
                let texts: Arc<dyn Compute> = Arc::new(Texts { made: Arc::clone(made), position });
                late_columns(ctx, &texts, rows)?.pop().unwrap_or_else(|| Column::unread(made.rows))
            } else {
                made.cells().column(position)
            }));
        }
        Ok(columns)
    }
}

/// The cells at a position of the rows, of which a column holds the numbers.
struct Texts {
    made: Arc<Made>,
    position: usize,
}

impl Compute for Texts {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![0])
    }

    fn compute(&self, _ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let numbers = batch.column(0).and_then(|column| column.as_whole());
        Ok(vec![match numbers {
            Some((_, rows)) => self.made.cells().column_of(self.position, rows.values()),
            None => Column::unread(batch.len()),
        }])
    }
}

/// Puts an error into each cell of the rows that have too many.
fn fail_long_rows(cells: &Cells<'_>, width: usize, columns: Vec<Arc<Column>>) -> Vec<Arc<Column>> {
    let long: Vec<usize> = (0..cells.rows).filter(|row| cells.block.split().width(*row) > width).collect();
    if long.is_empty() {
        return columns;
    }
    let mut changed: Vec<Vec<Member>> =
        columns.iter().map(|column| (0..column.len()).map(|row| column.get(row)).collect()).collect();
    for row in long {
        let count = cells.block.split().width(row);
        let error = Error::data_format("There were more columns in the result than expected.").with_detail(
            Value::record([
                ("Count", Value::from(width as i64)),
                ("Found", Value::from(count as i64)),
                ("Where", Value::from(cells.place(row))),
            ]),
        );
        for column in &mut changed {
            if let Some(cell) = column.get_mut(row) {
                *cell = Member::failed(error.clone());
            }
        }
    }
    changed.into_iter().map(|members| Arc::new(Column::any(members))).collect()
}

/// Tells the host of the first row with cells that are left out; whether there was one.
fn warn_of_long_rows(ctx: &Context, cells: &Cells<'_>, width: usize) -> bool {
    if !cells.block.split().any_longer(width) {
        return false;
    }
    let found = (0..cells.rows).find_map(|row| cells.extra(row, width).map(|extra| (row, extra)));
    let Some((row, extra)) = found else { return false };
    ctx.host().warn(&format!(
        "The row {} has {} cells, the table {width} columns: '{extra}' and what follows is left out there, and in \
         other rows like it. ExtraValues = ExtraValues.Error makes such rows errors.",
        cells.place(row),
        cells.block.split().width(row),
    ));
    true
}
