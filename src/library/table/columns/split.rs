//! One column into several, and several into one.

use std::sync::Arc;

use super::super::arguments::{as_text, declared_result, native_name, option, position, positions, texts};
use super::super::made::distinct;
use super::super::parts::{Extra, Parts, part_type};
use super::add::free;
use crate::eval::{Arguments, Context};
use crate::table::{self, Batch, Column, Compute, Cutter, Demand, Origin, Split, Table};
use crate::value::types::{FieldType, Form, RecordType};
use crate::value::{Function, List, Member, Record, Result, Shape, Text, Type, Value};

pub(super) fn split_column(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let source = arguments.text(1)?;
    let column = position(&table, &source)?;
    let splitter = arguments.function(2)?;
    let numbered =
        |count: usize| (1..=count).map(|number| Text::from(format!("{source}.{number}"))).collect();
    let new_names: Vec<Text> = match arguments.value(3) {
        Value::List(list) => texts(ctx, list)?,
        Value::Null => numbered(first_count(ctx, &table, column, &splitter)?),
        _ => {
            let count = arguments.count(3, "columnNamesOrNumber")?;
            // Names and types of so many columns, before a row is read.
            ctx.reserve(count.saturating_mul(128))?;
            numbered(count)
        }
    };
    let extra = if arguments.is_null(5) { Extra::Ignore } else { Extra::read(arguments.value(5))? };
    let parts = Parts { count: new_names.len(), default: arguments.value(4).clone(), extra };
    let replace = |old: &[Text]| -> Vec<Text> {
        old[..column].iter().chain(&new_names).chain(&old[column + 1..]).cloned().collect()
    };
    let names = replace(table.names());
    distinct(&names)?;
    let mut types = table.types().to_vec();
    types.splice(column..=column, vec![part_type(&splitter, extra); new_names.len()]);
    let mut origins: Vec<Origin> = (0..table.width()).map(Origin::Input).collect();
    origins.splice(column..=column, (0..new_names.len()).map(|part| Origin::Computed(0, part)));
    let eager = native_name(&splitter).is_some_and(|name| name.starts_with("Splitter."));
    let count = parts.count;
    let lenient = parts.extra == Extra::Ignore && parts.default.is_null();
    let cutter = lenient.then(|| splitter.data::<Cutter>()).flatten();
    let divide = move |ctx: &Context, value: &Value| {
        let pieces = super::super::parts::pieces(ctx, &splitter, value)?;
        parts.of(ctx, &pieces)
    };
    let split = Split { column, parts: count, divide: Arc::new(divide), cutter, eager };
    let shape = Arc::new(Shape::new(names));
    Ok(Value::Table(Arc::new(table::compute(&table, shape, types, origins, vec![Arc::new(split)]))))
}

/// Into how many pieces the first row's cell is split.
fn first_count(ctx: &Context, table: &Table, column: usize, splitter: &Function) -> Result<usize> {
    let demand = Demand::only(table.width(), [column]).first(1);
    let Some(row) = table::rows_of(ctx, table, &demand)?.next(ctx)? else { return Ok(1) };
    let cell = row.force_at(column, ctx)?.unwrap_or(Value::Null);
    super::super::parts::pieces(ctx, splitter, &cell)?.count(ctx)
}

/// The table without `sources`, and the new column, which one computation gives, in place of the first of them.
fn merged(
    table: &Arc<Table>,
    sources: &[usize],
    name: Text,
    ty: Arc<Type>,
    computation: Arc<dyn Compute>,
) -> Result<Value> {
    let first = sources.iter().min().copied().unwrap_or(table.width());
    let (mut names, mut types, mut origins) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (old, old_type)) in table.names().iter().zip(table.types()).enumerate() {
        if at == first {
            names.push(name.clone());
            types.push(Arc::clone(&ty));
            origins.push(Origin::Computed(0, 0));
        }
        if !sources.contains(&at) {
            names.push(old.clone());
            types.push(Arc::clone(old_type));
            origins.push(Origin::Input(at));
        }
    }
    if first == table.width() {
        free(table, &name)?;
        names.push(name);
        types.push(ty);
        origins.push(Origin::Computed(0, 0));
    }
    distinct(&names)?;
    let shape = Arc::new(Shape::new(names));
    Ok(Value::Table(Arc::new(table::compute(table, shape, types, origins, vec![computation]))))
}

