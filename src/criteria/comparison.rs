//! Comparison criteria: which of two items comes first.

use std::cmp::Ordering;
use std::sync::Arc;

use super::prefix::prefix;
use super::selector::selects;
use super::sort::{arranged, order};
use super::{Keys, Over, Rule, Selector, exact};
use crate::eval::{Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Error, Result, Text, Type, Value};

/// Parts in order of their weight: the first that tells two items apart decides.
#[derive(Clone)]
pub struct ComparisonCriteria {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    selector: Selector,
    rule: Rule,
    descending: bool,
}

impl Default for ComparisonCriteria {
    /// The items themselves, as `Value.Compare` sees them, ascending.
    fn default() -> ComparisonCriteria {
        ComparisonCriteria { parts: vec![Part::default()] }
    }
}

impl Default for Part {
    fn default() -> Part {
        Part { selector: Selector::Item, rule: Rule::Plain, descending: false }
    }
}

impl ComparisonCriteria {
    /// Reads a criteria argument: `null`, an `Order`, a key selector, a comparer, a list of a selector with an
    /// order or comparer, or a list of such criteria; for rows also column names.
    ///
    /// # Errors
    /// The argument is none of these.
    pub fn parse(ctx: &Context, criteria: &Value, over: Over) -> Result<ComparisonCriteria> {
        let mut parts = Vec::new();
        collect(ctx, criteria, over, &mut parts)?;
        if parts.is_empty() {
            return Ok(ComparisonCriteria::default());
        }
        Ok(ComparisonCriteria { parts })
    }

    /// The same criteria the other way round.
    pub fn reversed(mut self) -> ComparisonCriteria {
        self.parts.iter_mut().for_each(|part| part.descending = !part.descending);
        self
    }

    /// Whether items themselves are compared, as `Value.Compare` does it, ascending.
    pub fn is_plain(&self) -> bool {
        matches!(
            self.parts.as_slice(),
            [Part { selector: Selector::Item, rule: Rule::Plain, descending: false }]
        )
    }

    /// The columns of a row with whether they fall, if nothing but columns in their own order is looked at.
    pub fn columns(&self) -> Option<Vec<(Text, bool)>> {
        self.parts
            .iter()
            .map(|part| match part.rule {
                Rule::Plain => Some((part.selector.column()?.clone(), part.descending)),
                _ => None,
            })
            .collect()
    }

    /// How each part compares, and whether it falls.
    pub fn rules(&self) -> impl Iterator<Item = (&Rule, bool)> {
        self.parts.iter().map(|part| (&part.rule, part.descending))
    }

    /// The columns of a row that are looked at, unless something else of it is.
    pub fn column_names(&self) -> Option<Vec<Text>> {
        self.parts.iter().map(|part| part.selector.column().cloned()).collect()
    }

    /// The keys of an item.
    pub fn keys(&self, ctx: &Context, item: &Value) -> Result<Keys> {
        Keys::take(ctx, self.parts.iter().map(|part| &part.selector), item)
    }

    /// The order of two items with these keys.
    pub fn compare_keys(&self, ctx: &Context, left: &Keys, right: &Keys) -> Result<Ordering> {
        for (at, part) in self.parts.iter().enumerate() {
            let order = part.rule.compare(ctx, left.at(at), right.at(at))?;
            if order != Ordering::Equal {
                return Ok(if part.descending { order.reverse() } else { order });
            }
        }
        Ok(Ordering::Equal)
    }

    /// Sorts items by their keys, equal ones staying in order; the other way round if `falling`. The first error
    /// ends it.
    pub fn sort<T>(
        &self,
        ctx: &Context,
        items: Vec<T>,
        keys: impl Fn(&T) -> &Keys,
        falling: bool,
    ) -> Result<Vec<T>> {
        let order = self.order(ctx, &items, keys, falling)?;
        Ok(arranged(items, &order))
    }

    /// Values in order, equal ones staying as they were; the other way round if `falling`. The first error ends it.
    pub fn arrange(&self, ctx: &Context, values: Vec<Value>, falling: bool) -> Result<Vec<Value>> {
        let order = match self.parts.as_slice() {
            [Part { selector: Selector::Item, rule, descending }] => {
                let falls = *descending != falling;
                if matches!(rule, Rule::Plain)
                    && let Some(arranged) = exact::arranged(ctx, &values, falls)?
                {
                    return Ok(arranged);
                }
                self.order_by(
                    ctx,
                    &values,
                    |value| value,
                    falling,
                    |left, right| {
                        ctx.step()?;
                        let order = rule.compare(ctx, left.as_plain(), right.as_plain())?;
                        Ok(if falls { order.reverse() } else { order })
                    },
                )?
            }
            _ => {
                let keys = values.iter().map(|value| self.keys(ctx, value)).collect::<Result<Vec<_>>>()?;
                self.order(ctx, &keys, |keys| keys, falling)?
            }
        };
        Ok(arranged(values, &order))
    }

