//! Columns made from the cells of one column, in its place.

use std::sync::Arc;

use super::expand::{below, replaced};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Column, Demand, Operator, Table};
use crate::eval::Context;
use crate::value::{Member, Result, Text, Type};

/// A column that is made from the cells of another.
pub struct Derived {
    /// The column's name.
    pub name: Text,
    /// The column's type.
    pub ty: Arc<Type>,
    /// The new cell, given the old one, which it must not evaluate before it is read.
    pub cell: Box<dyn Fn(Member) -> Member + Send + Sync>,
}

/// The table with columns made from the cells of one column in its place.
///
/// # Errors
/// A new name is taken.
pub fn replace_column(table: &Arc<Table>, column: usize, derived: Vec<Derived>) -> Result<Table> {
    let names: Vec<Text> = derived.iter().map(|column| column.name.clone()).collect();
    let types = derived.iter().map(|column| Arc::clone(&column.ty)).collect();
    let operator = Derive { input: Arc::clone(table), column, derived: derived.into() };
    replaced(table, column, &names, types, Arc::new(operator))
}

struct Derive {
    input: Arc<Table>,
    column: usize,
    derived: Arc<[Derived]>,
}

impl Operator for Derive {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let below = below(demand, self.input.width(), self.column, self.derived.len());
        Ok(Box::new(Deriving {
            input: self.input.operator().open(ctx, &below)?,
            column: self.column,
            derived: Arc::clone(&self.derived),
            demand: demand.clone(),
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let below = below(demand, self.input.width(), self.column, self.derived.len());
        let detail = plan::list(self.derived.iter().map(|derived| &derived.name));
        let why = "takes apart each value when its cell is read".to_owned();
        Ok(Explanation::over(&self.input, below).detail(detail).how(How::RowWise(why)))
    }

    fn name(&self) -> &'static str {
        "derive columns"
    }
}

struct Deriving {
    input: Box<dyn Batches>,
    column: usize,
    derived: Arc<[Derived]>,
    demand: Demand,
}

impl Batches for Deriving {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let old = batch.column(self.column).cloned();
        let new = self.derived.iter().enumerate().map(|(at, derived)| {
            Arc::new(match &old {
                Some(old) if self.demand.wants(self.column + at) => {
                    let cells = (0..batch.len()).map(|row| (derived.cell)(old.get(row)));
                    Column::any(cells.collect())
                }
                _ => Column::unread(batch.len()),
            })
        });
        let mut columns = batch.columns().to_vec();
        columns.splice(self.column..=self.column, new);
        Ok(Some(batch.with_columns(columns)))
    }
}
