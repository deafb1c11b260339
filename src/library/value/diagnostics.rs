//! Error.Record, Diagnostics.*, Variable.*, Module.Versions.

use crate::eval::{Arguments, Context, fill_format};
use crate::library::{Declaration, example, native};
use crate::value::{Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Error.Record",
        "(reason as text, optional message as nullable text, optional detail as any, optional parameters as nullable list, optional errorCode as nullable text) as record",
        "A record to raise with `error`. Parameters fill the `#{0}` places of the message.",
        &[
            example("Error.Record(\"R\", \"Not #{0}\", null, {1})[Message]", "\"Not 1\""),
            example("error Error.Record(\"R\", \"m\", 1)", "error: R: m | Detail: 1"),
        ],
        error_record,
    ),
    native(
        "Diagnostics.Trace",
        "(traceLevel as number, message as anynonnull, value as any, optional delayed as nullable logical) as any",
        "The value; if delayed, what the function given as value gives. The message goes nowhere, as no trace is kept.",
        &[
            example("Diagnostics.Trace(TraceLevel.Information, \"m\", 1)", "1"),
            example("Diagnostics.Trace(TraceLevel.Information, \"m\", () => 1, true)", "1"),
        ],
        trace,
    ),
    native(
        "Diagnostics.ActivityId",
        "() as nullable text",
        "An identifier of the running evaluation; null, as evaluations have none.",
        &[example("Diagnostics.ActivityId()", "null")],
        |_, _| Ok(Value::Null),
    ),
    native(
        "Diagnostics.CorrelationId",
        "() as nullable text",
        "An identifier that goes out with requests; null, as there is none.",
        &[example("Diagnostics.CorrelationId()", "null")],
        |_, _| Ok(Value::Null),
    ),
    native(
        "Module.Versions",
        "() as record",
        "The version of the engine.",
        &[example("Record.FieldNames(Module.Versions())", "{\"Core\"}")],
        |_, _| Ok(Value::record([("Core", Value::text(env!("CARGO_PKG_VERSION")))])),
    ),
    native(
        "Variable.Value",
        "(identifier as text) as any",
        "The value of a variable of the environment, of which there are none.",
        &[example("Variable.Value(\"x\")", "error: Expression.Error: The variable 'x' could not be found.")],
        |_, arguments| {
            let name = arguments.text(0)?;
            Err(Error::expression(format!("The variable '{name}' could not be found.")))
        },
    ),
    native(
        "Variable.ValueOrDefault",
        "(identifier as text, optional defaultValue as any) as any",
        "The value of a variable of the environment, or the default.",
        &[example("Variable.ValueOrDefault(\"x\", 1)", "1")],
        |_, mut arguments| Ok(arguments.take(1)),
    ),
];

fn error_record(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let parameters = arguments.optional_list(3)?;
    let (message, format) = match (arguments.optional_text(1)?, &parameters) {
        (Some(format), Some(parameters)) => {
            (Value::from(fill_format(ctx, &format, parameters)?), Value::Text(format))
        }
        (Some(message), None) => (Value::Text(message), Value::Null),
        (None, _) => (Value::Null, Value::Null),
    };
    Ok(Value::record([
        ("Reason", arguments.take(0)),
        ("Message", message),
        ("Detail", arguments.take(2)),
        ("Message.Format", format),
        ("Message.Parameters", arguments.take(3)),
        ("ErrorCode", arguments.take(4)),
    ]))
}

fn trace(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    if arguments.optional_logical(3)?.unwrap_or(false) {
        return ctx.call(&*arguments.function(2)?, &[]);
    }
    Ok(arguments.take(2))
}
