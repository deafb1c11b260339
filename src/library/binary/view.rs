//! Views over binary values: handlers that stand in for operations.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Binary, Error, Function, Member, Result, Type, Value};

/// `Binary.View(binary, handlers)`.
pub(super) fn view(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let inner = arguments.optional_binary(0)?;
    let handlers = arguments.record(1)?;
    let stream = handlers.get("GetStream");
    if inner.is_none() && stream.is_none() {
        return Err(Error::expression("A view without a binary needs the handler GetStream.")
            .with_detail(Value::Record(handlers)));
    }
    for (_, member) in handlers.fields() {
        let handler = member.force(ctx)?;
        if !matches!(handler, Value::Function(_)) {
            return Err(conversion_error(&handler, &Arc::new(Type::new(Form::Function(None)))));
        }
    }
    let read = Box::new(move |ctx: &Context| {
        let streamed = stream.as_ref().map(|stream| bytes_of(ctx, stream));
        match (streamed, &inner) {
            (Some(Ok(bytes)), _) => Ok(bytes),
            (Some(Err(error)), _) if error.is_stop() => Err(error),
            (Some(Err(error)), None) => Err(error),
            (_, Some(inner)) => inner.bytes(ctx).map(<[u8]>::to_vec),
            (None, None) => Ok(Vec::new()),
        }
    });
    Ok(Value::Binary(Arc::new(Binary::lazy(read).with_view(handlers))))
}

fn bytes_of(ctx: &Context, stream: &Member) -> Result<Vec<u8>> {
    let handler = stream.force(ctx)?;
    let Value::Function(function) = &handler else {
        return Err(conversion_error(&handler, &Arc::new(Type::new(Form::Function(None)))));
    };
    match ctx.call(function, &[])?.plain() {
        Value::Binary(binary) => Ok(binary.bytes(ctx)?.to_vec()),
        other => Err(conversion_error(&other, &Arc::new(Type::new(Form::Binary)))),
    }
}

/// What the handler of a view gives; `None` if there is none, or if it raises an error, which means that the usual
/// way is to be taken.
pub(super) fn handled(
    ctx: &Context,
    binary: &Binary,
    name: &str,
    arguments: &[Value],
) -> Result<Option<Value>> {
    let Some(member) = binary.view().and_then(|handlers| handlers.get(name)) else { return Ok(None) };
    let Value::Function(function) = member.force(ctx)? else { return Ok(None) };
    match ctx.call(&function, arguments) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_stop() => Err(error),
        Err(_) => Ok(None),
    }
}

/// `Binary.ViewError(errorRecord)`.
pub(super) fn view_error(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Record(arguments.record(0)?))
}

/// `Binary.ViewFunction(function)`: the same function, which asks the handler `OnInvoke` of a view first.
pub(super) fn view_function(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let function = arguments.function(0)?;
    let parameters = function.parameters().clone();
    let name = function.name().unwrap_or("view function").to_owned();
    Ok(Function::from_rust(&name, parameters, move |ctx, given| {
        for (at, argument) in given.all().iter().enumerate() {
            let Value::Binary(binary) = argument.as_plain() else { continue };
            let invoked = [
                Value::Function(Arc::clone(&function)),
                Value::list(given.all().iter().cloned()),
                Value::Int64(at as i64),
            ];
            if let Some(value) = handled(ctx, binary, "OnInvoke", &invoked)? {
                return Ok(value);
            }
        }
        ctx.call(&function, given.all())
    }))
}
