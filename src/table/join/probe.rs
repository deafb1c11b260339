//! Left rows of which each gives one row at most, looked up by the threads that make their batches.

use std::sync::Arc;

use super::right::ByNumber;
use super::{JoinKind, Plan};
use crate::eval::{Context, RowsHeld};
use crate::table::numbering::{NONE, Numbering};
use crate::table::parallel::{self, Stage, Staged};
use crate::table::{Batch, Column, RowIndex};
use crate::value::{Member, Result, Value};

/// The keys of the right rows, and their cells by the number of their key.
pub(super) struct Probe {
    plan: Arc<Plan>,
    keys: Numbering,
    /// The columns of the result that are the right table's; `None` for those of nulls and those nobody wants.
    right: Vec<Option<ByNumber>>,
    _held: RowsHeld,
}

impl Probe {
    /// Looks up in an index, if no left row gives several rows and no right row is given for itself; otherwise both are
    /// given back. `held` is the account of what the index takes.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn new(
        ctx: &Context,
        plan: &Arc<Plan>,
        index: Box<RowIndex>,
        held: RowsHeld,
    ) -> Result<std::result::Result<Probe, (Box<RowIndex>, RowsHeld)>> {
        let gives_pairs = plan.kind.gives_pairs();
        if plan.kind.gives_right().is_some() || (gives_pairs && !index.has_single_rows()) {
            return Ok(Err((index, held)));
        }
        let wanted =
            plan.right_columns.iter().enumerate().map(|(at, column)| {
                column.filter(|_| gives_pairs && plan.demand.wants(plan.left_width() + at))
            });
        let cells = wanted.map(|column| index.by_number(column?));
        let right = cells.map(|cells| cells.map(|cells| ByNumber::new(ctx, cells)).transpose());
        let right = right.collect::<Result<_>>()?;
        Ok(match index.into_numbering() {
            Ok(keys) => Ok(Probe { plan: Arc::clone(plan), keys, right, _held: held }),
            Err(index) => Err((index, held)),
        })
    }

    /// The left rows that are given.
    fn given(&self, numbers: &[u32]) -> Vec<u32> {
        let rows = numbers.iter().zip(0..);
        match self.plan.kind {
            JoinKind::LeftAnti => rows.filter(|(number, _)| **number == NONE).map(|(_, row)| row).collect(),
            _ => rows.filter(|(number, _)| **number != NONE).map(|(_, row)| row).collect(),
        }
    }
}

impl Stage for Probe {
    fn apply(&self, ctx: &Context, batch: Batch) -> Result<Staged> {
        let (plan, keys) = (&self.plan, &self.plan.left.key.columns);
        let batch = parallel::settle(ctx, batch, keys)?;
        parallel::make_views(&batch, keys);
        let mut numbers = Vec::new();
        let failed = self.keys.find(ctx, &batch, keys, &mut numbers).err();
        let mut left = batch;
        if plan.kind != JoinKind::LeftOuter {
            let given = self.given(&numbers);
            if given.len() < left.len() {
                numbers = given.iter().filter_map(|row| numbers.get(*row as usize).copied()).collect();
                left = left.take(&given);
            }
        } else if numbers.len() < left.len() {
            left = left.slice(0, numbers.len());
        }
        let width = plan.left_width();
        let mut columns: Vec<Arc<Column>> = Vec::with_capacity(width + self.right.len());
        for at in 0..width {
            columns.push(match left.column(at).filter(|_| plan.demand.wants(at)) {
                Some(column) => Arc::clone(column),
                None => Arc::new(Column::unread(left.len())),
            });
        }
        for (at, cells) in self.right.iter().enumerate() {
            columns.push(Arc::new(match cells {
                Some(cells) => cells.take(&numbers),
                None if plan.demand.wants(width + at) => Column::same(Member::Ready(Value::Null), left.len()),
                None => Column::unread(left.len()),
            }));
        }
        Ok(Staged { batch: Batch::new(columns, numbers.len()), failed })
    }
}
