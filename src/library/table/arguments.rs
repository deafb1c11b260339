//! Reads the arguments that many Table functions share: column names, pairs, `MissingField`, counts or conditions.

use std::sync::Arc;

use crate::eval::{self, Arguments, Context, conversion_error};
use crate::table::{RowTest, Table};
use crate::value::types::Form;
use crate::value::{Callable, Error, Function, List, Member, Record, Result, Text, Type, Value};

/// What happens to columns or fields that are asked for and not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Error,
    Ignore,
    UseNull,
}

impl Missing {
    /// Reads a `MissingField` argument; `null` stands for `MissingField.Error`.
    pub(super) fn read(arguments: &Arguments<'_>, at: usize) -> Result<Missing> {
        Missing::of(arguments.value(at))
    }

    /// The meaning of a `MissingField` value.
    pub(super) fn of(value: &Value) -> Result<Missing> {
        if value.is_null() {
            return Ok(Missing::Error);
        }
        match value.to_double() {
            Some(0.0) => Ok(Missing::Error),
            Some(1.0) => Ok(Missing::Ignore),
            Some(2.0) => Ok(Missing::UseNull),
            Some(_) => {
                Err(Error::expression("The value isn't a valid MissingField.").with_detail(value.clone()))
            }
            None => Err(expected(value, Form::Number)),
        }
    }
}

/// The error for a value of a wrong kind.
pub(super) fn expected(value: &Value, form: Form) -> Error {
    conversion_error(value, &Arc::new(Type::new(form)))
}

/// A value that must be a text.
pub(super) fn as_text(value: &Value) -> Result<Text> {
    match value.as_plain() {
        Value::Text(text) => Ok(text.clone()),
        other => Err(expected(other, Form::Text)),
    }
}

/// A value that must be a function.
pub(super) fn as_function(value: &Value) -> Result<Arc<Function>> {
    match value.as_plain() {
        Value::Function(function) => Ok(Arc::clone(function)),
        other => Err(expected(other, Form::Function(None))),
    }
}

/// A value that must be a list.
pub(super) fn as_list(value: &Value) -> Result<Arc<List>> {
    match value.as_plain() {
        Value::List(list) => Ok(Arc::clone(list)),
        other => Err(expected(other, Form::List(None))),
    }
}

/// A value that must be a record.
pub(super) fn as_record(value: &Value) -> Result<Arc<Record>> {
    match value.as_plain() {
        Value::Record(record) => Ok(Arc::clone(record)),
        other => Err(expected(other, Form::Record(None))),
    }
}

/// The texts of a list.
pub(super) fn texts(ctx: &Context, list: &Arc<List>) -> Result<Vec<Text>> {
    list.values(ctx)?.iter().map(as_text).collect()
}

/// Column names: one text, or a list of texts.
pub(super) fn names(ctx: &Context, value: &Value) -> Result<Vec<Text>> {
    match value.as_plain() {
        Value::List(list) => texts(ctx, list),
        single => Ok(vec![as_text(single)?]),
    }
}

/// The position of a column that must be there.
pub(super) fn position(table: &Table, name: &str) -> Result<usize> {
    table.position(name).ok_or_else(|| eval::no_column(table, name))
}

/// The positions of columns that must be there.
pub(super) fn positions(table: &Table, names: &[Text]) -> Result<Vec<usize>> {
    names.iter().map(|name| position(table, name)).collect()
}

/// A list of lists such as `{{"A", x}, {"B", y}}`, or a single one of them, `{"A", x}`. Metadata of the items stays.
pub(super) fn operations(ctx: &Context, list: &Arc<List>) -> Result<Vec<Vec<Value>>> {
    let full = |list: &Arc<List>| -> Result<Vec<Value>> {
        list.members(ctx)?.iter().map(|member: &Member| member.force_with_metadata(ctx)).collect()
    };
    let items = full(list)?;
    match items.first().map(Value::as_plain) {
        None => Ok(Vec::new()),
        Some(Value::List(_)) => items.iter().map(|item| full(&as_list(item)?)).collect(),
        Some(_) => Ok(vec![items]),
    }
}

/// The value of an option; `null` if the record lacks it or there is no record.
pub(super) fn option(ctx: &Context, options: Option<&Arc<Record>>, name: &str) -> Result<Value> {
    match options.and_then(|options| options.get(name)) {
        Some(member) => member.force(ctx),
        None => Ok(Value::Null),
    }
}

/// A number of rows, or a condition that rows are tested by.
pub(super) enum CountOrCondition {
    Count(usize),
    Condition(RowTest),
}

impl CountOrCondition {
    /// Reads the argument; `null` stands for one row.
    pub(super) fn read(arguments: &Arguments<'_>, at: usize, table: &Table) -> Result<CountOrCondition> {
        Ok(match arguments.value(at) {
            Value::Null => CountOrCondition::Count(1),
            Value::Function(function) => {
                CountOrCondition::Condition(RowTest::function(Arc::clone(function), table))
            }
            _ => CountOrCondition::Count(arguments.count(at, "countOrCondition")?),
        })
    }
}

/// The name of a library function, or of a function that one of them made.
pub(super) fn native_name(function: &Function) -> Option<&str> {
    match function.callable() {
        Callable::Native(native) => Some(native.name.as_str()),
        Callable::Closure(_) => None,
    }
}

/// The type that a function declares for its result.
pub(super) fn declared_result(function: &Function) -> Arc<Type> {
    match &function.function_type().form {
        Form::Function(Some(ty)) => Arc::clone(&ty.returns),
        _ => Type::any(),
    }
}

/// A library function by its name.
///
/// # Errors
/// This version does not have it.
pub(super) fn library_function(name: &str) -> Result<Arc<Function>> {
    match crate::library::Library::get().lookup(name) {
        Some(Value::Function(function)) => Ok(function),
        _ => Err(eval::not_available(name)),
    }
}
