//! Values and their types: Value.Type, Value.Is, Value.As, Value.ReplaceType.

use std::sync::Arc;

use super::type_of;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Error, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Value.Type",
        "(value as any) as type",
        "The type of a value.",
        &[
            example("Value.Type(1)", "type number"),
            example("Value.Type([a = 1])", "type record"),
            example("Value.Type(#table(type table [a = text], {}))", "type table [a = text]"),
        ],
        |_, arguments| Ok(type_of(arguments.value(0)).to_value()),
    ),
    native(
        "Value.Is",
        "(value as any, type as type) as logical",
        "Whether a value is of the primitive kind that the type has.",
        &[example("Value.Is(1, type number)", "true"), example("Value.Is(null, type number)", "false")],
        |_, arguments| Ok(Value::Logical(arguments.ty(1)?.accepts(arguments.value(0)))),
    ),
    native(
        "Value.As",
        "(value as any, type as type) as any",
        "The value, if it is of the primitive kind that the type has; else an error.",
        &[
            example("Value.As(1, type number)", "1"),
            example(
                "Value.As(\"1\", type number)",
                "error: Expression.Error: We cannot convert the value \"1\" to type Number.",
            ),
        ],
        value_as,
    ),
    native(
        "Value.ReplaceType",
        "(value as any, type as type) as any",
        "The value under another type of its kind. What the type says of members is not checked; the columns of a table take the type's names.",
        &[
            example("Value.Type(Value.ReplaceType({1}, type {number}))", "type {number}"),
            example(
                "Value.ReplaceType(#table({\"a\"}, {{1}}), type table [b = number])",
                "#table(type table [b = number], {{1}})",
            ),
        ],
        replace_type,
    ),
];

fn value_as(_: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let ty = arguments.ty(1)?;
    if ty.accepts(arguments.value(0)) {
        Ok(arguments.take(0))
    } else {
        Err(conversion_error(arguments.value(0), &ty))
    }
}

fn replace_type(_: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let ty = arguments.ty(1)?;
    let value = arguments.take(0);
    if !ty.accepts(&value) {
        return Err(conversion_error(&value, &ty));
    }
    let metadata = value.metadata().cloned();
    let typed = match (value.as_plain(), &ty.form) {
        (Value::List(list), Form::List(Some(_))) => Value::List(Arc::new(list.with_type(ty))),
        (Value::Record(record), Form::Record(Some(fields))) => {
            let fits = fields.fields.iter().all(|field| field.optional || record.get(&field.name).is_some())
                && (fields.open
                    || record
                        .names()
                        .iter()
                        .all(|name| fields.fields.iter().any(|field| field.name == *name)));
            if !fits {
                return Err(mismatch(&value, &ty));
            }
            Value::Record(Arc::new(record.with_type(ty)))
        }
        (Value::Table(table), Form::Table(Some(table_type))) => {
            if table_type.row.fields.len() != table.width() {
                return Err(mismatch(&value, &ty));
            }
            Value::Table(Arc::new(table.with_type(table_type)))
        }
        (Value::Function(function), Form::Function(Some(signature))) => {
            let own = &function.parameters().ty;
            if own.parameters.len() != signature.parameters.len() || own.required != signature.required {
                return Err(mismatch(&value, &ty));
            }
            Value::Function(Arc::new(function.with_type(ty)))
        }
        _ => return Ok(value),
    };
    Ok(match metadata {
        Some(metadata) => typed.with_metadata(metadata),
        None => typed,
    })
}

fn mismatch(value: &Value, ty: &Arc<Type>) -> Error {
    Error::expression("The type doesn't fit the value: it names other members.")
        .with_detail(Value::record([("Value", value.clone()), ("Type", Value::Type(Arc::clone(ty)))]))
}
