//! Rows of name and value turned into columns.

mod cells;
mod order;
mod turn;

use std::sync::Arc;

use super::plan::{self, Explanation};
use super::{Batch, Batches, Demand, Operator, Table, parallel};
use crate::eval::{Context, field_exists};
use crate::value::{Function, Member, Result, Shape, Text, Type, Value};
use order::Ordered;
use turn::Names;

/// What a table is turned by.
pub struct Turn {
    /// The column of names.
    pub attribute: usize,
    /// The column of values.
    pub value: usize,
    /// The names that become columns, in order.
    pub names: Vec<Text>,
    /// What makes one value of the list of a row's values; without it there must be at most one.
    pub aggregate: Option<Arc<Function>>,
    /// The type of the new columns.
    pub ty: Arc<Type>,
}

/// One row for each key, that is the cells of all columns but the two that are turned, then a column for each
/// name. The rows are in the order of their first key cell.
///
/// # Errors
/// A name is taken.
pub fn pivot(table: &Arc<Table>, turn: Turn) -> Result<Table> {
    let keys: Vec<usize> =
        (0..table.width()).filter(|at| ![turn.attribute, turn.value].contains(at)).collect();
    let mut names: Vec<Text> = keys.iter().filter_map(|&at| table.names().get(at).cloned()).collect();
    let mut types: Vec<Arc<Type>> = keys.iter().filter_map(|&at| table.types().get(at).cloned()).collect();
    for name in &turn.names {
        if names.contains(name) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
        names.push(name.clone());
        types.push(Arc::clone(&turn.ty));
    }
    let operator = Pivot { input: Arc::clone(table), keys: keys.into(), turn: Arc::new(turn) };
    Ok(Table::new(Arc::new(Shape::new(names)), types, Arc::new(operator)))
}

struct Pivot {
    input: Arc<Table>,
    keys: Arc<[usize]>,
    turn: Arc<Turn>,
}

impl Pivot {
    fn columns(&self) -> Vec<usize> {
        self.keys.iter().copied().chain([self.turn.attribute, self.turn.value]).collect()
    }
}

impl Operator for Pivot {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let columns = self.columns();
        let below = Demand::only(self.input.width(), columns.iter().copied());
        let input = parallel::settled(ctx, &**self.input.operator(), &below, columns)?;
        let plan = Plan {
            input_width: self.input.width(),
            keys: Arc::clone(&self.keys),
            turn: Arc::clone(&self.turn),
            demand: demand.clone(),
            may_part: ctx.limits().rows_memory.is_some(),
        };
        Ok(Box::new(Pivoting::Opened(input, plan)))
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        let below = Demand::only(self.input.width(), self.columns());
        let detail = plan::columns(&self.input, &[self.turn.attribute, self.turn.value]);
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

/// One reading.
enum Pivoting {
    Opened(Box<dyn Batches>, Plan),
    Turned(Box<dyn Batches>),
    Ended,
}

impl Batches for Pivoting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if let Pivoting::Opened(..) = self
            && let Pivoting::Opened(mut input, plan) = std::mem::replace(self, Pivoting::Ended)
        {
            let names = Names::new(ctx, &plan.turn.names)?;
            let mut ordered = Ordered::new(ctx, &plan);
            turn::turn(ctx, &plan, &names, &mut *input, 0, &mut ordered)?;
            *self = Pivoting::Turned(ordered.finish(ctx)?);
        }
        match self {
            Pivoting::Turned(rows) => rows.next(ctx),
            Pivoting::Opened(..) | Pivoting::Ended => Ok(None),
        }
    }
}
