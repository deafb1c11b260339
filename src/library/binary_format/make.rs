//! The functions that make formats.

use std::sync::Arc;

use super::format::{Count, Format, Length, Order, Part, as_format, from_value, length, to_value, whole};
use super::group::Group;
use crate::eval::{Arguments, Context};
use crate::library::text::argument::out_of_range;
use crate::library::text::encoding::encoding_of;
use crate::value::types::Form;
use crate::value::{Error, Result, Value};

pub(super) fn binary(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(to_value("binary format", Format::Binary(length(arguments.value(0))?)))
}

pub(super) fn text(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let encoding = if arguments.is_null(1) { None } else { Some(encoding_of(&arguments, 1)?) };
    Ok(to_value("text format", Format::Text(length(arguments.value(0))?, encoding)))
}

pub(super) fn list(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let item = from_value(arguments.value(0))?;
    let count = match arguments.value(1) {
        Value::Null => Count::Rest,
        value @ Value::Function(function) => match as_format(value) {
            Some(format) => Count::Read(format),
            None => Count::While(Arc::clone(function)),
        },
        number => Count::Fixed(whole(number)?),
    };
    Ok(to_value("list format", Format::List(item, count)))
}

pub(super) fn record(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let mut parts = Vec::with_capacity(record.len());
    for member in record.members() {
        parts.push(match as_format(&member.force(ctx)?) {
            Some(format) => Part::Format(format),
            None => Part::Value(member),
        });
    }
    Ok(to_value("record format", Format::Record(Arc::clone(record.shape()), parts)))
}

pub(super) fn limited(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let format = from_value(arguments.value(0))?;
    let length = match length(arguments.value(1))? {
        Length::Rest => return Ok(arguments.value(0).clone()),
        length => length,
    };
    Ok(to_value("limited format", Format::Limited(format, length)))
}

pub(super) fn choice(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let combine = arguments.optional_function(3)?;
    if let Some(ty) = arguments.optional_ty(2)?
        && combine.is_some()
        && matches!(ty.form, Form::List(_) | Form::Binary)
    {
        return Err(Error::expression(
            "A type of 'list' or 'binary' cannot be specified when using a combine function.",
        )
        .with_detail(Value::Type(ty)));
    }
    let first = from_value(arguments.value(0))?;
    Ok(to_value("choice format", Format::Choice { first, choose: arguments.function(1)?, combine }))
}

pub(super) fn transform(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let format = from_value(arguments.value(0))?;
    Ok(to_value("transformed format", Format::Transform(format, arguments.function(1)?)))
}

pub(super) fn byte_order(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let format = from_value(arguments.value(0))?;
    let order = match arguments.whole(1, "byteOrder")? {
        0 => Order::LittleEndian,
        1 => Order::BigEndian,
        _ => return Err(out_of_range("byteOrder", arguments.value(1))),
    };
    Ok(to_value("ordered format", Format::Ordered(format, order)))
}

pub(super) fn group(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let key = from_value(arguments.value(0))?;
    let last_key = (!arguments.is_null(3)).then(|| arguments.value(3).clone());
    let group = Group::new(ctx, key, &arguments.list(1)?, arguments.optional_function(2)?, last_key)?;
    Ok(to_value("group format", Format::Group(group)))
}
