//! Arguments that several document functions share: the document itself and its encoding.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::sources::bytes::ByteSource;
use crate::sources::encoding::Encoding;
use crate::value::types::Form;
use crate::value::{Error, Result, Text, Type, Value};

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

/// The whole text of a document: a text, or a binary in the encoding that its byte order mark, the `encoding` argument
/// or, last, its own `declared` encoding says.
pub(super) fn whole_text(
    ctx: &Context,
    document: &Value,
    encoding: &Value,
    declared: fn(&[u8]) -> Option<Encoding>,
) -> Result<Text> {
    match document {
        Value::Text(text) => Ok(text.clone()),
        Value::Binary(binary) => {
            let bytes = binary.bytes(ctx)?;
            let encoding = match (encoding.is_null(), declared(bytes)) {
                (true, Some(declared)) => declared,
                _ => self::encoding(encoding)?,
            };
            Ok(Text::new(&encoding.decode(bytes)))
        }
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    }
}

/// The value of the first `name=...` in the first bytes of a document, in quotes or not: how markup declares its
/// encoding.
pub(super) fn declaration(bytes: &[u8], within: usize, name: &str) -> Option<Encoding> {
    let start = String::from_utf8_lossy(bytes.get(..within.min(bytes.len()))?).to_ascii_lowercase();
    let rest = start.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
    let label = rest.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', ';', '/', '>', '?']).next()?;
    Encoding::from_label(label)
}
