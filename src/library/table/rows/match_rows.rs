//! Looking for rows that equal given records.

use std::sync::Arc;

use super::super::arguments::{Missing, as_list, as_record};
use super::make::record_cells;
use crate::criteria::{EquationCriteria, Over, Rule};
use crate::eval::{Arguments, Context, column_not_found};
use crate::table::{self, Compute, Origin, RowTest, Table};
use crate::value::{Error, List, Member, Record, Result, Value};

/// A row that is looked for, and when another equals it.
struct Wanted {
    row: Value,
    criteria: EquationCriteria,
}

impl Wanted {
    /// Without criteria, the fields that the wanted row has must be equal.
    fn new(ctx: &Context, table: &Table, row: Arc<Record>, criteria: &Value) -> Result<Wanted> {
        let criteria = if criteria.is_null() {
            if let Some(name) = row.names().iter().find(|name| table.position(name).is_none()) {
                return Err(column_not_found(name));
            }
            EquationCriteria::columns(row.names().iter().cloned(), Rule::Plain)
        } else {
            EquationCriteria::parse(ctx, criteria, Over::Rows)?
        };
        Ok(Wanted { row: Value::Record(row), criteria })
    }

    fn all(ctx: &Context, table: &Table, rows: &Arc<List>, criteria: &Value) -> Result<Vec<Wanted>> {
        let rows = rows.values(ctx)?;
        rows.iter().map(|row| Wanted::new(ctx, table, as_record(row)?, criteria)).collect()
    }

    fn is(&self, ctx: &Context, row: &Value) -> Result<bool> {
        self.criteria.equal(ctx, row, &self.row)
    }
}

fn any_is(ctx: &Context, wanted: &[Wanted], row: &Value) -> Result<bool> {
    for wanted in wanted {
        if wanted.is(ctx, row)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The position of the first row that is one of the wanted.
fn first_position(ctx: &Context, table: &Table, wanted: &[Wanted]) -> Result<Option<usize>> {
    let mut rows = table::rows(ctx, table)?;
    let mut at = 0;
    while let Some(row) = rows.next(ctx)? {
        if any_is(ctx, wanted, &Value::Record(Arc::new(row)))? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

pub(super) fn contains(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let wanted = Wanted::new(ctx, &table, arguments.record(1)?, arguments.value(2))?;
    Ok(Value::Logical(first_position(ctx, &table, &[wanted])?.is_some()))
}

pub(super) fn contains_all(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    for wanted in Wanted::all(ctx, &table, &arguments.list(1)?, arguments.value(2))? {
        if first_position(ctx, &table, &[wanted])?.is_none() {
            return Ok(Value::Logical(false));
        }
    }
    Ok(Value::Logical(true))
}

pub(super) fn contains_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let wanted = Wanted::all(ctx, &table, &arguments.list(1)?, arguments.value(2))?;
    Ok(Value::Logical(first_position(ctx, &table, &wanted)?.is_some()))
}

/// Where the wanted rows are: the first place, the last, or all, as `Occurrence` says.
fn positions(ctx: &Context, table: &Table, wanted: &[Wanted], occurrence: &Value) -> Result<Value> {
    let place = |found: Option<usize>| Value::Int64(found.map_or(-1, |at| at as i64));
    let all = match occurrence.to_double() {
        None if occurrence.is_null() => return first_position(ctx, table, wanted).map(place),
        Some(0.0) => return first_position(ctx, table, wanted).map(place),
        Some(1.0) => false,
        Some(2.0) => true,
        _ => {
            return Err(
                Error::expression("The value isn't a valid Occurrence.").with_detail(occurrence.clone())
            );
        }
    };
    let mut rows = table::rows(ctx, table)?;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(row) = rows.next(ctx)? {
        if any_is(ctx, wanted, &Value::Record(Arc::new(row)))? {
            if !all {
                found.clear();
            }
            found.push(at);
        }
        at += 1;
    }
    Ok(if all { Value::list(found.into_iter().map(|at| place(Some(at)))) } else { place(found.pop()) })
}

pub(super) fn position_of(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let wanted = Wanted::new(ctx, &table, arguments.record(1)?, arguments.value(3))?;
    positions(ctx, &table, &[wanted], arguments.value(2))
}

pub(super) fn position_of_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let wanted = Wanted::all(ctx, &table, &arguments.list(1)?, arguments.value(3))?;
    positions(ctx, &table, &wanted, arguments.value(2))
}

pub(super) fn remove_matching_rows(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let wanted = Wanted::all(ctx, &table, &arguments.list(1)?, arguments.value(2))?;
    let shape = Arc::clone(table.shape());
    let ask = move |ctx: &Context, batch: &Arc<table::Batch>, row: usize| {
        let row = Value::Record(Arc::new(Record::row(Arc::clone(&shape), Arc::clone(batch), row)));
        any_is(ctx, &wanted, &row).map(|is| !is)
    };
    Ok(Value::Table(Arc::new(table::filter(&table, RowTest::Native(None, Box::new(ask))))))
}

/// Rows replaced by others.
struct Replacements {
    table: Arc<Table>,
    pairs: Vec<(Wanted, Vec<Member>)>,
}

impl Compute for Replacements {
    fn reads(&self) -> Option<Vec<usize>> {
        None
    }

    fn parts(&self) -> usize {
        self.table.width()
    }

    /// Comparing rows may fail, which ends the reading of them.
    fn can_wait(&self) -> bool {
        false
    }

    fn compute(&self, ctx: &Context, batch: &Arc<table::Batch>) -> Result<Vec<table::Column>> {
        let mut columns = vec![Vec::with_capacity(batch.len()); self.table.width()];
        for at in 0..batch.len() {
            ctx.step()?;
            let record = Arc::new(Record::row(Arc::clone(self.table.shape()), Arc::clone(batch), at));
            let row = Value::Record(Arc::clone(&record));
            let mut cells = None;
            for (wanted, new) in &self.pairs {
                if wanted.is(ctx, &row)? {
                    cells = Some(new.clone());
                    break;
                }
            }
            for (column, cell) in columns.iter_mut().zip(cells.unwrap_or_else(|| record.members().into_vec()))
            {
                column.push(cell);
            }
        }
        Ok(columns.into_iter().map(table::Column::any).collect())
    }
}

pub(super) fn replace_matching_rows(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let mut pairs = Vec::new();
    for pair in arguments.list(1)?.values(ctx)? {
        let pair = as_list(&pair)?.members(ctx)?;
        let [old, new] = pair.as_slice() else {
            return Err(Error::expression("Each replacement must be a list of an old and a new row."));
        };
        let wanted = Wanted::new(ctx, &table, as_record(&old.force(ctx)?)?, arguments.value(2))?;
        pairs.push((wanted, record_cells(ctx, new, table.shape(), Missing::Error)?));
    }
    let origins = (0..table.width()).map(|at| Origin::Computed(0, at)).collect();
    let replacements = Replacements { table: Arc::clone(&table), pairs };
    let (shape, types) = (Arc::clone(table.shape()), table.types().to_vec());
    Ok(Value::Table(Arc::new(table::compute(&table, shape, types, origins, vec![Arc::new(replacements)]))))
}
