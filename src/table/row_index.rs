//! Rows of a table found by their key.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::keys::cell;
use super::{Batch, Demand, Place, Table};
use crate::criteria::{Rule, ValueKey};
use crate::eval::Context;
use crate::value::{Result, Value};

/// The key columns of one side of a join, and how each is compared with the other side's.
#[derive(Clone)]
pub struct JoinKey {
    /// The positions of the columns.
    pub columns: Vec<usize>,
    /// The rules, one for each column.
    pub rules: Arc<[Rule]>,
}

impl JoinKey {
    /// The key of a row. Columns that a function compares are no part of the hash; their cells come second.
    fn of_row(&self, ctx: &Context, batch: &Batch, row: usize) -> Result<(ValueKey, Vec<Value>)> {
        let mut compared = Vec::new();
        let mut hashed = Vec::with_capacity(self.columns.len());
        for (column, rule) in self.columns.iter().zip(self.rules.iter()) {
            let value = cell(ctx, batch, row, *column)?;
            match rule {
                Rule::Plain => hashed.push(ValueKey::new(ctx, &value)?),
                Rule::IgnoreCase => hashed.push(ValueKey::ignoring_case(ctx, &value)?),
                Rule::Function(_) => compared.push(value),
            }
        }
        let key = match hashed.len() {
            1 => hashed.swap_remove(0),
            _ => ValueKey::of_many(hashed),
        };
        Ok((key, compared))
    }
}

/// The rows of a table by key, in their order for each key.
pub struct RowIndex {
    key: JoinKey,
    batches: Arc<[Batch]>,
    rows: FxHashMap<ValueKey, Vec<Place>>,
    /// The cells that functions compare, by batch and row; empty if there are none.
    compared: Vec<Vec<Vec<Value>>>,
}

impl RowIndex {
    /// Reads the table and indexes it. `demand` says which columns will be read through the index.
    pub fn build(ctx: &Context, table: &Table, key: &JoinKey, demand: &Demand) -> Result<RowIndex> {
        let below = super::keys::with_keys(demand, table.width(), Some(&key.columns));
        let mut input = table.operator().open(ctx, &below)?;
        let (mut batches, mut compared) = (Vec::new(), Vec::new());
        let mut rows: FxHashMap<ValueKey, Vec<Place>> = FxHashMap::default();
        let compares = key.rules.iter().any(|rule| matches!(rule, Rule::Function(_)));
        while let Some(batch) = input.next(ctx)? {
            let number = batches.len() as u32;
            let mut cells = Vec::new();
            for row in 0..batch.len() {
                ctx.step()?;
                let (hashed, values) = key.of_row(ctx, &batch, row)?;
                rows.entry(hashed).or_default().push(Place { batch: number, row: row as u32 });
                if compares {
                    cells.push(values);
                }
            }
            compared.push(cells);
            batches.push(batch);
        }
        Ok(RowIndex { key: key.clone(), batches: Arc::from(batches), rows, compared })
    }

    /// The batches the index points into.
    pub fn batches(&self) -> &Arc<[Batch]> {
        &self.batches
    }

    /// The rows whose key equals that of a row of the other side.
    pub fn find(&self, ctx: &Context, other: &JoinKey, batch: &Batch, row: usize) -> Result<Vec<Place>> {
        let (hashed, values) = other.of_row(ctx, batch, row)?;
        let Some(places) = self.rows.get(&hashed) else { return Ok(Vec::new()) };
        if values.is_empty() {
            return Ok(places.clone());
        }
        let mut found = Vec::new();
        for &place in places {
            ctx.step()?;
            if self.compared_equal(ctx, &values, place)? {
                found.push(place);
            }
        }
        Ok(found)
    }

    fn compared_equal(&self, ctx: &Context, values: &[Value], place: Place) -> Result<bool> {
        let known = self.compared.get(place.batch as usize).and_then(|rows| rows.get(place.row as usize));
        let rules = self.key.rules.iter().filter(|rule| matches!(rule, Rule::Function(_)));
        for ((left, right), rule) in values.iter().zip(known.into_iter().flatten()).zip(rules) {
            if !rule.equal(ctx, left, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All rows, in order.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.batches.iter().enumerate().flat_map(|(number, batch)| {
            (0..batch.len()).map(move |row| Place { batch: number as u32, row: row as u32 })
        })
    }
}

/// Which rows of an index were matched.
pub struct Matched(Vec<Vec<bool>>);

impl Matched {
    /// None of them yet.
    pub fn none(index: &RowIndex) -> Matched {
        Matched(index.batches.iter().map(|batch| vec![false; batch.len()]).collect())
    }

    /// Notes a match.
    pub fn note(&mut self, place: Place) {
        let row = self.0.get_mut(place.batch as usize).and_then(|rows| rows.get_mut(place.row as usize));
        if let Some(matched) = row {
            *matched = true;
        }
    }

    /// The rows that were matched, or were not, in order.
    pub fn rows(&self, index: &RowIndex, matched: bool) -> Vec<Place> {
        let is = |place: &Place| {
            let row = self.0.get(place.batch as usize).and_then(|rows| rows.get(place.row as usize));
            row.copied().unwrap_or(false)
        };
        index.places().filter(|place| is(place) == matched).collect()
    }
}
