//! Rows of which each key comes once.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::eval::Context;
use crate::table::{Batch, Batches, Demand, Foldable, Operator, Table, fold_over};
use crate::value::{Result, to_literal};

/// The same rows, each key once: services that page by counting repeat a row where another one is inserted before it
/// between two pages. A table without a key stays as it is.
pub fn once_per_key(table: &Table) -> Table {
    let key = table.keys().iter().find(|key| key.primary);
    let positions = |key: &crate::value::types::TableKey| {
        key.columns.iter().map(|name| table.position(name.as_str())).collect::<Option<Vec<usize>>>()
    };
    let key = key.and_then(positions).unwrap_or_default();
    let operator = match key.is_empty() {
        true => Arc::clone(table.operator()),
        false => Arc::new(Once { input: Arc::clone(table.operator()), key, width: table.width() }),
    };
    table.with_operator(operator).with_keys(table.keys().to_vec())
}

struct Once {
    input: Arc<dyn Operator>,
    key: Vec<usize>,
    width: usize,
}

impl Operator for Once {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let mut below = demand.unlimited();
        below.add(self.key.iter().copied());
        let input = self.input.open(ctx, &below)?;
        Ok(Box::new(OnceBatches { input, key: self.key.clone(), seen: FxHashSet::default() }))
    }

    fn foldable(&self, ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        let (key, width) = (self.key.clone(), self.width);
        let over = move |input| Arc::new(Once { input, key: key.clone(), width }) as Arc<dyn Operator>;
        Ok(self.input.foldable(ctx)?.map(|rows| fold_over(rows, width, Arc::new(over))))
    }

    fn may_fold(&self) -> bool {
        self.input.may_fold()
    }

    fn name(&self) -> &'static str {
        "each key once"
    }
}

struct OnceBatches {
    input: Box<dyn Batches>,
    key: Vec<usize>,
    /// Hashes of the keys: of two sets of these, a billion rows would have to be read to see one collision.
    seen: FxHashSet<u128>,
}

impl Batches for OnceBatches {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while let Some(batch) = self.input.next(ctx)? {
            let mut kept = Vec::with_capacity(batch.len());
            for row in 0..batch.len() {
                ctx.step()?;
                if self.seen.insert(self.hash(ctx, &batch, row)?) {
                    kept.push(u32::try_from(row).unwrap_or(u32::MAX));
                }
            }
            if kept.len() == batch.len() {
                return Ok(Some(batch));
            }
            if !kept.is_empty() {
                return Ok(Some(batch.take(&kept)));
            }
        }
        Ok(None)
    }
}

impl OnceBatches {
    fn hash(&self, ctx: &Context, batch: &Batch, row: usize) -> Result<u128> {
        let mut text = String::new();
        for column in &self.key {
            let Some(column) = batch.column(*column) else { continue };
            text.push_str(&to_literal(&column.get(row).force(ctx)?));
            text.push(',');
        }
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let bytes = digest.as_ref().iter().take(16);
        Ok(bytes.fold(0, |hash, byte| hash << 8 | u128::from(*byte)))
    }
}
