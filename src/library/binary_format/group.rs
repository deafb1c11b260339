//! Groups: keys, each followed by a value of the format that belongs to it.

use std::sync::Arc;

use super::format::{Format, chosen, from_value};
use super::read::Reader;
use crate::eval::{Context, conversion_error, equal};
use crate::value::types::Form;
use crate::value::{Error, Function, List, Member, Result, Type, Value};

/// A group of known items.
pub(super) struct Group {
    key: Arc<Format>,
    items: Vec<Item>,
    extra: Option<Arc<Function>>,
    /// The key after which the group ends.
    last_key: Option<Value>,
}

struct Item {
    key: Value,
    format: Arc<Format>,
    occurrence: Occurrence,
    default: Option<Value>,
    transform: Option<Arc<Function>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Occurrence {
    Optional,
    Required,
    Repeating,
}

impl Group {
    /// Reads the definition of a group.
    pub(super) fn new(
        ctx: &Context,
        key: Arc<Format>,
        items: &Arc<List>,
        extra: Option<Arc<Function>>,
        last_key: Option<Value>,
    ) -> Result<Group> {
        let items = items.values(ctx)?.iter().map(|item| Item::new(ctx, item)).collect::<Result<_>>()?;
        Ok(Group { key, items, extra, last_key })
    }

    /// Reads the items; gives their values in the order of the definition.
    pub(super) fn read(&self, ctx: &Context, reader: &mut Reader<'_>) -> Result<Value> {
        let mut found: Vec<Vec<Value>> = self.items.iter().map(|_| Vec::new()).collect();
        while !reader.is_at_end() {
            let key = reader.read(ctx, &self.key)?;
            let ends = match &self.last_key {
                Some(last) => equal(ctx, last, &key)?,
                None => false,
            };
            let mut known = None;
            for (item, values) in self.items.iter().zip(&mut found) {
                if equal(ctx, &item.key, &key)? {
                    let again = !values.is_empty() && item.occurrence != Occurrence::Repeating;
                    known = (!again).then_some((item, values));
                    break;
                }
            }
            match (known, &self.extra) {
                (Some((item, values)), _) => values.push(reader.read(ctx, &item.format)?),
                (None, _) if ends => {}
                (None, Some(extra)) => {
                    let format = chosen(ctx, extra, key)?;
                    reader.read(ctx, &format)?;
                }
                (None, None) => {
                    return Err(reader
                        .error("A key was found that the group doesn't expect.")
                        .with_detail(key));
                }
            }
            if ends {
                break;
            }
        }
        let mut values = Vec::with_capacity(self.items.len());
        for (item, found) in self.items.iter().zip(found) {
            values.push(Member::Ready(item.value(ctx, reader, found)?));
        }
        Ok(Value::List(Arc::new(List::Items(values))))
    }
}

impl Item {
    fn new(ctx: &Context, definition: &Value) -> Result<Item> {
        let Value::List(list) = definition else {
            return Err(conversion_error(definition, &Arc::new(Type::new(Form::List(None)))));
        };
        let parts = list.values(ctx)?;
        let (key, format, occurrence, more) = match parts.as_slice() {
            [key, format, occurrence, more @ ..] if more.len() <= 2 => (key, format, occurrence, more),
            _ => {
                return Err(Error::expression(
                    "An item of a binary group is a list of three to five values.",
                )
                .with_detail(definition.clone()));
            }
        };
        let transform = match more.get(1) {
            None | Some(Value::Null) => None,
            Some(Value::Function(function)) => Some(Arc::clone(function)),
            Some(other) => return Err(conversion_error(other, &Arc::new(Type::new(Form::Function(None))))),
        };
        Ok(Item {
            key: key.clone(),
            format: from_value(format)?,
            occurrence: match occurrence.to_double() {
                Some(0.0) => Occurrence::Optional,
                Some(1.0) => Occurrence::Required,
                Some(2.0) => Occurrence::Repeating,
                _ => {
                    return Err(Error::expression("The value isn't one of BinaryOccurrence.Type.")
                        .with_detail(occurrence.clone()));
                }
            },
            default: more.first().filter(|default| !default.is_null()).cloned(),
            transform,
        })
    }

    fn value(&self, ctx: &Context, reader: &Reader<'_>, mut found: Vec<Value>) -> Result<Value> {
        if found.is_empty() {
            return match (&self.default, self.occurrence) {
                (_, Occurrence::Required) => Err(reader
                    .error("The end of the group was reached before a required item.")
                    .with_detail(self.key.clone())),
                (Some(default), _) => Ok(default.clone()),
                (None, Occurrence::Repeating) => Ok(Value::list([])),
                (None, Occurrence::Optional) => Ok(Value::Null),
            };
        }
        let value = match self.occurrence {
            Occurrence::Repeating => Value::list(found),
            _ => found.pop().unwrap_or_default(),
        };
        match &self.transform {
            Some(transform) => ctx.call1(transform, value),
            None => Ok(value),
        }
    }
}
