//! Changing column names: rename, prefix, transform, headers to and from the first row.

use std::sync::Arc;

use super::super::arguments::{Missing, as_function, as_text, operations, option};
use super::super::made::{distinct, numbered, untyped};
use crate::culture::Culture;
use crate::eval::{self, Arguments, Context};
use crate::library::conversion::{culture_named, document_culture, text_from};
use crate::table::{self, Batch, Column, Table};
use crate::value::{Error, Function, Member, Result, Shape, Text, Type, Value};

pub(super) fn rename_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let missing = Missing::read(&arguments, 2)?;
    let mut names = table.names().to_vec();
    let mut added = Vec::new();
    for rename in operations(ctx, &arguments.list(1)?)? {
        let [old, new] = rename.as_slice() else {
            let detail = Value::list(rename);
            return Err(Error::expression("Each rename must be a list of an old and a new column name.")
                .with_detail(detail));
        };
        let (old, new) = (as_text(old)?, as_text(new)?);
        match (table.position(&old).and_then(|at| names.get_mut(at)), missing) {
            (Some(name), _) => *name = new,
            (None, Missing::Error) => return Err(eval::no_column(&table, &old)),
            (None, Missing::Ignore) => {}
            (None, Missing::UseNull) => added.push(new),
        }
    }
    let renamed = if added.is_empty() {
        distinct(&names)?;
        table.renamed(names)
    } else {
        let positions = (0..names.len()).map(Some).chain(added.iter().map(|_| None)).collect();
        names.extend(added);
        distinct(&names)?;
        table::select_positions(&table, Arc::new(Shape::new(names)), positions)
    };
    Ok(Value::Table(Arc::new(renamed)))
}

pub(super) fn prefix_columns(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let prefix = arguments.text(1)?;
    let names = table.names().iter().map(|name| Text::from(format!("{prefix}.{name}"))).collect();
    Ok(Value::Table(Arc::new(table.renamed(names))))
}

pub(super) fn transform_column_names(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let generator = arguments.function(1)?;
    let options = arguments.optional_record(2)?;
    let longest = match option(ctx, options.as_ref(), "MaxLength")? {
        Value::Null => usize::MAX,
        length => match length.to_double() {
            Some(length) if length >= 1.0 => length as usize,
            _ => {
                return Err(Error::expression("The 'MaxLength' option must be a positive number.")
                    .with_detail(length));
            }
        },
    };
    let comparer = match option(ctx, options.as_ref(), "Comparer")? {
        Value::Null => None,
        comparer => Some(as_function(&comparer)?),
    };
    let mut names: Vec<Text> = Vec::with_capacity(table.width());
    for name in table.names() {
        let wanted = as_text(&ctx.call1(&generator, Value::Text(name.clone()))?)?;
        names.push(unique(ctx, &wanted, longest, comparer.as_deref(), &names)?);
    }
    Ok(Value::Table(Arc::new(table.renamed(names))))
}

/// `wanted`, cut to `longest` characters, with a number at its end if `taken` has it already.
fn unique(
    ctx: &Context,
    wanted: &Text,
    longest: usize,
    comparer: Option<&Function>,
    taken: &[Text],
) -> Result<Text> {
    let cut = |length: usize| -> String { wanted.chars().take(length).collect() };
    let mut name = Text::from(cut(longest));
    let mut number = 0usize;
    while is_taken(ctx, &name, comparer, taken)? {
        ctx.step()?;
        number += 1;
        let suffix = number.to_string();
        name = Text::from(cut(longest.saturating_sub(suffix.len())) + &suffix);
    }
    Ok(name)
}

fn is_taken(ctx: &Context, name: &Text, comparer: Option<&Function>, taken: &[Text]) -> Result<bool> {
    let Some(comparer) = comparer else { return Ok(taken.contains(name)) };
    for other in taken {
        let order = ctx.call2(comparer, Value::Text(name.clone()), Value::Text(other.clone()))?;
        if matches!(order.as_plain(), Value::Logical(true)) || order.to_double() == Some(0.0) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn promote_headers(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let options = arguments.optional_record(1)?;
    let all = matches!(option(ctx, options.as_ref(), "PromoteAllScalars")?, Value::Logical(true));
    let culture = match option(ctx, options.as_ref(), "Culture")? {
        Value::Null => document_culture(ctx),
        name => culture_named(ctx, Some(&as_text(&name)?))?,
    };
    let Some(headers) = table::row_at(ctx, &table, 0)? else {
        return Ok(Value::Table(table));
    };
    let mut names: Vec<Text> = Vec::with_capacity(table.width());
    let mut taken = rustc_hash::FxHashSet::default();
    for (at, member) in headers.members().iter().enumerate() {
        let header = header(ctx, &member.force(ctx)?, all, &culture)?.unwrap_or_else(|| numbered(at));
        let mut name = header.clone();
        let mut number = 0;
        while !taken.insert(name.clone()) {
            ctx.step()?;
            number += 1;
            name = Text::from(format!("{header}_{number}"));
        }
        names.push(name);
    }
    let rows = Arc::new(table::slice(&table, 1, None));
    Ok(Value::Table(Arc::new(rows.renamed(names).with_keys(Vec::new()))))
}

/// The column name that a value of the first row gives; `None` if it gives none.
fn header(ctx: &Context, value: &Value, all: bool, culture: &Culture) -> Result<Option<Text>> {
    let text = match value {
        Value::Text(_) | Value::Int64(_) | Value::Double(_) | Value::Decimal(_) => {
            text_from(ctx, value, culture)?
        }
        Value::Logical(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::DateTimeZone(_)
        | Value::Duration(_)
            if all =>
        {
            text_from(ctx, value, culture)?
        }
        _ => return Ok(None),
    };
    Ok(match text {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    })
}

pub(super) fn demote_headers(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let names =
        table.names().iter().map(|name| Arc::new(Column::same(Member::Ready(Value::Text(name.clone())), 1)));
    let header = Batch::new(names.collect(), 1);
    let shape = Arc::new(Shape::new((0..table.width()).map(numbered)));
    let header = Arc::new(table::from_batches(Arc::clone(&shape), vec![header]));
    let like = Table::new(shape, untyped(table.width()), Arc::clone(table.operator()));
    Ok(Value::Table(Arc::new(table::append(&like, vec![header, table]))))
}

/// The type given for a new column, or `any`.
pub(super) fn column_type(value: &Value) -> Arc<Type> {
    Type::from_value(value).unwrap_or_else(Type::any)
}
