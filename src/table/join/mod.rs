//! Rows of two tables side by side where their keys are equal.

mod matching;
mod parted;
mod probe;
mod right;
mod small;

use std::sync::{Arc, OnceLock};

use super::keys::with_keys;
use super::parallel::{self, Morsel, Morsels, Pipeline};
use super::plan::{self, Explanation};
use super::{Batches, Demand, JoinKey, Operator, Table};
use crate::eval::Context;
use crate::value::{Error, Result};
use matching::Matching;
use parted::Indexed;
use probe::Probe;
use small::Tried;

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
/// without a left one come last. The right table is held in memory, unless the left one is known or found to be much
/// smaller and no right row is given for itself: then that one is, and the right one is streamed. Past what is granted
/// for the right table both go to temporary files in parts, by a hash of the key, and are joined part by part. Where a left row gives one row at most,
/// it is looked up by the thread that makes its batch.
pub struct Join {
    left: JoinSide,
    right: JoinSide,
    kind: JoinKind,
    right_columns: Vec<Option<usize>>,
    /// Whether the first reading held the left side.
    held_left: Arc<OnceLock<bool>>,
}

/// What one reading of a join has in all its parts.
struct Plan {
    left: JoinSide,
    right: JoinSide,
    kind: JoinKind,
    right_columns: Vec<Option<usize>>,
    demand: Demand,
    held_left: Arc<OnceLock<bool>>,
}

impl Plan {
    fn left_width(&self) -> usize {
        self.left.table.width()
    }

    /// The demand on the left table.
    fn left_demand(&self) -> Demand {
        with_keys(&self.demand, self.left_width(), Some(&self.left.key.columns))
    }

    /// The columns of the right table that are part of the result.
    fn right_wanted(&self) -> Demand {
        let wanted = self.right_columns.iter().enumerate();
        let wanted = wanted.filter(|(at, _)| self.demand.wants(self.left_width() + at));
        Demand::only(self.right.table.width(), wanted.filter_map(|(_, column)| *column))
    }

    /// The demand on the right table.
    fn right_demand(&self) -> Demand {
        with_keys(&self.right_wanted(), self.right.table.width(), Some(&self.right.key.columns))
    }
}

impl Join {
    /// Joins two sides. `right_columns` are those of the result, `None` for one of nulls.
    pub fn new(left: JoinSide, right: JoinSide, kind: JoinKind, right_columns: Vec<Option<usize>>) -> Join {
        Join { left, right, kind, right_columns, held_left: Arc::default() }
    }

    fn plan(&self, demand: &Demand) -> Plan {
        Plan {
            left: self.left.clone(),
            right: self.right.clone(),
            kind: self.kind,
            right_columns: self.right_columns.clone(),
            demand: demand.clone(),
            held_left: Arc::clone(&self.held_left),
        }
    }

    fn pieces(&self, ctx: &Context, demand: &Demand) -> Result<Joining> {
        let plan = self.plan(demand);
        let left = Pipeline::of(ctx, &**self.left.table.operator(), &plan.left_demand())?;
        let right = self.right.table.operator().open(ctx, &plan.right_demand())?;
        Ok(Joining { plan: Arc::new(plan), state: State::Opened(left, right), failed: None })
    }
}

impl Operator for Join {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let pieces = Box::new(self.pieces(ctx, demand)?);
        Ok(Pipeline::of_morsels(ctx, pieces, demand).rows(demand))
    }

    fn morsels(&self, ctx: &Context, demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        Ok(Some(Box::new(self.pieces(ctx, demand)?)))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let plan = self.plan(demand);
        let held = match self.held_left.get().copied().or_else(|| small::holds_left(&plan)) {
            Some(true) => "the left table",
            Some(false) => "the right table",
            None => "the right table, or a much smaller left one",
        };
        Ok(Explanation::over(&self.left.table, plan.left_demand())
            .and(&self.right.table, plan.right_demand())
            .detail(self.kind.words(&self.left, &self.right))
            .holds(held))
    }

    fn name(&self) -> &'static str {
        "join"
    }
}

/// One reading.
struct Joining {
    plan: Arc<Plan>,
    state: State,
    /// What follows the rows.
    failed: Option<Error>,
}

enum State {
    /// Nothing was read yet, of either side.
    Opened(Pipeline, Box<dyn Batches>),
    /// Left rows are looked up where their batches are made.
    Probing(Box<dyn Morsels>),
    /// Left rows are looked up as they come.
    Matching(Box<Matching>),
    /// All rows were joined.
    Joined(Box<dyn Batches>),
    Ended,
}

impl Joining {
    fn start(&mut self, ctx: &Context, left: Pipeline, right: Box<dyn Batches>) -> Result<State> {
        let plan = &self.plan;
        let (left, mut right) = match small::join(ctx, plan, left, right)? {
            Tried::Joined(rows, failed) => {
                self.failed = failed;
                let _ = plan.held_left.set(true);
                return Ok(State::Joined(rows));
            }
            Tried::Neither(left, right) => (left, right),
        };
        let _ = plan.held_left.set(false);
        let keys = plan.left.key.columns.clone();
        Ok(match parted::index(ctx, plan, &mut *right, 0)? {
            Indexed::Whole(index, held) => match Probe::new(ctx, plan, index, held)? {
                Ok(probe) => State::Probing(Box::new(left.then(Arc::new(probe)).into_morsels())),
                Err((index, held)) => {
                    let left = parallel::settled_rows(left, keys);
                    State::Matching(Box::new(Matching::new(Arc::clone(plan), left, index, held)))
                }
            },
            Indexed::Parts(parts) => {
                drop(right);
                let (joined, failed) = parted::join(ctx, plan, parallel::settled_rows(left, keys), parts)?;
                self.failed = failed;
                State::Joined(joined)
            }
        })
    }
}

impl Morsels for Joining {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        if let State::Opened(..) = self.state
            && let State::Opened(left, right) = std::mem::replace(&mut self.state, State::Ended)
        {
            self.state = self.start(ctx, left, right)?;
        }
        let batch = match &mut self.state {
            State::Probing(pieces) => return pieces.next(ctx),
            State::Matching(matching) => matching.next(ctx)?,
            State::Joined(rows) => rows.next(ctx)?,
            State::Opened(..) | State::Ended => None,
        };
        match batch {
            Some(batch) => Ok(Some(Box::new(batch))),
            None => self.failed.take().map_or(Ok(None), Err),
        }
    }
}

#[cfg(test)]
mod tests;
