//! Joins by likeness: each left row with the right rows that are like it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::options::Options;
use crate::eval::Context;
use crate::table::{self, JoinKind, RowSource, Table};
use crate::value::{Member, Result, Shape, Value};

/// A join of two tables by likeness, and what its rows are made of.
pub(super) struct Likeness {
    pub(super) left: Arc<Table>,
    pub(super) left_key: Vec<usize>,
    pub(super) right: Arc<Table>,
    pub(super) right_key: Vec<usize>,
    pub(super) kind: JoinKind,
    pub(super) options: Options,
    pub(super) form: Form,
    /// The right rows, once they were read.
    pub(super) read: Mutex<Option<Arc<[RightRow]>>>,
}

/// What the matches of a row become.
pub(super) enum Form {
    /// A row for each, of the left cells and these right ones.
    Pairs(Vec<usize>),
    /// One table of these columns, in a cell.
    Nested(Arc<Shape>),
}

/// A row of the right table, read and held.
pub(super) struct RightRow {
    cells: Vec<Member>,
    key: Vec<Value>,
}

/// A right row that matches, by its number, and how like it is.
type Match = (usize, f64);

impl Likeness {
    /// The rows of the join under this shape.
    pub(super) fn rows(self, shape: Arc<Shape>) -> Table {
        let join = Arc::new(self);
        table::from_rows(shape, None, move || {
            Box::new(Joined {
                join: Arc::clone(&join),
                left: None,
                matched: Vec::new(),
                ready: VecDeque::new(),
                ended: false,
            })
        })
    }

    fn right(&self, ctx: &Context) -> Result<Arc<[RightRow]>> {
        let known = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(rows) = known {
            return Ok(rows);
        }
        let mut reader = table::rows(ctx, &self.right)?;
        let mut rows = Vec::new();
        while let Some(row) = reader.next(ctx)? {
            ctx.step()?;
            let cells = row.members().into_vec();
            rows.push(RightRow { key: key(ctx, &cells, &self.right_key)?, cells });
        }
        let rows = Arc::<[RightRow]>::from(rows);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&rows));
        Ok(rows)
    }

    /// The right rows that are like a key, in their order; no more than are wanted, the most alike.
    fn matches(&self, ctx: &Context, wanted: &[Value], right: &[RightRow]) -> Result<Vec<Match>> {
        let mut found: Vec<Match> = Vec::new();
        for (at, row) in right.iter().enumerate() {
            ctx.step()?;
            let parts = wanted.iter().zip(&row.key).map(|(left, right)| match (left, right) {
                (Value::Text(left), Value::Text(right)) => self.options.similarity(left, right),
                (Value::Null, Value::Null) => 1.0,
                _ => 0.0,
            });
            let similarity = parts.fold(1.0, f64::min);
            if similarity >= self.options.threshold && similarity > 0.0 {
                found.push((at, similarity));
            }
        }
        if let Some(most) = self.options.matches.filter(|most| *most < found.len()) {
            found.sort_by(|left, right| right.1.total_cmp(&left.1));
            found.truncate(most);
            found.sort_by_key(|(at, _)| *at);
        }
        Ok(found)
    }

    /// Adds the rows of a left row, or of none, with these right ones.
    fn push(
        &self,
        out: &mut VecDeque<Vec<Member>>,
        left: Option<&[Member]>,
        right: &Arc<[RightRow]>,
        found: Vec<Match>,
    ) {
        let cells = || match left {
            Some(cells) => cells.to_vec(),
            None => vec![Member::Ready(Value::Null); self.left.width()],
        };
        let says = self.options.similarity_column.is_some();
        match &self.form {
            Form::Nested(shape) => {
                let mut row = cells();
                row.push(Member::Ready(Value::Table(Arc::new(nested(shape, right, found, says)))));
                out.push_back(row);
            }
            Form::Pairs(columns) if found.is_empty() => {
                let mut row = cells();
                row.extend(vec![Member::Ready(Value::Null); columns.len() + usize::from(says)]);
                out.push_back(row);
            }
            Form::Pairs(columns) => out.extend(found.into_iter().map(|(at, similarity)| {
                let mut row = cells();
                let other = right.get(at);
                let cell = |column: &usize| other.and_then(|other| other.cells.get(*column).cloned());
                row.extend(columns.iter().map(|column| cell(column).unwrap_or(Member::Ready(Value::Null))));
                // A right row alone is like nothing.
                let similarity = if left.is_some() { Value::from(similarity) } else { Value::Null };
                row.extend(says.then_some(Member::Ready(similarity)));
                row
            })),
        }
    }
}

