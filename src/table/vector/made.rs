//! Lists and records made for each row, and fields of records.

use std::sync::Arc;

use super::evaluate::evaluate;
use super::expression::Expression;
use super::result::{Collect, Fate, Vector};
use super::scope::Scope;
use crate::value::{List, Member, Members, Record, Result, Shape, Text, Value};

/// A list of what the items are in each row.
pub(super) fn list(scope: &Scope<'_>, items: &[Expression]) -> Result<Vector> {
    each(scope, items, |members| Value::List(Arc::new(List::Items(members.collect()))))
}

/// A record of what the members are in each row.
pub(super) fn record(scope: &Scope<'_>, shape: &Arc<Shape>, members: &[Expression]) -> Result<Vector> {
    each(scope, members, |members| {
        Value::Record(Arc::new(Record::new(Arc::clone(shape), members.collect::<Members>())))
    })
}

/// What is made of the members in each row. What a member raises is raised by whoever reads it, so the row is asked.
fn each(
    scope: &Scope<'_>,
    members: &[Expression],
    make: impl Fn(&mut dyn Iterator<Item = Member>) -> Value,
) -> Result<Vector> {
    let vectors = members.iter().map(|member| evaluate(scope, member)).collect::<Result<Vec<_>>>()?;
    let made = |row: usize| make(&mut vectors.iter().map(|vector| Member::Ready(vector.value(row))));
    if vectors.iter().all(|vector| vector.as_same().is_some()) {
        return Ok(Vector::same(made(0), scope.len()));
    }
    let mut result = Collect::new(scope.len());
    for row in 0..scope.len() {
        match vectors.iter().all(|vector| vector.fate(row) == Fate::Value) {
            true => result.value(made(row)),
            false => result.fate(Fate::Unknown),
        }
    }
    Ok(result.finish())
}

/// A field of each record. What is not evaluated, is missing or no record is left to the row.
pub(super) fn field(records: &Vector, name: &Text, optional: bool) -> Result<Vector> {
    let mut result = Collect::new(records.len());
    let mut known: Option<(u32, Option<usize>)> = None;
    let members = records.column().as_any().filter(|_| records.fates().is_none());
    for row in 0..records.len() {
        if records.fate(row) != Fate::Value {
            result.fate(records.fate(row));
            continue;
        }
        let owned;
        let record = match members.and_then(|members| members.get(row)) {
            Some(Member::Ready(value)) => value,
            _ => {
                owned = records.value(row);
                &owned
            }
        };
        let Value::Record(record) = record.as_plain() else {
            result.fate(Fate::Unknown);
            continue;
        };
        let shape = record.shape();
        let position = match known {
            Some((id, position)) if id == shape.id() => position,
            _ => {
                let position = shape.position(name);
                known = Some((shape.id(), position));
                position
            }
        };
        match position {
            None if optional => result.value(Value::Null),
            None => result.fate(Fate::Unknown),
            Some(position) => match record.ready_at(position) {
                Some(value) => result.value(value.clone()),
                None => match record.at(position) {
                    Some(Member::Ready(value)) => result.value(value),
                    _ => result.fate(Fate::Unknown),
                },
            },
        }
    }
    Ok(result.finish())
}
