//! Rows of two tables side by side where their keys are equal.

use std::sync::Arc;

use super::gather::{ROWS, gather_column};
use super::keys::with_keys;
use super::plan::{self, Explanation};
use super::row_index::{Matched, Matches};
use super::{Batch, Batches, Column, Demand, JoinKey, Operator, Place, RowIndex, Table, parallel};
use crate::eval::Context;
use crate::value::{Error, Member, Result, Value};

/// Which rows a join gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinKind {
    /// Pairs that match.
    Inner,
    /// And left rows without a match.
    LeftOuter,
    /// Pairs, and right rows without a match.
    RightOuter,
    /// Pairs, and rows of both sides without a match.
    FullOuter,
    /// Left rows without a match.
    LeftAnti,
    /// Right rows without a match.
    RightAnti,
    /// Left rows with a match, each once.
    LeftSemi,
    /// Right rows with a match, each once.
    RightSemi,
}

impl JoinKind {
    /// Whether pairs of matching rows are given.
    pub fn gives_pairs(self) -> bool {
        matches!(self, JoinKind::Inner | JoinKind::LeftOuter | JoinKind::RightOuter | JoinKind::FullOuter)
    }

    /// Whether left rows without a match are given.
    pub fn gives_unmatched_left(self) -> bool {
        matches!(self, JoinKind::LeftOuter | JoinKind::FullOuter | JoinKind::LeftAnti)
    }

    /// The right rows that follow those that have a left row: matched ones or unmatched ones, if any.
    pub fn gives_right(self) -> Option<bool> {
        match self {
            JoinKind::RightOuter | JoinKind::FullOuter | JoinKind::RightAnti => Some(false),
            JoinKind::RightSemi => Some(true),
            _ => None,
        }
    }

    /// The kind and the keys, for printed plans.
    pub(super) fn words(self, left: &JoinSide, right: &JoinSide) -> String {
        let kind = match self {
            JoinKind::Inner => "inner",
            JoinKind::LeftOuter => "left outer",
            JoinKind::RightOuter => "right outer",
            JoinKind::FullOuter => "full outer",
            JoinKind::LeftAnti => "left anti",
            JoinKind::RightAnti => "right anti",
            JoinKind::LeftSemi => "left semi",
            JoinKind::RightSemi => "right semi",
        };
        let key = |side: &JoinSide| plan::columns(&side.table, &side.key.columns);
        format!("{kind} on {} = {}", key(left), key(right))
    }

    /// Whether a row may lack its left half.
    pub fn left_may_lack(self) -> bool {
        self.gives_right().is_some()
    }

    /// Whether a row may lack its right half.
    pub fn right_may_lack(self) -> bool {
        self.gives_unmatched_left() || self == JoinKind::LeftSemi
    }
}

/// One side of a join.
#[derive(Clone)]
pub struct JoinSide {
    /// The table.
    pub table: Arc<Table>,
    /// The key.
    pub key: JoinKey,
}

/// The rows of two tables side by side: all columns of the left one, then those of the right one that are chosen.
///
/// Pairs come in the order of the left rows, those of one left row in the order of the right rows; right rows
/// without a left one come last. The right table is held in memory.
pub struct Join {
    /// The left side, which is streamed.
    pub left: JoinSide,
    /// The right side, which is indexed.
    pub right: JoinSide,
    /// Which rows are given.
    pub kind: JoinKind,
    /// The right columns of the result; `None` for one of nulls.
    pub right_columns: Vec<Option<usize>>,
}

impl Operator for Join {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let width = self.left.table.width();
        let below = with_keys(demand, width, Some(&self.left.key.columns));
        Ok(Box::new(Joining {
            left: parallel::settled(
                ctx,
                &**self.left.table.operator(),
                &below,
                self.left.key.columns.clone(),
            )?,
            left_width: width,
            left_key: self.left.key.clone(),
            right: self.right.clone(),
            right_columns: self.right_columns.clone(),
            kind: self.kind,
            demand: demand.clone(),
            index: None,
            matched: None,
            current: None,
            rest: None,
        }))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let width = self.left.table.width();
        let left = with_keys(demand, width, Some(&self.left.key.columns));
        let wanted = self.right_columns.iter().enumerate().filter(|(at, _)| demand.wants(width + at));
        let right = Demand::only(self.right.table.width(), wanted.filter_map(|(_, column)| *column));
        let right = with_keys(&right, self.right.table.width(), Some(&self.right.key.columns));
        Ok(Explanation::over(&self.left.table, left)
            .and(&self.right.table, right)
            .detail(self.kind.words(&self.left, &self.right))
            .holds("the right table"))
    }

    fn name(&self) -> &'static str {
        "join"
    }
}

struct Joining {
    left: Box<dyn Batches>,
    left_width: usize,
    left_key: JoinKey,
    right: JoinSide,
    right_columns: Vec<Option<usize>>,
    kind: JoinKind,
    demand: Demand,
    index: Option<Arc<RowIndex>>,
    matched: Option<Matched>,
    current: Option<Current>,
    /// The right rows that have no left one, once the left side is read.
    rest: Option<std::vec::IntoIter<Place>>,
}