fn key(ctx: &Context, cells: &[Member], columns: &[usize]) -> Result<Vec<Value>> {
    columns.iter().map(|at| cells.get(*at).map_or(Ok(Value::Null), |cell| cell.force(ctx))).collect()
}

/// A table of right rows, with how like they are if that is asked for.
fn nested(shape: &Arc<Shape>, right: &Arc<[RightRow]>, found: Vec<Match>, says: bool) -> Table {
    struct Picked(Arc<[RightRow]>, Arc<[Match]>, bool, usize);
    impl RowSource for Picked {
        fn next(&mut self, _: &Context) -> Result<Option<Vec<Member>>> {
            let Some((at, similarity)) = self.1.get(self.3) else { return Ok(None) };
            self.3 += 1;
            let mut row = self.0.get(*at).map_or_else(Vec::new, |row| row.cells.clone());
            row.extend(self.2.then_some(Member::Ready(Value::from(*similarity))));
            Ok(Some(row))
        }
    }
    let (right, found) = (Arc::clone(right), Arc::<[Match]>::from(found));
    table::from_rows(Arc::clone(shape), Some(found.len()), move || {
        Box::new(Picked(Arc::clone(&right), Arc::clone(&found), says, 0))
    })
}

/// One reading of the join.
struct Joined {
    join: Arc<Likeness>,
    left: Option<table::Rows>,
    /// Which right rows had a left one.
    matched: Vec<bool>,
    ready: VecDeque<Vec<Member>>,
    ended: bool,
}

impl RowSource for Joined {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        let join = Arc::clone(&self.join);
        let right = join.right(ctx)?;
        self.matched.resize(right.len(), false);
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Ok(Some(row));
            }
            if self.ended {
                return Ok(None);
            }
            let left = match &mut self.left {
                Some(left) => left,
                left @ None => left.insert(table::rows(ctx, &join.left)?),
            };
            let Some(row) = left.next(ctx)? else {
                self.ended = true;
                if let Some(which) = join.kind.gives_right() {
                    let rest = self.matched.iter().enumerate().filter(|(_, matched)| **matched == which);
                    let rest: Vec<Match> = rest.map(|(at, _)| (at, 0.0)).collect();
                    if !rest.is_empty() {
                        join.push(&mut self.ready, None, &right, rest);
                    }
                }
                continue;
            };
            ctx.step()?;
            let cells = row.members().into_vec();
            let found = join.matches(ctx, &key(ctx, &cells, &join.left_key)?, &right)?;
            for (at, _) in &found {
                if let Some(matched) = self.matched.get_mut(*at) {
                    *matched = true;
                }
            }
            let kind = join.kind;
            match (&join.form, found.is_empty()) {
                (_, true) if kind.gives_unmatched_left() => {
                    join.push(&mut self.ready, Some(&cells), &right, found)
                }
                (Form::Pairs(_), false) if kind == JoinKind::LeftSemi => {
                    join.push(&mut self.ready, Some(&cells), &right, Vec::new());
                }
                (_, false) if kind.gives_pairs() || kind == JoinKind::LeftSemi => {
                    join.push(&mut self.ready, Some(&cells), &right, found);
                }
                _ => {}
            }
        }
    }
}
