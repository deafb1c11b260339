//! Records with fields left out, renamed, put in another order, changed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::fields::{MissingField, as_text, names, pairs, record_of};
use crate::eval::{Arguments, Context, conversion_error, field_exists};
use crate::library::{Declaration, example, native};
use crate::value::types::Form;
use crate::value::{Member, Record, Result, Text, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Record.SelectFields",
        "(record as record, fields as any, optional missingField as nullable number) as record",
        "The fields of these names, in their order.",
        &[
            example("Record.SelectFields([a = 1, b = 2, c = 3], {\"c\", \"a\"})", "[c = 3, a = 1]"),
            example(
                "Record.SelectFields([a = 1], {\"a\", \"z\"}, MissingField.UseNull)",
                "[a = 1, z = null]",
            ),
        ],
        select_fields,
    ),
    native(
        "Record.RemoveFields",
        "(record as record, fields as any, optional missingField as nullable number) as record",
        "The record without the fields of these names.",
        &[
            example("Record.RemoveFields([a = 1, b = 2], \"a\")", "[b = 2]"),
            example("Record.RemoveFields([a = 1], {\"a\", \"z\"}, MissingField.Ignore)", "[]"),
        ],
        remove_fields,
    ),
    native(
        "Record.RenameFields",
        "(record as record, renames as list, optional missingField as nullable number) as record",
        "The record with new names, given as a pair `{old, new}` or a list of pairs.",
        &[
            example("Record.RenameFields([a = 1, b = 2], {\"a\", \"x\"})", "[x = 1, b = 2]"),
            example(
                "Record.RenameFields([a = 1, b = 2], {{\"a\", \"b\"}, {\"b\", \"a\"}})",
                "[b = 1, a = 2]",
            ),
        ],
        rename_fields,
    ),
    native(
        "Record.ReorderFields",
        "(record as record, fieldOrder as list, optional missingField as nullable number) as record",
        "The named fields change places among themselves to stand in this order; the others stay where they are.",
        &[example("Record.ReorderFields([a = 1, b = 2, c = 3], {\"c\", \"a\"})", "[c = 3, b = 2, a = 1]")],
        reorder_fields,
    ),
    native(
        "Record.TransformFields",
        "(record as record, transformOperations as list, optional missingField as nullable number) as record",
        "The record with fields changed by functions, given as a pair `{name, function}` or a list of pairs.",
        &[example("Record.TransformFields([a = 1, b = 2], {\"a\", each _ * 10})", "[a = 10, b = 2]")],
        transform_fields,
    ),
];

fn fields_of(record: &Record) -> Vec<(Text, Member)> {
    record.fields().map(|(name, member)| (name.clone(), member)).collect()
}

fn select_fields(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let missing = MissingField::read(&arguments, 2)?;
    let mut fields = Vec::new();
    for name in names(ctx, arguments.value(1))? {
        match record.get(&name) {
            Some(member) => fields.push((name, member)),
            None => {
                missing.check(&name, &record)?;
                if missing == MissingField::UseNull {
                    fields.push((name, Member::Ready(Value::Null)));
                }
            }
        }
    }
    record_of(fields)
}

fn remove_fields(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let missing = MissingField::read(&arguments, 2)?;
    let removed = names(ctx, arguments.value(1))?;
    for name in removed.iter().filter(|name| record.shape().position(name).is_none()) {
        missing.check(name, &record)?;
    }
    let mut fields = fields_of(&record);
    fields.retain(|(name, _)| !removed.contains(name));
    record_of(fields)
}

fn rename_fields(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let missing = MissingField::read(&arguments, 2)?;
    let mut fields = fields_of(&record);
    for (old, new) in pairs(ctx, arguments.value(1))? {
        let new = as_text(&new)?;
        // All renames speak of the names the record came with.
        match record.shape().position(&old).and_then(|at| fields.get_mut(at)) {
            Some(field) => field.0 = new,
            None => {
                missing.check(&old, &record)?;
                if missing == MissingField::UseNull {
                    fields.push((new, Member::Ready(Value::Null)));
                }
            }
        }
    }
    for (at, (name, member)) in fields.iter().enumerate() {
        if fields.iter().take(at).any(|(other, _)| other == name) {
            return Err(field_exists(name, member.clone()));
        }
    }
    record_of(fields)
}

fn reorder_fields(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let missing = MissingField::read(&arguments, 2)?;
    let mut order = VecDeque::new();
    for name in names(ctx, arguments.value(1))? {
        let member = record.get(&name);
        if member.is_none() {
            missing.check(&name, &record)?;
        }
        if member.is_some() || missing == MissingField::UseNull {
            order.push_back((name, member));
        }
    }
    let moved: Vec<Text> = order.iter().map(|(name, _)| name.clone()).collect();
    let mut fields = Vec::with_capacity(record.len());
    for (name, member) in record.fields() {
        if !moved.contains(name) {
            fields.push((name.clone(), member));
            continue;
        }
        // The next field of the order takes this place; missing ones come along before it.
        while let Some((name, member)) = order.pop_front() {
            let there = member.is_some();
            fields.push((name, member.unwrap_or(Member::Ready(Value::Null))));
            if there {
                break;
            }
        }
    }
    fields
        .extend(order.into_iter().map(|(name, member)| (name, member.unwrap_or(Member::Ready(Value::Null)))));
    record_of(fields)
}

fn transform_fields(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let missing = MissingField::read(&arguments, 2)?;
    let mut fields = fields_of(&record);
    for (name, function) in pairs(ctx, arguments.value(1))? {
        let Value::Function(function) = function else {
            return Err(conversion_error(&function, &Arc::new(Type::new(Form::Function(None)))));
        };
        let transformed =
            |member: Member| Member::lazy(move |ctx| ctx.call1(&function, member.force_with_metadata(ctx)?));
        match record.shape().position(&name).and_then(|at| fields.get_mut(at)) {
            Some(field) => field.1 = transformed(field.1.clone()),
            None => {
                missing.check(&name, &record)?;
                if missing == MissingField::UseNull {
                    fields.push((name, transformed(Member::Ready(Value::Null))));
                }
            }
        }
    }
    record_of(fields)
}
