//! Tables seen as lists: of the cells of a column, of rows.

use std::sync::Arc;

use super::{Batch, Batches, Column, Demand, Table, distinct, select_positions};
use crate::criteria::{EquationCriteria, Rule};
use crate::eval::Context;
use crate::value::{Chunk, Enumerate, Iterate, List, Member, Record, Result, Shape, Value};

/// The cells of a column as a list; reads only that column.
pub fn column_list(table: &Arc<Table>, position: usize) -> List {
    List::Lazy(Box::new(Cells { table: Arc::clone(table), position: Some(position), distinct: None }))
}

/// The cells of a column that equal none before them, as a list: found batch by batch, as a step of a table does it.
///
/// # Errors
/// None that is known of.
pub fn distinct_cells(table: &Arc<Table>, position: usize) -> Result<List> {
    let name = table.names().get(position).cloned().unwrap_or_default();
    let shape = Arc::new(Shape::new([name.clone()]));
    let column = Arc::new(select_positions(table, shape, vec![Some(position)]));
    let different = Arc::new(distinct(&column, EquationCriteria::columns([name], Rule::Plain))?);
    let origin = Some((Arc::clone(table), position));
    Ok(List::Lazy(Box::new(Cells { table: different, position: Some(0), distinct: origin })))
}

/// The rows as a list of records.
pub fn row_list(table: &Arc<Table>) -> List {
    List::Lazy(Box::new(Cells { table: Arc::clone(table), position: None, distinct: None }))
}

struct Cells {
    table: Arc<Table>,
    /// The column, or `None` for whole rows.
    position: Option<usize>,
    /// The table and the column whose different cells these are.
    distinct: Option<(Arc<Table>, usize)>,
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

    fn has_chunks(&self) -> bool {
        true
    }

    fn column(&self) -> Option<(&Arc<Table>, usize)> {
        Some((&self.table, self.position?))
    }

    fn distinct_column(&self) -> Option<(&Arc<Table>, usize)> {
        self.distinct.as_ref().map(|(table, position)| (table, *position))
    }
}

struct Reading {
    table: Arc<Table>,
    position: Option<usize>,
    batches: Option<Box<dyn Batches>>,
    batch: Option<(Arc<Batch>, usize)>,
}

impl Reading {
    /// The batch that holds the next row, and where it is there; `None` past the last.
    fn batch(&mut self, ctx: &Context) -> Result<Option<&mut (Arc<Batch>, usize)>> {
        while self.batch.as_ref().is_none_or(|(batch, at)| *at >= batch.len()) {
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
        Ok(self.batch.as_mut())
    }
}

/// A row of a batch as a record.
fn record(table: &Table, batch: &Arc<Batch>, row: usize) -> Member {
    Member::Ready(Value::Record(Arc::new(Record::row(Arc::clone(table.shape()), Arc::clone(batch), row))))
}

impl Iterate for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        let (table, position) = (Arc::clone(&self.table), self.position);
        let Some((batch, at)) = self.batch(ctx)? else { return Ok(None) };
        let row = *at;
        *at += 1;
        Ok(Some(match position {
            Some(position) => {
                batch.column(position).map_or(Member::Ready(Value::Null), |column| column.get(row))
            }
            None => record(&table, batch, row),
        }))
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        let (table, position) = (Arc::clone(&self.table), self.position);
        let Some((batch, at)) = self.batch(ctx)? else { return Ok(None) };
        let (from, to) = (*at, batch.len().min(at.saturating_add(most)));
        *at = to;
        Ok(Some(match position {
            Some(position) => match batch.column(position) {
                Some(column) => Chunk::Column(column.settle(ctx)?.clone()).slice(from, to),
                None => Chunk::Column(Column::unread(to - from)),
            },
            None => Chunk::Members((from..to).map(|row| record(&table, batch, row)).collect()),
        }))
    }
}
