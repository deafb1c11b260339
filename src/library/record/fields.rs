//! Arguments that name fields, and what becomes of fields that are missing.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error, field_exists, field_not_found};
use crate::value::types::Form;
use crate::value::{Error, Member, Record, Result, Shape, Text, Type, Value};

/// `MissingField.Type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MissingField {
    /// A missing field is an error.
    Error,
    /// A missing field is left out.
    Ignore,
    /// A missing field is null.
    UseNull,
}

impl MissingField {
    /// Reads the argument at a position; `null` means an error.
    pub(super) fn read(arguments: &Arguments<'_>, at: usize) -> Result<MissingField> {
        match arguments.optional_double(at)? {
            None | Some(0.0) => Ok(MissingField::Error),
            Some(1.0) => Ok(MissingField::Ignore),
            Some(2.0) => Ok(MissingField::UseNull),
            Some(_) => Err(Error::expression("The 'missingField' argument is out of range.")
                .with_detail(arguments.value(at).clone())),
        }
    }

    /// What is done about a missing field: the error, or go on.
    pub(super) fn check(self, name: &Text, record: &Arc<Record>) -> Result<()> {
        match self {
            MissingField::Error => Err(field_not_found(name, record)),
            MissingField::Ignore | MissingField::UseNull => Ok(()),
        }
    }
}

/// The text that a value is.
pub(super) fn as_text(value: &Value) -> Result<Text> {
    match value.as_plain() {
        Value::Text(text) => Ok(text.clone()),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Text)))),
    }
}

/// A field name, or a list of them.
pub(super) fn names(ctx: &Context, value: &Value) -> Result<Vec<Text>> {
    match value.as_plain() {
        Value::List(list) => list.values(ctx)?.iter().map(as_text).collect(),
        single => Ok(vec![as_text(single)?]),
    }
}

/// Pairs of a field name and something else: one pair, or a list of them.
pub(super) fn pairs(ctx: &Context, value: &Value) -> Result<Vec<(Text, Value)>> {
    let Value::List(list) = value.as_plain() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::List(None)))));
    };
    let items = list.values(ctx)?;
    if let [name @ Value::Text(_), second] = items.as_slice() {
        return Ok(vec![(as_text(name)?, second.clone())]);
    }
    let pair = |item: &Value| match item {
        Value::List(pair) => match pair.values(ctx)?.as_slice() {
            [name, second] => Ok((as_text(name)?, second.clone())),
            _ => Err(Error::expression("A list of a field name and one more value was expected.")
                .with_detail(item.clone())),
        },
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::List(None))))),
    };
    items.iter().map(pair).collect()
}

/// The record of these fields.
///
/// # Errors
/// Two fields of one name.
pub(super) fn record_of(fields: Vec<(Text, Member)>) -> Result<Value> {
    let (names, members): (Vec<Text>, Vec<Member>) = fields.into_iter().unzip();
    let shape = Shape::new(names);
    for (at, name) in shape.names().iter().enumerate() {
        // Of two fields of one name the first is found.
        if shape.position(name) != Some(at) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
    }
    Ok(Value::Record(Arc::new(Record::new(Arc::new(shape), members))))
}
