use std::path::Path;
use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::sources::bytes::{file_binary, host_error};
use crate::value::{Result, Value};

/// `File.Contents(path)`. Opens the file once, so that one that is missing is an error here and not first where the
/// content is used.
pub(super) fn contents(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let path = arguments.text(0)?;
    let fail = |error| host_error(&error).with_detail(Value::Text(path.clone()));
    let full = ctx.host().locate(Path::new(path.as_str())).map_err(fail)?;
    ctx.host().open(&full).map_err(fail)?;
    Ok(Value::Binary(Arc::new(file_binary(full))))
}
