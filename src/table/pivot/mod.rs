//! Rows of name and value turned into columns.

mod at_once;
mod cells;
mod grid;
mod names;
mod order;
mod turn;

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashSet;

use super::plan::{self, Explanation};
use super::{Batch, Batches, Demand, Operator, Table, parallel};
use crate::eval::{Context, field_exists};
use crate::value::{Function, Member, Result, Shape, Text, Type, Value};
pub use at_once::pivot_by_all;
use names::Names;

/// What a table is turned by.
pub struct Turn {
    /// The column of names.
    pub attribute: usize,
    /// The column of values.
    pub value: usize,
    /// What makes one value of the list of a row's values; without it there must be at most one.
    pub aggregate: Option<Arc<Function>>,
    /// The type of the new columns.
    pub ty: Arc<Type>,
}

impl Turn {
    /// The columns that stay: their cells are a row's key.
    fn keys(&self, table: &Table) -> Arc<[usize]> {
        (0..table.width()).filter(|at| ![self.attribute, self.value].contains(at)).collect()
    }
}

/// One row for each key, that is the cells of all columns but the two that are turned, then a column for each of
/// `names`. The rows are in the order of their first key cell.
///
/// # Errors
/// A name is taken.
pub fn pivot(table: &Arc<Table>, turn: Arc<Turn>, names: Vec<Text>) -> Result<Table> {
    made(table, turn, names, None)
}

/// The table, with its rows if they were read already.
fn made(
    table: &Arc<Table>,
    turn: Arc<Turn>,
    names: Vec<Text>,
    rows: Option<Box<dyn Batches>>,
) -> Result<Table> {
    let keys = turn.keys(table);
    let kept = keys.iter().filter_map(|&at| Some((table.names().get(at)?.clone(), table.types().get(at)?)));
    let (mut all, mut types): (Vec<Text>, Vec<Arc<Type>>) =
        kept.map(|(name, ty)| (name, Arc::clone(ty))).unzip();
    let mut taken: FxHashSet<Text> = all.iter().cloned().collect();
    for name in &names {
        if !taken.insert(name.clone()) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
        all.push(name.clone());
        types.push(Arc::clone(&turn.ty));
    }
    let ahead = rows.map(|rows| Mutex::new(Some(rows)));
    let operator = Pivot { input: Arc::clone(table), keys, turn, names: names.into(), ahead };
    Ok(Table::new(Arc::new(Shape::new(all)), types, Arc::new(operator)))
}

struct Pivot {
    input: Arc<Table>,
    keys: Arc<[usize]>,
    turn: Arc<Turn>,
    names: Arc<[Text]>,
    /// The rows of the reading that found the names, until somebody takes them.
    ahead: Option<Mutex<Option<Box<dyn Batches>>>>,
}

impl Pivot {
    fn columns(&self) -> Vec<usize> {
        columns(&self.keys, &self.turn)
    }
}

/// The columns whose cells are looked at.
fn columns(keys: &[usize], turn: &Turn) -> Vec<usize> {
    keys.iter().copied().chain([turn.attribute, turn.value]).collect()
}

impl Operator for Pivot {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let ahead = self.ahead.as_ref();
        if let Some(rows) =
            ahead.and_then(|ahead| ahead.lock().unwrap_or_else(PoisonError::into_inner).take())
        {
            return Ok(rows);
        }
        let plan = Plan::new(ctx, &self.input, &self.keys, &self.turn, demand);
        Ok(Box::new(Pivoting::Opened(plan.open(ctx, &self.input)?, plan, Arc::clone(&self.names))))
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        let below = Demand::only(self.input.width(), self.columns());
        let turned = plan::columns(&self.input, &[self.turn.attribute, self.turn.value]);
        let detail = match &self.ahead {
            Some(_) => format!("{turned}; all names, found by the first reading"),
            None => turned,
        };
        Ok(Explanation::over(&self.input, below).detail(detail).holds("one row for each key"))
    }

    fn name(&self) -> &'static str {
        "pivot"
    }
}

/// What one reading has in all its parts.
struct Plan {
    input_width: usize,
    keys: Arc<[usize]>,
    turn: Arc<Turn>,
    demand: Demand,
    /// Whether rows may have to go to a file. Then they have their numbers in a last column, and so has the result.
    may_part: bool,
}

impl Plan {
    fn new(ctx: &Context, input: &Table, keys: &Arc<[usize]>, turn: &Arc<Turn>, demand: &Demand) -> Plan {
        Plan {
            input_width: input.width(),
            keys: Arc::clone(keys),
            turn: Arc::clone(turn),
            demand: demand.clone(),
            may_part: ctx.limits().rows_memory.is_some(),
        }
    }

    /// Opens the rows that are turned.
    fn open(&self, ctx: &Context, input: &Table) -> Result<Box<dyn Batches>> {
        let columns = columns(&self.keys, &self.turn);
        let below = Demand::only(self.input_width, columns.iter().copied());
        parallel::settled(ctx, &**input.operator(), &below, columns)
    }
}

/// One reading.
enum Pivoting {
    Opened(Box<dyn Batches>, Plan, Arc<[Text]>),
    Turned(Box<dyn Batches>),
    Ended,
}

impl Batches for Pivoting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if let Pivoting::Opened(..) = self
            && let Pivoting::Opened(mut input, plan, names) = std::mem::replace(self, Pivoting::Ended)
        {
            let mut names = Names::known(ctx, &names)?;
            *self = Pivoting::Turned(turn::turn(ctx, &plan, &mut names, &mut *input)?);
        }
        match self {
            Pivoting::Turned(rows) => rows.next(ctx),
            Pivoting::Opened(..) | Pivoting::Ended => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
