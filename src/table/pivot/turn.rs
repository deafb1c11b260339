//! Rows gathered by their keys, in as much memory as is granted: past that, rows with other keys go to a temporary
//! file in parts, and each part is turned by itself.

use super::cells::Cells;
use super::order::Ordered;
use super::{Plan, Turn};
use crate::eval::{Context, RowsHeld};
use crate::table::gather::{ROWS, gather_column};
use crate::table::numbering::{NONE, Numbering};
use crate::table::overflow::{DEEPEST, Overflow, numbered};
use crate::table::{Batch, Batches, Column, Place};
use crate::value::{Error, Member, Result, Text, Value};
use std::sync::Arc;

/// The names that become columns.
pub(super) struct Names {
    numbering: Numbering,
    /// The column of each numbered name; of equal names the first.
    columns: Vec<u32>,
}

impl Names {
    /// # Errors
    /// Only a stop.
    pub(super) fn new(ctx: &Context, names: &[Text]) -> Result<Names> {
        let mut numbering = Numbering::plain(1);
        let column: Column = names.iter().map(|name| Member::Ready(Value::Text(name.clone()))).collect();
        let mut numbers = Vec::new();
        numbering.number(ctx, &Batch::new(vec![Arc::new(column)], names.len()), &[0], &mut numbers)?;
        let first = |number: u32| numbers.iter().position(|other| *other == number).unwrap_or(0) as u32;
        let columns = (0..numbering.len() as u32).map(first).collect();
        Ok(Names { numbering, columns })
    }
}

/// The rows of the result so far.
struct Turned {
    rows: Numbering,
    /// The first row of each key, of which only the key is kept.
    batches: Vec<Batch>,
    firsts: Vec<Place>,
    cells: Cells,
    held: RowsHeld,
}

/// Reads rows and hands on what they come to, by first appearance. At a `level` above 0 they are a part of a part of
/// that many.
///
/// # Errors
/// What reading the rows, and their keys and names, raises.
pub(super) fn turn(
    ctx: &Context,
    plan: &Plan,
    names: &Names,
    input: &mut dyn Batches,
    level: u32,
    ordered: &mut Ordered,
) -> Result<()> {
    let mut turned = Turned::new(ctx, plan);
    let (mut overflow, mut count) = (None, 0);
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    while let Some(batch) = input.next(ctx)? {
        let batch = if plan.may_part && level == 0 { numbered(&batch, count) } else { batch };
        count += batch.len() as u64;
        rows.clear();
        columns.clear();
        match &mut overflow {
            None => turned.rows.number(ctx, &batch, &plan.keys, &mut rows)?,
            Some(overflow) => turned.put_off(ctx, plan, &batch, &mut rows, overflow)?,
        }
        names.numbering.find(ctx, &batch, &[plan.turn.attribute], &mut columns)?;
        let places = places(turned.rows.len(), &plan.turn)?;
        turned.note_firsts(plan, &batch, &rows);
        // From here on the number of a row's cell, or none.
        let width = plan.turn.names.len() as u32;
        for (row, name) in rows.iter_mut().zip(&columns) {
            let column = names.columns.get(*name as usize).filter(|_| *row != NONE);
            *row = column.map_or(NONE, |column| *row * width + column);
        }
        turned.cells.take(ctx, &batch, plan.turn.value, &rows, places)?;
        if plan.may_part && overflow.is_none() && turned.is_full(plan, level) {
            let kept = plan.keys.iter().copied().chain([plan.turn.attribute, plan.turn.value]);
            overflow = Some(Overflow::new(ctx, kept.collect(), plan.input_width, level)?);
        }
    }
    turned.finish(ctx, plan, ordered)?;
    for mut part in overflow.map(Overflow::into_parts).transpose()?.unwrap_or_default() {
        turn(ctx, plan, names, &mut part, level + 1, ordered)?;
    }
    Ok(())
}

