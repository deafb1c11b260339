//! Rows of name and value turned into columns.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::gather::gather_column;
use super::keys::{cell, hash_key};
use super::{Batch, Batches, Column, Demand, Operator, Place, Table};
use crate::criteria::{self, ValueKey};
use crate::eval::{Context, compare, field_exists, too_many_elements};
use crate::value::{Function, List, Member, Result, Shape, Text, Type, Value};

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

impl Operator for Pivot {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let columns = self.keys.iter().copied().chain([self.turn.attribute, self.turn.value]);
        let below = Demand::only(self.input.width(), columns);
        Ok(Box::new(Pivoting {
            input: Some(self.input.operator().open(ctx, &below)?),
            keys: Arc::clone(&self.keys),
            turn: Arc::clone(&self.turn),
            demand: demand.clone(),
        }))
    }

    fn name(&self) -> &'static str {
        "pivot"
    }
}

struct Pivoting {
    input: Option<Box<dyn Batches>>,
    keys: Arc<[usize]>,
    turn: Arc<Turn>,
    demand: Demand,
}

/// A row of the result: where its key is, and the values of each name.
struct Row {
    first: Place,
    values: Vec<Vec<Member>>,
}

impl Pivoting {
    fn rows(&self, ctx: &Context, input: &mut dyn Batches) -> Result<(Vec<Batch>, Vec<Row>)> {
        let mut columns: FxHashMap<ValueKey, usize> = FxHashMap::default();
        for (at, name) in self.turn.names.iter().enumerate() {
            columns.entry(ValueKey::new(ctx, &Value::Text(name.clone()))?).or_insert(at);
        }
        let mut found: FxHashMap<ValueKey, usize> = FxHashMap::default();
        let (mut batches, mut rows): (Vec<Batch>, Vec<Row>) = Default::default();
        while let Some(batch) = input.next(ctx)? {
            for row in 0..batch.len() {
                ctx.step()?;
                let next = rows.len();
                let at = *found.entry(hash_key(ctx, &batch, row, &self.keys)?).or_insert(next);
                if at == next {
                    let first = Place { batch: batches.len() as u32, row: row as u32 };
                    rows.push(Row { first, values: vec![Vec::new(); self.turn.names.len()] });
                }
                let name = ValueKey::new(ctx, &cell(ctx, &batch, row, self.turn.attribute)?)?;
                let Some(&column) = columns.get(&name) else { continue };
                let value = batch.column(self.turn.value).map(|values| values.get(row));
                if let Some(values) = rows.get_mut(at).and_then(|row| row.values.get_mut(column)) {
                    values.extend(value);
                }
            }
            batches.push(batch);
        }
        Ok((batches, rows))
    }

    /// The rows in the order of their first key cell, if those have an order.
    fn sorted(&self, ctx: &Context, batches: &[Batch], rows: Vec<Row>) -> Result<Vec<Row>> {
        let Some(&first) = self.keys.first() else { return Ok(rows) };
        let mut keyed = Vec::with_capacity(rows.len());
        for row in rows {
            let batch = batches.get(row.first.batch as usize);
            let key =
                batch.map_or(Ok(Value::Null), |batch| cell(ctx, batch, row.first.row as usize, first))?;
            keyed.push((key, row));
        }
        let sorted = criteria::sort(keyed, |(left, _), (right, _)| match compare(ctx, left, right) {
            Err(error) if !error.is_stop() => Ok(std::cmp::Ordering::Equal),
            order => order,
        })?;
        Ok(sorted.into_iter().map(|(_, row)| row).collect())
    }

    fn value(&self, mut values: Vec<Member>) -> Member {
        if let Some(function) = &self.turn.aggregate {
            let (function, list) = (Arc::clone(function), Arc::new(List::Items(values)));
            return Member::lazy(move |ctx| ctx.call1(&function, Value::List(Arc::clone(&list))));
        }
        match (values.pop(), values.is_empty()) {
            (None, _) => Member::Ready(Value::Null),
            (Some(only), true) => only,
            (Some(last), false) => {
                values.push(last);
                let detail = Value::List(Arc::new(List::Items(values)));
                Member::failed(too_many_elements().with_detail(detail))
            }
        }
    }
}

impl Batches for Pivoting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(mut input) = self.input.take() else { return Ok(None) };
        let (batches, rows) = self.rows(ctx, &mut *input)?;
        if rows.is_empty() {
            return Ok(None);
        }
        let rows = self.sorted(ctx, &batches, rows)?;
        let places: Vec<Place> = rows.iter().map(|row| row.first).collect();
        let mut columns: Vec<Arc<Column>> = Vec::new();
        for (at, &key) in self.keys.iter().enumerate() {
            columns.push(Arc::new(match self.demand.wants(at) {
                true => gather_column(&batches, key, &places),
                false => Column::unread(places.len()),
            }));
        }
        let mut cells: Vec<Vec<Member>> = vec![Vec::with_capacity(places.len()); self.turn.names.len()];
        for row in rows {
            for (column, values) in cells.iter_mut().zip(row.values) {
                column.push(self.value(values));
            }
        }
        columns.extend(cells.into_iter().map(|cells| Arc::new(Column::any(cells))));
        Ok(Some(Batch::new(columns, places.len())))
    }
}
