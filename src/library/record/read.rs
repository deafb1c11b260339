//! Reading records.

use std::sync::Arc;

use super::fields::names;
use crate::eval::{Arguments, Context, field_not_found};
use crate::library::{Declaration, example, native};
use crate::value::{List, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Record.Field",
        "(record as record, field as text) as any",
        "The value of a field.",
        &[
            example("Record.Field([a = 1], \"a\")", "1"),
            example(
                "Record.Field([a = 1], \"b\")",
                "error: Expression.Error: The field 'b' of the record wasn't found. | Detail: [a = 1]",
            ),
        ],
        field,
    ),
    native(
        "Record.FieldOrDefault",
        "(record as nullable record, field as text, optional defaultValue as any) as any",
        "The value of a field, or the default if the record has no such field.",
        &[
            example("Record.FieldOrDefault([a = null], \"a\", 0)", "null"),
            example("Record.FieldOrDefault([a = 1], \"b\", 0)", "0"),
        ],
        field_or_default,
    ),
    native(
        "Record.FieldCount",
        "(record as record) as number",
        "The number of fields.",
        &[example("Record.FieldCount([a = 1, b = 2])", "2")],
        field_count,
    ),
    native(
        "Record.FieldNames",
        "(record as record) as list",
        "The names of the fields, in order.",
        &[example("Record.FieldNames([b = 1, a = 2])", "{\"b\", \"a\"}")],
        field_names,
    ),
    native(
        "Record.FieldValues",
        "(record as record) as list",
        "The values of the fields, in order.",
        &[example("Record.FieldValues([b = 1, a = 2])", "{1, 2}")],
        field_values,
    ),
    native(
        "Record.ToList",
        "(record as record) as list",
        "The values of the fields, in order.",
        &[example("Record.ToList([b = 1, a = 2])", "{1, 2}")],
        field_values,
    ),
    native(
        "Record.HasFields",
        "(record as record, fields as any) as logical",
        "Whether the record has a field, or all fields of a list of names.",
        &[
            example("Record.HasFields([a = 1], \"a\")", "true"),
            example("Record.HasFields([a = 1], {\"a\", \"b\"})", "false"),
        ],
        has_fields,
    ),
];

fn field(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (record, name) = (arguments.record(0)?, arguments.text(1)?);
    match record.get(&name) {
        Some(member) => member.force_with_metadata(ctx),
        None => Err(field_not_found(&name, &record)),
    }
}

fn field_or_default(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let name = arguments.text(1)?;
    match arguments.optional_record(0)?.and_then(|record| record.get(&name)) {
        Some(member) => member.force_with_metadata(ctx),
        None => Ok(arguments.take(2)),
    }
}

fn field_count(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Int64(arguments.record(0)?.len() as i64))
}

fn field_names(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::list(arguments.record(0)?.names().iter().cloned().map(Value::Text)))
}

fn field_values(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::List(Arc::new(List::Items(arguments.record(0)?.members().into_vec()))))
}

fn has_fields(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let names = names(ctx, arguments.value(1))?;
    Ok(Value::Logical(names.iter().all(|name| record.shape().position(name).is_some())))
}
