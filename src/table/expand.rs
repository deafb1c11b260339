//! Cells that hold tables, lists or records, spread over rows and columns.

use std::sync::Arc;

use super::gather::ROWS;
use super::plan::{self, Explanation};
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, Table};
use crate::eval::{Context, conversion_error, field_exists};
use crate::table;
use crate::value::types::Form;
use crate::value::{Error, Items, Member, Result, Shape, Text, Type, Value};

/// How many rows the first batch has at most, so that little is read for nothing.
const FIRST_ROWS: usize = 64;

/// A row for each row of the tables in a column, the columns `names` of those under `new_names` in its place.
/// Where a table has no row, or there is `null`, one row of nulls; a column it lacks is `null`.
///
/// # Errors
/// A new name is taken.
pub fn expand_table(table: &Arc<Table>, column: usize, names: &[Text], new_names: &[Text]) -> Result<Table> {
    let types = nested_types(table, column, names, |form| match form {
        Form::Table(Some(table)) => Some(Arc::clone(&table.row)),
        _ => None,
    });
    let expanded = table.operator().expanded(column, names).filter(|_| column + 1 == table.width());
    let operator = match expanded {
        Some(operator) => operator,
        None => Arc::new(Expand {
            input: Arc::clone(table),
            column,
            width: names.len(),
            how: How::Tables(Arc::from(names)),
        }),
    };
    replaced(table, column, new_names, types, operator)
}

/// A row for each item of the lists in a column; for an empty list, or `null`, one row with `null`.
pub fn expand_list(table: &Arc<Table>, column: usize) -> Result<Table> {
    let name = table.names().get(column).cloned().unwrap_or_default();
    let ty = match table.types().get(column).map(|ty| &ty.form) {
        Some(Form::List(Some(item))) => Arc::new(item.with_null()),
        _ => Type::any(),
    };
    let operator = Arc::new(Expand { input: Arc::clone(table), column, width: 1, how: How::Lists });
    replaced(table, column, &[name], vec![ty], operator)
}

pub(super) fn nested_types(
    table: &Table,
    column: usize,
    names: &[Text],
    fields: impl Fn(&Form) -> Option<Arc<crate::value::types::RecordType>>,
) -> Vec<Arc<Type>> {
    let row = table.types().get(column).and_then(|ty| fields(&ty.form));
    let ty = |name: &Text| {
        let field = row.as_ref().and_then(|row| row.fields.iter().find(|field| field.name == *name));
        field.map_or_else(Type::any, |field| Arc::new(field.ty.with_null()))
    };
    names.iter().map(ty).collect()
}

/// The table with new columns in the place of one.
///
/// # Errors
/// A new name is taken.
pub(super) fn replaced(
    table: &Table,
    column: usize,
    new_names: &[Text],
    new_types: Vec<Arc<Type>>,
    operator: Arc<dyn Operator>,
) -> Result<Table> {
    let (shape, types) = columns_replaced(table, column, new_names, new_types)?;
    Ok(Table::new(shape, types, operator))
}

/// The names and types of the columns of a table with new ones in the place of one.
///
/// # Errors
/// A new name is taken.
pub(super) fn columns_replaced(
    table: &Table,
    column: usize,
    new_names: &[Text],
    new_types: Vec<Arc<Type>>,
) -> Result<(Arc<Shape>, Vec<Arc<Type>>)> {
    let mut names = table.names().to_vec();
    let mut types = table.types().to_vec();
    names.splice(column..=column, new_names.iter().cloned());
    types.splice(column..=column, new_types);
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|known| known == name) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
    }
    Ok((Arc::new(Shape::new(names)), types))
}

/// The demand on the input of a step that puts `width` columns in the place of one, whose cells it reads.
pub(super) fn below(demand: &Demand, input: usize, column: usize, width: usize) -> Demand {
    let outer = |at: usize| if at < column { at } else { (at + width).saturating_sub(1) };
    let mut below = Demand::only(input, (0..input).filter(|&at| at == column || demand.wants(outer(at))));
    // Every input row gives at least one row.
    below.limit = demand.limit;
    below
}

#[derive(Clone)]
enum How {
    /// Rows of tables: these columns of them.
    Tables(Arc<[Text]>),
    /// Items of lists.
    Lists,
}

struct Expand {
    input: Arc<Table>,
    column: usize,
    /// How many columns stand in the place of the old one.
    width: usize,
    how: How,
}

impl Operator for Expand {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let below = below(demand, self.input.width(), self.column, self.width);
        Ok(Box::new(Expanding {
            input: self.input.operator().open(ctx, &below)?,
            column: self.column,
            wanted: (0..self.width).map(|at| demand.wants(self.column + at)).collect(),
            how: self.how.clone(),
            size: FIRST_ROWS,
            left: demand.limit.unwrap_or(usize::MAX),
            batch: None,
            inside: None,
            failed: None,
        }))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let below = below(demand, self.input.width(), self.column, self.width);
        let detail = plan::columns(&self.input, &[self.column]);
        Ok(Explanation::over(&self.input, below).detail(detail))
    }

    fn name(&self) -> &'static str {
        "expand"
    }
}

struct Expanding {
    input: Box<dyn Batches>,
    column: usize,
    wanted: Vec<bool>,
    how: How,
    size: usize,
    left: usize,
    /// The input batch that is being spread, and its next row.
    batch: Option<(Batch, usize)>,
    /// What the row before is being spread into.
    inside: Option<Inside>,
    failed: Option<Error>,
}

