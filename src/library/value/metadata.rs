//! Reading and replacing metadata.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Record, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Value.Metadata",
        "(value as any) as any",
        "The record of a value's metadata.",
        &[example("Value.Metadata(1 meta [a = 2])", "[a = 2]"), example("Value.Metadata(1)", "[]")],
        |_, arguments| Ok(metadata_of(arguments.full(0))),
    ),
    native(
        "Value.ReplaceMetadata",
        "(value as any, metaValue as any) as any",
        "The value with other metadata in place of its own.",
        &[example("Value.Metadata(Value.ReplaceMetadata(1 meta [a = 2], [b = 3]))", "[b = 3]")],
        replace_metadata,
    ),
    native(
        "Value.RemoveMetadata",
        "(value as any, optional metaValue as any) as any",
        "The value without its metadata, or without the fields of it that a text or list names.",
        &[
            example("Value.Metadata(Value.RemoveMetadata(1 meta [a = 2]))", "[]"),
            example("Value.Metadata(Value.RemoveMetadata(1 meta [a = 2, b = 3], {\"a\"}))", "[b = 3]"),
        ],
        remove_metadata,
    ),
];

fn metadata_of(value: &Value) -> Value {
    Value::Record(value.metadata().cloned().unwrap_or_else(|| Arc::new(Record::empty())))
}

fn replace_metadata(_: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let metadata = arguments.record(1)?;
    Ok(arguments.take(0).with_metadata(metadata))
}

fn remove_metadata(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let removed = match arguments.value(1) {
        Value::Null => return Ok(arguments.take(0).plain()),
        text @ Value::Text(_) => vec![text.clone()],
        Value::List(list) => list.values(ctx)?,
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::List(None))))),
    };
    let value = arguments.take(0);
    let Some(metadata) = value.metadata() else { return Ok(value) };
    let kept = metadata
        .fields()
        .filter(|(name, _)| !removed.iter().any(|removed| removed.as_text() == Some(name.as_str())))
        .map(|(name, member)| (name.clone(), member));
    let kept = Arc::new(Record::from_members(kept));
    Ok(value.with_metadata(kept))
}
