//! Records made from other values, and from several records.

use std::sync::Arc;

use super::fields::{as_text, names, record_of};
use crate::eval::{Arguments, Context, apply, column_not_found, conversion_error, field_exists};
use crate::ir::Operator;
use crate::library::{Declaration, example, native};
use crate::table::{self, RowSource};
use crate::value::types::{FieldType, Form, RecordType, TableType};
use crate::value::{Error, Member, Record, Result, Shape, Text, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Record.FromList",
        "(list as list, fields as any) as record",
        "A record of values, in the order of a list of names or of the fields of a record type.",
        &[
            example("Record.FromList({1, 2}, {\"a\", \"b\"})", "[a = 1, b = 2]"),
            example("Record.FromList({1}, type [a = number])", "[a = 1]"),
        ],
        from_list,
    ),
    native(
        "Record.FromTable",
        "(table as table) as record",
        "A record from a table whose rows are fields: a column `Name`, a column `Value`.",
        &[example(
            "Record.FromTable(#table({\"Name\", \"Value\"}, {{\"a\", 1}, {\"b\", 2}}))",
            "[a = 1, b = 2]",
        )],
        from_table,
    ),
    native(
        "Record.ToTable",
        "(record as record) as table",
        "A table of the fields: a column `Name`, a column `Value`.",
        &[example("Record.ToTable([a = 1])", "#table(type table [Name = text, Value = any], {{\"a\", 1}})")],
        to_table,
    ),
    native(
        "Record.AddField",
        "(record as record, fieldName as text, value as any, optional delayed as nullable logical) as record",
        "The record with one field more. If delayed, the value is a function that is called when the field is read.",
        &[
            example("Record.AddField([a = 1], \"b\", 2)", "[a = 1, b = 2]"),
            example("Record.AddField([a = 1], \"b\", () => 40 + 2, true)[b]", "42"),
            example(
                "Record.AddField([a = 1], \"a\", 2)",
                "error: Expression.Error: The field 'a' already exists in the record. | Detail: [Name = \"a\", Value = 2]",
            ),
        ],
        add_field,
    ),
    native(
        "Record.Combine",
        "(records as list) as record",
        "One record of the fields of all; of equal names the last value counts.",
        &[example("Record.Combine({[a = 1, b = 2], [b = 3, c = 4]})", "[a = 1, b = 3, c = 4]")],
        combine,
    ),
];

fn from_list(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let members = arguments.list(0)?.members(ctx)?;
    let names = match arguments.value(1) {
        Value::Type(ty) => match &ty.form {
            Form::Record(Some(record)) => record.fields.iter().map(|field| field.name.clone()).collect(),
            _ => {
                return Err(conversion_error(arguments.value(1), &Arc::new(Type::new(Form::Record(None)))));
            }
        },
        other => names(ctx, other)?,
    };
    if names.len() != members.len() {
        return Err(Error::expression(format!(
            "The number of values ({}) differs from the number of fields ({}).",
            members.len(),
            names.len()
        )));
    }
    record_of(names.into_iter().zip(members).collect())
}

fn from_table(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let position = |name: &str| table.position(name).ok_or_else(|| column_not_found(name));
    let (name, value) = (position("Name")?, position("Value")?);
    let mut fields = Vec::new();
    let mut rows = table::rows(ctx, &table)?;
    while let Some(row) = rows.next(ctx)? {
        let field = as_text(&row.force_at(name, ctx)?.unwrap_or(Value::Null))?;
        fields.push((field, row.at(value).unwrap_or(Member::Ready(Value::Null))));
    }
    record_of(fields)
}

fn to_table(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let column = |name: &str, ty| FieldType { name: Text::new(name), ty, optional: false };
    let row = RecordType {
        fields: vec![column("Name", Arc::new(Type::new(Form::Text))), column("Value", Type::any())],
        open: false,
    };
    let shape = Arc::new(Shape::new([Text::new("Name"), Text::new("Value")]));
    let count = record.len();
    let rows =
        table::from_rows(shape, Some(count), move || Box::new(Fields { record: Arc::clone(&record), at: 0 }));
    let ty = TableType { row: Arc::new(row), keys: Vec::new() };
    Ok(Value::Table(Arc::new(rows.with_type(&ty))))
}

struct Fields {
    record: Arc<Record>,
    at: usize,
}

impl RowSource for Fields {
    fn next(&mut self, _: &Context) -> Result<Option<Vec<Member>>> {
        let field = self.record.names().get(self.at).zip(self.record.at(self.at));
        self.at += 1;
        Ok(field.map(|(name, member)| vec![Member::Ready(Value::Text(name.clone())), member]))
    }
}

fn add_field(_: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let (record, name) = (arguments.record(0)?, arguments.text(1)?);
    let member = if arguments.optional_logical(3)?.unwrap_or(false) {
        let function = arguments.function(2)?;
        Member::lazy(move |ctx| ctx.call(&function, &[]))
    } else {
        Member::Ready(arguments.take(2))
    };
    if record.shape().position(&name).is_some() {
        return Err(field_exists(&name, member));
    }
    let mut members = record.members();
    members.push(member);
    Ok(Value::Record(Arc::new(Record::new(record.shape().with(&name), members))))
}

fn combine(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut combined = Value::Record(Arc::new(Record::empty()));
    for record in arguments.list(0)?.values(ctx)? {
        if !matches!(record, Value::Record(_)) {
            return Err(conversion_error(&record, &Arc::new(Type::new(Form::Record(None)))));
        }
        combined = apply(ctx, Operator::Concatenate, &combined, &record)?;
    }
    Ok(combined)
}
