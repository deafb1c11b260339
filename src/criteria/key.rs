//! Values as keys of hash tables.

use std::hash::{Hash, Hasher};

use super::rule::fold;
use crate::culture::collation::Collation;
use crate::eval::{Context, hash, order, types_equal};
use crate::table;
use crate::value::{Result, Text, Value};

/// A value evaluated through and through that can be hashed: equal as `=` sees it, but that `#nan` equals itself.
#[derive(Debug)]
pub struct ValueKey(Form);

#[derive(Clone, Debug)]
enum Form {
    /// A value without members.
    Scalar(Value),
    Binary(Box<[u8]>),
    /// A text as a culture sees it.
    Collated(Box<[u32]>),
    List(Box<[ValueKey]>),
    /// Fields sorted by name: their order does not count.
    Record(Box<[(Text, ValueKey)]>),
    /// Columns sorted by name, and rows as lists in that order.
    Table(Box<[Text]>, Box<[ValueKey]>),
}

impl ValueKey {
    /// The key of a value; evaluates all of it.
    pub fn new(ctx: &Context, value: &Value) -> Result<ValueKey> {
        Ok(ValueKey(match value.as_plain() {
            Value::Binary(binary) => Form::Binary(binary.bytes(ctx)?.into()),
            Value::List(list) => {
                let mut items = list.items();
                let mut keys = Vec::new();
                while let Some(item) = items.next(ctx)? {
                    let item = item.force(ctx)?;
                    keys.push(ctx.nested(|| ValueKey::new(ctx, &item))?);
                }
                Form::List(keys.into())
            }
            Value::Record(record) => {
                let mut fields = Vec::with_capacity(record.len());
                for (name, member) in record.fields() {
                    let value = member.force(ctx)?;
                    fields.push((name.clone(), ctx.nested(|| ValueKey::new(ctx, &value))?));
                }
                fields.sort_by(|(left, _), (right, _)| left.cmp(right));
                Form::Record(fields.into())
            }
            Value::Table(table) => {
                let mut names: Vec<(usize, &Text)> = table.names().iter().enumerate().collect();
                names.sort_by_key(|(_, name)| *name);
                let mut rows = table::rows(ctx, table)?;
                let mut keys = Vec::new();
                while let Some(row) = rows.next(ctx)? {
                    let mut cells = Vec::with_capacity(names.len());
                    for (at, _) in &names {
                        let cell = row.force_at(*at, ctx)?.unwrap_or(Value::Null);
                        cells.push(ctx.nested(|| ValueKey::new(ctx, &cell))?);
                    }
                    keys.push(ValueKey::of_many(cells));
                }
                Form::Table(names.into_iter().map(|(_, name)| name.clone()).collect(), keys.into())
            }
            scalar => Form::Scalar(scalar.clone()),
        }))
    }

    /// The key of a value whose case does not count if it is a text.
    pub fn ignoring_case(ctx: &Context, value: &Value) -> Result<ValueKey> {
        match value.as_plain() {
            Value::Text(text) => Ok(ValueKey(Form::Scalar(Value::from(fold(text))))),
            other => ValueKey::new(ctx, other),
        }
    }

    /// The key of a value that is compared as a culture does if it is a text.
    pub fn collated(ctx: &Context, value: &Value, collation: Collation) -> Result<ValueKey> {
        match value.as_plain() {
            Value::Text(text) => Ok(ValueKey(Form::Collated(collation.key(text)))),
            other => ValueKey::new(ctx, other),
        }
    }

    /// One key of several.
    pub fn of_many(keys: Vec<ValueKey>) -> ValueKey {
        ValueKey(Form::List(keys.into()))
    }

    /// Whether this is the key of `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.0, Form::Scalar(Value::Null))
    }
}

/// Runs what recurs into the parts of a key with stack enough: keys are as deep as the values they are of.
fn with_stack<T>(inside: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, inside)
}

impl Form {
    /// Whether there are keys within.
    fn is_nested(&self) -> bool {
        !matches!(self, Form::Scalar(_) | Form::Binary(_) | Form::Collated(_))
    }

    fn equals(&self, other: &Form) -> bool {
        match (self, other) {
            (Form::Scalar(left), Form::Scalar(right)) => scalars_equal(left, right),
            (Form::Binary(left), Form::Binary(right)) => left == right,
            (Form::Collated(left), Form::Collated(right)) => left == right,
            (Form::List(left), Form::List(right)) => left == right,
            (Form::Record(left), Form::Record(right)) => left == right,
            (Form::Table(names, rows), Form::Table(other_names, other_rows)) => {
                names == other_names && rows == other_rows
            }
            _ => false,
        }
    }

    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Form::Scalar(value) if value.to_double().is_some_and(f64::is_nan) => u8::MAX.hash(state),
            Form::Scalar(value) => hash(value, state),
            Form::Binary(bytes) => bytes.hash(state),
            Form::Collated(units) => units.hash(state),
            Form::List(items) => items.hash(state),
            Form::Record(fields) => fields.hash(state),
            Form::Table(names, rows) => (names, rows).hash(state),
        }
    }
}

