//! Choosing columns: select, remove, reorder, project, duplicate.

use std::sync::Arc;

use super::{Batch, Batches, Column, Demand, Operator, Table};
use crate::eval::{self, Context};
use crate::value::{Member, Result, Shape, Text, Type, Value};

/// The columns called `names`, in that order; with `null_if_missing`, missing ones full of `null`.
pub fn project(_ctx: &Context, table: &Arc<Table>, names: &[Text], null_if_missing: bool) -> Result<Table> {
    let mut positions = Vec::with_capacity(names.len());
    for name in names {
        match table.position(name) {
            Some(position) => positions.push(Some(position)),
            None if null_if_missing => positions.push(None),
            None => return Err(eval::no_column(table, name)),
        }
    }
    Ok(select_positions(table, Arc::new(Shape::new(names.iter().cloned())), positions))
}

/// The columns at `positions` under the names of `shape`; `None` gives a column of nulls.
pub fn select_positions(table: &Arc<Table>, shape: Arc<Shape>, positions: Vec<Option<usize>>) -> Table {
    let types = positions
        .iter()
        .map(|position| match position.and_then(|position| table.types().get(position)) {
            Some(ty) => Arc::clone(ty),
            None => Type::any(),
        })
        .collect();
    let keys = table.keys().to_vec();
    let kept = |name: &Text| table.position(name).is_some_and(|at| positions.contains(&Some(at)));
    let keys = keys.into_iter().filter(|key| key.columns.iter().all(kept)).collect();
    Table::new(shape, types, Arc::new(Select { input: Arc::clone(table), positions })).with_keys(keys)
}

struct Select {
    input: Arc<Table>,
    positions: Vec<Option<usize>>,
}

impl Operator for Select {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let wanted = self
            .positions
            .iter()
            .enumerate()
            .filter(|(at, _)| demand.wants(*at))
            .filter_map(|(_, from)| *from);
        let mut below = Demand::only(self.input.width(), wanted);
        below.limit = demand.limit;
        let input = self.input.operator().open(ctx, &below)?;
        Ok(Box::new(Selecting { input, positions: self.positions.clone() }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn name(&self) -> &'static str {
        "select columns"
    }
}

struct Selecting {
    input: Box<dyn Batches>,
    positions: Vec<Option<usize>>,
}

impl Batches for Selecting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let columns = self
            .positions
            .iter()
            .map(|position| match position.and_then(|position| batch.column(position)) {
                Some(column) => Arc::clone(column),
                None => Arc::new(Column::same(Member::Ready(Value::Null), batch.len())),
            })
            .collect();
        Ok(Some(batch.with_columns(columns)))
    }
}
