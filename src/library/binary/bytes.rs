//! Length and parts of binary values, and their bytes as lists.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::library::text::argument::out_of_range;
use crate::value::types::Form;
use crate::value::{Binary, Error, Iterate, List, Member, Result, Type, Value};

pub(super) fn binary(bytes: Vec<u8>) -> Value {
    Value::Binary(Arc::new(Binary::new(bytes)))
}

/// `Binary.Length(binary)`: what the `GetLength` of a view says, or the number of bytes.
pub(super) fn length(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(binary) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    if let Some(length) = super::view::handled(ctx, &binary, "GetLength", &[])? {
        return Ok(length);
    }
    Ok(Value::Int64(binary.bytes(ctx)?.len() as i64))
}

/// `Binary.Buffer(binary)`: the bytes at hand.
pub(super) fn buffer(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(value) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    if value.is_read() && value.view().is_none() {
        return Ok(Value::Binary(value));
    }
    Ok(binary(value.bytes(ctx)?.to_vec()))
}

/// `Binary.Combine(binaries)`.
pub(super) fn combine(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut items = arguments.list(0)?.items();
    let mut bytes = Vec::new();
    while let Some(item) = items.next(ctx)? {
        match item.force(ctx)? {
            Value::Binary(more) => bytes.extend_from_slice(more.bytes(ctx)?),
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Binary)))),
        }
    }
    Ok(binary(bytes))
}

/// `Binary.Range(binary, offset, count)`. What lies behind the end is left off.
pub(super) fn range(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let whole = arguments.binary(0)?;
    let bytes = whole.bytes(ctx)?;
    let offset = arguments.count(1, "offset")?.min(bytes.len());
    let count = arguments.optional_count(2, "count")?.unwrap_or(usize::MAX);
    Ok(binary(bytes.iter().skip(offset).take(count).copied().collect()))
}

/// `Binary.Split(binary, pageSize)`.
pub(super) fn split(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let size = arguments.count(1, "pageSize")?;
    if size == 0 {
        return Err(out_of_range("pageSize", arguments.value(1)));
    }
    let whole = arguments.binary(0)?;
    Ok(Value::list(whole.bytes(ctx)?.chunks(size).map(|page| binary(page.to_vec()))))
}

/// `Binary.ToList(binary)`: reads the bytes when the list is read.
pub(super) fn to_list(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let binary = arguments.binary(0)?;
    Ok(Value::List(Arc::new(List::lazy(move || Bytes { binary: Arc::clone(&binary), at: 0 }))))
}

struct Bytes {
    binary: Arc<Binary>,
    at: usize,
}

impl Iterate for Bytes {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        let byte = self.binary.bytes(ctx)?.get(self.at).copied();
        self.at += 1;
        Ok(byte.map(|byte| Member::Ready(Value::Int64(i64::from(byte)))))
    }
}

/// `Binary.FromList(list)`.
pub(super) fn from_list(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(binary(list_bytes(ctx, &arguments.list(0)?)?))
}

/// The bytes that a list of numbers from 0 to 255 stands for.
pub(in crate::library) fn list_bytes(ctx: &Context, list: &Arc<List>) -> Result<Vec<u8>> {
    let mut items = list.items();
    let mut bytes = Vec::with_capacity(list.known_count().unwrap_or(0).min(1 << 20));
    while let Some(item) = items.next(ctx)? {
        let value = item.force(ctx)?;
        let Some(number) = value.to_double() else {
            return Err(conversion_error(&value, &Arc::new(Type::new(Form::Number))));
        };
        if number.fract() != 0.0 || !(0.0..256.0).contains(&number) {
            return Err(Error::expression("The number is out of range of an 8 bit unsigned integer value.")
                .with_detail(value));
        }
        bytes.push(number as u8);
    }
    Ok(bytes)
}
