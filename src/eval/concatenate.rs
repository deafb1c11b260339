//! `&`: texts, lists, records and tables put together, dates and times.

use std::sync::Arc;

use super::Context;
use super::evaluate::{Frame, Slot};
use super::operators::unsupported;
use crate::ir::{Node, Operator, Site};
use crate::table;
use crate::value::temporal::DateTime;
use crate::value::{Items, Iterate, Kind, List, Member, Record, Result, Value};

impl Frame<'_> {
    /// `&`, whose left operand grows where it is if nothing else holds it: so that what is put together piece by piece
    /// is not copied for each piece.
    #[inline(never)]
    pub(super) fn concatenation(&mut self, operands: &(Node, Node), site: Site) -> Result<Value> {
        let (left, right) = match operands {
            (Node::LastUse(slot), Node::Record(shape, scope, members)) if scope.cells.is_empty() => {
                if let Some(changes) = self.changes(*slot, shape, members)? {
                    return Ok(match self.take(*slot) {
                        Value::Record(record) => Value::Record(record.changed(changes)),
                        other => other,
                    });
                }
                let right = self.operand(&operands.1)?;
                (self.take(*slot), right)
            }
            (Node::LastUse(slot), right) => {
                let right = self.operand(right)?;
                (self.take(*slot), right)
            }
            (left, right) => (self.operand(left)?, self.operand(right)?),
        };
        let result = concatenate(self.ctx, left.plain(), right.as_plain());
        if result.is_ok() { result } else { result.map_err(|error| self.placed(error, site)) }
    }

    /// Takes a parameter out of its slot.
    fn take(&mut self, slot: u32) -> Value {
        match self.slots.get_mut(slot as usize) {
            Some(Slot::Value(value)) => std::mem::take(value),
            _ => Value::Null,
        }
    }
}

/// `&` of operands without metadata. What nothing but `left` holds grows where it is.
pub(super) fn concatenate(ctx: &Context, left: Value, right: &Value) -> Result<Value> {
    match (left, right) {
        (Value::Text(mut text), Value::Text(more)) => {
            ctx.reserve(text.len().saturating_add(more.len()))?;
            text.append(more);
            Ok(Value::Text(text))
        }
        (Value::List(mut list), Value::List(more)) => {
            if let (Some(List::Items(items)), Some(more)) = (Arc::get_mut(&mut list), more.as_items()) {
                ctx.reserve((items.len() + more.len()).saturating_mul(size_of::<Member>()))?;
                items.extend_from_slice(more);
                return Ok(Value::List(list));
            }
            Ok(Value::List(Arc::new(append(&list, more))))
        }
        (Value::Record(record), Value::Record(more)) => {
            Ok(Value::Record(match record.shape().places(more.shape()) {
                Some(places) => record.updated(&places, more.members()),
                None => Arc::new(merge(&record, more)),
            }))
        }
        (Value::Table(a), Value::Table(b)) => {
            table::combine(ctx, &[a, Arc::clone(b)]).map(|table| Value::Table(Arc::new(table)))
        }
        (left @ Value::Date(date), right @ Value::Time(time)) => match DateTime::new(date, *time) {
            Some(datetime) => Ok(Value::DateTime(datetime)),
            None => Err(unsupported(Operator::Concatenate, &left, right)),
        },
        (Value::Null, other) if takes_null(other) => Ok(Value::Null),
        (other, Value::Null) if takes_null(&other) => Ok(Value::Null),
        (left, right) => Err(unsupported(Operator::Concatenate, &left, right)),
    }
}

/// Whether `null` beside this operand makes the result `null`, and not an error.
fn takes_null(other: &Value) -> bool {
    matches!(other.kind(), Kind::Null | Kind::Text | Kind::Date | Kind::Time)
}

/// Two lists one after the other; neither is read before it is asked for.
fn append(a: &Arc<List>, b: &Arc<List>) -> List {
    if let (Some(first), Some(second)) = (a.as_items(), b.as_items()) {
        return List::Items(first.iter().chain(second).cloned().collect());
    }
    let (a, b) = (Arc::clone(a), Arc::clone(b));
    List::lazy(move || Appended { first: Some(a.items()), second: b.items() })
}

struct Appended {
    first: Option<Items>,
    second: Items,
}

impl Iterate for Appended {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        if let Some(first) = &mut self.first {
            if let Some(member) = first.next(ctx)? {
                return Ok(Some(member));
            }
            self.first = None;
        }
        self.second.next(ctx)
    }
}

/// The fields of both; of equal names the right one's value, at the left one's place.
pub(super) fn merge(left: &Record, right: &Record) -> Record {
    let mut members = left.members();
    let mut added = Vec::new();
    for (name, member) in right.fields() {
        match left.shape().position(name) {
            Some(at) => {
                if let Some(place) = members.get_mut(at) {
                    *place = member;
                }
            }
            None => {
                added.push(name.clone());
                members.push(member);
            }
        }
    }
    // An update that adds no name keeps the shape, and with it what field accesses remember of it.
    if added.is_empty() {
        return Record::new(Arc::clone(left.shape()), members);
    }
    let mut names = added.iter();
    let shape = names.next().map_or_else(|| Arc::clone(left.shape()), |name| left.shape().with(name));
    Record::new(names.fold(shape, |shape, name| shape.with(name)), members)
}
