//! Tables taken apart: into lists of rows, records, columns, texts; counted; buffered.

use std::sync::Arc;

use super::super::arguments::{as_function, library_function};
use crate::eval::{Arguments, Context};
use crate::table::{self, Demand, Rows, Table};
use crate::value::{Enumerate, Function, Iterate, List, Member, Record, Result, Value};

/// A list with an item for each row of a table.
struct PerRow {
    table: Arc<Table>,
    item: Arc<MakeItem>,
}

type MakeItem = dyn Fn(Record) -> Member + Send + Sync;

struct Reading {
    table: Arc<Table>,
    item: Arc<MakeItem>,
    rows: Option<Rows>,
}

impl Enumerate for PerRow {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Reading { table: Arc::clone(&self.table), item: Arc::clone(&self.item), rows: None })
    }

    fn count(&self) -> Option<usize> {
        self.table.operator().known_rows()
    }
}

impl Iterate for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        let rows = match &mut self.rows {
            Some(rows) => rows,
            None => self.rows.insert(table::rows(ctx, &self.table)?),
        };
        Ok(rows.next(ctx)?.map(|row| (self.item)(row)))
    }
}

fn per_row(table: Arc<Table>, item: impl Fn(Record) -> Member + Send + Sync + 'static) -> Value {
    Value::List(Arc::new(List::Lazy(Box::new(PerRow { table, item: Arc::new(item) }))))
}

pub(super) fn to_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let row = |row: Record| Member::Ready(Value::List(Arc::new(List::Items(row.members().into_vec()))));
    Ok(per_row(arguments.table(0)?, row))
}

pub(super) fn to_records(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::List(Arc::new(table::row_list(&arguments.table(0)?))))
}

pub(super) fn to_columns(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = (0..table.width()).map(|at| Value::List(Arc::new(table::column_list(&table, at))));
    Ok(Value::list(columns))
}

/// What a function gives for each row, when the item is read.
fn mapped(table: Arc<Table>, function: Arc<Function>, argument: fn(Record) -> Value) -> Value {
    per_row(table, move |row| {
        let (function, argument) = (Arc::clone(&function), argument(row));
        Member::lazy(move |ctx| ctx.call1(&function, argument.clone()))
    })
}

pub(super) fn to_list(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let combiner = match arguments.optional_function(1)? {
        Some(combiner) => combiner,
        None => {
            let make = library_function("Combiner.CombineTextByDelimiter")?;
            as_function(&ctx.call1(&make, Value::text(","))?)?
        }
    };
    let cells = |row: Record| Value::List(Arc::new(List::Items(row.members().into_vec())));
    Ok(mapped(arguments.table(0)?, combiner, cells))
}

pub(super) fn transform_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let row = |row: Record| Value::Record(Arc::new(row));
    Ok(mapped(arguments.table(0)?, arguments.function(1)?, row))
}

pub(super) fn row_count(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Int64(table::row_count(ctx, &*arguments.table(0)?)? as i64))
}

pub(super) fn is_empty(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let empty = match table.operator().known_rows() {
        Some(rows) => rows == 0,
        None => {
            let demand = Demand::count_only(table.width()).first(1);
            table::rows_of(ctx, &table, &demand)?.next(ctx)?.is_none()
        }
    };
    Ok(Value::Logical(empty))
}

/// `BufferMode.Delayed`
const DELAYED: f64 = 2.0;

pub(super) fn buffer(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let options = arguments.optional_record(1)?;
    let mode = super::super::arguments::option(ctx, options.as_ref(), "BufferMode")?;
    let buffered = table::buffer(&table);
    if mode.to_double() != Some(DELAYED) {
        // Reading it once fills it.
        table::row_count(ctx, &buffered)?;
        buffered.operator().open(ctx, &Demand::all())?.next(ctx)?;
    }
    Ok(Value::Table(Arc::new(buffered)))
}

/// The value as it is: what a step gives that has no effect on tables in memory.
pub(super) fn unchanged(_ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    Ok(arguments.take(0))
}

pub(super) fn conform_to_page_reader(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    ctx.call1(&*arguments.function(1)?, arguments.full(0).clone())
}
