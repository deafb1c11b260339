//! Filling cells from the rows before or after them, and clearing cells that repeat.

use std::sync::Arc;

use super::plan::{self, Explanation};
use super::{Batch, Batches, Column, Demand, Operator, Table, collect, put_off};
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
        let (input, below) = (Arc::clone(&self.input), below.unlimited());
        Ok(put_off(move |ctx| {
            let mut batches = collect(ctx, &input, &below)?;
            let mut beneath: Vec<Option<Member>> = vec![None; columns.len()];
            for batch in batches.iter_mut().rev() {
                let mut changed = batch.columns().to_vec();
                for (&column, beneath) in columns.iter().zip(&mut beneath) {
                    let Some(cells) = changed.get_mut(column) else { continue };
                    *cells = Arc::new(filled(ctx, cells, (0..cells.len()).rev(), beneath)?);
                }
                *batch = batch.with_columns(changed);
            }
            Ok(batches.into())
        }))
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
            Fill::Up => explanation(below.unlimited()).holds("all rows"),
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
