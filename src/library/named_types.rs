//! The types the library names: `Int64.Type`, `Order.Type`, `Any.Type`.

use std::sync::Arc;

use crate::value::types::Form;
use crate::value::{Type, Value};

/// The type called `name`, which ends in `.Type`.
pub fn named_type(name: &'static str) -> Value {
    // Types that are a primitive type under another name, and equal to it.
    let form = match name {
        "Any.Type" => Form::Any,
        "Binary.Type" => Form::Binary,
        "Date.Type" => Form::Date,
        "DateTime.Type" => Form::DateTime,
        "DateTimeZone.Type" => Form::DateTimeZone,
        "Duration.Type" => Form::Duration,
        "Function.Type" => Form::Function(None),
        "List.Type" => Form::List(None),
        "Logical.Type" => Form::Logical,
        "None.Type" => Form::None,
        "Null.Type" => Form::Null,
        "Number.Type" => Form::Number,
        "Record.Type" => Form::Record(None),
        "Table.Type" => Form::Table(None),
        "Text.Type" => Form::Text,
        "Time.Type" => Form::Time,
        "Type.Type" => Form::Type,
        "Action.Type" => Form::Action,
        // Types of their own.
        _ => {
            let form = match name {
                "Character.Type" | "Uri.Type" | "Password.Type" | "Guid.Type" => Form::Text,
                _ => Form::Number,
            };
            return Value::Type(Arc::new(Type { name: Some(name), ..Type::new(form) }));
        }
    };
    Value::Type(Arc::new(Type::new(form)))
}
