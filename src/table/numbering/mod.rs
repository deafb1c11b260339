//! The keys of rows numbered by first appearance: what grouping, joining and telling rows apart have in common.
//!
//! The cells of a key are given codes of 16 bytes (`code`), column by column, and the codes of a row are looked up
//! (`codes`). Keys whose equality is more than that of codes (lists, records, whole numbers that no double holds,
//! decimals) turn the whole numbering into one of [`ValueKey`]s.

mod bytes;
mod code;
mod codes;
mod places;

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::keys::cell;
use super::{Batch, Column};
use crate::criteria::{Rule, ValueKey};
use crate::eval::Context;
use crate::value::{Error, Result, Value};
use bytes::ByteNumbers;
use code::{ALONE, Code, Coder, UNMET, of_long, of_nearest};
use codes::CodeNumbers;

/// How many rows are looked up one after the other.
const TOGETHER: usize = 64;

/// The number that stands for no key.
pub(super) const NONE: u32 = u32::MAX;

/// Numbers the different keys of rows from 0 in order of their first appearance.
pub(super) struct Numbering {
    /// How each part of the key is compared: not by functions.
    rules: Arc<[Rule]>,
    known: Known,
}

enum Known {
    Coded(Coded),
    Values(FxHashMap<ValueKey, u32>),
}

/// Keys as codes, and the texts that some of the codes stand for.
#[derive(Default)]
struct Coded {
    keys: CodeNumbers,
    long: ByteNumbers,
}

