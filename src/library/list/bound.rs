//! `countOrCondition` arguments.

use std::sync::Arc;

use super::stream::holds;
use crate::eval::{Arguments, Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Function, Member, Result, Type, Value};

/// How far a function goes into a list.
#[derive(Clone)]
pub(super) enum Bound {
    /// That many items.
    Count(usize),
    /// As long as the condition holds.
    While(Arc<Function>),
}

impl Bound {
    /// Reads the argument at a position; `null` means `default`, and is an error without one.
    pub(super) fn read(arguments: &Arguments<'_>, at: usize, default: Option<usize>) -> Result<Bound> {
        match (arguments.value(at), default) {
            (Value::Null, Some(count)) => Ok(Bound::Count(count)),
            (Value::Function(condition), _) => Ok(Bound::While(Arc::clone(condition))),
            (number, _) if number.to_double().is_some() => {
                arguments.count(at, "countOrCondition").map(Bound::Count)
            }
            (other, _) => Err(conversion_error(other, &Arc::new(Type::new(Form::Number)))),
        }
    }

    /// Whether the item after `before` others is still within the bound. Counting reads no item.
    pub(super) fn admits(&self, ctx: &Context, before: usize, item: &Member) -> Result<bool> {
        match self {
            Bound::Count(count) => Ok(before < *count),
            Bound::While(condition) => holds(ctx, condition, item.force_with_metadata(ctx)?),
        }
    }
}
