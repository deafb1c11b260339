//! The place of each row in an order, as a column.

use std::sync::Arc;

use super::keys::{KeyColumns, with_keys};
use super::plan::{self, Explanation};
use super::{Batch, Batches, Column, Demand, Operator, Table, sort};
use crate::criteria::{ComparisonCriteria, Keys};
use crate::eval::{Context, field_exists};
use crate::value::types::Form;
use crate::value::{Member, Result, Shape, Text, Type, Value};

/// How rows that compare equal are ranked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RankKind {
    /// Alike; the next rank counts them all: 1, 1, 3.
    Competition,
    /// Alike; the next rank is one more: 1, 1, 2.
    Dense,
    /// Each its own: 1, 2, 3.
    Ordinal,
}

/// The rows sorted, with a last column of their rank.
///
/// # Errors
/// The name is taken, or the criteria name a column that is not there.
pub fn rank(table: &Arc<Table>, name: Text, criteria: ComparisonCriteria, kind: RankKind) -> Result<Table> {
    if table.position(&name).is_some() {
        return Err(field_exists(&name, Member::Ready(Value::Null)));
    }
    let names = table.names().iter().cloned().chain([name]);
    let mut types = table.types().to_vec();
    types.push(Arc::new(Type::nullable(Form::Number)));
    let keys = KeyColumns::of_comparison(table, &criteria)?;
    let input = Arc::new(sort(table, criteria.clone())?);
    let operator = Rank { input, criteria: Arc::new(criteria), keys, kind };
    Ok(Table::new(Arc::new(Shape::new(names)), types, Arc::new(operator)).with_keys(table.keys().to_vec()))
}

struct Rank {
    input: Arc<Table>,
    criteria: Arc<ComparisonCriteria>,
    keys: KeyColumns,
    kind: RankKind,
}

impl Operator for Rank {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let mut below = with_keys(demand, self.input.width(), self.keys.columns());
        below.limit = demand.limit;
        Ok(Box::new(Ranking {
            input: self.input.operator().open(ctx, &below)?,
            shape: Arc::clone(self.input.shape()),
            criteria: Arc::clone(&self.criteria),
            keys: self.keys.clone(),
            kind: self.kind,
            last: None,
            row: 0,
            rank: 0,
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let mut below = with_keys(demand, self.input.width(), self.keys.columns());
        below.limit = demand.limit;
        let detail = plan::columns(&self.input, self.keys.columns().unwrap_or_default());
        Ok(Explanation::over(&self.input, below).detail(detail))
    }

    fn name(&self) -> &'static str {
        "rank"
    }
}

struct Ranking {
    input: Box<dyn Batches>,
    shape: Arc<Shape>,
    criteria: Arc<ComparisonCriteria>,
    keys: KeyColumns,
    kind: RankKind,
    last: Option<Keys>,
    row: i64,
    rank: i64,
}

impl Batches for Ranking {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let batch = Arc::new(batch);
        let mut ranks = Vec::with_capacity(batch.len());
        for row in 0..batch.len() {
            ctx.step()?;
            let keys = self.keys.keys(ctx, &self.shape, &batch, row, |row| self.criteria.keys(ctx, row))?;
            let same = match &self.last {
                Some(last) => self.criteria.compare_keys(ctx, last, &keys)?.is_eq(),
                None => false,
            };
            self.row += 1;
            match self.kind {
                RankKind::Ordinal => self.rank = self.row,
                _ if same => {}
                RankKind::Competition => self.rank = self.row,
                RankKind::Dense => self.rank += 1,
            }
            self.last = Some(keys);
            ranks.push(Member::Ready(Value::Int64(self.rank)));
        }
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(Column::any(ranks)));
        Ok(Some(batch.with_columns(columns)))
    }
}