impl Clone for ValueKey {
    fn clone(&self) -> ValueKey {
        if self.0.is_nested() { with_stack(|| ValueKey(self.0.clone())) } else { ValueKey(self.0.clone()) }
    }
}

impl Drop for ValueKey {
    fn drop(&mut self) {
        if self.0.is_nested() {
            let form = std::mem::replace(&mut self.0, Form::Scalar(Value::Null));
            with_stack(|| drop(form));
        }
    }
}

impl PartialEq for ValueKey {
    fn eq(&self, other: &ValueKey) -> bool {
        if self.0.is_nested() { with_stack(|| self.0.equals(&other.0)) } else { self.0.equals(&other.0) }
    }
}

impl Eq for ValueKey {}

fn scalars_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Function(left), Value::Function(right)) => left.same(right),
        (Value::Type(left), Value::Type(right)) => types_equal(left, right),
        _ if left.kind() != right.kind() => false,
        _ => match order(left, right) {
            Some(order) => order.is_eq(),
            None => {
                let nan = |value: &Value| value.to_double().is_some_and(f64::is_nan);
                nan(left) && nan(right)
            }
        },
    }
}

impl Hash for ValueKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0.is_nested() { with_stack(|| self.0.hash(state)) } else { self.0.hash(state) }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use crate::Engine;
    use crate::criteria::{EquationCriteria, Over};
    use crate::eval::{Context, equal};
    use crate::value::Value;

    use super::*;

    fn values(text: &str) -> (Context, Vec<Value>) {
        let query = Engine::new().compile("test", text).unwrap();
        let ctx = query.start();
        let Value::List(list) = query.evaluate(&ctx).unwrap() else { panic!("no list") };
        let values = list.values(&ctx).unwrap();
        (ctx, values)
    }

    #[test]
    fn keys_are_equal_where_values_are() {
        let (ctx, values) = values(
            r#"{null, 1, 1.0, 2, 0, -0.0, "a", "A", "1", true, {1, 2}, {1.0, 2}, {2, 1}, [a = 1, b = 2],
                [b = 2, a = 1], [a = 1], #date(2024, 1, 1), #datetime(2024, 1, 1, 0, 0, 0),
                #datetimezone(2024, 1, 1, 2, 0, 0, 2, 0), #datetimezone(2024, 1, 1, 0, 0, 0, 0, 0),
                #binary({1}), #binary({1}), #binary({2}), type number, type text, {}, [],
                #table({"a", "b"}, {{1, 2}}), #table({"b", "a"}, {{2, 1}}), #table({"a", "b"}, {{1, 3}})}"#,
        );
        let hasher = RandomState::new();
        for left in &values {
            for right in &values {
                let (a, b) = (ValueKey::new(&ctx, left).unwrap(), ValueKey::new(&ctx, right).unwrap());
                assert_eq!(a == b, equal(&ctx, left, right).unwrap(), "{left:?} {right:?}");
                if a == b {
                    assert_eq!(hasher.hash_one(&a), hasher.hash_one(&b), "{left:?} {right:?}");
                }
            }
        }
    }

    #[test]
    fn a_number_that_is_none_is_its_own_key() {
        let (ctx, values) = values("{#nan, 0 / 0}");
        let keys: Vec<_> = values.iter().map(|value| ValueKey::new(&ctx, value).unwrap()).collect();
        assert_eq!(keys[0], keys[1]);
    }

    #[test]
    fn criteria_are_told_apart() {
        let (ctx, values) = values(
            r#"{null, each _[a], {each _[a], null}, (x, y) => x[a] = y[a], {each _[a], (x, y) => x = y},
                {each _[a], each _[c]}}"#,
        );
        let (_, items) =
            self::values("{[a = 1, b = 2, c = 3], [a = 1, b = 3, c = 3], [a = 2, b = 2, c = 3]}");
        for (at, criteria) in values.iter().enumerate() {
            let criteria = EquationCriteria::parse(&ctx, criteria, Over::Items).unwrap();
            assert_eq!(criteria.equal(&ctx, &items[0], &items[1]).unwrap(), at != 0, "{at}");
            assert!(!criteria.equal(&ctx, &items[0], &items[2]).unwrap(), "{at}");
            assert_eq!(criteria.is_hashable(), ![3, 4].contains(&at), "{at}");
        }
    }
}
