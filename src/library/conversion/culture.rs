use crate::culture::Culture;
use crate::eval::{Arguments, Context};
use crate::value::{Error, Result, Value};

/// The culture of the document.
pub fn document_culture(ctx: &Context) -> Culture {
    Culture::find(ctx.culture()).unwrap_or_default()
}

/// The culture of a name; `None` stands for the document's.
///
/// # Errors
/// The name is that of no known culture.
pub fn culture_named(ctx: &Context, name: Option<&str>) -> Result<Culture> {
    let Some(name) = name else { return Ok(document_culture(ctx)) };
    Culture::find(name).ok_or_else(|| {
        Error::expression(format!("The culture '{name}' isn't supported."))
            .with_format("The culture '#{0}' isn't supported.", vec![Value::text(name)])
            .with_detail(Value::text(name))
    })
}

/// The culture an optional text argument names; the document's where it is `null`.
///
/// # Errors
/// The argument is no text, or the name is that of no known culture.
pub fn culture_of(ctx: &Context, arguments: &Arguments<'_>, at: usize) -> Result<Culture> {
    let name = arguments.optional_text(at)?;
    culture_named(ctx, name.as_deref())
}
