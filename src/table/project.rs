//! Choosing columns: select, remove, reorder, project, duplicate.

use std::sync::Arc;

use super::fold::Chosen;
use super::parallel::{self, Stage, StageOver, Staged};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Column, Demand, Foldable, Operator, Table};
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
    Table::new(shape, types, Arc::new(Select::of(table, positions))).with_keys(keys)
}

struct Select {
    input: Arc<Table>,
    positions: Vec<Option<usize>>,
    folds: bool,
}

impl Select {
    fn of(input: &Arc<Table>, positions: Vec<Option<usize>>) -> Select {
        Select { input: Arc::clone(input), folds: input.operator().may_fold(), positions }
    }
}

impl Operator for Select {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        parallel::open(ctx, self.over(demand), demand)
    }

    fn stage(&self, _ctx: &Context, demand: &Demand) -> Result<Option<StageOver>> {
        Ok(Some(self.over(demand)))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn foldable(&self, ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        if !self.folds {
            return Ok(None);
        }
        let Some(rows) = self.input.operator().foldable(ctx)? else { return Ok(None) };
        let (input, positions) = (Arc::clone(&self.input), self.positions.clone());
        let over = move |rows: Arc<dyn Operator>| -> Arc<dyn Operator> {
            Arc::new(Select::of(&Arc::new(input.with_operator(rows)), positions.clone()))
        };
        Ok(Some(Arc::new(Chosen { rows, positions: self.positions.clone(), over: Arc::new(over) })))
    }

    fn may_fold(&self) -> bool {
        self.folds
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let StageOver { input, demand: below, .. } = self.over(demand);
        let chosen: Vec<usize> = self.positions.iter().copied().flatten().collect();
        Ok(Explanation::over(&input, below).detail(plan::columns(&self.input, &chosen)).how(How::Nothing))
    }

    fn name(&self) -> &'static str {
        "select columns"
    }
}

impl Select {
    fn over(&self, demand: &Demand) -> StageOver {
        let wanted = self.positions.iter().enumerate().filter(|(at, _)| demand.wants(*at));
        let mut below = Demand::only(self.input.width(), wanted.filter_map(|(_, from)| *from));
        below.limit = demand.limit;
        let stage = Selecting { positions: self.positions.clone() };
        StageOver { input: Arc::clone(&self.input), demand: below, stage: Arc::new(stage) }
    }
}

struct Selecting {
    positions: Vec<Option<usize>>,
}

impl Stage for Selecting {
    fn apply(&self, _ctx: &Context, batch: Batch) -> Result<Staged> {
        let columns = self
            .positions
            .iter()
            .map(|position| match position.and_then(|position| batch.column(position)) {
                Some(column) => Arc::clone(column),
                None => Arc::new(Column::same(Member::Ready(Value::Null), batch.len())),
            })
            .collect();
        Ok(batch.with_columns(columns).into())
    }
}