type CombineCells = dyn Fn(&Context, Vec<Member>) -> Result<Value> + Send + Sync;

/// Combines the cells of some columns into one, row by row, when the new cell is read.
struct Combine {
    columns: Vec<usize>,
    combine: Arc<CombineCells>,
}

impl Compute for Combine {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(self.columns.clone())
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let mut cells = Vec::with_capacity(batch.len());
        for row in 0..batch.len() {
            ctx.step()?;
            let members: Vec<Member> = self
                .columns
                .iter()
                .map(|at| batch.column(*at).map_or(Member::Ready(Value::Null), |column| column.get(row)))
                .collect();
            let combine = Arc::clone(&self.combine);
            cells.push(Member::lazy(move |ctx| combine(ctx, members.clone())));
        }
        Ok(vec![Column::any(cells)])
    }
}

pub(super) fn combine_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = positions(&table, &texts(ctx, &arguments.list(1)?)?)?;
    let combiner = arguments.function(2)?;
    let combines_text = native_name(&combiner).is_some_and(|name| name.starts_with("Combiner."));
    let ty = if combines_text { Arc::new(Type::new(Form::Text)) } else { declared_result(&combiner) };
    let combine = move |ctx: &Context, members: Vec<Member>| {
        ctx.call1(&combiner, Value::List(Arc::new(List::Items(members))))
    };
    let combine = Combine { columns: columns.clone(), combine: Arc::new(combine) };
    merged(&table, &columns, arguments.text(3)?, ty, Arc::new(combine))
}

pub(super) fn combine_columns_to_record(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let names = texts(ctx, &arguments.list(2)?)?;
    distinct(&names)?;
    let columns = positions(&table, &names)?;
    let options = arguments.optional_record(3)?;
    let display = option(ctx, options.as_ref(), "DisplayNameColumn")?;
    let type_name = option(ctx, options.as_ref(), "TypeName")?;
    let fields = names.iter().zip(&columns).filter_map(|(name, at)| {
        Some(FieldType { name: name.clone(), ty: Arc::clone(table.types().get(*at)?), optional: false })
    });
    let form = Form::Record(Some(Arc::new(RecordType { fields: fields.collect(), open: false })));
    let mut metadata = Vec::new();
    if !type_name.is_null() {
        metadata.push(("Type.Name", Value::Text(as_text(&type_name)?)));
    }
    let display = match display {
        Value::Null => None,
        name => Some(position(&table, &as_text(&name)?)?),
    };
    let mut ty = Type::new(form);
    if !metadata.is_empty() {
        ty.metadata = Some(Arc::new(Record::from_fields(metadata)));
    }
    let shape = Arc::new(Shape::new(names));
    let count = shape.len();
    let combine = move |_: &Context, mut members: Vec<Member>| {
        let shown = members.split_off(count.min(members.len()));
        let record = Value::Record(Arc::new(Record::new(Arc::clone(&shape), members)));
        match shown.into_iter().next() {
            Some(shown) => {
                let metadata = Record::from_members([("Documentation.DisplayName".into(), shown)]);
                Ok(record.with_metadata(Arc::new(metadata)))
            }
            None => Ok(record),
        }
    };
    let read = columns.iter().copied().chain(display).collect();
    let combine = Combine { columns: read, combine: Arc::new(combine) };
    merged(&table, &columns, arguments.text(1)?, Arc::new(ty), Arc::new(combine))
}
