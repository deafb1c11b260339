//! Reading parts of values: fields, items, projections, ranges; and the program's own environment.

use std::sync::Arc;

use super::convert::conversion_error;
use super::{Context, messages};
use crate::table;
use crate::value::types::Form;
use crate::value::{Error, List, Member, Members, Record, Result, Shape, Text, Type, Value};

/// `target[name]`: a field of a record, or a column of a table as a list.
pub fn field_of(ctx: &Context, target: &Value, name: &Text, optional: bool) -> Result<Value> {
    match target.as_plain() {
        Value::Record(record) => match record.get(name) {
            Some(member) => member.force_with_metadata(ctx),
            None if optional => Ok(Value::Null),
            None => Err(messages::field_not_found(name, record)),
        },
        Value::Table(table) => match table.position(name) {
            Some(position) => Ok(Value::List(Arc::new(table::column_list(table, position)))),
            None if optional => Ok(Value::Null),
            None => Err(messages::no_column(table, name)),
        },
        Value::Null if optional => Ok(Value::Null),
        other => Err(cannot_apply("field access", other)),
    }
}

#[cold]
fn cannot_apply(what: &str, value: &Value) -> Error {
    let kind = value.kind().name();
    Error::expression(format!("We cannot apply {what} to the type {kind}."))
        .with_format(&format!("We cannot apply {what} to the type #{{0}}."), vec![Value::text(kind)])
        .with_detail(Value::record([("Value", value.clone())]))
}

/// `target{index}`: an item of a list, a row of a table by position or by the fields of a record.
pub fn item_of(ctx: &Context, target: &Value, index: &Value, optional: bool) -> Result<Value> {
    match (target.as_plain(), index.as_plain()) {
        (Value::List(list), index) => {
            let position = position(index)?;
            match list.get(position, ctx)? {
                Some(member) => member.force_with_metadata(ctx),
                None if optional => Ok(Value::Null),
                None => Err(messages::not_enough_elements().with_detail(Value::List(Arc::clone(list)))),
            }
        }
        (Value::Table(table), Value::Record(key)) => {
            let (found, more) = table::find_rows(ctx, table, key)?;
            let detail = || {
                Value::record([
                    ("Key", Value::Record(Arc::clone(key))),
                    ("Table", Value::Table(Arc::clone(table))),
                ])
            };
            match found {
                Some(_) if more => Err(Error::expression("The key matched more than one row in the table.")
                    .with_detail(detail())),
                Some(row) => Ok(Value::Record(Arc::new(row))),
                None if optional => Ok(Value::Null),
                None => {
                    Err(Error::expression("The key didn't match any rows in the table.")
                        .with_detail(detail()))
                }
            }
        }
        (Value::Table(table), index) => {
            let position = position(index)?;
            match table::row_at(ctx, table, position)? {
                Some(row) => Ok(Value::Record(Arc::new(row))),
                None if optional => Ok(Value::Null),
                None => Err(messages::not_enough_elements().with_detail(Value::Table(Arc::clone(table)))),
            }
        }
        (Value::Null, _) if optional => Ok(Value::Null),
        (other, _) => Err(cannot_apply("indexing", other)),
    }
}

fn position(index: &Value) -> Result<usize> {
    let Some(number) = index.to_double() else {
        return Err(conversion_error(index, &Arc::new(Type::new(Form::Number))));
    };
    if number < 0.0 || number.is_nan() {
        return Err(Error::expression("The index cannot be negative.").with_detail(index.clone()));
    }
    if number.fract() != 0.0 {
        return Err(Error::expression("The index must be a whole number.").with_detail(index.clone()));
    }
    Ok(number as usize)
}

/// `target[[a], [b]]`: some fields of a record, or columns of a table.
pub fn project(ctx: &Context, target: &Value, shape: &Arc<Shape>, optional: bool) -> Result<Value> {
    match target.as_plain() {
        Value::Record(record) => {
            let members = shape
                .names()
                .iter()
                .map(|name| match record.get(name) {
                    Some(member) => Ok(member),
                    None if optional => Ok(Member::Ready(Value::Null)),
                    None => Err(messages::field_not_found(name, record)),
                })
                .collect::<Result<Members>>()?;
            Ok(Value::Record(Arc::new(Record::new(Arc::clone(shape), members))))
        }
        Value::Table(table) => {
            table::project(ctx, table, shape.names(), optional).map(|table| Value::Table(Arc::new(table)))
        }
        Value::Null if optional => Ok(Value::Null),
        other => Err(cannot_apply("field access", other)),
    }
}

/// `{from..to}`: whole numbers, or characters.
pub fn range(from: &Value, to: &Value) -> Result<List> {
    match (from.as_plain(), to.as_plain()) {
        (Value::Text(from), Value::Text(to)) => {
            let (from, to) = (one_character(from)?, one_character(to)?);
            Ok(List::from_values((from..=to).map(|character| Value::text(character.to_string()))))
        }
        (from, to) => {
            let (first, last) = (whole(from)?, whole(to)?);
            let count = if last < first { 0 } else { last.abs_diff(first).saturating_add(1) };
            Ok(List::Range { from: first, count })
        }
    }
}

fn one_character(text: &Text) -> Result<char> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(Error::expression("A range of texts needs single characters at both ends.")
            .with_detail(Value::Text(text.clone()))),
    }
}

fn whole(value: &Value) -> Result<i64> {
    match value.to_double() {
        Some(double) if double.fract() == 0.0 && double.abs() < 9.2e18 => Ok(match value {
            Value::Int64(whole) => *whole,
            _ => double as i64,
        }),
        Some(_) => {
            Err(Error::expression("The ends of a range must be whole numbers.").with_detail(value.clone()))
        }
        None => Err(conversion_error(value, &Arc::new(Type::new(Form::Number)))),
    }
}

/// `#shared`: the library and the shared members of all sections.
pub(super) fn shared(ctx: &Context) -> Value {
    let evaluation = ctx.evaluation();
    let names = Arc::clone(evaluation.names());
    let mut fields: Vec<(Text, Member)> = names
        .names()
        .into_iter()
        .filter_map(|name| names.lookup(name).map(|value| (Text::new(name), Member::Ready(value))))
        .collect();
    for (at, section) in evaluation.program().sections.iter().enumerate() {
        for (index, member) in section.members.iter().enumerate().filter(|(_, member)| member.shared) {
            if let Some(cell) = evaluation.member(at, index) {
                fields.retain(|(name, _)| *name != member.name);
                fields.push((member.name.clone(), Member::Lazy(Arc::clone(cell))));
            }
        }
    }
    Value::Record(Arc::new(Record::from_members(fields)))
}

/// `#sections`: a record of the sections, each a record of its members.
pub(super) fn sections(ctx: &Context) -> Value {
    let evaluation = ctx.evaluation();
    let sections = evaluation.program().sections.iter().enumerate().map(|(at, section)| {
        let members = section.members.iter().enumerate().filter_map(|(index, member)| {
            let cell = evaluation.member(at, index)?;
            Some((member.name.clone(), Member::Lazy(Arc::clone(cell))))
        });
        let record = Record::from_members(members);
        (section.name.clone(), Member::Ready(Value::Record(Arc::new(record))))
    });
    Value::Record(Arc::new(Record::from_members(sections)))
}
