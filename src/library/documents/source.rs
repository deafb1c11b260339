//! Arguments that several document functions share: the document itself and its encoding.

use std::sync::Arc;

use crate::eval::{Arguments, conversion_error};
use crate::sources::bytes::ByteSource;
use crate::sources::encoding::Encoding;
use crate::value::types::Form;
use crate::value::{Error, Result, Type, Value};

/// The document at a position: a binary or a text value.
pub(super) fn document(arguments: &Arguments<'_>, at: usize) -> Result<ByteSource> {
    match arguments.value(at) {
        Value::Binary(binary) => Ok(ByteSource::Binary(Arc::clone(binary))),
        Value::Text(text) => Ok(ByteSource::Text(text.clone())),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    }
}

/// The encoding that a code page number stands for; UTF-8 for `null`.
pub(super) fn encoding(value: &Value) -> Result<Encoding> {
    if value.is_null() {
        return Ok(Encoding::UTF_8);
    }
    let Some(number) = value.to_double() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::Number))));
    };
    let page = (number.fract() == 0.0).then_some(number as i64);
    page.and_then(Encoding::from_code_page).ok_or_else(|| {
        Error::expression("The encoding isn't one of the code pages that are supported.")
            .with_detail(value.clone())
    })
}
