//! Rows of name and value turned into columns.

use std::sync::Arc;

use super::aggregate::{Aggregator, of_items};
use super::gather::gather_column;
use super::numbering::{NONE, Numbering};
use super::plan::{self, Explanation};
use super::{Batch, Batches, Column, Demand, Operator, Place, Table, parallel};
use crate::criteria;
use crate::eval::{Context, compare, field_exists, too_many_elements};
use crate::value::{Error, Function, List, Member, Result, Shape, Text, Type, Value};

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
        let columns: Vec<usize> = columns.collect();
        let below = Demand::only(self.input.width(), columns.iter().copied());
        Ok(Box::new(Pivoting {
            input: Some(parallel::settled(ctx, &**self.input.operator(), &below, columns)?),
            keys: Arc::clone(&self.keys),
            turn: Arc::clone(&self.turn),
            demand: demand.clone(),
        }))
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        let columns = self.keys.iter().copied().chain([self.turn.attribute, self.turn.value]);
        let below = Demand::only(self.input.width(), columns);
        let detail = plan::columns(&self.input, &[self.turn.attribute, self.turn.value]);
        Ok(Explanation::over(&self.input, below).detail(detail).holds("one row for each key"))
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

/// The values of the new columns, row by row and in a row name by name.
enum Cells {
    /// What an aggregate that keeps no values makes of them.
    Streamed(Box<Aggregator>),
    /// The values themselves.
    Kept(Vec<Vec<Member>>),
}

/// The rows of the result before they are sorted.
struct Turned {
    /// The first row of each key, of which only the key is kept.
    batches: Vec<Batch>,
    firsts: Vec<Place>,
    cells: Cells,
}

impl Pivoting {
    fn cells(&self) -> Cells {
        let Some(function) = &self.turn.aggregate else { return Cells::Kept(Vec::new()) };
        match of_items(function) {
            Some(what) => {
                let function = Arc::clone(function);
                let call = move |ctx: &Context, items: Vec<Member>| {
                    ctx.call1(&function, Value::List(Arc::new(List::Items(items))))
                };
                Cells::Streamed(Box::new(Aggregator::new(what, Arc::new(call))))
            }
            None => Cells::Kept(Vec::new()),
        }
    }

    /// The numbers of the names that become columns, in their order; of equal ones the first.
    fn names(&self, ctx: &Context) -> Result<(Numbering, Vec<u32>)> {
        let mut numbering = Numbering::plain(1);
        let names: Column =
            self.turn.names.iter().map(|name| Member::Ready(Value::Text(name.clone()))).collect();
        let names = Batch::new(vec![Arc::new(names)], self.turn.names.len());
        let mut numbers = Vec::new();
        numbering.number(ctx, &names, &[0], &mut numbers)?;
        let first = |number: u32| numbers.iter().position(|other| *other == number).unwrap_or(0) as u32;
        let columns = (0..numbering.len() as u32).map(first).collect();
        Ok((numbering, columns))
    }

    fn turned(&self, ctx: &Context, input: &mut dyn Batches) -> Result<Turned> {
        let (names, columns) = self.names(ctx)?;
        let width = self.turn.names.len();
        let mut rows = Numbering::plain(self.keys.len());
        let mut turned = Turned { batches: Vec::new(), firsts: Vec::new(), cells: self.cells() };
        let (mut row_numbers, mut name_numbers) = (Vec::new(), Vec::new());
        while let Some(batch) = input.next(ctx)? {
            row_numbers.clear();
            name_numbers.clear();
            rows.number(ctx, &batch, &self.keys, &mut row_numbers)?;
            names.find(ctx, &batch, &[self.turn.attribute], &mut name_numbers)?;
            let places = rows.len().checked_mul(width).filter(|places| *places < NONE as usize);
            let places = places.ok_or_else(|| {
                Error::expression("The table would have too many cells. Turn fewer names, or fewer rows.")
            })?;
            turned.note_firsts(&batch, &self.keys, &row_numbers);
            // From here on the number of a row's cell, or none.
            for (row, name) in row_numbers.iter_mut().zip(&name_numbers) {
                let column = columns.get(*name as usize);
                *row = column.map_or(NONE, |column| *row * width as u32 + column);
            }
            turned.cells.take(ctx, &batch, self.turn.value, &row_numbers, places)?;
        }
        Ok(turned)
    }

    /// The rows in the order of their first key cell, if those have an order.
    fn sorted(&self, ctx: &Context, turned: &Turned) -> Result<Vec<u32>> {
        let rows = 0..turned.firsts.len() as u32;
        let Some(&first) = self.keys.first() else { return Ok(rows.collect()) };
        let cells = gather_column(&turned.batches, first, &turned.firsts);
        let keyed = rows.map(|row| Ok((cells.get(row as usize).force(ctx)?, row)));
        let keyed = keyed.collect::<Result<Vec<(Value, u32)>>>()?;
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

impl Cells {
    /// Takes the values of a batch: for each row the number of its cell, of `places` cells.
    fn take(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        value: usize,
        numbers: &[u32],
        places: usize,
    ) -> Result<()> {
        let Some(values) = batch.column(value) else { return Ok(()) };
        match self {
            Cells::Streamed(aggregator) => {
                aggregator.grow(places);
                aggregator.take(ctx, values, None, numbers)
            }
            Cells::Kept(cells) => {
                cells.resize(places, Vec::new());
                for (row, number) in numbers.iter().enumerate() {
                    if let Some(cell) = cells.get_mut(*number as usize) {
                        cell.push(values.get(row));
                    }
                }
                Ok(())
            }
        }
    }
}

impl Turned {
    /// Keeps the keys of the rows that are new.
    fn note_firsts(&mut self, batch: &Batch, keys: &[usize], numbers: &[u32]) {
        let known = self.firsts.len();
        let mut rows: Vec<u32> = Vec::new();
        for (row, &number) in numbers.iter().enumerate() {
            if number as usize == known + rows.len() {
                rows.push(row as u32);
            }
        }
        if rows.is_empty() {
            return;
        }
        let number = self.batches.len() as u32;
        self.firsts.extend((0..rows.len() as u32).map(|row| Place { batch: number, row }));
        self.batches.push(batch.keep(keys, &rows));
    }
}

impl Batches for Pivoting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(mut input) = self.input.take() else { return Ok(None) };
        let turned = self.turned(ctx, &mut *input)?;
        drop(input);
        let (len, width) = (turned.firsts.len(), self.turn.names.len());
        if len == 0 {
            return Ok(None);
        }
        let rows = self.sorted(ctx, &turned)?;
        let places: Vec<Place> =
            rows.iter().filter_map(|row| turned.firsts.get(*row as usize)).copied().collect();
        let mut columns: Vec<Arc<Column>> = Vec::new();
        for (at, &key) in self.keys.iter().enumerate() {
            columns.push(Arc::new(match self.demand.wants(at) {
                true => gather_column(&turned.batches, key, &places),
                false => Column::unread(len),
            }));
        }
        let cells = match turned.cells {
            Cells::Streamed(mut aggregator) => aggregator.finish(ctx, len * width)?,
            Cells::Kept(mut cells) => {
                cells.resize(len * width, Vec::new());
                Column::any(cells.into_iter().map(|values| self.value(values)).collect())
            }
        };
        for name in 0..width as u32 {
            let of_name: Vec<u32> = rows.iter().map(|row| row * width as u32 + name).collect();
            columns.push(Arc::new(cells.take(&of_name)));
        }
        Ok(Some(Batch::new(columns, len)))
    }
}
