//! Whole tables turned or made: transpose, fill, and tables from one value.

use std::sync::Arc;

use super::super::arguments::{as_text, option, positions, texts};
use super::super::made::Columns;
use crate::eval::{Arguments, Context};
use crate::table::{self, Batch, Column, Demand, Fill, Table};
use crate::value::types::Form;
use crate::value::{Member, Result, Shape, Text, Type, Value};

fn filled(ctx: &Context, arguments: &Arguments<'_>, how: Fill) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = positions(&table, &texts(ctx, &arguments.list(1)?)?)?;
    Ok(Value::Table(Arc::new(table::fill(&table, columns, how))))
}

pub(super) fn fill_down(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    filled(ctx, &arguments, Fill::Down)
}

pub(super) fn fill_up(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    filled(ctx, &arguments, Fill::Up)
}

pub(super) fn clear_down(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    filled(ctx, &arguments, Fill::Clear)
}

/// Columns become rows; without given columns the number of rows says how many there are.
pub(super) fn transpose(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = match Columns::read(ctx, arguments.value(1))? {
        Some(columns) => columns,
        None => Columns::numbered(ctx, table::row_count(ctx, &table)?)?,
    };
    let batches = table::collect(ctx, &table, &Demand::all().first(columns.len()))?;
    let mut cells: Vec<Vec<Member>> = Vec::with_capacity(columns.len());
    for batch in &batches {
        for row in 0..batch.len().min(columns.len() - cells.len()) {
            ctx.step()?;
            cells.push(batch.columns().iter().map(|column| column.get(row)).collect());
        }
    }
    cells.resize_with(columns.len(), || vec![Member::Ready(Value::Null); table.width()]);
    let turned = cells.into_iter().map(Column::any).collect();
    let made = table::from_columns(Arc::clone(&columns.shape), turned, table.width());
    Ok(Value::Table(Arc::new(columns.claim(made))))
}

/// A table that shows a value: a record as rows of names and values, a list as one column, a scalar as one cell.
pub(super) fn from_value(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let options = arguments.optional_record(1)?;
    let name = match option(ctx, options.as_ref(), "DefaultColumnName")? {
        Value::Null => Text::new("Value"),
        name => as_text(&name)?,
    };
    let made = match arguments.value(0) {
        Value::Table(table) => return Ok(Value::Table(Arc::clone(table))),
        Value::Record(record) => {
            let names = record.names().iter().map(|name| Member::Ready(Value::Text(name.clone()))).collect();
            let columns = vec![Column::any(names), Column::any(record.members().into_vec())];
            let shape = Arc::new(Shape::new([Text::new("Name"), Text::new("Value")]));
            let types = vec![Arc::new(Type::new(Form::Text)), Type::any()];
            table::from_columns(shape, columns, record.len()).with_types(types)
        }
        Value::List(list) => {
            let list = Arc::clone(list);
            let known = list.known_count();
            super::super::rows::from_items(
                Arc::new(Shape::new([name])),
                known,
                move || list.items(),
                |item| Ok(vec![item]),
            )
        }
        value => {
            let cell = Column::same(Member::Ready(arguments.full(0).clone()), 1);
            let batch = Batch::new(vec![Arc::new(cell)], 1);
            let one: Table = table::from_batches(Arc::new(Shape::new([name])), vec![batch]);
            let kind = value.kind().name().to_lowercase();
            one.with_types(vec![Type::primitive(&kind).map_or_else(Type::any, Arc::new)])
        }
    };
    Ok(Value::Table(Arc::new(made)))
}
