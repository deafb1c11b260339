//! The keys of rows numbered by first appearance: what grouping, joining and telling rows apart have in common.
//!
//! A key is written as bytes (`encode`), and the bytes are looked up (`bytes`). Keys whose equality is more than
//! that of bytes (lists, records, whole numbers that no double holds, decimals) turn the whole numbering into one
//! of [`ValueKey`]s.

mod bytes;
mod encode;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::column::CellView;
use super::keys::cell;
use super::{Batch, Column};
use crate::criteria::{Rule, ValueKey};
use crate::eval::Context;
use crate::value::{Error, Member, Result, Value};
use bytes::ByteNumbers;

/// The number that stands for no key.
pub(super) const NONE: u32 = u32::MAX;

/// Numbers the different keys of rows from 0 in order of their first appearance.
pub(super) struct Numbering {
    /// How each part of the key is compared: not by functions.
    rules: Arc<[Rule]>,
    known: Known,
    scratch: Vec<u8>,
}

enum Known {
    Encoded(ByteNumbers),
    Values(FxHashMap<ValueKey, u32>),
}

impl Numbering {
    /// A numbering of keys of as many parts as there are rules. `None` if a rule is a function.
    pub(super) fn new(rules: Arc<[Rule]>) -> Option<Numbering> {
        let hashed = !rules.iter().any(|rule| matches!(rule, Rule::Function(_)));
        hashed.then(|| Numbering::by(rules))
    }

    /// A numbering of keys of so many parts, as `=` sees them.
    pub(super) fn plain(parts: usize) -> Numbering {
        Numbering::by(vec![Rule::Plain; parts].into())
    }

    fn by(rules: Arc<[Rule]>) -> Numbering {
        // What a culture takes for equal has no bytes of its own.
        let known = if rules.iter().any(|rule| matches!(rule, Rule::Collation(_))) {
            Known::Values(FxHashMap::default())
        } else {
            Known::Encoded(ByteNumbers::default())
        };
        Numbering { rules, known, scratch: Vec::new() }
    }

    /// How many different keys there are.
    pub(super) fn len(&self) -> usize {
        match &self.known {
            Known::Encoded(known) => known.len(),
            Known::Values(known) => known.len(),
        }
    }

    /// Adds the number of the key of each row to `numbers`; new keys get new numbers.
    ///
    /// # Errors
    /// The first that evaluating a key raises.
    pub(super) fn number(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        columns: &[usize],
        numbers: &mut Vec<u32>,
    ) -> Result<()> {
        numbers.reserve(batch.len());
        let cells = columns.iter().map(|at| batch.settled(ctx, *at)).collect::<Result<Vec<_>>>()?;
        for row in 0..batch.len() {
            ctx.step()?;
            if let Known::Encoded(known) = &mut self.known {
                self.scratch.clear();
                if encode_row(ctx, &self.rules, &cells, row, &mut self.scratch)? {
                    numbers.push(known.insert(&self.scratch).ok_or_else(too_many)?);
                    continue;
                }
                self.widen(ctx)?;
            }
            if let Known::Values(known) = &mut self.known {
                let key = value_key(ctx, &self.rules, batch, row, columns)?;
                let next = known.len() as u32;
                numbers.push(*known.entry(key).or_insert(next));
            }
        }
        Ok(())
    }

    /// Adds the number of the key of each row to `numbers`; [`NONE`] where the key is not known.
    ///
    /// # Errors
    /// The first that evaluating a key raises.
    pub(super) fn find(
        &self,
        ctx: &Context,
        batch: &Batch,
        columns: &[usize],
        numbers: &mut Vec<u32>,
    ) -> Result<()> {
        numbers.reserve(batch.len());
        let cells = columns.iter().map(|at| batch.settled(ctx, *at)).collect::<Result<Vec<_>>>()?;
        let mut scratch = Vec::new();
        for row in 0..batch.len() {
            ctx.step()?;
            let found = match &self.known {
                Known::Values(known) => {
                    known.get(&value_key(ctx, &self.rules, batch, row, columns)?).copied()
                }
                Known::Encoded(known) => {
                    scratch.clear();
                    let encoded = encode_row(ctx, &self.rules, &cells, row, &mut scratch)?
                        || self.encode_beside(ctx, batch, row, columns, &mut scratch)?;
                    if encoded { known.find(&scratch) } else { None }
                }
            };
            numbers.push(found.unwrap_or(NONE));
        }
        Ok(())
    }

    /// The bytes of the encoded key that a key without such bytes equals, if there can be one.
    fn encode_beside(
        &self,
        ctx: &Context,
        batch: &Batch,
        row: usize,
        columns: &[usize],
        bytes: &mut Vec<u8>,
    ) -> Result<bool> {
        bytes.clear();
        let mut encoded = true;
        for (&column, rule) in columns.iter().zip(self.rules.iter()) {
            let value = cell(ctx, batch, row, column)?;
            let ignore_case = matches!(rule, Rule::IgnoreCase);
            if !encode::encode_value(&value, ignore_case, bytes) && !encode::encode_nearest(&value, bytes) {
                // Equal to none of them; but what is in it may fail.
                ValueKey::new(ctx, &value)?;
                encoded = false;
            }
        }
        Ok(encoded)
    }

    /// Turns the known keys into values.
    fn widen(&mut self, ctx: &Context) -> Result<()> {
        let Known::Encoded(known) = &self.known else { return Ok(()) };
        let mut values = FxHashMap::default();
        values.reserve(known.len());
        for number in 0..known.len() {
            ctx.step()?;
            let (mut rest, mut parts) = (known.get(number), Vec::with_capacity(self.rules.len()));
            while let Some((value, after)) = encode::decode(rest) {
                parts.push(ValueKey::new(ctx, &value)?);
                rest = after;
            }
            values.insert(one_key(parts), number as u32);
        }
        self.known = Known::Values(values);
        Ok(())
    }
}

fn too_many() -> Error {
    Error::expression("There are more different keys than can be told apart. Read fewer rows at once.")
}

/// Adds the bytes of a row's key; `false` if it has none.
#[inline]
fn encode_row(
    ctx: &Context,
    rules: &[Rule],
    cells: &[Option<&Column>],
    row: usize,
    bytes: &mut Vec<u8>,
) -> Result<bool> {
    for (column, rule) in cells.iter().zip(rules) {
        let ignore_case = matches!(rule, Rule::IgnoreCase);
        let view = column.map_or(CellView::Null, |column| column.view(row));
        let encoded = match view {
            CellView::Member(Member::Ready(value)) => encode::encode_value(value, ignore_case, bytes),
            CellView::Member(lazy) => encode::encode_value(&lazy.force(ctx)?, ignore_case, bytes),
            view => encode::encode_view(&view, ignore_case, bytes),
        };
        if !encoded {
            return Ok(false);
        }
    }
    Ok(true)
}

fn value_key(
    ctx: &Context,
    rules: &[Rule],
    batch: &Batch,
    row: usize,
    columns: &[usize],
) -> Result<ValueKey> {
    let parts = columns.iter().zip(rules).map(|(&column, rule)| {
        let value: Value = cell(ctx, batch, row, column)?;
        rule.key(ctx, &value)
    });
    parts.collect::<Result<Vec<_>>>().map(one_key)
}

fn one_key(mut parts: Vec<ValueKey>) -> ValueKey {
    if parts.len() == 1 { parts.swap_remove(0) } else { ValueKey::of_many(parts) }
}

#[cfg(test)]
mod tests;
