//! Arguments that several text functions take in the same way.

use rustc_hash::FxHashSet;

use crate::eval::{Arguments, Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Error, Result, Type, Value};

/// The error for a number that points outside of a text.
pub(in crate::library) fn out_of_range(parameter: &str, value: &Value) -> Error {
    Error::expression(format!("The '{parameter}' argument is out of range."))
        .with_format("The '#{0}' argument is out of range.", vec![Value::text(parameter)])
        .with_detail(value.clone())
}

/// The one character that a text consists of.
///
/// # Errors
/// The value is no text, or not of one character.
pub(in crate::library) fn single_character(value: &Value) -> Result<char> {
    let Value::Text(text) = value.as_plain() else {
        return Err(conversion_error(value, &std::sync::Arc::new(Type::new(Form::Text))));
    };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(Error::expression("The value isn't a single-character string.").with_detail(value.clone())),
    }
}

/// A set of characters, as functions that select, remove or trim take it.
pub(in crate::library) struct Characters {
    /// One bit for each of the first 128 characters.
    ascii: u128,
    others: FxHashSet<char>,
}

impl Characters {
    /// Reads a character or a list of characters.
    pub(in crate::library) fn read(ctx: &Context, value: &Value) -> Result<Characters> {
        let mut set = Characters { ascii: 0, others: FxHashSet::default() };
        match value.as_plain() {
            Value::List(list) => {
                let mut items = list.items();
                while let Some(item) = items.next(ctx)? {
                    set.insert(single_character(&item.force(ctx)?)?);
                }
            }
            single => set.insert(single_character(single)?),
        }
        Ok(set)
    }

    fn insert(&mut self, character: char) {
        if character.is_ascii() {
            self.ascii |= 1 << character as u32;
        } else {
            self.others.insert(character);
        }
    }

    /// Whether the character is in the set.
    pub(in crate::library) fn contains(&self, character: char) -> bool {
        if character.is_ascii() {
            self.ascii & (1 << character as u32) != 0
        } else {
            self.others.contains(&character)
        }
    }
}

/// Which of several places a function is asked for: `Occurrence.Type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::library) enum Occurrence {
    First,
    Last,
    All,
}

impl Occurrence {
    /// Reads an optional argument; the first place if it is `null`.
    pub(in crate::library) fn read(arguments: &Arguments<'_>, at: usize) -> Result<Occurrence> {
        match arguments.optional_whole(at, "occurrence")? {
            None | Some(0) => Ok(Occurrence::First),
            Some(1) => Ok(Occurrence::Last),
            Some(2) => Ok(Occurrence::All),
            Some(_) => Err(out_of_range("occurrence", arguments.value(at))),
        }
    }
}
