//! The seam for folding: what steps tell the source below them, so that it may do their work itself.
//!
//! A step that could be done by a source asks the step below for a [`Foldable`]; sources give one, steps that the
//! source can do pass one on, all others have none. What a source does must be what the step would have done; where
//! it is only near to it (texts that a server compares in its own way), the source narrows the rows and the step
//! still decides.

use std::sync::Arc;

use super::condition::Condition;
use super::{Operator, RowTest, Table};
use crate::eval::Context;
use crate::value::Result;

/// Rows of a source that takes work off the steps above it.
pub trait Foldable: Send + Sync {
    /// The rows that meet a condition, or some more of them; `None` if the source cannot tell.
    fn filtered(&self, condition: &Condition) -> Option<Filtered>;

    /// The rows in the order of these columns, each with whether it falls; `None` if the source's order may differ.
    fn sorted(&self, columns: &[(usize, bool)]) -> Option<Arc<dyn Foldable>>;

    /// What reads the rows.
    fn operator(&self) -> Arc<dyn Operator>;
}

/// Rows that a source filters.
pub struct Filtered {
    /// The rows.
    pub rows: Arc<dyn Foldable>,
    /// Whether they are exactly those that meet the condition, and not some more.
    pub exact: bool,
}

/// What a filter of `input` by `test` comes to if the source does it.
///
/// # Errors
/// A [`crate::value::Stop`].
pub(super) fn filtered(ctx: &Context, input: &Table, test: &RowTest) -> Result<Option<Filtered>> {
    let RowTest::Function(function, shape) = test else { return Ok(None) };
    if !input.operator().may_fold() {
        return Ok(None);
    }
    let Some(rows) = input.operator().foldable(ctx)? else { return Ok(None) };
    let Some((condition, whole)) = Condition::of(ctx, function, shape)? else { return Ok(None) };
    Ok(rows.filtered(&condition).map(|filtered| Filtered { exact: filtered.exact && whole, ..filtered }))
}

/// A step over other rows than it was made for.
pub type Over = dyn Fn(Arc<dyn Operator>) -> Arc<dyn Operator> + Send + Sync;

/// What folds below a step that hands rows on as they are, or leaves some out whatever the order and the others are:
/// `over` makes the step again over what the source gives.
pub fn fold_over(rows: Arc<dyn Foldable>, width: usize, over: Arc<Over>) -> Arc<dyn Foldable> {
    Arc::new(Chosen { rows, positions: (0..width).map(Some).collect(), over })
}

/// Columns chosen from foldable rows.
pub(super) struct Chosen {
    pub(super) rows: Arc<dyn Foldable>,
    /// For each column where it stands below.
    pub(super) positions: Vec<Option<usize>>,
    /// The choice of columns over any rows.
    pub(super) over: Arc<Over>,
}

impl Chosen {
    fn over(&self, rows: Arc<dyn Foldable>) -> Arc<dyn Foldable> {
        Arc::new(Chosen { rows, positions: self.positions.clone(), over: Arc::clone(&self.over) })
    }
}

impl Foldable for Chosen {
    fn filtered(&self, condition: &Condition) -> Option<Filtered> {
        let below = condition.clone().moved(&|at| self.positions.get(at).copied().flatten())?;
        let filtered = self.rows.filtered(&below)?;
        Some(Filtered { rows: self.over(filtered.rows), exact: filtered.exact })
    }

    fn sorted(&self, columns: &[(usize, bool)]) -> Option<Arc<dyn Foldable>> {
        let below: Option<Vec<_>> = columns
            .iter()
            .map(|(at, falls)| Some((self.positions.get(*at).copied().flatten()?, *falls)))
            .collect();
        Some(self.over(self.rows.sorted(&below?)?))
    }

    fn operator(&self) -> Arc<dyn Operator> {
        (self.over)(self.rows.operator())
    }
}
