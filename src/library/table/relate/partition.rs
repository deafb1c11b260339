use std::sync::Arc;

use super::names;
use crate::eval::{Arguments, Context, conversion_error};
use crate::table::{self, Demand, Picked, Place, Table};
use crate::value::types::Form;
use crate::value::{Error, Function, List, Member, Result, Shape, Type, Value};

/// `Table.Partition(table, column, groups, hash)`: the list's length is known at once, the tables when one is read.
pub(super) fn partition(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let column = names::position(&table, &arguments.text(1)?)?;
    let groups = arguments.count(2, "groups")?;
    let hash = arguments.function(3)?;
    if groups == 0 {
        return Err(Error::expression("The 'groups' argument is out of range.").with_detail(Value::Int64(0)));
    }
    // What a part takes at least while it is not read.
    const PART: usize = 128;
    ctx.reserve(groups.saturating_mul(PART))?;
    let whole = Member::lazy(move |ctx| parts(ctx, &table, column, groups, &hash));
    let part = |at: usize| {
        let whole = whole.clone();
        Member::lazy(move |ctx| match whole.force(ctx)? {
            Value::List(parts) => parts.get(at, ctx)?.map_or(Ok(Value::Null), |part| part.force(ctx)),
            other => Ok(other),
        })
    };
    Ok(Value::List(Arc::new(List::Items((0..groups).map(part).collect()))))
}

fn parts(ctx: &Context, table: &Table, column: usize, groups: usize, hash: &Function) -> Result<Value> {
    let batches = table::collect(ctx, table, &Demand::all())?;
    let mut parts: Vec<Vec<Place>> = vec![Vec::new(); groups];
    for (number, batch) in batches.iter().enumerate() {
        for row in 0..batch.len() {
            let cell = batch.column(column).map_or(Ok(Value::Null), |column| column.get(row).force(ctx))?;
            let hashed = ctx.call1(hash, cell)?;
            let Some(number_of) = hashed.to_double() else {
                return Err(conversion_error(&hashed, &Arc::new(Type::new(Form::Number))));
            };
            let at = number_of.floor().rem_euclid(groups as f64) as usize;
            if let Some(part) = parts.get_mut(at) {
                part.push(Place { batch: number as u32, row: row as u32 });
            }
        }
    }
    let batches: Arc<[_]> = batches.into();
    Ok(Value::list(parts.into_iter().map(|places| {
        let operator = Picked { batches: Arc::clone(&batches), width: table.width(), places: places.into() };
        Value::Table(Arc::new(table.with_operator(Arc::new(operator)).with_keys(Vec::new())))
    })))
}

/// `Table.PartitionValues(table)`. No table of ours is partitioned by a source: one row without columns.
pub(super) fn partition_values(_ctx: &Context, _arguments: Arguments<'_>) -> Result<Value> {
    let shape = Arc::new(Shape::new([]));
    Ok(Value::Table(Arc::new(table::from_columns(shape, Vec::new(), 1))))
}

/// `Table.PartitionKey(table)`.
pub(super) fn partition_key(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(match arguments.table(0)?.partition_key() {
        Some(columns) => Value::list(columns.iter().cloned().map(Value::Text)),
        None => Value::Null,
    })
}

/// `Table.ReplacePartitionKey(table, partitionKey)`.
pub(super) fn replace_partition_key(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let key = match arguments.optional_list(1)? {
        Some(columns) => Some(names::texts(ctx, &columns)?),
        None => None,
    };
    table::positions(&table, key.as_deref().unwrap_or_default())?;
    Ok(Value::Table(Arc::new(table.with_partition_key(key))))
}
