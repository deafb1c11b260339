//! Delimited text as lazy tables of texts.
//!
//! A table streams its document in blocks of complete rows ([`Blocks`]), whose cells are located first ([`split`])
//! and then made into text columns that share the block's text. Only those are made that the reader asks for.
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
mod lines;
mod masks;
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
        let mut blocks = Blocks::new(self.source.open(ctx)?, self.encoding);
        let first = blocks.next(ctx, &self.dialect, 1)?;
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
        let plan =
            Plan { document: Arc::clone(&self.document), label, width: self.width, demand: demand.clone() };
        Reading {
            plan: Arc::new(plan),
            counting,
            left: demand.limit.unwrap_or(usize::MAX),
            blocks: None,
            failed: None,
            warned: false,
        }
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
}

struct Reading {
    plan: Arc<Plan>,
    /// Whether nothing is asked but how many rows there are.
    counting: bool,
    left: usize,
    blocks: Option<Blocks>,
    failed: Option<Error>,
    warned: bool,
}

impl Morsels for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        if let Some(error) = self.failed.take() {
            self.left = 0;
            return Err(error);
        }
        if self.left == 0 {
            return Ok(None);
        }
        let plan = Arc::clone(&self.plan);
        let document = &plan.document;
        let blocks = match &mut self.blocks {
            Some(blocks) => blocks,
            None => self.blocks.insert(Blocks::new(document.source.open(ctx)?, document.encoding)),
        };
        let (block, rows, unclosed) = if self.counting {
            let Some(counted) = blocks.count(ctx, &document.dialect)? else { return Ok(None) };
            (None, counted.rows, counted.unclosed_line)
        } else {
            let Some(block) = blocks.next(ctx, &document.dialect, self.left)? else { return Ok(None) };
            let (rows, unclosed) = (block.split().len(), block.split().unclosed);
            let line = unclosed.map(|at| block.line_at(at));
            (Some(block), rows, line)
        };
        let rows = rows - usize::from(unclosed.is_some());
        if let Some(line) = unclosed {
            let error = Error::data_format(format!(
                "The quote that opens {} isn't closed, so that the rest of the document would be one cell. Close it, \
                 or read the document with QuoteStyle = QuoteStyle.None, where quotes end with the line.",
                columns::in_line(line, plan.label.as_deref())
            ));
            if rows == 0 {
                self.left = 0;
                return Err(error);
            }
            self.failed = Some(error);
        }
        self.left = self.left.saturating_sub(rows);
        if let Some(block) = block.as_ref().filter(|_| document.extra == Extra::Ignore && !self.warned) {
            self.warned = warn_of_long_rows(ctx, &plan.cells(block, rows), plan.width);
        }
        Ok(Some(Box::new(Rows { plan, block, rows })))
    }

    fn is_work(&self) -> bool {
        !self.counting
    }
}

/// Some rows whose cells are located, or only counted.
struct Rows {
    plan: Arc<Plan>,
    block: Option<Block>,
    rows: usize,
}

impl Morsel for Rows {
    fn batch(self: Box<Self>, ctx: &Context) -> Result<Staged> {
        let Rows { plan, block, rows } = *self;
        let Some(mut block) = block else {
            let columns = (0..plan.width).map(|_| Arc::new(Column::unread(rows)));
            return Ok(Batch::new(columns.collect(), rows).into());
        };
        block.settle(plan.document.dialect.quotes);
        let made = Arc::new(Made { plan, block, rows });
        let mut columns = Made::columns(&made, ctx)?;
        if made.plan.document.extra == Extra::Error {
            columns = fail_long_rows(&made.cells(), made.plan.width, columns);
        }
        Ok(Batch::new(columns, rows).into())
    }
}

impl Plan {
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
