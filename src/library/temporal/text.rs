//! The `options` argument of `FromText` and `ToText` functions.

use crate::culture::Culture;
use crate::eval::{Arguments, Context};
use crate::library::conversion::culture_named;
use crate::value::{Error, Result, Text, Value};

/// How a text is read or written.
pub(super) struct TextOptions {
    /// The format string; the culture's own ways without one.
    pub format: Option<Text>,
    /// The culture.
    pub culture: Culture,
}

/// What a text in place of an options record means: older functions took a text there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LegacyText {
    /// The name of a culture.
    Culture,
    /// A format string; the culture may follow as the next argument.
    Format,
}

impl TextOptions {
    /// Reads the second argument (and the third, the culture that goes with a legacy format) of `function`.
    pub fn read(
        ctx: &Context,
        arguments: &Arguments<'_>,
        function: &str,
        legacy: LegacyText,
    ) -> Result<TextOptions> {
        let culture_argument = match legacy {
            LegacyText::Culture => None,
            LegacyText::Format => arguments.optional_text(2)?,
        };
        let culture = |name: Option<Text>| culture_named(ctx, name.as_deref());
        match arguments.value(1) {
            Value::Null => Ok(TextOptions { format: None, culture: culture(culture_argument)? }),
            Value::Text(text) => match legacy {
                LegacyText::Culture => {
                    Ok(TextOptions { format: None, culture: culture(Some(text.clone()))? })
                }
                LegacyText::Format => {
                    Ok(TextOptions { format: Some(text.clone()), culture: culture(culture_argument)? })
                }
            },
            _ => {
                let options = arguments.record(1)?;
                let mut format = None;
                let mut name = culture_argument;
                for (option, member) in options.fields() {
                    let value = member.force(ctx)?;
                    let target = match option.as_str() {
                        "Format" => &mut format,
                        "Culture" => &mut name,
                        other => return Err(unknown_option(other, function)),
                    };
                    match value {
                        Value::Null => {}
                        Value::Text(text) => *target = Some(text),
                        other => return Err(wrong_option(option, other)),
                    }
                }
                Ok(TextOptions { format, culture: culture(name)? })
            }
        }
    }
}

fn unknown_option(option: &str, function: &str) -> Error {
    Error::expression(format!(
        "'{option}' isn't a valid {function} option. Valid options are: Culture, Format"
    ))
    .with_detail(Value::text(option))
}

fn wrong_option(option: &str, value: Value) -> Error {
    Error::expression(format!("The '{option}' option must be text.")).with_detail(value)
}