/// The cells of a batch that are keys.
struct KeyCells<'b> {
    columns: Vec<Option<&'b Column>>,
    codes: Vec<Cow<'b, [Code]>>,
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
        // What a culture takes for equal has no code of its own.
        let known = if rules.iter().any(|rule| matches!(rule, Rule::Collation(_))) {
            Known::Values(FxHashMap::default())
        } else {
            Known::Coded(Coded::default())
        };
        Numbering { rules, known }
    }

    /// How many different keys there are.
    pub(super) fn len(&self) -> usize {
        match &self.known {
            Known::Coded(known) => known.keys.len(),
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
        ctx.steps(batch.len())?;
        if columns.is_empty() && batch.len() > 1 {
            // All rows have the same key.
            self.number(ctx, &Batch::new(Vec::new(), 1), columns, numbers)?;
            let number = numbers.last().copied().unwrap_or_default();
            numbers.resize(numbers.len() + batch.len() - 1, number);
            return Ok(());
        }
        let cells = columns.iter().map(|at| batch.settled(ctx, *at)).collect::<Result<Vec<_>>>()?;
        let mut cells = KeyCells { columns: cells, codes: Vec::new() };
        if let Known::Coded(known) = &mut self.known {
            cells.codes = cells.coded(&self.rules, batch.len(), |text| meet(&mut known.long, text));
        }
        let mut row = 0;
        while row < batch.len() {
            match &mut self.known {
                Known::Coded(known) => {
                    let until = (row + TOGETHER).min(batch.len());
                    cells.approach(&known.keys, row, until);
                    let keys = &mut known.keys;
                    row = cells.look_up(row, until, numbers, |key| keys.insert(key));
                    if row == until {
                        continue;
                    }
                    let long = &mut known.long;
                    match cells.key(ctx, &self.rules, row, |text| meet(long, text))? {
                        Some(key) => numbers.push(known.keys.insert(&key).ok_or_else(too_many)?),
                        None => {
                            self.widen(ctx)?;
                            continue;
                        }
                    }
                }
                Known::Values(known) => {
                    let key = value_key(ctx, &self.rules, batch, row, columns)?;
                    let next = known.len() as u32;
                    numbers.push(*known.entry(key).or_insert(next));
                }
            }
            row += 1;
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
        ctx.steps(batch.len())?;
        let known = match &self.known {
            Known::Coded(known) => known,
            Known::Values(known) => {
                for row in 0..batch.len() {
                    let key = value_key(ctx, &self.rules, batch, row, columns)?;
                    numbers.push(known.get(&key).copied().unwrap_or(NONE));
                }
                return Ok(());
            }
        };
        let cells = columns.iter().map(|at| batch.settled(ctx, *at)).collect::<Result<Vec<_>>>()?;
        let mut cells = KeyCells { columns: cells, codes: Vec::new() };
        let met = |text: &str| Some(known.long.find(text.as_bytes()).map_or(UNMET, of_long));
        cells.codes = cells.coded(&self.rules, batch.len(), met);
        let mut row = 0;
        while row < batch.len() {
            let until = (row + TOGETHER).min(batch.len());
            cells.approach(&known.keys, row, until);
            row = cells.look_up(row, until, numbers, |key| Some(known.keys.find(key).unwrap_or(NONE)));
            if row < until {
                let key = match cells.key(ctx, &self.rules, row, met)? {
                    Some(key) => Some(key),
                    None => self.key_beside(ctx, batch, row, columns)?,
                };
                numbers.push(key.and_then(|key| known.keys.find(&key)).unwrap_or(NONE));
                row += 1;
            }
        }
        Ok(())
    }

    /// The memory that is taken, in bytes; `None` if there are keys whose equality is more than that of codes.
    pub(super) fn held(&self) -> Option<usize> {
        match &self.known {
            Known::Coded(known) => Some(known.keys.held() + known.long.held()),
            Known::Values(_) => None,
        }
    }

    /// A hash of a row's key: equal keys have the same.
    ///
    /// # Errors
    /// The first that evaluating the key raises.
    pub(super) fn hash(&self, ctx: &Context, batch: &Batch, row: usize, columns: &[usize]) -> Result<u64> {
        hash(ctx, &self.rules, batch, row, columns)
    }

    /// The codes of the key that a key without codes equals, if there can be one.
    fn key_beside(
        &self,
        ctx: &Context,
        batch: &Batch,
        row: usize,
        columns: &[usize],
    ) -> Result<Option<Vec<Code>>> {
        let Known::Coded(known) = &self.known else { return Ok(None) };
        let mut key = Some(Vec::with_capacity(columns.len()));
        for (&column, rule) in columns.iter().zip(self.rules.iter()) {
            let value = cell(ctx, batch, row, column)?;
            let long = |text: &str| Some(known.long.find(text.as_bytes()).map_or(UNMET, of_long));
            let mut coder = Coder { ignore_case: matches!(rule, Rule::IgnoreCase), long };
            match coder.of_value(&value).or_else(|| of_nearest(&value)) {
                Some(code) => key.iter_mut().for_each(|key| key.push(code)),
                None => {
                    // Equal to none of them; but what is in it may fail.
                    ValueKey::new(ctx, &value)?;
                    key = None;
                }
            }
        }
        Ok(key)
    }

    /// Turns the known keys into values.
    fn widen(&mut self, ctx: &Context) -> Result<()> {
        let Known::Coded(known) = &self.known else { return Ok(()) };
        ctx.steps(known.keys.len())?;
        let mut values = FxHashMap::default();
        values.reserve(known.keys.len());
        for number in 0..known.keys.len() {
            let codes = known.keys.get(number, self.rules.len()).iter();
            let parts = codes.map(|code| ValueKey::new(ctx, &code::value_of(*code, &known.long)));
            values.insert(one_key(parts.collect::<Result<Vec<_>>>()?), number as u32);
        }
        self.known = Known::Values(values);
        Ok(())
    }
}

/// Adds a hash of the key of each row to `hashes`: equal keys have the same. No rule is a function.
///
/// # Errors
/// The first that evaluating a key raises.
pub(super) fn hashes(
    ctx: &Context,
    rules: &[Rule],
    batch: &Batch,
    columns: &[usize],
    hashes: &mut Vec<u64>,
) -> Result<()> {
    ctx.steps(batch.len())?;
    let cells = columns.iter().map(|at| batch.settled(ctx, *at)).collect::<Result<Vec<_>>>()?;
    let cells = KeyCells { columns: cells, codes: Vec::new() };
    let codes = cells.coded(rules, batch.len(), |text| Some(code::to_hash(text)));
    let mut key = Vec::with_capacity(codes.len());
    for row in 0..batch.len() {
        key.clear();
        key.extend(codes.iter().map(|codes| codes.get(row).copied().unwrap_or(ALONE)));
        hashes.push(match key.contains(&ALONE) {
            true => hash(ctx, rules, batch, row, columns)?,
            false => codes::hash(&key),
        });
    }
    Ok(())
}

fn hash(ctx: &Context, rules: &[Rule], batch: &Batch, row: usize, columns: &[usize]) -> Result<u64> {
    let mut key = Vec::with_capacity(columns.len());
    for (&column, rule) in columns.iter().zip(rules) {
        let value = cell(ctx, batch, row, column)?;
        let long = |text: &str| Some(code::to_hash(text));
        let mut coder = Coder { ignore_case: matches!(rule, Rule::IgnoreCase), long };
        key.push(match coder.of_value(&value).or_else(|| of_nearest(&value)) {
            Some(code) => code,
            None => {
                // What is in it may fail.
                ValueKey::new(ctx, &value)?;
                UNMET
            }
        });
    }
    Ok(codes::hash(&key))
}

/// The code of a long text, which is a new one if it was not met before.
fn meet(long: &mut ByteNumbers, text: &str) -> Option<Code> {
    long.insert(text.as_bytes()).map(of_long)
}

impl<'b> KeyCells<'b> {
    fn coded(
        &self,
        rules: &[Rule],
        rows: usize,
        mut long: impl FnMut(&str) -> Option<Code>,
    ) -> Vec<Cow<'b, [Code]>> {
        let parts = self.columns.iter().zip(rules);
        let coded = parts.map(|(column, rule)| {
            let mut coder = Coder { ignore_case: matches!(rule, Rule::IgnoreCase), long: &mut long };
            coder.of_column(*column, rows)
        });
        coded.collect()
    }

    /// Brings what looking up some rows will look at nearer, if it may be far away.
    fn approach(&self, keys: &CodeNumbers, from: usize, until: usize) {
        if let [one] = self.codes.as_slice() {
            keys.approach(one.get(from..until).unwrap_or_default());
        }
    }

    /// Looks up the keys of the rows from `from` on, up to one that must be looked at alone: which one that is.
    fn look_up(
        &self,
        from: usize,
        rows: usize,
        numbers: &mut Vec<u32>,
        mut look: impl FnMut(&[Code]) -> Option<u32>,
    ) -> usize {
        match self.codes.as_slice() {
            [one] => walk([one], from, rows, numbers, |key| look(key)),
            [one, two] => walk([one, two], from, rows, numbers, |key| look(key)),
            [one, two, three] => walk([one, two, three], from, rows, numbers, |key| look(key)),
            codes => {
                let mut key = Vec::with_capacity(codes.len());
                for row in from..rows {
                    key.clear();
                    key.extend(codes.iter().map(|codes| codes.get(row).copied().unwrap_or(ALONE)));
                    let Some(number) = (!key.contains(&ALONE)).then(|| look(&key)).flatten() else {
                        return row;
                    };
                    numbers.push(number);
                }
                rows
            }
        }
    }

    /// The codes of a row's key, its cells evaluated; `None` if one has none.
    fn key(
        &self,
        ctx: &Context,
        rules: &[Rule],
        row: usize,
        mut long: impl FnMut(&str) -> Option<Code>,
    ) -> Result<Option<Vec<Code>>> {
        let mut key = Vec::with_capacity(rules.len());
        for (column, rule) in self.columns.iter().zip(rules) {
            let value = column.map_or(Ok(Value::Null), |column| column.get(row).force(ctx))?;
            let mut coder = Coder { ignore_case: matches!(rule, Rule::IgnoreCase), long: &mut long };
            let Some(code) = coder.of_value(&value) else { return Ok(None) };
            key.push(code);
        }
        Ok(Some(key))
    }
}

/// [`KeyCells::look_up`] for a number of parts that is known when the program is compiled.
#[inline(always)]
fn walk<const PARTS: usize>(
    codes: [&[Code]; PARTS],
    from: usize,
    rows: usize,
    numbers: &mut Vec<u32>,
    mut look: impl FnMut(&[Code; PARTS]) -> Option<u32>,
) -> usize {
    for row in from..rows {
        let mut key = [ALONE; PARTS];
        for (part, codes) in key.iter_mut().zip(codes) {
            *part = codes.get(row).copied().unwrap_or(ALONE);
        }
        let Some(number) = (!key.contains(&ALONE)).then(|| look(&key)).flatten() else { return row };
        numbers.push(number);
    }
    rows
}

fn too_many() -> Error {
    Error::expression("There are more different keys than can be told apart. Read fewer rows at once.")
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