/// The left batch that is being joined.
struct Current {
    batch: Batch,
    matches: Matches,
    /// Why rows after those with matches cannot be joined.
    failed: Option<Error>,
    row: usize,
    /// How many matches of the row were yielded.
    given: usize,
}

impl Joining {
    fn index(&mut self, ctx: &Context) -> Result<Arc<RowIndex>> {
        if let Some(index) = &self.index {
            return Ok(Arc::clone(index));
        }
        let wanted = self.right_columns.iter().enumerate();
        let wanted = wanted.filter(|(at, _)| self.demand.wants(self.left_width + at));
        let demand = Demand::only(self.right.table.width(), wanted.filter_map(|(_, column)| *column));
        let index = Arc::new(RowIndex::build(ctx, &self.right.table, &self.right.key, &demand)?);
        if self.kind.gives_right().is_some() {
            self.matched = Some(Matched::none(&index));
        }
        self.index = Some(Arc::clone(&index));
        Ok(index)
    }

    /// The next rows of the current left batch, as places on both sides.
    fn pairs(
        &mut self,
        ctx: &Context,
        index: &RowIndex,
        current: &mut Current,
    ) -> Result<(Vec<u32>, Vec<Place>)> {
        // As many as the batch has, so that it can be handed on as it is where each row has one match.
        let size = ROWS.max(current.batch.len());
        if self.kind == JoinKind::LeftOuter
            && current.row == 0
            && let Some(right) = index.only_matches(&current.matches)
        {
            ctx.steps(right.len())?;
            current.row = right.len();
            return Ok(((0..right.len() as u32).collect(), right));
        }
        let (mut left, mut right) = (Vec::with_capacity(size), Vec::with_capacity(size));
        while current.row < current.matches.rows() && left.len() < size {
            ctx.step()?;
            let row = current.row as u32;
            let found = index.matches(&current.matches, current.row);
            if let Some(matched) = &mut self.matched {
                found.iter().for_each(|place| matched.note(*place));
            }
            let alone = match found.is_empty() {
                true => self.kind.gives_unmatched_left(),
                false => self.kind == JoinKind::LeftSemi,
            };
            if alone {
                left.push(row);
                right.push(Place::NOWHERE);
            } else if self.kind.gives_pairs() {
                let rest = found.get(current.given..).unwrap_or_default();
                let rest = rest.get(..size - left.len()).unwrap_or(rest);
                left.extend(std::iter::repeat_n(row, rest.len()));
                right.extend_from_slice(rest);
                current.given += rest.len();
                if current.given < found.len() {
                    continue;
                }
            }
            current.row += 1;
            current.given = 0;
        }
        Ok((left, right))
    }

    fn batch(&self, index: &RowIndex, left: Option<(&Batch, &[u32])>, right: &[Place]) -> Batch {
        let mut columns: Vec<Arc<Column>> = Vec::with_capacity(self.left_width + self.right_columns.len());
        let whole = left.is_some_and(|(batch, rows)| {
            rows.len() == batch.len() && rows.iter().zip(0..).all(|(row, at)| *row == at)
        });
        for at in 0..self.left_width {
            columns.push(match left.and_then(|(batch, rows)| Some((batch.column(at)?, rows))) {
                _ if !self.demand.wants(at) => Arc::new(Column::unread(right.len())),
                Some((column, _)) if whole => Arc::clone(column),
                Some((column, rows)) => Arc::new(column.take(rows)),
                None => Arc::new(nulls(right.len())),
            });
        }
        for (at, column) in self.right_columns.iter().enumerate() {
            columns.push(Arc::new(match column {
                _ if !self.demand.wants(self.left_width + at) => Column::unread(right.len()),
                Some(column) => gather_column(index.batches(), *column, right),
                None => nulls(right.len()),
            }));
        }
        Batch::new(columns, right.len())
    }
}

fn nulls(len: usize) -> Column {
    Column::same(Member::Ready(Value::Null), len)
}

impl Batches for Joining {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let index = self.index(ctx)?;
        if self.rest.is_none() {
            loop {
                let mut current = match self.current.take() {
                    Some(current) => current,
                    None => match self.left.next(ctx)? {
                        Some(batch) => {
                            let (matches, failed) = index.look_up(ctx, &self.left_key, &batch);
                            Current { batch, matches, failed, row: 0, given: 0 }
                        }
                        None => break,
                    },
                };
                let (left, right) = self.pairs(ctx, &index, &mut current)?;
                if left.is_empty() {
                    if let Some(error) = current.failed {
                        return Err(error);
                    }
                    continue;
                }
                let batch = self.batch(&index, Some((&current.batch, &left)), &right);
                if current.row < current.matches.rows() || current.failed.is_some() {
                    self.current = Some(current);
                }
                return Ok(Some(batch));
            }
            let rest = match (self.kind.gives_right(), &self.matched) {
                (Some(which), Some(matched)) => matched.rows(&index, which),
                _ => Vec::new(),
            };
            self.rest = Some(rest.into_iter());
        }
        let right: Vec<Place> = self.rest.iter_mut().flatten().take(ROWS).collect();
        Ok((!right.is_empty()).then(|| self.batch(&index, None, &right)))
    }
}
