//! Left rows looked up in an index of the right ones.

use std::sync::Arc;

use arrow_array::Int64Array;

use super::JoinKind;
use super::Plan;
use crate::eval::{Context, RowsHeld};
use crate::table::gather::{ROWS, gather_column};
use crate::table::row_index::{Matched, Matches};
use crate::table::{Batch, Batches, Column, Place, RowIndex, Whole};
use crate::value::{Error, Member, Result, Value};

/// Left rows being joined with the right ones that are indexed.
pub(super) struct Matching {
    plan: Arc<Plan>,
    left: Box<dyn Batches>,
    index: Box<RowIndex>,
    _held: RowsHeld,
    numbers: Option<Numbers>,
    matched: Option<Matched>,
    current: Option<Current>,
    /// The right rows that have no left one, once the left side is read.
    rest: Option<std::vec::IntoIter<Place>>,
}

/// What the rows of a part are told apart by: both sides have a last column of numbers, and so has the result. A row
/// without a left one comes after all left ones.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    /// How many left rows there are in all parts.
    pub left_rows: i64,
    /// Whether right rows that have no left one are given.
    pub gives_rest: bool,
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

impl Matching {
    /// `held` is the account of what the index takes.
    pub(super) fn new(
        plan: Arc<Plan>,
        left: Box<dyn Batches>,
        index: Box<RowIndex>,
        held: RowsHeld,
    ) -> Matching {
        let matched = plan.kind.gives_right().map(|_| Matched::none(&index));
        Matching { plan, left, index, _held: held, numbers: None, matched, current: None, rest: None }
    }

    /// The same for rows with numbers.
    pub(super) fn numbered(self, numbers: Numbers) -> Matching {
        Matching { numbers: Some(numbers), ..self }
    }

    /// The next rows of the current left batch, as places on both sides.
    fn pairs(&mut self, ctx: &Context, current: &mut Current) -> Result<(Vec<u32>, Vec<Place>)> {
        let (index, kind) = (&self.index, self.plan.kind);
        // As many as the batch has, so that it can be handed on as it is where each row has one match.
        let size = ROWS.max(current.batch.len());
        let (mut left, mut right) = (Vec::with_capacity(size), Vec::with_capacity(size));
        while current.row < current.matches.rows() && left.len() < size {
            ctx.step()?;
            let row = current.row as u32;
            let found = index.matches(&current.matches, current.row);
            if let Some(matched) = &mut self.matched {
                found.iter().for_each(|place| matched.note(*place));
            }
            let alone = match found.is_empty() {
                true => kind.gives_unmatched_left(),
                false => kind == JoinKind::LeftSemi,
            };
            if alone {
                left.push(row);
                right.push(Place::NOWHERE);
            } else if kind.gives_pairs() {
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

    fn batch(&self, left: Option<(&Batch, &[u32])>, right: &[Place]) -> Batch {
        let plan = &self.plan;
        let width = plan.left_width();
        let mut columns: Vec<Arc<Column>> = Vec::with_capacity(width + plan.right_columns.len() + 1);
        let whole = left.is_some_and(|(batch, rows)| {
            rows.len() == batch.len() && rows.iter().zip(0..).all(|(row, at)| *row == at)
        });
        for at in 0..width {
            columns.push(match left.and_then(|(batch, rows)| Some((batch.column(at)?, rows))) {
                _ if !plan.demand.wants(at) => Arc::new(Column::unread(right.len())),
                Some((column, _)) if whole => Arc::clone(column),
                Some((column, rows)) => Arc::new(column.take(rows)),
                None => Arc::new(nulls(right.len())),
            });
        }
        for (at, column) in plan.right_columns.iter().enumerate() {
            columns.push(Arc::new(match column {
                _ if !plan.demand.wants(width + at) => Column::unread(right.len()),
                Some(column) => gather_column(self.index.batches(), *column, right),
                None => nulls(right.len()),
            }));
        }
        if let Some(numbers) = self.numbers {
            columns.push(Arc::new(match left {
                Some((batch, rows)) => {
                    batch.column(width).map_or_else(|| nulls(rows.len()), |at| at.take(rows))
                }
                None => self.numbers_of_rest(right, numbers.left_rows),
            }));
        }
        Batch::new(columns, right.len())
    }

    fn numbers_of_rest(&self, rows: &[Place], left_rows: i64) -> Column {
        let numbers = gather_column(self.index.batches(), self.plan.right.table.width(), rows);
        let numbers = numbers.as_whole().map_or(&[][..], |(_, numbers)| numbers.values());
        let moved: Int64Array = numbers.iter().map(|number| number + left_rows).collect();
        Column::whole(Whole::Number, moved)
    }

    fn rest(&self) -> Vec<Place> {
        match (self.plan.kind.gives_right(), &self.matched) {
            (Some(which), Some(matched)) if self.numbers.is_none_or(|numbers| numbers.gives_rest) => {
                matched.rows(&self.index, which)
            }
            _ => Vec::new(),
        }
    }
}

fn nulls(len: usize) -> Column {
    Column::same(Member::Ready(Value::Null), len)
}

impl Batches for Matching {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if self.rest.is_none() {
            loop {
                let mut current = match self.current.take() {
                    Some(current) => current,
                    None => match self.left.next(ctx)? {
                        Some(batch) => {
                            let (matches, failed) = self.index.look_up(ctx, &self.plan.left.key, &batch);
                            Current { batch, matches, failed, row: 0, given: 0 }
                        }
                        None => break,
                    },
                };
                let (left, right) = self.pairs(ctx, &mut current)?;
                if left.is_empty() {
                    if let Some(error) = current.failed {
                        return Err(error);
                    }
                    continue;
                }
                let batch = self.batch(Some((&current.batch, &left)), &right);
                if current.row < current.matches.rows() || current.failed.is_some() {
                    self.current = Some(current);
                }
                return Ok(Some(batch));
            }
            self.rest = Some(self.rest().into_iter());
        }
        let right: Vec<Place> = self.rest.iter_mut().flatten().take(ROWS).collect();
        Ok((!right.is_empty()).then(|| self.batch(None, &right)))
    }
}
