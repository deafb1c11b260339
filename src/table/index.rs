//! A column that counts the rows.

use std::sync::Arc;

use super::plan::Explanation;
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, Table};
use crate::eval::{Context, apply};
use crate::ir;
use crate::value::{Member, Result, Shape, Text, Type, Value};

/// The table with a last column `name` that starts at `first` and grows by `step` from row to row.
pub fn add_index(input: &Arc<Table>, name: Text, ty: Arc<Type>, first: Value, step: Value) -> Table {
    let shape = Arc::new(Shape::new(input.names().iter().cloned().chain([name])));
    let types = input.types().iter().cloned().chain([ty]).collect();
    let keys = input.keys().to_vec();
    let operator = Indexed { input: Arc::clone(input), first, step };
    Table::new(shape, types, Arc::new(operator)).with_keys(keys)
}

struct Indexed {
    input: Arc<Table>,
    first: Value,
    step: Value,
}

impl Operator for Indexed {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let width = self.input.width();
        let mut below = Demand::only(width, (0..width).filter(|at| demand.wants(*at)));
        below.limit = demand.limit;
        let input = self.input.operator().open(ctx, &below)?;
        let wanted = demand.wants(width);
        Ok(Box::new(Indexing { input, first: self.first.clone(), step: self.step.clone(), rows: 0, wanted }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let width = self.input.width();
        let mut below = Demand::only(width, (0..width).filter(|at| demand.wants(*at)));
        below.limit = demand.limit;
        Ok(Explanation::over(&self.input, below))
    }

    fn name(&self) -> &'static str {
        "add index"
    }
}

struct Indexing {
    input: Box<dyn Batches>,
    first: Value,
    step: Value,
    rows: usize,
    wanted: bool,
}

impl Indexing {
    /// The number of a row; multiplied rather than added up, so that fractions do not drift.
    fn number(&self, ctx: &Context, row: usize) -> Result<Value> {
        if let (Value::Int64(first), Value::Int64(step)) = (&self.first, &self.step)
            && let Some(number) =
                i64::try_from(row).ok().and_then(|row| step.checked_mul(row)?.checked_add(*first))
        {
            return Ok(Value::Int64(number));
        }
        let grown = apply(ctx, ir::Operator::Multiply, &Value::Int64(row as i64), &self.step)?;
        apply(ctx, ir::Operator::Add, &self.first, &grown)
    }
}

impl Batches for Indexing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let column = if self.wanted {
            let mut cells = ColumnBuilder::with_capacity(batch.len());
            for row in self.rows..self.rows + batch.len() {
                ctx.step()?;
                cells.push(Member::settled(self.number(ctx, row))?);
            }
            cells.finish()
        } else {
            Column::unread(batch.len())
        };
        self.rows += batch.len();
        let columns = batch.columns().iter().cloned().chain([Arc::new(column)]).collect();
        Ok(Some(batch.with_columns(columns)))
    }
}
