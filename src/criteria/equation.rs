//! Equation criteria: when two items are taken for equal.

use std::sync::Arc;

use super::selector::selects;
use super::{Keys, Over, Rule, Selector, ValueKey};
use crate::eval::{Context, conversion_error, equal};
use crate::value::types::Form;
use crate::value::{Error, Result, Text, Type, Value};

/// Parts that must all be equal, each a selector and a rule.
#[derive(Clone)]
pub struct EquationCriteria {
    parts: Vec<(Selector, Rule)>,
}

impl Default for EquationCriteria {
    /// The items themselves, as `=` sees them.
    fn default() -> EquationCriteria {
        EquationCriteria { parts: vec![(Selector::Item, Rule::Plain)] }
    }
}

impl EquationCriteria {
    /// Reads a criteria argument: `null`, a key selector, a comparer, a pair of both, or a list of such criteria;
    /// for rows also column names.
    ///
    /// # Errors
    /// The argument is none of these.
    pub fn parse(ctx: &Context, criteria: &Value, over: Over) -> Result<EquationCriteria> {
        let mut parts = Vec::new();
        collect(ctx, criteria, over, &mut parts)?;
        if parts.is_empty() {
            return Ok(EquationCriteria::default());
        }
        Ok(EquationCriteria { parts })
    }

    /// Equality of some columns of a row, each by `rule`.
    pub fn columns(names: impl IntoIterator<Item = Text>, rule: Rule) -> EquationCriteria {
        EquationCriteria {
            parts: names.into_iter().map(|name| (Selector::Column(name), rule.clone())).collect(),
        }
    }

    /// The columns of a row that are compared, unless something else of it is looked at.
    pub fn column_names(&self) -> Option<Vec<Text>> {
        self.parts.iter().map(|(selector, _)| selector.column().cloned()).collect()
    }

    /// How each part is compared.
    pub fn rules(&self) -> Arc<[Rule]> {
        self.parts.iter().map(|(_, rule)| rule.clone()).collect()
    }

    /// The keys of an item.
    pub fn keys(&self, ctx: &Context, item: &Value) -> Result<Keys> {
        Keys::take(ctx, self.parts.iter().map(|(selector, _)| selector), item)
    }

    /// Whether two items with these keys are equal.
    pub fn equal_keys(&self, ctx: &Context, left: &Keys, right: &Keys) -> Result<bool> {
        for (at, (_, rule)) in self.parts.iter().enumerate() {
            if !rule.equal(ctx, left.at(at), right.at(at))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether two items are equal.
    pub fn equal(&self, ctx: &Context, left: &Value, right: &Value) -> Result<bool> {
        let (left, right) = (self.keys(ctx, left)?, self.keys(ctx, right)?);
        self.equal_keys(ctx, &left, &right)
    }

    /// Whether items themselves are compared, as `=` does it.
    pub fn is_plain(&self) -> bool {
        matches!(self.parts.as_slice(), [(Selector::Item, Rule::Plain)])
    }

    /// Whether an item is equal to one with these keys.
    pub fn item_equals(&self, ctx: &Context, item: &Value, keys: &Keys) -> Result<bool> {
        if self.is_plain() {
            return equal(ctx, item, keys.at(0));
        }
        self.equal_keys(ctx, &self.keys(ctx, item)?, keys)
    }

    /// Whether items can be found by hash: no part calls a function to compare.
    pub fn is_hashable(&self) -> bool {
        !self.parts.iter().any(|(_, rule)| matches!(rule, Rule::Function(_)))
    }

    /// A key for hashing that equals another exactly where the items are equal (numbers that are no numbers are,
    /// here, equal to each other). Only if [`EquationCriteria::is_hashable`].
    pub fn hash_keys(&self, ctx: &Context, keys: &Keys) -> Result<ValueKey> {
        let part = |at: usize, rule: &Rule| rule.key(ctx, keys.at(at));
        match self.parts.as_slice() {
            [(_, rule)] => part(0, rule),
            parts => {
                let parts = parts.iter().enumerate().map(|(at, (_, rule))| part(at, rule));
                parts.collect::<Result<Vec<_>>>().map(ValueKey::of_many)
            }
        }
    }

    /// [`EquationCriteria::hash_keys`] of an item.
    pub fn hash_key(&self, ctx: &Context, item: &Value) -> Result<ValueKey> {
        self.hash_keys(ctx, &self.keys(ctx, item)?)
    }
}

fn collect(ctx: &Context, criteria: &Value, over: Over, parts: &mut Vec<(Selector, Rule)>) -> Result<()> {
    match criteria.as_plain() {
        Value::Null => Ok(()),
        Value::Text(name) if over == Over::Rows => {
            parts.push((Selector::Column(name.clone()), Rule::Plain));
            Ok(())
        }
        Value::Function(function) => {
            parts.push(if selects(function) {
                (Selector::Function(Arc::clone(function)), Rule::Plain)
            } else {
                (Selector::Item, Rule::of(function))
            });
            Ok(())
        }
        Value::List(list) => {
            let items = list.values(ctx)?;
            if let [selector, comparer] = items.as_slice()
                && let Some(part) = pair(selector, comparer, over)
            {
                parts.push(part);
                return Ok(());
            }
            items.iter().try_for_each(|item| ctx.nested(|| collect(ctx, item, over, parts)))
        }
        Value::Text(_) | Value::Logical(_) | Value::Int64(_) | Value::Double(_) | Value::Decimal(_) => {
            Err(conversion_error(criteria, &Arc::new(Type::new(Form::Function(None)))))
        }
        other => {
            Err(Error::expression("The specified equation criteria is invalid.").with_detail(other.clone()))
        }
    }
}

/// `{selector, comparer}`, where the second can only be a comparer.
fn pair(selector: &Value, comparer: &Value, over: Over) -> Option<(Selector, Rule)> {
    let selector = match selector {
        Value::Function(function) if selects(function) => Selector::Function(Arc::clone(function)),
        Value::Text(name) if over == Over::Rows => Selector::Column(name.clone()),
        Value::Null => Selector::Item,
        _ => return None,
    };
    match comparer {
        Value::Function(function) if !selects(function) => Some((selector, Rule::of(function))),
        Value::Null => Some((selector, Rule::Plain)),
        _ => None,
    }
}