    /// The positions of items in the order of their keys, equal ones staying in order; the other way round if
    /// `falling`. The first error ends it.
    pub fn order<T>(
        &self,
        ctx: &Context,
        items: &[T],
        keys: impl Fn(&T) -> &Keys,
        falling: bool,
    ) -> Result<Vec<usize>> {
        let compare = |left: &T, right: &T| {
            ctx.step()?;
            let order = self.compare_keys(ctx, keys(left), keys(right))?;
            Ok(if falling { order.reverse() } else { order })
        };
        self.order_by(ctx, items, |item| keys(item).at(0), falling, compare)
    }

    /// [`ComparisonCriteria::order`] by a comparison, where `first` gives the key of the first part.
    fn order_by<T>(
        &self,
        ctx: &Context,
        items: &[T],
        first: impl Fn(&T) -> &Value,
        falling: bool,
        compare: impl FnMut(&T, &T) -> Result<Ordering>,
    ) -> Result<Vec<usize>> {
        let Some(Part { rule: Rule::Plain, descending, .. }) = self.parts.first() else {
            return order(items, |_| 0, compare);
        };
        let falls = *descending != falling;
        if self.parts.len() == 1
            && let Some(order) = exact::order(ctx, items.iter().map(&first), falls)?
        {
            return Ok(order);
        }
        // A value without an order must be compared, so that it raises its error.
        if items.iter().any(|item| prefix(first(item)).is_none()) {
            return order(items, |_| 0, compare);
        }
        let flip = if falls { u64::MAX } else { 0 };
        order(items, |item| prefix(first(item)).unwrap_or(0) ^ flip, compare)
    }

    /// The order of two items.
    pub fn compare(&self, ctx: &Context, left: &Value, right: &Value) -> Result<Ordering> {
        let (left, right) = (self.keys(ctx, left)?, self.keys(ctx, right)?);
        self.compare_keys(ctx, &left, &right)
    }
}

fn collect(ctx: &Context, criteria: &Value, over: Over, parts: &mut Vec<Part>) -> Result<()> {
    match criteria.as_plain() {
        Value::Null => Ok(()),
        Value::List(list) => {
            let items = list.values(ctx)?;
            if let Some(part) = tuple(&items, over)? {
                parts.push(part);
                return Ok(());
            }
            items.iter().try_for_each(|item| ctx.nested(|| collect(ctx, item, over, parts)))
        }
        single => {
            let mut part = Part::default();
            if !part.read(single, over, true)? {
                return Err(invalid(single));
            }
            parts.push(part);
            Ok(())
        }
    }
}

/// `{selector, order}`, `{selector, comparer}`, `{selector, order, comparer}`: told from a list of criteria by the
/// second item, which can then be no criteria of its own beside the first.
fn tuple(items: &[Value], over: Over) -> Result<Option<Part>> {
    let [first, rest @ ..] = items else { return Ok(None) };
    let modifies = |value: &Value| match value {
        Value::Function(function) => !selects(function),
        Value::Int64(_) | Value::Double(_) | Value::Decimal(_) => true,
        Value::Null => true,
        _ => false,
    };
    if rest.is_empty() || rest.len() > 2 || !rest.iter().all(modifies) {
        return Ok(None);
    }
    let mut part = Part::default();
    if !first.is_null() && !part.read(first, over, true)? {
        return Ok(None);
    }
    for value in rest.iter().filter(|value| !value.is_null()) {
        part.read(value, over, false)?;
    }
    Ok(Some(part))
}

impl Part {
    /// Takes over what one value of the criteria says. `false` if it says nothing.
    fn read(&mut self, value: &Value, over: Over, may_select: bool) -> Result<bool> {
        match value {
            Value::Function(function) if may_select && selects(function) => {
                self.selector = Selector::Function(Arc::clone(function));
            }
            Value::Function(function) => self.rule = Rule::of(function),
            Value::Text(name) if may_select && over == Over::Rows => {
                self.selector = Selector::Column(name.clone());
            }
            Value::Text(_) => {
                return Err(conversion_error(value, &Arc::new(Type::new(Form::Function(None)))));
            }
            number => match number.to_double() {
                Some(0.0) => self.descending = false,
                Some(1.0) => self.descending = true,
                Some(_) => {
                    return Err(
                        Error::expression("The value isn't a valid order.").with_detail(number.clone())
                    );
                }
                None => return Ok(false),
            },
        }
        Ok(true)
    }
}

fn invalid(criteria: &Value) -> Error {
    Error::expression("The specified sort criteria is invalid.").with_detail(criteria.clone())
}
