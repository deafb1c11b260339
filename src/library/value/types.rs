//! Type.Is, Type.Union and what holds of every type.

use std::sync::Arc;

use super::compatible::{is_compatible, union};
use super::wrong_form;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Type.Is",
        "(type1 as type, type2 as type) as logical",
        "Whether every value of the first type is also one of the second.",
        &[
            example("Type.Is(type number, type nullable number)", "true"),
            example("Type.Is(type any, type number)", "false"),
        ],
        |_, arguments| Ok(Value::Logical(is_compatible(&*arguments.ty(0)?, &*arguments.ty(1)?))),
    ),
    native(
        "Type.IsNullable",
        "(type as type) as logical",
        "Whether null belongs to the type.",
        &[
            example("Type.IsNullable(type number)", "false"),
            example("Type.IsNullable(type nullable number)", "true"),
        ],
        |_, arguments| Ok(Value::Logical(arguments.ty(0)?.admits_null())),
    ),
    native(
        "Type.NonNullable",
        "(type as type) as type",
        "The type without null.",
        &[example("Type.NonNullable(type nullable number)", "type number")],
        |_, arguments| Ok(Value::Type(Arc::new(arguments.ty(0)?.without_null()))),
    ),
    native(
        "Type.Union",
        "(types as list) as type",
        "A type that holds the values of all types of a list.",
        &[
            example("Type.Union({type number, type null})", "type nullable number"),
            example("Type.Union({type number, type text})", "type any"),
        ],
        type_union,
    ),
    native(
        "Type.ListItem",
        "(type as type) as type",
        "The type of the items of a list type.",
        &[
            example("Type.ListItem(type {number})", "type number"),
            example("Type.ListItem(type list)", "type any"),
        ],
        list_item,
    ),
];

fn type_union(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut all = Arc::new(Type::new(Form::None));
    for value in arguments.list(0)?.values(ctx)? {
        match value {
            Value::Type(ty) => all = union(&all, &ty),
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Type)))),
        }
    }
    Ok(Value::Type(all))
}

fn list_item(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let ty = arguments.ty(0)?;
    match &ty.form {
        Form::List(item) => Ok(item.as_ref().map_or_else(|| Value::Type(Type::any()), Type::to_value)),
        _ => Err(wrong_form(&ty, Form::List(None))),
    }
}
