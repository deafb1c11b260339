//! Changing the cells of columns: by functions, to types.

use std::sync::{Arc, OnceLock};

use super::super::arguments::{Missing, as_function, as_text, declared_result, expected, operations, option};
use super::changes::Changes;
use crate::culture::Culture;
use crate::eval::{self, Arguments, Context};
use crate::library::conversion::{Converter, culture_named, document_culture};
use crate::sources::json::Documents;
use crate::table::{CellChange, Column, Compute, Program, is_simple};
use crate::value::types::Form;
use crate::value::{Callable, Error, Function, Member, Result, Type, Value};
use arrow_array::Array;

/// A change by an M function, made when the cell is read unless the function is simple or compiles to a program.
fn by_function(column: usize, function: Arc<Function>) -> Arc<dyn Compute> {
    if is_json_document(&function) {
        return json_documents(column, function);
    }
    let eager = is_simple(&function);
    let program = OnceLock::new();
    let of_cell = Arc::clone(&function);
    let change = move |ctx: &Context, value: &Value| ctx.call1(&of_cell, value.clone());
    let whole = move |ctx: &Context, column: &Column| {
        let Some(program) = program.get_or_init(|| Program::of_cell(&function)) else { return Ok(None) };
        let changed = program.run_cells(ctx, column)?.into_column(|row| {
            ctx.step()?;
            let later = |cell: Member| {
                let function = Arc::clone(&function);
                Member::lazy(move |ctx| ctx.call1(&function, cell.force_with_metadata(ctx)?))
            };
            match column.get(row) {
                Member::Ready(value) if eager => {
                    let changed = ctx.call1(&function, value.clone());
                    Member::settled_early(changed, || later(Member::Ready(value)))
                }
                cell => Ok(later(cell)),
            }
        });
        changed.map(Some)
    };
    Arc::new(CellChange { column, change: Arc::new(change), whole: Some(Arc::new(whole)), eager })
}

/// Whether a function is `Json.Document` itself.
fn is_json_document(function: &Function) -> bool {
    matches!(function.callable(), Callable::Native(native) if native.name.as_str() == "Json.Document")
}

/// JSON documents in texts, all of a column read at once when one of them is.
fn json_documents(column: usize, function: Arc<Function>) -> Arc<dyn Compute> {
    let change = move |ctx: &Context, value: &Value| ctx.call1(&function, value.clone());
    let whole = |ctx: &Context, column: &Column| {
        if column.as_text().is_none_or(|texts| texts.null_count() > 0) {
            return Ok(None);
        }
        let mut documents = Documents::default();
        let mut cells = Vec::with_capacity(column.len());
        for text in column.as_text().into_iter().flat_map(|texts| texts.iter().flatten()) {
            ctx.step()?;
            cells.push(Member::settled(documents.parse(ctx, text))?);
        }
        Ok(Some(Column::any(cells)))
    };
    Arc::new(CellChange { column, change: Arc::new(change), whole: Some(Arc::new(whole)), eager: false })
}

pub(super) fn transform_columns(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let missing = Missing::read(&arguments, 3)?;
    let mut changes = Changes::of(Arc::clone(&table));
    let mut named = vec![false; table.width()];
    for operation in operations(ctx, &arguments.list(1)?)? {
        let (Some(name), Some(function)) = (operation.first(), operation.get(1)) else {
            let detail = Value::list(operation);
            return Err(Error::expression(
                "Each transformation must be a list of a column name and a function.",
            )
            .with_detail(detail));
        };
        let (name, function) = (as_text(name)?, as_function(function)?);
        let Some(position) = table.position(&name) else {
            match missing {
                Missing::Error => return Err(eval::no_column(&table, &name)),
                Missing::Ignore => {}
                Missing::UseNull => changes.add_nulls(name),
            }
            continue;
        };
        if changes.is_changed(position) {
            return Err(Error::expression(format!("The column '{name}' is transformed more than once."))
                .with_detail(Value::Text(name)));
        }
        if let Some(named) = named.get_mut(position) {
            *named = true;
        }
        let ty = match operation.get(2).and_then(Type::from_value) {
            Some(ty) => ty,
            None => declared_result(&function),
        };
        changes.change(position, Some(ty), by_function(position, function));
    }
    if let Some(default) = arguments.optional_function(2)? {
        for position in (0..table.width()).filter(|at| named.get(*at) == Some(&false)) {
            let ty = declared_result(&default);
            changes.change(position, Some(ty), by_function(position, Arc::clone(&default)));
        }
    }
    Ok(changes.table())
}

pub(super) fn transform_column_types(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let (culture, missing) = culture_option(ctx, arguments.value(2))?;
    let mut changes = Changes::of(Arc::clone(&table));
    for operation in operations(ctx, &arguments.list(1)?)? {
        let (Some(name), Some(ty)) = (operation.first(), operation.get(1)) else {
            let detail = Value::list(operation);
            return Err(Error::expression("Each type change must be a list of a column name and a type.")
                .with_detail(detail));
        };
        let name = as_text(name)?;
        let ty = Type::from_value(ty).ok_or_else(|| expected(ty, Form::Type))?;
        let culture = match operation.get(2) {
            Some(name) if !name.is_null() => culture_named(ctx, Some(&as_text(name)?))?,
            _ => culture,
        };
        let Some(position) = table.position(&name) else {
            match missing {
                Missing::Error => return Err(eval::no_column(&table, &name)),
                Missing::Ignore => {}
                Missing::UseNull => changes.add_nulls(name),
            }
            continue;
        };
        let converter = Arc::new(Converter::new(&ty, &culture));
        let whole = Arc::clone(&converter);
        let change = move |ctx: &Context, value: &Value| converter.convert(ctx, value);
        let whole = move |ctx: &Context, column: &Column| whole.convert_column(ctx, column);
        let claimed = claimed(&ty);
        changes.change(
            position,
            Some(claimed),
            Arc::new(CellChange {
                column: position,
                change: Arc::new(change),
                whole: Some(Arc::new(whole)),
                eager: true,
            }),
        );
    }
    Ok(changes.table())
}

/// The type that a converted column claims: cells that were `null` still are, and a named number type is a number.
fn claimed(ty: &Arc<Type>) -> Arc<Type> {
    Arc::new(Type { name: None, ..ty.with_null() })
}

/// The culture and the handling of missing columns: the name of a culture, or a record `[Culture, MissingField]`.
fn culture_option(ctx: &Context, value: &Value) -> Result<(Culture, Missing)> {
    match value {
        Value::Null => Ok((document_culture(ctx), Missing::Error)),
        Value::Text(name) => Ok((culture_named(ctx, Some(name))?, Missing::Error)),
        Value::Record(options) => {
            let read = |name| option(ctx, Some(options), name);
            let culture = match read("Culture")? {
                Value::Null => document_culture(ctx),
                name => culture_named(ctx, Some(&as_text(&name)?))?,
            };
            Ok((culture, Missing::of(&read("MissingField")?)?))
        }
        other => Err(expected(other, Form::Text)),
    }
}
