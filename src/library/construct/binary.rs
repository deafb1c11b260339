use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Binary, Error, Result, Type, Value, base64_bytes};

pub(super) fn binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let bytes = match arguments.value(0) {
        Value::List(list) => {
            let mut items = list.items();
            let mut bytes = Vec::new();
            while let Some(item) = items.next(ctx)? {
                let value = item.force(ctx)?;
                let byte =
                    value.to_double().filter(|byte| byte.fract() == 0.0 && (0.0..256.0).contains(byte));
                match byte {
                    Some(byte) => bytes.push(byte as u8),
                    None => {
                        return Err(Error::expression(
                            "The number is out of range of an 8 bit unsigned integer value.",
                        )
                        .with_detail(value));
                    }
                }
            }
            bytes
        }
        Value::Text(text) => match base64_bytes(text) {
            Some(bytes) => bytes,
            None => {
                return Err(Error::data_format("The text isn't valid base 64.")
                    .with_detail(Value::Text(text.clone())));
            }
        },
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    };
    Ok(Value::Binary(Arc::new(Binary::new(bytes))))
}
