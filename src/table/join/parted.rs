//! Joining tables of which the right one does not fit into the memory that is granted: both are put into a temporary
//! file in parts, by a hash of their keys, and each part is joined by itself.
//!
//! The rows of both sides have their numbers in a last column meanwhile. All rows that come of a left row are in one
//! part, in the order of the right rows, so that bringing the rows into the order of the left numbers is all that is
//! left to do.

use std::sync::Arc;

use super::matching::{Matching, Numbers};
use super::{JoinSide, Plan};
use crate::eval::{Context, RowsHeld};
use crate::table::numbering::hashes;
use crate::table::overflow::{DEEPEST, Overflow, Unnumbered, numbered};
use crate::table::row_index::RowIndexer;
use crate::table::sort::InOrder;
use crate::table::{Batch, Batches, Demand, RowIndex};
use crate::value::{Error, Result};

/// The rows of the right side.
pub(super) enum Indexed {
    /// All of them, and the account of what they take.
    Whole(Box<RowIndex>, RowsHeld),
    /// They do not fit.
    Parts(Overflow),
}

/// Reads the right side. At a `level` above 0 it is a part of a part of that many.
///
/// # Errors
/// What reading the rows and their keys raises.
pub(super) fn index(ctx: &Context, plan: &Plan, rows: &mut dyn Batches, level: u32) -> Result<Indexed> {
    let side = &plan.right;
    let mut held = ctx.rows_held();
    // Only rows that may have to go to a file need numbers, and their keys beside what is wanted of them.
    let may_part = held.is_limited();
    let demand = if may_part { plan.right_demand() } else { plan.right_wanted() };
    let kept = kept(side, &demand, may_part);
    let mut indexer = RowIndexer::new(&side.key, kept.clone());
    let mut count = 0;
    while let Some(batch) = rows.next(ctx)? {
        let batch = if may_part && level == 0 { numbered(&batch, count) } else { batch };
        count += batch.len() as u64;
        indexer.push(ctx, &batch)?;
        if !may_part {
            continue;
        }
        held.set(indexer.held());
        if level < DEEPEST && indexer.has_codes() && held.must_spill() {
            let mut parts = Overflow::new(ctx, kept, side.table.width(), level)?;
            for batch in indexer.into_batches() {
                part(ctx, side, plan, &batch, &mut parts)?;
            }
            held.set(0);
            while let Some(batch) = rows.next(ctx)? {
                let batch = if level == 0 { numbered(&batch, count) } else { batch };
                count += batch.len() as u64;
                part(ctx, side, plan, &batch, &mut parts)?;
            }
            return Ok(Indexed::Parts(parts));
        }
    }
    Ok(Indexed::Whole(Box::new(indexer.finish()), held))
}

/// The columns that are kept of a side.
fn kept(side: &JoinSide, demand: &Demand, numbered: bool) -> Vec<usize> {
    let width = side.table.width();
    (0..width).filter(|at| demand.wants(*at)).chain(numbered.then_some(width)).collect()
}

/// Puts the rows of a numbered batch into parts: all, or those before the first whose key fails.
fn part(ctx: &Context, side: &JoinSide, plan: &Plan, batch: &Batch, parts: &mut Overflow) -> Result<()> {
    let mut found = Vec::with_capacity(batch.len());
    let all = hashes(ctx, &plan.right.key.rules, batch, &side.key.columns, &mut found);
    parts.push(ctx, batch, (0..).zip(found))?;
    all
}

/// The rows of the join in their order, and the error that follows them, if one does.
///
/// # Errors
/// Those of temporary files, and stops.
pub(super) fn join(
    ctx: &Context,
    plan: &Arc<Plan>,
    mut left: Box<dyn Batches>,
    right: Overflow,
) -> Result<(Box<dyn Batches>, Option<Error>)> {
    let side = &plan.left;
    let mut parts = Overflow::new(ctx, kept(side, &plan.left_demand(), true), side.table.width(), 0)?;
    let (mut count, mut failed) = (0, None);
    loop {
        let batch = match left.next(ctx) {
            Ok(Some(batch)) => numbered(&batch, count),
            Ok(None) => break,
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => {
                failed = Some(error);
                break;
            }
        };
        count += batch.len() as u64;
        match part(ctx, side, plan, &batch, &mut parts) {
            Ok(()) => {}
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    drop(left);
    let numbers = Numbers { left_rows: count.cast_signed(), gives_rest: failed.is_none() };
    let mut joined = InOrder::new(ctx, plan.left_width() + plan.right_columns.len() + 1);
    join_parts(ctx, plan, (parts, right), numbers, 0, &mut joined)?;
    Ok((Box::new(Unnumbered(joined.finish(ctx)?)), failed))
}

fn join_parts(
    ctx: &Context,
    plan: &Arc<Plan>,
    (left, right): (Overflow, Overflow),
    numbers: Numbers,
    level: u32,
    joined: &mut InOrder,
) -> Result<()> {
    for (mut left, mut right) in left.into_parts()?.into_iter().zip(right.into_parts()?) {
        match index(ctx, plan, &mut right, level + 1)? {
            Indexed::Whole(index, held) => {
                let matching = Matching::new(Arc::clone(plan), Box::new(left), index, held);
                let mut matching = matching.numbered(numbers);
                while let Some(batch) = matching.next(ctx)? {
                    joined.push(ctx, batch)?;
                }
            }
            Indexed::Parts(right) => {
                let side = &plan.left;
                let kept = kept(side, &plan.left_demand(), true);
                let mut parts = Overflow::new(ctx, kept, side.table.width(), level + 1)?;
                while let Some(batch) = left.next(ctx)? {
                    part(ctx, side, plan, &batch, &mut parts)?;
                }
                join_parts(ctx, plan, (parts, right), numbers, level + 1, joined)?;
            }
        }
    }
    Ok(())
}
