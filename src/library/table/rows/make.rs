//! Tables made from lists: of rows, records, columns, items, partitions.

use std::sync::Arc;

use super::super::arguments::{Missing, as_function, as_list, as_record, expected, library_function};
use super::super::made::Columns;
use super::super::parts::{Extra, Parts, part_type, pieces};
use crate::eval::{Arguments, Context, field_not_found};
use crate::table::{self, Origin, RowSource, Table};
use crate::value::types::Form;
use crate::value::{Error, Function, Items, List, Member, Result, Shape, Text, Type, Value};

/// A table with a row for each item that `open` starts reading; `row` makes its cells.
pub(in crate::library::table) fn from_items(
    shape: Arc<Shape>,
    known_rows: Option<usize>,
    open: impl Fn() -> Items + Send + Sync + 'static,
    row: impl Fn(Member) -> Result<Vec<Member>> + Send + Sync + 'static,
) -> Table {
    from_items_with(shape, known_rows, open, move |_, item| row(item))
}

fn from_items_with(
    shape: Arc<Shape>,
    known_rows: Option<usize>,
    open: impl Fn() -> Items + Send + Sync + 'static,
    row: impl Fn(&Context, Member) -> Result<Vec<Member>> + Send + Sync + 'static,
) -> Table {
    let row: Arc<MakeRow> = Arc::new(row);
    table::from_rows(shape, known_rows, move || {
        Box::new(ItemRows { items: open(), row: Arc::clone(&row) }) as Box<dyn RowSource>
    })
}

type MakeRow = dyn Fn(&Context, Member) -> Result<Vec<Member>> + Send + Sync;

struct ItemRows {
    items: Items,
    row: Arc<MakeRow>,
}

impl RowSource for ItemRows {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        match self.items.next(ctx)? {
            Some(item) => (self.row)(ctx, item).map(Some),
            None => Ok(None),
        }
    }
}

/// The first item of a list, forced.
fn first(ctx: &Context, list: &Arc<List>) -> Result<Option<Value>> {
    list.get(0, ctx)?.map(|item| item.force(ctx)).transpose()
}

pub(super) fn from_rows(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let rows = arguments.list(0)?;
    let columns = match Columns::read(ctx, arguments.value(1))? {
        Some(columns) => columns,
        None => match first(ctx, &rows)? {
            Some(row) => Columns::numbered(ctx, as_list(&row)?.count(ctx)?)?,
            None => Columns::numbered(ctx, 0)?,
        },
    };
    let width = columns.len();
    let known = rows.known_count();
    let made = from_items_with(
        Arc::clone(&columns.shape),
        known,
        move || rows.items(),
        move |ctx, row| crate::library::construct::row_cells(ctx, row, width),
    );
    Ok(Value::Table(Arc::new(columns.claim(made))))
}

/// Reads records as rows of these columns.
pub(super) fn record_cells(
    ctx: &Context,
    row: &Member,
    shape: &Shape,
    missing: Missing,
) -> Result<Vec<Member>> {
    let record = as_record(&row.force(ctx)?)?;
    let cell = |name: &Text| match record.get(name) {
        Some(member) => Ok(member),
        None if missing == Missing::UseNull => Ok(Member::Ready(Value::Null)),
        None => Err(field_not_found(name, &record)),
    };
    shape.names().iter().map(cell).collect()
}

/// A table of records, whose columns are those of `columns`.
pub(super) fn of_records(columns: &Columns, records: Arc<List>, missing: Missing) -> Table {
    let known = records.known_count();
    let shape = Arc::clone(&columns.shape);
    let made = from_items_with(
        Arc::clone(&shape),
        known,
        move || records.items(),
        move |ctx, row| record_cells(ctx, &row, &shape, missing),
    );
    columns.claim(made)
}

pub(super) fn from_records(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let records = arguments.list(0)?;
    let missing = Missing::read(&arguments, 2)?;
    if missing == Missing::Ignore {
        return Err(Error::expression("MissingField.Ignore isn't supported for records of a table.")
            .with_detail(arguments.value(2).clone()));
    }
    let columns = match Columns::read(ctx, arguments.value(1))? {
        Some(columns) => columns,
        None => match first(ctx, &records)? {
            Some(record) => Columns::named(as_record(&record)?.names().to_vec())?,
            None => Columns::numbered(ctx, 0)?,
        },
    };
    Ok(Value::Table(Arc::new(of_records(&columns, records, missing))))
}

/// The items of several lists side by side; short ones end in `null`.
struct Columnwise {
    lists: Vec<Option<Items>>,
    width: usize,
}

impl RowSource for Columnwise {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        let mut row = Vec::with_capacity(self.width);
        let mut any = false;
        for list in &mut self.lists {
            let item = match list {
                Some(items) => items.next(ctx)?,
                None => None,
            };
            match item {
                Some(item) => {
                    any = true;
                    row.push(item);
                }
                None => {
                    *list = None;
                    row.push(Member::Ready(Value::Null));
                }
            }
        }
        Ok(any.then_some(row))
    }
}

