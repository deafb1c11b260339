//! Tables seen as lists: of the cells of a column, of rows.

use std::sync::Arc;

use super::{Batch, Batches, Demand, Table};
use crate::eval::Context;
use crate::value::{Enumerate, Iterate, List, Member, Record, Result, Value};

/// The cells of a column as a list; reads only that column.
pub fn column_list(table: &Arc<Table>, position: usize) -> List {
    List::Lazy(Box::new(Cells { table: Arc::clone(table), position: Some(position) }))
}

/// The rows as a list of records.
pub fn row_list(table: &Arc<Table>) -> List {
    List::Lazy(Box::new(Cells { table: Arc::clone(table), position: None }))
}

struct Cells {
    table: Arc<Table>,
    /// The column, or `None` for whole rows.
    position: Option<usize>,
}

impl Enumerate for Cells {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Reading {
            table: Arc::clone(&self.table),
            position: self.position,
            batches: None,
            batch: None,
        })
    }

    fn count(&self) -> Option<usize> {
        self.table.operator().known_rows()
    }
}

struct Reading {
    table: Arc<Table>,
    position: Option<usize>,
    batches: Option<Box<dyn Batches>>,
    batch: Option<(Arc<Batch>, usize)>,
}

impl Iterate for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        loop {
            if let Some((batch, at)) = &mut self.batch
                && *at < batch.len()
            {
                let row = *at;
                *at += 1;
                return Ok(Some(match self.position {
                    Some(position) => {
                        batch.column(position).map_or(Member::Ready(Value::Null), |column| column.get(row))
                    }
                    None => {
                        let record = Record::row(Arc::clone(self.table.shape()), Arc::clone(batch), row);
                        Member::Ready(Value::Record(Arc::new(record)))
                    }
                }));
            }
            let batches = match &mut self.batches {
                Some(batches) => batches,
                None => {
                    let demand = match self.position {
                        Some(position) => Demand::only(self.table.width(), [position]),
                        None => Demand::all(),
                    };
                    self.batches.insert(self.table.operator().open(ctx, &demand)?)
                }
            };
            match batches.next(ctx)? {
                Some(batch) => self.batch = Some((Arc::new(batch), 0)),
                None => return Ok(None),
            }
        }
    }
}
