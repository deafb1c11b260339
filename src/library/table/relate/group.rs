use std::sync::Arc;

use super::names;
use crate::criteria::Rule;
use crate::eval::{Arguments, Context, conversion_error, field_exists};
use crate::table::{self, Aggregate, Grouping, Table};
use crate::value::types::Form;
use crate::value::{Error, List, Member, Result, Type, Value};

/// `Table.Group(table, key, aggregatedColumns, optional groupKind, optional comparer)`.
pub(super) fn group(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = table::positions(&table, &names::one_or_many(ctx, arguments.value(1))?)?;
    let aggregates = aggregates(ctx, &arguments.list(2)?)?;
    check_names(&table, &columns, &aggregates)?;
    let local = match arguments.optional_whole(3, "groupKind")? {
        None | Some(1) => false,
        Some(0) => true,
        Some(_) => {
            return Err(Error::expression("The value isn't a valid group kind.")
                .with_detail(arguments.value(3).clone()));
        }
    };
    let grouping = Grouping {
        columns,
        local,
        comparer: arguments.optional_function(4)?.map(|function| Rule::of(&function)),
        keys_as_records: matches!(arguments.value(1), Value::List(_)),
    };
    Ok(Value::Table(Arc::new(table::group(&table, grouping, aggregates))))
}

/// The columns of a group's result must have different names.
pub(super) fn check_names(table: &Table, columns: &[usize], aggregates: &[Aggregate]) -> Result<()> {
    let keys = columns.iter().filter_map(|&at| table.names().get(at));
    let all: Vec<_> = keys.chain(aggregates.iter().map(|aggregate| &aggregate.name)).collect();
    for (at, name) in all.iter().enumerate() {
        if all.iter().take(at).any(|known| known == name) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
    }
    Ok(())
}

/// `{name, function, type}`, or a list of those; the type may be left off.
pub(super) fn aggregates(ctx: &Context, list: &Arc<List>) -> Result<Vec<Aggregate>> {
    match list.get(0, ctx)?.map(|first| first.force(ctx)).transpose()? {
        None => Ok(Vec::new()),
        Some(Value::Text(_)) => Ok(vec![aggregate(ctx, list)?]),
        Some(_) => {
            let one = |value| match value {
                Value::List(list) => aggregate(ctx, &list),
                other => Err(conversion_error(&other, &Arc::new(Type::new(Form::List(None))))),
            };
            list.values(ctx)?.into_iter().map(one).collect()
        }
    }
}

fn aggregate(ctx: &Context, list: &Arc<List>) -> Result<Aggregate> {
    let mut items = list.items();
    let mut next = || items.next(ctx)?.map(|item| item.force_with_metadata(ctx)).transpose();
    let name = match next()?.map(Value::plain) {
        Some(Value::Text(name)) => name,
        other => {
            return Err(conversion_error(&other.unwrap_or(Value::Null), &Arc::new(Type::new(Form::Text))));
        }
    };
    let function = match next()?.map(Value::plain) {
        Some(Value::Function(function)) => function,
        other => {
            let ty = Arc::new(Type::new(Form::Function(None)));
            return Err(conversion_error(&other.unwrap_or(Value::Null), &ty));
        }
    };
    let ty = match next()? {
        None | Some(Value::Null) => Type::any(),
        Some(value) => match Type::from_value(&value) {
            Some(ty) => ty,
            None => return Err(conversion_error(&value, &Arc::new(Type::new(Form::Type)))),
        },
    };
    Ok(Aggregate { name, function, ty })
}
