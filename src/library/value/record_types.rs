//! Record types.

use std::sync::Arc;

use super::wrong_form;
use crate::eval::{Arguments, Context, conversion_error, field_not_found};
use crate::library::{Declaration, example, native};
use crate::value::types::{FieldType, Form, RecordType};
use crate::value::{Member, Record, Result, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Type.ForRecord",
        "(fields as record, open as logical) as type",
        "A record type from a record that gives for each field its `Type` and whether it is `Optional`.",
        &[example(
            "Type.ForRecord([a = [Type = type number, Optional = false]], true)",
            "type [a = number, ...]",
        )],
        for_record,
    ),
    native(
        "Type.RecordFields",
        "(type as type) as record",
        "For each field of a record type its `Type` and whether it is `Optional`.",
        &[example(
            "Type.RecordFields(type [optional a = number])",
            "[a = [Type = type number, Optional = true]]",
        )],
        record_fields,
    ),
    native(
        "Type.IsOpenRecord",
        "(type as type) as logical",
        "Whether a record type allows more fields than it names.",
        &[
            example("Type.IsOpenRecord(type [a = number, ...])", "true"),
            example("Type.IsOpenRecord(type [a = number])", "false"),
        ],
        |_, arguments| Ok(Value::Logical(read(&arguments)?.1.open)),
    ),
    native(
        "Type.OpenRecord",
        "(type as type) as type",
        "The record type that also allows more fields.",
        &[example("Type.OpenRecord(type [a = number])", "type [a = number, ...]")],
        |_, arguments| with_open(&arguments, true),
    ),
    native(
        "Type.ClosedRecord",
        "(type as type) as type",
        "The record type that allows no more fields than it names.",
        &[example("Type.ClosedRecord(type [a = number, ...])", "type [a = number]")],
        |_, arguments| with_open(&arguments, false),
    ),
];

/// The record type at the first position. `record` itself is the open type without fields.
fn read(arguments: &Arguments<'_>) -> Result<(Arc<Type>, Arc<RecordType>)> {
    let ty = arguments.ty(0)?;
    let record = match &ty.form {
        Form::Record(Some(record)) => Arc::clone(record),
        Form::Record(None) => Arc::new(RecordType { fields: Vec::new(), open: true }),
        _ => return Err(wrong_form(&ty, Form::Record(None))),
    };
    Ok((ty, record))
}

fn with_open(arguments: &Arguments<'_>, open: bool) -> Result<Value> {
    let (ty, record) = read(arguments)?;
    let record = Arc::new(RecordType { fields: record.fields.clone(), open });
    Ok(Value::Type(Arc::new(Type { form: Form::Record(Some(record)), ..(*ty).clone() })))
}

fn for_record(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut fields = Vec::new();
    for (name, member) in arguments.record(0)?.fields() {
        let description = member.force(ctx)?;
        let Value::Record(description) = &description else {
            return Err(conversion_error(&description, &Arc::new(Type::new(Form::Record(None)))));
        };
        let Some(ty) = description.get("Type") else { return Err(field_not_found("Type", description)) };
        let ty = ty.force_with_metadata(ctx)?;
        let Some(ty) = Type::from_value(&ty) else {
            return Err(conversion_error(&ty, &Arc::new(Type::new(Form::Type))));
        };
        let optional = match description.get("Optional").map(|member| member.force(ctx)).transpose()? {
            None | Some(Value::Null) => false,
            Some(Value::Logical(optional)) => optional,
            Some(other) => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Logical)))),
        };
        fields.push(FieldType { name: name.clone(), ty, optional });
    }
    let record = RecordType { fields, open: arguments.logical(1)? };
    Ok(Value::Type(Arc::new(Type::new(Form::Record(Some(Arc::new(record)))))))
}

fn record_fields(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (_, record) = read(&arguments)?;
    let fields = record.fields.iter().map(|field| {
        let description =
            Value::record([("Type", field.ty.to_value()), ("Optional", Value::Logical(field.optional))]);
        (field.name.clone(), Member::Ready(description))
    });
    Ok(Value::Record(Arc::new(Record::from_members(fields))))
}
