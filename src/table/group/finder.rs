//! Which group a row belongs to.

use std::sync::Arc;

use super::Grouping;
use crate::criteria::Rule;
use crate::eval::Context;
use crate::table::Batch;
use crate::table::keys::cells;
use crate::table::numbering::Numbering;
use crate::value::{Member, Members, Record, Result, Shape, Value};

/// Numbers the groups that rows belong to, from 0 in the order they appear.
pub(super) struct Finder {
    grouping: Arc<Grouping>,
    how: How,
}

enum How {
    /// By hash.
    Numbered(Numbering),
    /// By comparing keys.
    Compared {
        key_shape: Arc<Shape>,
        /// The keys of the groups' first rows; of runs only that of the last one.
        keys: Vec<Vec<Value>>,
        groups: u32,
    },
}

impl Finder {
    /// `key_shape` names the key's columns.
    pub(super) fn new(grouping: Arc<Grouping>, key_shape: Arc<Shape>) -> Finder {
        let rule = grouping.comparer.clone().unwrap_or(Rule::Plain);
        let rules = vec![rule; grouping.columns.len()].into();
        let how = match Numbering::new(rules).filter(|_| !grouping.local) {
            Some(numbering) => How::Numbered(numbering),
            None => How::Compared { key_shape, keys: Vec::new(), groups: 0 },
        };
        Finder { grouping, how }
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        match &self.how {
            How::Numbered(numbering) => numbering.len(),
            How::Compared { groups, .. } => *groups as usize,
        }
    }

    /// The groups as a numbering of keys, if they are one.
    pub(super) fn numbering(&self) -> Option<&Numbering> {
        match &self.how {
            How::Numbered(numbering) => Some(numbering),
            How::Compared { .. } => None,
        }
    }

    /// Adds the number of the group of each row to `numbers`.
    ///
    /// # Errors
    /// The first that evaluating or comparing a key raises.
    pub(super) fn number(&mut self, ctx: &Context, batch: &Batch, numbers: &mut Vec<u32>) -> Result<()> {
        match &mut self.how {
            How::Numbered(numbering) => numbering.number(ctx, batch, &self.grouping.columns, numbers),
            How::Compared { key_shape, keys, groups } => {
                for row in 0..batch.len() {
                    ctx.step()?;
                    let key = cells(ctx, batch, row, &self.grouping.columns)?;
                    numbers.push(number_of(ctx, &self.grouping, key_shape, keys, groups, key)?);
                }
                Ok(())
            }
        }
    }
}

fn number_of(
    ctx: &Context,
    grouping: &Grouping,
    key_shape: &Arc<Shape>,
    keys: &mut Vec<Vec<Value>>,
    groups: &mut u32,
    key: Vec<Value>,
) -> Result<u32> {
    // Of runs only the last one's key is there.
    let first = *groups - keys.len() as u32;
    for (at, known) in keys.iter().enumerate() {
        ctx.step()?;
        if same(ctx, grouping, key_shape, known, &key)? {
            return Ok(first + at as u32);
        }
    }
    if grouping.local {
        keys.clear();
    }
    keys.push(key);
    *groups += 1;
    Ok(*groups - 1)
}

fn same(
    ctx: &Context,
    grouping: &Grouping,
    key_shape: &Arc<Shape>,
    known: &[Value],
    key: &[Value],
) -> Result<bool> {
    let rule = grouping.comparer.as_ref().unwrap_or(&Rule::Plain);
    if matches!(rule, Rule::Function(_)) && grouping.keys_as_records {
        let record = |values: &[Value]| {
            let members: Members = values.iter().cloned().map(Member::Ready).collect();
            Value::Record(Arc::new(Record::new(Arc::clone(key_shape), members)))
        };
        return rule.equal(ctx, &record(known), &record(key));
    }
    for (left, right) in known.iter().zip(key) {
        if !rule.equal(ctx, left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}
