//! Finding equal items: by hash where the criteria allow it, one by one where they call a function.

use rustc_hash::FxHashMap;

use super::plain_index::PlainIndex;
use super::{EquationCriteria, Keys, ValueKey};
use crate::eval::Context;
use crate::value::{Result, Value};

/// Numbers items from 0 in order of their first appearance, equal ones alike.
pub struct EqualityIndex {
    criteria: EquationCriteria,
    found: Found,
}

enum Found {
    /// The items themselves, as `=` sees them.
    Plain(PlainIndex),
    ByHash(FxHashMap<ValueKey, usize>),
    OneByOne(Vec<Keys>),
}

impl EqualityIndex {
    /// An index without items.
    pub fn new(criteria: EquationCriteria) -> EqualityIndex {
        let found = if criteria.is_plain() {
            Found::Plain(PlainIndex::default())
        } else if criteria.is_hashable() {
            Found::ByHash(FxHashMap::default())
        } else {
            Found::OneByOne(Vec::new())
        };
        EqualityIndex { criteria, found }
    }

    /// How many different items there are.
    pub fn len(&self) -> usize {
        match &self.found {
            Found::Plain(items) => items.len(),
            Found::ByHash(numbers) => numbers.len(),
            Found::OneByOne(keys) => keys.len(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of the items equal to `item`, if there are any.
    pub fn find(&self, ctx: &Context, item: &Value) -> Result<Option<usize>> {
        if let Found::Plain(items) = &self.found {
            return items.find(ctx, item.as_plain());
        }
        let keys = self.criteria.keys(ctx, item)?;
        self.find_keys(ctx, &keys)
    }

    /// [`EqualityIndex::find`] of an item with these keys.
    pub fn find_keys(&self, ctx: &Context, keys: &Keys) -> Result<Option<usize>> {
        match &self.found {
            Found::Plain(items) => items.find(ctx, keys.at(0)),
            Found::ByHash(numbers) => Ok(numbers.get(&self.criteria.hash_keys(ctx, keys)?).copied()),
            Found::OneByOne(known) => {
                for (number, other) in known.iter().enumerate() {
                    ctx.step()?;
                    if self.criteria.equal_keys(ctx, other, keys)? {
                        return Ok(Some(number));
                    }
                }
                Ok(None)
            }
        }
    }

    /// The number of `item`, which is a new one if the index has no equal item yet; and whether it is.
    pub fn insert(&mut self, ctx: &Context, item: &Value) -> Result<(usize, bool)> {
        if let Found::Plain(items) = &mut self.found {
            return items.insert(ctx, item.as_plain());
        }
        let keys = self.criteria.keys(ctx, item)?;
        self.insert_keys(ctx, keys)
    }

    /// [`EqualityIndex::insert`] of an item with these keys.
    pub fn insert_keys(&mut self, ctx: &Context, keys: Keys) -> Result<(usize, bool)> {
        match &mut self.found {
            Found::Plain(items) => return items.insert(ctx, keys.at(0)),
            Found::ByHash(numbers) => {
                let next = numbers.len();
                let number = *numbers.entry(self.criteria.hash_keys(ctx, &keys)?).or_insert(next);
                return Ok((number, number == next));
            }
            Found::OneByOne(_) => {}
        }
        if let Some(number) = self.find_keys(ctx, &keys)? {
            return Ok((number, false));
        }
        let number = self.len();
        if let Found::OneByOne(known) = &mut self.found {
            known.push(keys);
        }
        Ok((number, true))
    }
}