/// One cell being spread.
enum Inside {
    Items {
        items: Items,
        none: bool,
    },
    Rows {
        batches: Box<dyn Batches>,
        positions: Vec<Option<usize>>,
        batch: Option<(Batch, usize)>,
        none: bool,
    },
    /// One row of the same cell in each column.
    Once(Option<Member>),
}

impl Inside {
    /// Adds the cells of the next row to the columns; `false` past the last.
    fn push_next(&mut self, ctx: &Context, columns: &mut [ColumnBuilder]) -> Result<bool> {
        match self {
            Inside::Once(member) => match member.take() {
                Some(member) => {
                    columns.iter_mut().for_each(|column| column.push(member.clone()));
                    Ok(true)
                }
                None => Ok(false),
            },
            Inside::Items { items, none } => match items.next(ctx)? {
                Some(member) => {
                    *none = false;
                    columns.iter_mut().for_each(|column| column.push(member.clone()));
                    Ok(true)
                }
                None => Ok(nulls_if(none, columns)),
            },
            Inside::Rows { batches, positions, batch, none } => loop {
                ctx.step()?;
                if let Some((batch, row)) = batch
                    && *row < batch.len()
                {
                    for (column, position) in columns.iter_mut().zip(positions.iter()) {
                        let cell = position.and_then(|position| batch.column(position));
                        column.push(cell.map_or(Member::Ready(Value::Null), |column| column.get(*row)));
                    }
                    *row += 1;
                    *none = false;
                    return Ok(true);
                }
                match batches.next(ctx)? {
                    Some(next) => *batch = Some((next, 0)),
                    None => return Ok(nulls_if(none, columns)),
                }
            },
        }
    }
}

/// A row of nulls if there was none before.
fn nulls_if(none: &mut bool, columns: &mut [ColumnBuilder]) -> bool {
    if *none {
        columns.iter_mut().for_each(|column| column.push(Member::Ready(Value::Null)));
    }
    std::mem::replace(none, false)
}

impl Expanding {
    fn inside(&self, ctx: &Context, cell: &Member) -> Result<Inside> {
        let value = match cell.force(ctx) {
            Ok(value) => value,
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => return Ok(Inside::Once(Some(Member::failed(error)))),
        };
        let wrong =
            |form| Inside::Once(Some(Member::failed(conversion_error(&value, &Arc::new(Type::new(form))))));
        Ok(match (&self.how, &value) {
            (_, Value::Null) => Inside::Once(Some(Member::Ready(Value::Null))),
            (How::Lists, Value::List(list)) => Inside::Items { items: list.items(), none: true },
            (How::Lists, Value::Table(table)) => {
                Inside::Items { items: Arc::new(table::row_list(table)).items(), none: true }
            }
            (How::Tables(names), Value::Table(table)) => {
                let positions: Vec<Option<usize>> = names.iter().map(|name| table.position(name)).collect();
                let wanted = positions.iter().zip(&self.wanted).filter(|(_, wanted)| **wanted);
                let demand = Demand::only(table.width(), wanted.filter_map(|(position, _)| *position));
                let batches = table.operator().open(ctx, &demand)?;
                Inside::Rows { batches, positions, batch: None, none: true }
            }
            (How::Lists, _) => wrong(Form::List(None)),
            (How::Tables(_), _) => wrong(Form::Table(None)),
        })
    }

    /// Spreads rows of one input batch until enough are there: the rows they come from, and the new columns.
    fn spread(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        next: &mut usize,
    ) -> Result<(Vec<u32>, Vec<ColumnBuilder>)> {
        let size = self.size.min(self.left);
        self.size = (self.size * 4).min(ROWS);
        let mut rows: Vec<u32> = Vec::new();
        let mut columns: Vec<ColumnBuilder> = self.wanted.iter().map(|_| ColumnBuilder::default()).collect();
        while rows.len() < size {
            let inside = match &mut self.inside {
                Some(inside) => inside,
                None if *next < batch.len() => {
                    let cell = batch
                        .column(self.column)
                        .map_or(Member::Ready(Value::Null), |column| column.get(*next));
                    *next += 1;
                    let inside = self.inside(ctx, &cell)?;
                    self.inside.insert(inside)
                }
                None => break,
            };
            match inside.push_next(ctx, &mut columns) {
                Ok(true) => rows.push(next.saturating_sub(1) as u32),
                Ok(false) => self.inside = None,
                Err(error) if error.is_stop() || rows.is_empty() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        self.left -= rows.len();
        Ok((rows, columns))
    }
}

impl Batches for Expanding {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while self.left > 0 {
            let (batch, mut next) = match self.batch.take() {
                Some(batch) => batch,
                None => match self.input.next(ctx)? {
                    Some(batch) => (batch, 0),
                    None => return Ok(None),
                },
            };
            let (rows, new) = self.spread(ctx, &batch, &mut next)?;
            let spread = (!rows.is_empty()).then(|| {
                let mut columns: Vec<Arc<Column>> =
                    batch.columns().iter().map(|column| Arc::new(column.take(&rows))).collect();
                let new = new.into_iter().map(|column| Arc::new(column.finish()));
                columns.splice(self.column..=self.column, new);
                Batch::new(columns, rows.len())
            });
            if self.inside.is_some() || next < batch.len() {
                self.batch = Some((batch, next));
            }
            if spread.is_some() {
                return Ok(spread);
            }
        }
        Ok(None)
    }
}
