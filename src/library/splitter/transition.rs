//! Splitting between kinds of characters, and not splitting at all.

use std::sync::Arc;

use super::arguments::splitter;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::text::argument::Characters;
use crate::value::types::Form;
use crate::value::{Function, Parameters, Result, Type, Value};

/// A kind of characters.
enum Kind {
    Listed(Characters),
    /// Those that a function says yes to.
    Chosen(Arc<Function>),
}

impl Kind {
    fn read(ctx: &Context, value: &Value) -> Result<Kind> {
        match value {
            Value::Function(function) => Ok(Kind::Chosen(Arc::clone(function))),
            listed => Characters::read(ctx, listed).map(Kind::Listed),
        }
    }

    fn has(&self, ctx: &Context, character: char) -> Result<bool> {
        match self {
            Kind::Listed(characters) => Ok(characters.contains(character)),
            Kind::Chosen(function) => {
                let answer = ctx.call1(function, Value::text(character.encode_utf8(&mut [0; 4])))?;
                match answer.as_plain() {
                    Value::Logical(answer) => Ok(*answer),
                    other => Err(conversion_error(other, &Arc::new(Type::new(Form::Logical)))),
                }
            }
        }
    }
}

pub(super) fn by_character_transition(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let before = Kind::read(ctx, arguments.value(0))?;
    let after = Kind::read(ctx, arguments.value(1))?;
    Ok(splitter("Splitter.SplitTextByCharacterTransition", move |ctx, text| {
        let mut parts = Vec::new();
        let mut start = 0;
        let mut last = None;
        for (at, character) in text.char_indices() {
            ctx.step()?;
            if let Some(last) = last
                && before.has(ctx, last)?
                && after.has(ctx, character)?
            {
                parts.push(Value::text(text.get(start..at).unwrap_or("")));
                start = at;
            }
            last = Some(character);
        }
        parts.push(Value::text(text.get(start..).unwrap_or("")));
        Ok(Value::list(parts))
    }))
}

pub(super) fn by_nothing(_: &Context, _: Arguments<'_>) -> Result<Value> {
    Ok(Function::from_rust("Splitter.SplitByNothing", Parameters::untyped(&["value"]), |_, mut arguments| {
        Ok(Value::list([arguments.take(0)]))
    }))
}