pub(super) fn from_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let lists = arguments.list(0)?.values(ctx)?;
    let lists: Vec<Arc<List>> = lists.iter().map(as_list).collect::<Result<_>>()?;
    let columns = match Columns::read(ctx, arguments.value(1))? {
        Some(columns) => columns,
        None => Columns::numbered(ctx, lists.len())?,
    };
    if columns.len() < lists.len() {
        return Err(Error::expression("The count of 'columns' must not be less than the count of 'lists'.")
            .with_detail(Value::record([
                ("Columns", Value::Int64(columns.len() as i64)),
                ("Lists", Value::Int64(lists.len() as i64)),
            ])));
    }
    if let Some(made) = of_one_table(&lists, &columns.shape) {
        return Ok(Value::Table(Arc::new(columns.claim(made))));
    }
    let known = lists.iter().map(|list| list.known_count()).try_fold(0, |most, count| Some(most.max(count?)));
    let width = columns.len();
    let made = table::from_rows(Arc::clone(&columns.shape), known, move || {
        let lists = lists.iter().map(|list| Some(list.items())).collect();
        Box::new(Columnwise { lists, width }) as Box<dyn RowSource>
    });
    Ok(Value::Table(Arc::new(columns.claim(made))))
}

/// The table of lists that are columns of one table, without taking the columns apart.
fn of_one_table(lists: &[Arc<List>], shape: &Arc<Shape>) -> Option<Table> {
    let mut columns = lists.iter().map(|list| match &**list {
        List::Lazy(items) => items.column(),
        _ => None,
    });
    let (table, first) = columns.next()??;
    let mut positions = vec![Some(first)];
    for column in columns {
        let (other, position) = column?;
        if !Arc::ptr_eq(other, table) {
            return None;
        }
        positions.push(Some(position));
    }
    // Columns without a list are null.
    positions.resize(shape.len(), None);
    let made = table::select_positions(table, Arc::clone(shape), positions);
    let types = vec![Type::any(); shape.len()];
    Some(made.with_types(types).with_keys(Vec::new()))
}

pub(super) fn from_list(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    let splitter = match arguments.optional_function(1)? {
        Some(splitter) => splitter,
        None => default_splitter(ctx)?,
    };
    let columns = match Columns::read(ctx, arguments.value(2))? {
        Some(columns) => columns,
        None => match first(ctx, &list)? {
            Some(item) => Columns::numbered(ctx, pieces(ctx, &splitter, &item)?.count(ctx)?)?,
            None => Columns::numbered(ctx, 1)?,
        },
    };
    let extra = if arguments.is_null(4) { Extra::Error } else { Extra::read(arguments.value(4))? };
    let parts = Parts { count: columns.len(), default: arguments.full(3).clone(), extra };
    let part_type = part_type(&splitter, extra);
    let known = list.known_count();
    let made = from_items_with(
        Arc::clone(&columns.shape),
        known,
        move || list.items(),
        move |ctx, item| {
            let cells = item
                .force_with_metadata(ctx)
                .and_then(|value| pieces(ctx, &splitter, &value))
                .and_then(|pieces| parts.of(ctx, &pieces));
            match cells {
                Err(error) if !error.is_stop() => Ok(vec![Member::failed(error); parts.count]),
                cells => cells,
            }
        },
    );
    let made = if columns.are_typed() {
        columns.claim(made)
    } else {
        let types = vec![part_type; made.width()];
        made.with_types(types)
    };
    Ok(Value::Table(Arc::new(made)))
}

/// Splits texts at commas.
fn default_splitter(ctx: &Context) -> Result<Arc<Function>> {
    let make = library_function("Splitter.SplitTextByDelimiter")?;
    as_function(&ctx.call1(&make, Value::text(","))?)
}

pub(super) fn from_partitions(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let name = arguments.text(0)?;
    let ty = Type::from_value(arguments.full(2)).unwrap_or_else(Type::any);
    let mut parts = Vec::new();
    for partition in arguments.list(1)?.values(ctx)? {
        let partition = as_list(&partition)?.members(ctx)?;
        let [key, rows] = partition.as_slice() else {
            return Err(Error::expression("Each partition must be a list of a value and a table."));
        };
        let table = match rows.force(ctx)? {
            Value::Table(table) => table,
            other => return Err(expected(&other, Form::Table(None))),
        };
        parts.push(Arc::new(with_constant(&table, &name, &ty, key)?));
    }
    Ok(Value::Table(Arc::new(table::combine(ctx, &parts)?)))
}

/// The table with a last column that holds the same in each row.
fn with_constant(table: &Arc<Table>, name: &Text, ty: &Arc<Type>, cell: &Member) -> Result<Table> {
    struct Same(Member);
    impl table::Compute for Same {
        fn reads(&self) -> Option<Vec<usize>> {
            Some(Vec::new())
        }
        fn compute(&self, _ctx: &Context, batch: &Arc<table::Batch>) -> Result<Vec<table::Column>> {
            Ok(vec![table::Column::same(self.0.clone(), batch.len())])
        }
    }
    let names: Vec<Text> = table.names().iter().cloned().chain([name.clone()]).collect();
    super::super::made::distinct(&names)?;
    let types = table.types().iter().cloned().chain([Arc::clone(ty)]).collect();
    let origins = (0..table.width()).map(Origin::Input).chain([Origin::Computed(0, 0)]).collect();
    Ok(table::compute(table, Arc::new(Shape::new(names)), types, origins, vec![Arc::new(Same(cell.clone()))]))
}
