//! For each row of a table the matching rows of another one, as a table in a cell.

use std::sync::{Arc, Mutex, PoisonError};

use super::join::{Join, JoinKind, JoinSide};
use super::keys::with_keys;
use super::plan::{Explanation, How};
use super::row_index::Matched;
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, Picked, Place, RowIndex};
use crate::eval::Context;
use crate::value::{Member, Result, Text, Value};

/// The rows of the left table with a last column of the matching right rows.
///
/// Right rows without a left one, where the kind gives them, come together in one last row of nulls. The nested
/// tables share what is read of the right table, which is read and indexed once.
pub struct NestedJoin {
    left: JoinSide,
    right: JoinSide,
    kind: JoinKind,
    index: Arc<Mutex<Option<Arc<RowIndex>>>>,
}

impl NestedJoin {
    /// Joins two sides.
    pub fn new(left: JoinSide, right: JoinSide, kind: JoinKind) -> NestedJoin {
        NestedJoin { left, right, kind, index: Arc::default() }
    }
}

impl Operator for NestedJoin {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let width = self.left.table.width();
        if self.kind == JoinKind::LeftOuter && !demand.wants(width) {
            let input = self.left.table.operator().open(ctx, &left_demand(demand, width))?;
            return Ok(Box::new(Alone { input }));
        }
        let below = with_keys(&left_demand(demand, width), width, Some(&self.left.key.columns));
        Ok(Box::new(Nesting {
            input: self.left.table.operator().open(ctx, &below)?,
            left: self.left.clone(),
            right: self.right.clone(),
            kind: self.kind,
            shared: Arc::clone(&self.index),
            matched: None,
            ended: false,
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        match self.kind {
            JoinKind::LeftOuter => self.left.table.operator().known_rows(),
            _ => None,
        }
    }

    fn expanded(&self, column: usize, names: &[Text]) -> Option<Arc<dyn Operator>> {
        if column != self.left.table.width() {
            return None;
        }
        let kind = match self.kind {
            JoinKind::LeftSemi => JoinKind::Inner,
            kind => kind,
        };
        let right_columns = names.iter().map(|name| self.right.table.position(name)).collect();
        Some(Arc::new(Join::new(self.left.clone(), self.right.clone(), kind, right_columns)))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let width = self.left.table.width();
        let left = left_demand(demand, width);
        if self.kind == JoinKind::LeftOuter && !demand.wants(width) {
            return Ok(Explanation::over(&self.left.table, left)
                .detail("nobody reads the nested tables")
                .how(How::Nothing));
        }
        Ok(Explanation::over(&self.left.table, with_keys(&left, width, Some(&self.left.key.columns)))
            .and(&self.right.table, Demand::all())
            .detail(self.kind.words(&self.left, &self.right))
            .holds("the right table"))
    }

    fn name(&self) -> &'static str {
        "nested join"
    }
}

/// The demand on the left table.
fn left_demand(demand: &Demand, width: usize) -> Demand {
    let mut below = Demand::only(width, (0..width).filter(|&at| demand.wants(at)));
    below.limit = demand.limit;
    below
}

/// The left rows when nobody asks for the nested tables.
struct Alone {
    input: Box<dyn Batches>,
}

impl Batches for Alone {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(Column::unread(batch.len())));
        Ok(Some(batch.with_columns(columns)))
    }
}

struct Nesting {
    input: Box<dyn Batches>,
    left: JoinSide,
    right: JoinSide,
    kind: JoinKind,
    shared: Arc<Mutex<Option<Arc<RowIndex>>>>,
    matched: Option<Matched>,
    ended: bool,
}

impl Nesting {
    fn index(&mut self, ctx: &Context) -> Result<Arc<RowIndex>> {
        let known = self.shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let index = match known {
            Some(index) => index,
            None => {
                // Not under the lock: reading the right table may evaluate anything.
                let index =
                    Arc::new(RowIndex::build(ctx, &self.right.table, &self.right.key, &Demand::all())?);
                *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&index));
                index
            }
        };
        if self.kind.gives_right().is_some() && self.matched.is_none() {
            self.matched = Some(Matched::none(&index));
        }
        Ok(index)
    }

    fn nested(&self, index: &RowIndex, places: Vec<Place>) -> Member {
        let table = &self.right.table;
        let operator =
            Picked { batches: Arc::clone(index.batches()), width: table.width(), places: places.into() };
        Member::Ready(Value::Table(Arc::new(table.with_operator(Arc::new(operator)))))
    }
}

impl Batches for Nesting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if self.ended {
            return Ok(None);
        }
        let index = self.index(ctx)?;
        while let Some(batch) = self.input.next(ctx)? {
            let (mut kept, mut nested) = (Vec::new(), ColumnBuilder::default());
            let (matches, failed) = index.look_up(ctx, &self.left.key, &batch);
            if let Some(error) = failed {
                return Err(error);
            }
            for row in 0..batch.len() {
                ctx.step()?;
                let found = index.matches(&matches, row);
                if let Some(matched) = &mut self.matched {
                    found.iter().for_each(|place| matched.note(*place));
                }
                let given = match found.is_empty() {
                    true => self.kind.gives_unmatched_left(),
                    false => self.kind.gives_pairs() || self.kind == JoinKind::LeftSemi,
                };
                if given {
                    kept.push(row as u32);
                    nested.push(self.nested(&index, found.to_vec()));
                }
            }
            if kept.is_empty() {
                continue;
            }
            let whole = kept.len() == batch.len();
            let mut columns =
                if whole { batch.columns().to_vec() } else { batch.take(&kept).columns().to_vec() };
            columns.push(Arc::new(nested.finish()));
            return Ok(Some(Batch::new(columns, kept.len())));
        }
        self.ended = true;
        let rest = match (self.kind.gives_right(), &self.matched) {
            (Some(which), Some(matched)) => matched.rows(&index, which),
            _ => return Ok(None),
        };
        if rest.is_empty() {
            return Ok(None);
        }
        let null = Arc::new(Column::same(Member::Ready(Value::Null), 1));
        let mut columns = vec![null; self.left.table.width()];
        columns.push(Arc::new(Column::any(vec![self.nested(&index, rest)])));
        Ok(Some(Batch::new(columns, 1)))
    }
}
