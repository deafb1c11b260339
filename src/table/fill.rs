//! Filling cells from the rows before or after them, and clearing cells that repeat.

use std::collections::VecDeque;
use std::sync::Arc;

use super::plan::{self, Explanation};
use super::{Batch, Batches, Column, Demand, Operator, Table};
use crate::eval::{self, Context};
use crate::value::{Member, Result, Value};

/// What happens to the cells of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// A `null` becomes what stands above it.
    Down,
    /// A `null` becomes what stands below it.
    Up,
    /// The cells become `null` in a row where all of them equal those above.
    Clear,
}

/// The table with the cells of `columns` filled. Evaluates those that are asked for. A cell that fails stays.
pub fn fill(input: &Arc<Table>, columns: Vec<usize>, how: Fill) -> Table {
    input.with_operator(Arc::new(Filled { input: Arc::clone(input), columns, how }))
}

struct Filled {
    input: Arc<Table>,
    columns: Vec<usize>,
    how: Fill,
}

impl Operator for Filled {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let mut below = demand.clone();
        let mut columns = self.columns.clone();
        if self.how == Fill::Clear && columns.iter().any(|at| demand.wants(*at)) {
            below.add(columns.iter().copied());
        } else {
            columns.retain(|at| demand.wants(*at));
        }
        if self.how != Fill::Up {
            let input = self.input.operator().open(ctx, &below)?;
            let above = vec![None; columns.len()];
            return Ok(Box::new(Filling { input, columns, above, clear: self.how == Fill::Clear }));
        }
        if columns.is_empty() {
            return self.input.operator().open(ctx, &below);
        }
        // The cells that fill the last rows may stand further down.
        let input = self.input.operator().open(ctx, &below.unlimited())?;
        Ok(Box::new(FillingUp { input: Some(input), columns, held: VecDeque::new() }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let mut below = demand.clone();
        if self.how == Fill::Clear && self.columns.iter().any(|at| demand.wants(*at)) {
            below.add(self.columns.iter().copied());
        }
        let explanation =
            |below| Explanation::over(&self.input, below).detail(plan::columns(&self.input, &self.columns));
        Ok(match self.how {
            Fill::Up => explanation(below.unlimited()).holds("rows whose nulls have nothing below them yet"),
            Fill::Down | Fill::Clear => explanation(below),
        })
    }

    fn name(&self) -> &'static str {
        match self.how {
            Fill::Down => "fill down",
            Fill::Up => "fill up",
            Fill::Clear => "clear down",
        }
    }
}

/// The column with each `null` replaced by the last other cell met in the order of `rows`.
fn filled(
    ctx: &Context,
    column: &Column,
    rows: impl Iterator<Item = usize>,
    last: &mut Option<Member>,
) -> Result<Column> {
    let mut cells = vec![Member::Ready(Value::Null); column.len()];
    for row in rows {
        ctx.step()?;
        let cell = Member::settled(column.get(row).force_with_metadata(ctx))?;
        let empty = matches!(&cell, Member::Ready(value) if value.is_null());
        if let Some(place) = cells.get_mut(row) {
            match last {
                Some(last) if empty => *place = last.clone(),
                _ => *place = cell.clone(),
            }
        }
        if !empty {
            *last = Some(cell);
        }
    }
    Ok(cells.into_iter().collect())
}

/// Fills from below. A batch is held until a cell that is not null was met below its last rows, in each of the columns.
struct FillingUp {
    /// What is read, up to its end.
    input: Option<Box<dyn Batches>>,
    columns: Vec<usize>,
    held: VecDeque<Held>,
}

struct Held {
    batch: Batch,
    /// For each of the columns whether its last cell is still null.
    open: Vec<bool>,
}

impl Batches for FillingUp {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while let Some(input) = &mut self.input
            && self.held.front().is_none_or(|held| held.open.contains(&true))
        {
            match input.next(ctx)? {
                Some(batch) => self.hold(ctx, &batch)?,
                // Nothing stands below what is left.
                None => self.input = None,
            }
        }
        Ok(self.held.pop_front().map(|held| held.batch))
    }
}

impl FillingUp {
    /// Fills a batch, and the open cells of those before it.
    fn hold(&mut self, ctx: &Context, batch: &Batch) -> Result<()> {
        let mut changed = batch.columns().to_vec();
        let mut open = vec![false; self.columns.len()];
        for (at, (&column, open)) in self.columns.iter().zip(&mut open).enumerate() {
            let Some(cells) = changed.get_mut(column) else { continue };
            let mut beneath = None;
            *cells = Arc::new(filled(ctx, cells, (0..cells.len()).rev(), &mut beneath)?);
            *open = match cells.len().checked_sub(1) {
                Some(last) => matches!(cells.get(last), Member::Ready(value) if value.is_null()),
                None => false,
            };
            if beneath.is_some() {
                for held in self.held.iter_mut() {
                    held.fill(ctx, at, column, &beneath)?;
                }
            }
        }
        self.held.push_back(Held { batch: batch.with_columns(changed), open });
        Ok(())
    }
}

impl Held {
    /// Fills the last cells of a column with what was met below, if they are still null.
    fn fill(&mut self, ctx: &Context, at: usize, column: usize, beneath: &Option<Member>) -> Result<()> {
        let Some(open) = self.open.get_mut(at).filter(|open| **open) else { return Ok(()) };
        *open = false;
        let mut changed = self.batch.columns().to_vec();
        if let Some(cells) = changed.get_mut(column) {
            *cells = Arc::new(filled(ctx, cells, (0..cells.len()).rev(), &mut beneath.clone())?);
        }
        self.batch = self.batch.with_columns(changed);
        Ok(())
    }
}

struct Filling {
    input: Box<dyn Batches>,
    columns: Vec<usize>,
    /// For each of the columns the last cell above that counts.
    above: Vec<Option<Member>>,
    clear: bool,
}

impl Batches for Filling {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let mut changed = batch.columns().to_vec();
        if self.clear {
            self.clear(ctx, &batch, &mut changed)?;
        } else {
            for (&column, above) in self.columns.iter().zip(&mut self.above) {
                let Some(cells) = changed.get_mut(column) else { continue };
                *cells = Arc::new(filled(ctx, cells, 0..cells.len(), above)?);
            }
        }
        Ok(Some(batch.with_columns(changed)))
    }
}

impl Filling {
    fn clear(&mut self, ctx: &Context, batch: &Batch, changed: &mut [Arc<Column>]) -> Result<()> {
        let mut cleared: Vec<Vec<Member>> = vec![Vec::with_capacity(batch.len()); self.columns.len()];
        for row in 0..batch.len() {
            ctx.step()?;
            let mut repeats = true;
            let mut cells = Vec::with_capacity(self.columns.len());
            for (&column, above) in self.columns.iter().zip(&mut self.above) {
                let cell = batch.column(column).map_or(Member::Ready(Value::Null), |column| column.get(row));
                let value = cell.force(ctx)?;
                repeats = repeats
                    && match above {
                        Some(above) => eval::equal(ctx, &above.force(ctx)?, &value)?,
                        None => false,
                    };
                *above = Some(Member::Ready(value));
                cells.push(cell);
            }
            for (column, cell) in cleared.iter_mut().zip(cells) {
                column.push(if repeats { Member::Ready(Value::Null) } else { cell });
            }
        }
        for (&column, cells) in self.columns.iter().zip(cleared) {
            if let Some(place) = changed.get_mut(column) {
                *place = Arc::new(Column::any(cells));
            }
        }
        Ok(())
    }
}
