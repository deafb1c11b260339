//! Picking rows: by condition, by position, by error; single rows.

use std::sync::Arc;

use super::super::arguments::{CountOrCondition, Missing, positions, texts};
use super::super::made::Columns;
use super::make::of_records;
use crate::eval::{Arguments, Context, not_enough_elements, too_many_elements};
use crate::table::{self, End, RowTest, Table};
use crate::value::{List, Member, Record, Result, Value};

fn made(table: Table) -> Result<Value> {
    Ok(Value::Table(Arc::new(table)))
}

pub(super) fn select_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let test = RowTest::function(arguments.function(1)?, &table);
    made(table::filter(&table, test))
}

pub(super) fn first_n(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    made(match CountOrCondition::read(&arguments, 1, &table)? {
        CountOrCondition::Count(count) => table::slice(&table, 0, Some(count)),
        CountOrCondition::Condition(test) => table::while_passing(&table, test, true),
    })
}

pub(super) fn skip(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    made(match CountOrCondition::read(&arguments, 1, &table)? {
        CountOrCondition::Count(count) => table::slice(&table, count, None),
        CountOrCondition::Condition(test) => table::while_passing(&table, test, false),
    })
}

fn end(arguments: &Arguments<'_>, table: &Table) -> Result<End> {
    Ok(match CountOrCondition::read(arguments, 1, table)? {
        CountOrCondition::Count(count) => End::Count(count),
        CountOrCondition::Condition(test) => End::While(Arc::new(test)),
    })
}

pub(super) fn last_n(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let end = end(&arguments, &table)?;
    made(table::last(&table, end))
}

pub(super) fn remove_last_n(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let end = end(&arguments, &table)?;
    made(table::without_last(&table, end))
}

pub(super) fn range(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (offset, count) = (arguments.count(1, "offset")?, arguments.optional_count(2, "count")?);
    made(table::slice(&arguments.table(0)?, offset, count))
}

pub(super) fn remove_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (offset, count) = (arguments.count(1, "offset")?, arguments.optional_count(2, "count")?);
    made(table::splice(&arguments.table(0)?, offset, count.unwrap_or(1), None))
}

/// Records as rows of a table like `table`.
fn rows_like(table: &Table, records: Arc<List>) -> Result<Arc<Table>> {
    let columns = Columns::named(table.names().to_vec())?;
    Ok(Arc::new(of_records(&columns, records, Missing::Error)))
}

pub(super) fn insert_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let rows = rows_like(&table, arguments.list(2)?)?;
    made(table::splice(&table, arguments.count(1, "offset")?, 0, Some(rows)))
}

pub(super) fn replace_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let rows = rows_like(&table, arguments.list(3)?)?;
    let (offset, count) = (arguments.count(1, "offset")?, arguments.count(2, "count")?);
    made(table::splice(&table, offset, count, Some(rows)))
}

pub(super) fn alternate_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (offset, skip) = (arguments.count(1, "offset")?, arguments.count(2, "skip")?);
    made(table::alternate(&arguments.table(0)?, offset, skip, arguments.count(3, "take")?))
}

pub(super) fn repeat(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    made(table::repeat(&arguments.table(0)?, arguments.count(1, "count")?))
}

pub(super) fn reverse_rows(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    made(table::reverse(&arguments.table(0)?))
}

fn error_rows(ctx: &Context, arguments: &Arguments<'_>, wanted: bool) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = match arguments.optional_list(1)? {
        Some(names) => positions(&table, &texts(ctx, &names)?)?,
        None => (0..table.width()).collect(),
    };
    made(table::filter(&table, table::any_fails(columns, wanted)))
}

pub(super) fn select_rows_with_errors(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    error_rows(ctx, &arguments, true)
}

pub(super) fn remove_rows_with_errors(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    error_rows(ctx, &arguments, false)
}

/// The row, or the default given for a table without it.
fn row_or_default(row: Option<Record>, arguments: &Arguments<'_>) -> Value {
    match row {
        Some(row) => Value::Record(Arc::new(row)),
        None => arguments.full(1).clone(),
    }
}

pub(super) fn first(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let row = table::row_at(ctx, &*arguments.table(0)?, 0)?;
    Ok(row_or_default(row, &arguments))
}

pub(super) fn first_value(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let demand = table::Demand::only(table.width(), [0]).first(1);
    match table::rows_of(ctx, &table, &demand)?.next(ctx)?.and_then(|row| row.at(0)) {
        Some(cell) => cell.force_with_metadata(ctx),
        None => Ok(arguments.full(1).clone()),
    }
}

pub(super) fn last(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = Arc::new(table::last(&arguments.table(0)?, End::Count(1)));
    Ok(row_or_default(table::row_at(ctx, &table, 0)?, &arguments))
}

pub(super) fn single_row(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let mut rows = table::rows_of(ctx, &table, &table::Demand::all().first(2))?;
    let all = || Value::List(Arc::new(table::row_list(&table)));
    let Some(row) = rows.next(ctx)? else { return Err(not_enough_elements().with_detail(all())) };
    match rows.next(ctx)? {
        None => Ok(Value::Record(Arc::new(row))),
        Some(_) => Err(too_many_elements().with_detail(all())),
    }
}

pub(super) fn matches_all_rows(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    all_answer(ctx, &arguments, true)
}

pub(super) fn matches_any_rows(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Logical(!matches!(all_answer(ctx, &arguments, false)?, Value::Logical(true))))
}

/// Whether the condition answers `answer` for every row; reads no further than the first that it does not.
fn all_answer(ctx: &Context, arguments: &Arguments<'_>, answer: bool) -> Result<Value> {
    let table = arguments.table(0)?;
    let condition = arguments.function(1)?;
    let mut demand = table::Demand::only(table.width(), []);
    demand.add_reads(table::fields_read(&condition, table.shape()));
    let mut rows = table::rows_of(ctx, &table, &demand)?;
    while let Some(row) = rows.next(ctx)? {
        let passes = ctx.call1(&condition, Value::Record(Arc::new(row)))?;
        if table::as_condition(&passes)? != answer {
            return Ok(Value::Logical(false));
        }
    }
    Ok(Value::Logical(true))
}

/// Rows with a text that contains the searched one.
pub(super) fn find_text(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let searched = arguments.text(1)?;
    let ask = move |ctx: &Context, batch: &Arc<table::Batch>, row: usize| {
        for column in batch.columns() {
            let cell: Member = column.get(row);
            if let Value::Text(text) = cell.force(ctx)?
                && text.contains(searched.as_str())
            {
                return Ok(true);
            }
        }
        Ok(false)
    };
    made(table::filter(&table, RowTest::Native(None, Box::new(ask))))
}