/// How many cells so many rows have.
fn places(rows: usize, turn: &Turn) -> Result<usize> {
    let places = rows.checked_mul(turn.names.len()).filter(|places| *places < NONE as usize);
    places.ok_or_else(|| {
        Error::expression("The table would have too many cells. Turn fewer names, or fewer rows.")
    })
}

impl Turned {
    fn new(ctx: &Context, plan: &Plan) -> Turned {
        Turned {
            rows: Numbering::plain(plan.keys.len()),
            batches: Vec::new(),
            firsts: Vec::new(),
            cells: Cells::new(&plan.turn),
            held: ctx.rows_held(),
        }
    }

    /// The numbers of the rows whose keys are known; the others are put off.
    fn put_off(
        &self,
        ctx: &Context,
        plan: &Plan,
        batch: &Batch,
        rows: &mut Vec<u32>,
        overflow: &mut Overflow,
    ) -> Result<()> {
        self.rows.find(ctx, batch, &plan.keys, rows)?;
        let mut unknown = Vec::new();
        for (row, _) in rows.iter().enumerate().filter(|(_, number)| **number == NONE) {
            unknown.push((row as u32, self.rows.hash(ctx, batch, row, &plan.keys)?));
        }
        overflow.push(ctx, batch, unknown)
    }

    /// Keeps the keys of the rows that are new.
    fn note_firsts(&mut self, plan: &Plan, batch: &Batch, numbers: &[u32]) {
        let known = self.firsts.len();
        let mut rows: Vec<u32> = Vec::new();
        for (row, &number) in numbers.iter().enumerate() {
            if number as usize == known + rows.len() {
                rows.push(row as u32);
            }
        }
        if rows.is_empty() {
            return;
        }
        let number = self.batches.len() as u32;
        self.firsts.extend((0..rows.len() as u32).map(|row| Place { batch: number, row }));
        let kept: Vec<usize> =
            plan.keys.iter().copied().chain(plan.may_part.then_some(plan.input_width)).collect();
        self.batches.push(batch.keep(&kept, &rows));
    }

    /// Whether no more keys can be taken: the steps hold more than they may, and keys can be told apart by a hash.
    fn is_full(&mut self, plan: &Plan, level: u32) -> bool {
        /// A key's cell, about.
        const CELL: usize = 24;
        let Some(known) = self.rows.held() else { return false };
        let firsts = self.firsts.len() * (size_of::<Place>() + (plan.keys.len() + 1) * CELL);
        self.held.set(known + firsts + self.cells.held());
        level < DEEPEST && self.held.must_spill()
    }

    /// Hands on the rows.
    fn finish(mut self, ctx: &Context, plan: &Plan, ordered: &mut Ordered) -> Result<()> {
        let width = plan.turn.names.len();
        let cells = std::mem::replace(&mut self.cells, Cells::Kept(Vec::new(), 0));
        let cells = cells.finish(ctx, &plan.turn, places(self.firsts.len(), &plan.turn)?)?;
        for (chunk, firsts) in self.firsts.chunks(ROWS).enumerate() {
            let rows = chunk * ROWS..chunk * ROWS + firsts.len();
            let mut columns: Vec<Arc<Column>> = Vec::with_capacity(plan.keys.len() + width + 1);
            for (at, &key) in plan.keys.iter().enumerate() {
                // The first one is what the rows are sorted by.
                columns.push(Arc::new(match at == 0 || plan.demand.wants(at) {
                    true => gather_column(&self.batches, key, firsts),
                    false => Column::unread(firsts.len()),
                }));
            }
            for name in 0..width {
                columns.push(Arc::new(match plan.demand.wants(plan.keys.len() + name) {
                    true => {
                        let of_name: Vec<u32> = rows.clone().map(|row| (row * width + name) as u32).collect();
                        cells.take(&of_name)
                    }
                    false => Column::unread(firsts.len()),
                }));
            }
            if plan.may_part {
                columns.push(Arc::new(gather_column(&self.batches, plan.input_width, firsts)));
            }
            ordered.push(ctx, Batch::new(columns, firsts.len()))?;
        }
        Ok(())
    }
}
