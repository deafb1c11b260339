use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::criteria::ValueKey;
use crate::eval::{Arguments, Context, compare, conversion_error};
use crate::table::{self, Table};
use crate::value::types::Form;
use crate::value::{Error, Function, Kind, List, Member, Result, Shape, Text, Type, Value};

/// `Table.Profile(table, optional additionalAggregates)`: a row for each column, whose cells read it when they are
/// read.
pub(super) fn profile(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let more = match arguments.optional_list(1)? {
        Some(list) => additional(ctx, &list)?,
        None => Vec::new(),
    };
    let number = || Arc::new(Type::new(Form::Number));
    let column = Arc::new(Type { name: Some("Text.Type"), ..Type::new(Form::Text) });
    let measures: [(&str, Arc<Type>, Measure); 7] = [
        ("Min", Type::any(), |ctx, cells| extreme(ctx, cells, std::cmp::Ordering::Less)),
        ("Max", Type::any(), |ctx, cells| extreme(ctx, cells, std::cmp::Ordering::Greater)),
        ("Average", Type::any(), |_, cells| Ok(numbers(cells).map_or(Value::Null, |it| average(&it)))),
        ("StandardDeviation", Type::any(), |_, cells| {
            Ok(numbers(cells).map_or(Value::Null, |it| deviation(&it)))
        }),
        ("Count", number(), |_, cells| Ok(Value::Int64(cells.len() as i64))),
        ("NullCount", number(), |_, cells| {
            Ok(Value::Int64(cells.iter().filter(|cell| cell.is_null()).count() as i64))
        }),
        ("DistinctCount", Type::any(), distinct_count),
    ];
    let mut names = vec![Text::new("Column")];
    let mut types = vec![column];
    names.extend(measures.iter().map(|(name, _, _)| Text::new(name)));
    types.extend(measures.iter().map(|(_, ty, _)| Arc::clone(ty)));
    names.extend(more.iter().map(|(name, _, _)| name.clone()));
    types.extend(more.iter().map(|_| Type::any()));
    let mut columns: Vec<Vec<Member>> = vec![Vec::new(); names.len()];
    for (at, (name, ty)) in table.names().iter().zip(table.types()).enumerate() {
        let mut cells = vec![Member::Ready(Value::Text(name.clone()))];
        cells.extend(measures.iter().map(|(_, _, measure)| measured(&table, at, *measure)));
        for (_, applies, function) in &more {
            cells.push(match ctx.call1(applies, ty.to_value())?.plain() {
                Value::Logical(true) => aggregated(&table, at, Arc::clone(function)),
                _ => Member::Ready(Value::Null),
            });
        }
        columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
    }
    let shape = Arc::new(Shape::new(names));
    let columns = columns.into_iter().map(table::Column::any).collect();
    let rows = table::from_columns(Arc::clone(&shape), columns, table.width());
    Ok(Value::Table(Arc::new(Table::new(shape, types, Arc::clone(rows.operator())))))
}

/// What a profile says about the cells of a column.
type Measure = fn(&Context, &[Value]) -> Result<Value>;
/// A further column of the profile: its name, for which types it is made, and what makes it of a column's list.
type Additional = (Text, Arc<Function>, Arc<Function>);

fn additional(ctx: &Context, list: &Arc<List>) -> Result<Vec<Additional>> {
    let one = |value| match &value {
        Value::List(parts) => match parts.values(ctx)?.as_slice() {
            [Value::Text(name), Value::Function(applies), Value::Function(function)] => {
                Ok((name.clone(), Arc::clone(applies), Arc::clone(function)))
            }
            _ => {
                let message = "An additional aggregate must be a list of a name and two functions.";
                Err(Error::expression(message).with_detail(value.clone()))
            }
        },
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::List(None))))),
    };
    list.values(ctx)?.into_iter().map(one).collect()
}

fn measured(table: &Arc<Table>, column: usize, measure: Measure) -> Member {
    let list = Arc::new(table::column_list(table, column));
    Member::lazy(move |ctx| measure(ctx, &list.values(ctx)?))
}

fn aggregated(table: &Arc<Table>, column: usize, function: Arc<Function>) -> Member {
    let list = Arc::new(table::column_list(table, column));
    Member::lazy(move |ctx| ctx.call1(&function, Value::List(Arc::clone(&list))))
}

/// The least or greatest cell that is not `null`; `null` where the cells have no order.
fn extreme(ctx: &Context, cells: &[Value], wanted: std::cmp::Ordering) -> Result<Value> {
    let mut best: Option<&Value> = None;
    for cell in cells.iter().filter(|cell| !cell.is_null()) {
        match best.map(|best| compare(ctx, cell, best)) {
            Some(Ok(order)) if order != wanted => {}
            Some(Err(error)) if error.is_stop() => return Err(error),
            Some(Err(_)) => return Ok(Value::Null),
            _ => best = Some(cell),
        }
    }
    let ordered = |value: &&Value| {
        !matches!(value.kind(), Kind::List | Kind::Record | Kind::Table | Kind::Function | Kind::Type)
    };
    Ok(best.filter(ordered).cloned().unwrap_or(Value::Null))
}

/// The numbers of a column that has nothing else but nulls.
fn numbers(cells: &[Value]) -> Option<Vec<f64>> {
    let numbers: Option<Vec<f64>> =
        cells.iter().filter(|cell| !cell.is_null()).map(Value::to_double).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

fn average(numbers: &[f64]) -> Value {
    Value::from(numbers.iter().sum::<f64>() / numbers.len() as f64)
}

/// The standard deviation of a sample; a single number has none.
fn deviation(numbers: &[f64]) -> Value {
    if numbers.len() < 2 {
        return Value::Null;
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    Value::from((squares / (numbers.len() - 1) as f64).sqrt())
}

fn distinct_count(ctx: &Context, cells: &[Value]) -> Result<Value> {
    let keys = cells.iter().map(|cell| ValueKey::new(ctx, cell));
    Ok(Value::Int64(keys.collect::<Result<FxHashSet<_>>>()?.len() as i64))
}
