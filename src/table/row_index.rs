//! Rows of a table found by their key.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::keys::cell;
use super::numbering::Numbering;
use super::{Batch, Column, Demand, Place, Table, gather_column};
use crate::criteria::{Rule, ValueKey};
use crate::eval::Context;
use crate::value::{Error, Result, Value};

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
                Rule::Function(_) => compared.push(value),
                rule => hashed.push(rule.key(ctx, &value)?),
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
    rows: ByKey,
}

enum ByKey {
    /// Rows by the number of their key.
    Numbered(Numbering, Lists),
    /// Rows by the parts of their key that are hashed. The parts that functions compare stand in `compared`, by batch
    /// and row.
    Hashed { rows: FxHashMap<ValueKey, Vec<Place>>, compared: Vec<Vec<Vec<Value>>> },
}

/// Lists of rows, one after the other.
struct Lists {
    /// Where each list starts, and where the last one ends.
    starts: Vec<u32>,
    places: Vec<Place>,
}

impl Lists {
    /// The list of each number, given for the rows of some batches, of which there are `count` different ones.
    fn new(numbers: &[Vec<u32>], count: usize) -> Lists {
        let mut starts = vec![0; count + 1];
        for number in numbers.iter().flatten() {
            if let Some(next) = starts.get_mut(*number as usize + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut free = starts.clone();
        let mut places = vec![Place::NOWHERE; sum as usize];
        for (batch, numbers) in numbers.iter().enumerate() {
            for (row, number) in numbers.iter().enumerate() {
                let Some(next) = free.get_mut(*number as usize) else { continue };
                if let Some(place) = places.get_mut(*next as usize) {
                    *place = Place { batch: batch as u32, row: row as u32 };
                }
                *next += 1;
            }
        }
        Lists { starts, places }
    }

    fn get(&self, number: u32) -> &[Place] {
        let at = number as usize;
        let Some((start, end)) = self.starts.get(at).zip(self.starts.get(at + 1)) else { return &[] };
        self.places.get(*start as usize..*end as usize).unwrap_or_default()
    }
}

/// The matches of the rows of a batch.
pub enum Matches {
    /// The number of each row's key.
    Numbers(Vec<u32>),
    /// The matches themselves.
    Places(Vec<Vec<Place>>),
}

impl Matches {
    /// How many rows were looked up.
    pub fn rows(&self) -> usize {
        match self {
            Matches::Numbers(numbers) => numbers.len(),
            Matches::Places(places) => places.len(),
        }
    }
}

/// An index being made.
pub(super) struct RowIndexer {
    key: JoinKey,
    /// The columns that will be read through the index.
    kept: Vec<usize>,
    batches: Vec<Batch>,
    by: IndexedBy,
    /// About how many bytes the batches take.
    bytes: usize,
}

enum IndexedBy {
    /// The number of the key of each row.
    Numbers(Numbering, Vec<Vec<u32>>),
    Hashes {
        rows: FxHashMap<ValueKey, Vec<Place>>,
        compared: Vec<Vec<Vec<Value>>>,
    },
}

impl RowIndexer {
    /// No rows yet; the columns `kept` of them will be read through the index.
    pub(super) fn new(key: &JoinKey, kept: Vec<usize>) -> RowIndexer {
        let by = match Numbering::new(Arc::clone(&key.rules)) {
            Some(numbering) => IndexedBy::Numbers(numbering, Vec::new()),
            None => IndexedBy::Hashes { rows: FxHashMap::default(), compared: Vec::new() },
        };
        RowIndexer { key: key.clone(), kept, batches: Vec::new(), by, bytes: 0 }
    }

    /// Takes the next rows.
    ///
    /// # Errors
    /// The first that evaluating a key raises.
    pub(super) fn push(&mut self, ctx: &Context, batch: &Batch) -> Result<()> {
        match &mut self.by {
            IndexedBy::Numbers(numbering, numbers) => {
                let mut of_batch = Vec::new();
                numbering.number(ctx, batch, &self.key.columns, &mut of_batch)?;
                numbers.push(of_batch);
            }
            IndexedBy::Hashes { rows, compared } => {
                let mut cells = Vec::with_capacity(batch.len());
                for row in 0..batch.len() {
                    ctx.step()?;
                    let (hashed, values) = self.key.of_row(ctx, batch, row)?;
                    let place = Place { batch: self.batches.len() as u32, row: row as u32 };
                    rows.entry(hashed).or_default().push(place);
                    cells.push(values);
                }
                compared.push(cells);
            }
        }
        let batch = batch.only(&self.kept);
        self.bytes += batch.held();
        self.batches.push(batch);
        Ok(())
    }

    /// Whether keys have codes, so that rows can be told apart by a hash of their key.
    pub(super) fn has_codes(&self) -> bool {
        matches!(&self.by, IndexedBy::Numbers(numbering, _) if numbering.held().is_some())
    }

    /// About how many bytes the rows take.
    pub(super) fn held(&self) -> usize {
        let keys = match &self.by {
            IndexedBy::Numbers(numbering, numbers) => {
                // A number and a place for each row, and where the list of each key starts.
                const ROW: usize = size_of::<u32>() + size_of::<Place>();
                let rows: usize = numbers.iter().map(Vec::len).sum();
                numbering.held().unwrap_or(0) + rows * ROW + numbering.len() * size_of::<u32>()
            }
            IndexedBy::Hashes { .. } => 0,
        };
        self.bytes + keys
    }

    /// The rows.
    pub(super) fn into_batches(self) -> Vec<Batch> {
        self.batches
    }

    /// The index.
    pub(super) fn finish(self) -> RowIndex {
        let rows = match self.by {
            IndexedBy::Numbers(numbering, numbers) => {
                let lists = Lists::new(&numbers, numbering.len());
                ByKey::Numbered(numbering, lists)
            }
            IndexedBy::Hashes { rows, compared } => ByKey::Hashed { rows, compared },
        };
        RowIndex { key: self.key, batches: Arc::from(self.batches), rows }
    }
}

impl RowIndex {
    /// Reads the table and indexes it. `demand` says which columns will be read through the index.
    pub fn build(ctx: &Context, table: &Table, key: &JoinKey, demand: &Demand) -> Result<RowIndex> {
        let below = super::keys::with_keys(demand, table.width(), Some(&key.columns));
        let mut input = table.operator().open(ctx, &below)?;
        let mut indexer = RowIndexer::new(key, (0..table.width()).filter(|at| demand.wants(*at)).collect());
        while let Some(batch) = input.next(ctx)? {
            indexer.push(ctx, &batch)?;
        }
        Ok(indexer.finish())
    }

    /// The batches the index points into.
    pub fn batches(&self) -> &Arc<[Batch]> {
        &self.batches
    }

    /// The matches of the rows of a batch of the other side: of those before the first whose key fails, and its
    /// error.
    pub fn look_up(&self, ctx: &Context, other: &JoinKey, batch: &Batch) -> (Matches, Option<Error>) {
        match &self.rows {
            ByKey::Numbered(numbering, _) => {
                let mut numbers = Vec::new();
                let found = numbering.find(ctx, batch, &other.columns, &mut numbers);
                (Matches::Numbers(numbers), found.err())
            }
            ByKey::Hashed { .. } => {
                let mut places = Vec::with_capacity(batch.len());
                for row in 0..batch.len() {
                    match self.find(ctx, other, batch, row) {
                        Ok(found) => places.push(found),
                        Err(error) => return (Matches::Places(places), Some(error)),
                    }
                }
                (Matches::Places(places), None)
            }
        }
    }

    /// The matches of one of the rows that were looked up.
    pub fn matches<'m>(&'m self, matches: &'m Matches, row: usize) -> &'m [Place] {
        match (matches, &self.rows) {
            (Matches::Numbers(numbers), ByKey::Numbered(_, lists)) => {
                numbers.get(row).map_or(&[], |number| lists.get(*number))
            }
            (Matches::Places(places), _) => places.get(row).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// Whether keys have numbers and none has several rows.
    pub(super) fn has_single_rows(&self) -> bool {
        // There is a place for each number then.
        matches!(&self.rows, ByKey::Numbered(_, lists) if lists.places.len() + 1 == lists.starts.len())
    }

    /// For the number of each key the cell of its row in a column, if keys have numbers and one row each.
    pub(super) fn by_number(&self, column: usize) -> Option<Column> {
        match &self.rows {
            ByKey::Numbered(_, lists) if self.has_single_rows() => {
                Some(gather_column(&self.batches, column, &lists.places))
            }
            _ => None,
        }
    }

    /// The numbers of the keys, without the rows.
    ///
    /// # Errors
    /// The index, if its keys have none.
    pub(super) fn into_numbering(self: Box<Self>) -> std::result::Result<Numbering, Box<RowIndex>> {
        match self.rows {
            ByKey::Numbered(numbering, _) => Ok(numbering),
            rows => Err(Box::new(RowIndex { rows, ..*self })),
        }
    }

    fn find(&self, ctx: &Context, other: &JoinKey, batch: &Batch, row: usize) -> Result<Vec<Place>> {
        ctx.step()?;
        let ByKey::Hashed { rows, compared } = &self.rows else { return Ok(Vec::new()) };
        let (hashed, values) = other.of_row(ctx, batch, row)?;
        let mut found = Vec::new();
        for &place in rows.get(&hashed).into_iter().flatten() {
            ctx.step()?;
            let known = compared.get(place.batch as usize).and_then(|rows| rows.get(place.row as usize));
            if self.compared_equal(ctx, &values, known.map_or(&[], Vec::as_slice))? {
                found.push(place);
            }
        }
        Ok(found)
    }

    fn compared_equal(&self, ctx: &Context, values: &[Value], known: &[Value]) -> Result<bool> {
        let rules = self.key.rules.iter().filter(|rule| matches!(rule, Rule::Function(_)));
        for ((left, right), rule) in values.iter().zip(known).zip(rules) {
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
