//! One table after the other.

use std::sync::Arc;

use super::plan::{Explanation, How};
use super::{Batch, Batches, Demand, Operator, Table, select_positions};
use crate::eval::Context;
use crate::value::{Result, Shape, Text, Type};

/// The rows of all tables, one table after the other; columns are matched by name, missing cells are `null`.
pub fn combine(_ctx: &Context, tables: &[Arc<Table>]) -> Result<Table> {
    let mut names: Vec<Text> = Vec::new();
    let mut types: Vec<Arc<Type>> = Vec::new();
    for table in tables {
        for (name, ty) in table.names().iter().zip(table.types()) {
            match names.iter().position(|known| known == name) {
                Some(at) => types[at] = union(&types[at], ty),
                None => {
                    names.push(name.clone());
                    types.push(Arc::clone(ty));
                }
            }
        }
    }
    let shape = Arc::new(Shape::new(names));
    let inputs = tables
        .iter()
        .map(|table| {
            if table.names() == shape.names() {
                return Arc::clone(table);
            }
            let positions = shape.names().iter().map(|name| table.position(name)).collect();
            Arc::new(select_positions(table, Arc::clone(&shape), positions))
        })
        .collect();
    Ok(Table::new(shape, types, Arc::new(Combine { inputs })))
}

/// The type of columns put together: the common one, or `any`.
pub fn union(left: &Arc<Type>, right: &Arc<Type>) -> Arc<Type> {
    if left.primitive_name() != right.primitive_name() || left.name != right.name {
        return Type::any();
    }
    if right.nullable { Arc::clone(right) } else { Arc::clone(left) }
}

struct Combine {
    inputs: Vec<Arc<Table>>,
}

impl Operator for Combine {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(Box::new(Combining { inputs: self.inputs.clone(), at: 0, demand: demand.clone(), reading: None }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.inputs.iter().map(|input| input.operator().known_rows()).sum()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let inputs = self.inputs.iter().map(|input| (Arc::clone(input), demand.clone())).collect();
        Ok(Explanation { inputs, ..Explanation::source("").how(How::Nothing) })
    }

    fn name(&self) -> &'static str {
        "combine"
    }
}

struct Combining {
    inputs: Vec<Arc<Table>>,
    at: usize,
    demand: Demand,
    reading: Option<Box<dyn Batches>>,
}

impl Batches for Combining {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            if let Some(reading) = &mut self.reading {
                if let Some(batch) = reading.next(ctx)? {
                    return Ok(Some(batch));
                }
                self.reading = None;
            }
            let Some(input) = self.inputs.get(self.at) else { return Ok(None) };
            self.at += 1;
            self.reading = Some(input.operator().open(ctx, &self.demand)?);
        }
    }
}
