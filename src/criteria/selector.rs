//! What of an item is compared.

use std::sync::Arc;

use crate::eval::{Context, field_of};
use crate::value::{Function, Result, Text, Value};

/// Takes the key out of an item.
#[derive(Clone)]
pub enum Selector {
    /// The item itself.
    Item,
    /// What a function gives for it.
    Function(Arc<Function>),
    /// A column of the row.
    Column(Text),
}

impl Selector {
    /// The key of an item, without metadata.
    pub fn key(&self, ctx: &Context, item: &Value) -> Result<Value> {
        match self {
            Selector::Item => Ok(item.as_plain().clone()),
            Selector::Function(function) => ctx.call1(function, item.clone()).map(Value::plain),
            Selector::Column(name) => field_of(ctx, item, name, false).map(Value::plain),
        }
    }

    /// The column, if the selector is one.
    pub fn column(&self) -> Option<&Text> {
        match self {
            Selector::Column(name) => Some(name),
            _ => None,
        }
    }
}

/// The keys of one item, one for each part of the criteria they were taken by.
#[derive(Clone, Debug)]
pub struct Keys {
    first: Value,
    rest: Vec<Value>,
}

impl Keys {
    /// The keys that `selectors` take out of `item`; the item itself where there is none.
    pub(super) fn take<'s>(
        ctx: &Context,
        mut selectors: impl Iterator<Item = &'s Selector>,
        item: &Value,
    ) -> Result<Keys> {
        let first = match selectors.next() {
            Some(selector) => selector.key(ctx, item)?,
            None => item.as_plain().clone(),
        };
        let rest = selectors.map(|selector| selector.key(ctx, item)).collect::<Result<_>>()?;
        Ok(Keys { first, rest })
    }

    /// Keys at hand: the cells of the columns the criteria name, in their order.
    pub fn from_values(values: impl IntoIterator<Item = Value>) -> Keys {
        let mut values = values.into_iter();
        Keys { first: values.next().unwrap_or(Value::Null), rest: values.collect() }
    }

    /// The key of one part.
    pub fn at(&self, part: usize) -> &Value {
        match part.checked_sub(1) {
            None => &self.first,
            Some(at) => self.rest.get(at).unwrap_or(&Value::Null),
        }
    }
}

/// Whether a function given as criteria selects a key (it can be called with one value) or compares two.
pub(super) fn selects(function: &Function) -> bool {
    let ty = &function.parameters().ty;
    ty.required <= 1 && !ty.parameters.is_empty()
}
