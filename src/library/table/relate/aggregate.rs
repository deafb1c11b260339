use std::sync::Arc;

use super::names;
use crate::eval::{self, Arguments, Context, conversion_error};
use crate::table::{self, Derived};
use crate::value::types::Form;
use crate::value::{Error, Function, List, Member, Result, Text, Type, Value};

/// `Table.AggregateTableColumn(table, column, aggregations)`.
pub(super) fn aggregate_table_column(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let column = names::position(&table, &arguments.text(1)?)?;
    let mut derived = Vec::new();
    for aggregation in arguments.list(2)?.values(ctx)? {
        let Value::List(parts) = &aggregation else {
            return Err(conversion_error(&aggregation, &Arc::new(Type::new(Form::List(None)))));
        };
        derived.push(match parts.values(ctx)?.as_slice() {
            [Value::Text(from), Value::Function(function), Value::Text(name)] => {
                of_column(from.clone(), Arc::clone(function), name.clone())
            }
            _ => {
                let message =
                    "An aggregation must be a list of a column name, a function and a new column name.";
                return Err(Error::expression(message).with_detail(aggregation));
            }
        });
    }
    Ok(Value::Table(Arc::new(table::replace_column(&table, column, derived)?)))
}

/// The column that `function` makes of a column of each table.
fn of_column(from: Text, function: Arc<Function>, name: Text) -> Derived {
    let cell = move |cell: Member| {
        let (from, function) = (from.clone(), Arc::clone(&function));
        Member::lazy(move |ctx| match cell.force(ctx)? {
            Value::Null => ctx.call1(&function, Value::List(Arc::new(List::Items(Vec::new())))),
            Value::Table(table) => {
                let position = table.position(&from).ok_or_else(|| eval::no_column(&table, &from))?;
                ctx.call1(&function, Value::List(Arc::new(table::column_list(&table, position))))
            }
            other => Err(conversion_error(&other, &Arc::new(Type::new(Form::Table(None))))),
        })
    };
    Derived { name, ty: Type::any(), cell: Box::new(cell) }
}
