//! Rows gathered by their keys, in as much memory as is granted: past that, rows with other keys go to a temporary
//! file in parts, and each part is turned by itself.

use std::sync::Arc;

use super::Plan;
use super::cells::Cells;
use super::grid::Grid;
use super::names::Names;
use super::order::Ordered;
use crate::eval::{Context, RowsHeld};
use crate::table::gather::{ROWS, gather_column};
use crate::table::numbering::{NONE, Numbering};
use crate::table::overflow::{DEEPEST, Overflow, numbered};
use crate::table::{Batch, Batches, Column, Place};
use crate::value::{Error, Result};

/// The rows of the result so far.
struct Turned {
    rows: Numbering,
    /// The first row of each key, of which only the key is kept.
    batches: Vec<Batch>,
    firsts: Vec<Place>,
    grid: Grid,
    cells: Cells,
    held: RowsHeld,
}

/// Reads rows and turns them, by names that are known by the end of the first part of them.
///
/// # Errors
/// What reading the rows, and their keys and names, raises.
pub(super) fn turn(
    ctx: &Context,
    plan: &Plan,
    names: &mut Names,
    input: &mut dyn Batches,
) -> Result<Box<dyn Batches>> {
    let (turned, overflow) = Turned::read(ctx, plan, names, input, 0)?;
    let mut ordered = Ordered::new(ctx, plan, names.len());
    turned.hand_on(ctx, plan, names.len(), &mut ordered)?;
    turn_parts(ctx, plan, names, overflow, 1, &mut ordered)?;
    ordered.finish(ctx)
}

/// Turns the rows that were put off. At `level` they are a part of a part of that many.
fn turn_parts(
    ctx: &Context,
    plan: &Plan,
    names: &mut Names,
    overflow: Option<Overflow>,
    level: u32,
    ordered: &mut Ordered,
) -> Result<()> {
    for mut part in overflow.map(Overflow::into_parts).transpose()?.unwrap_or_default() {
        let (turned, overflow) = Turned::read(ctx, plan, names, &mut part, level)?;
        turned.hand_on(ctx, plan, names.len(), ordered)?;
        turn_parts(ctx, plan, names, overflow, level + 1, ordered)?;
    }
    Ok(())
}

impl Turned {
    fn new(ctx: &Context, plan: &Plan) -> Turned {
        Turned {
            rows: Numbering::plain(plan.keys.len()),
            batches: Vec::new(),
            firsts: Vec::new(),
            grid: Grid::default(),
            cells: Cells::new(&plan.turn),
            held: ctx.rows_held(),
        }
    }

    /// Reads rows, and puts those off for whose keys there is no room.
    fn read(
        ctx: &Context,
        plan: &Plan,
        names: &mut Names,
        input: &mut dyn Batches,
        level: u32,
    ) -> Result<(Turned, Option<Overflow>)> {
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
            names.number(ctx, &batch, plan.turn.attribute, &mut columns)?;
            turned.note_firsts(plan, &batch, &rows);
            turned.take(ctx, plan, &batch, rows.iter().zip(&columns), names.len())?;
            if plan.may_part && overflow.is_none() && turned.is_full(plan, level) {
                let kept = plan.keys.iter().copied().chain([plan.turn.attribute, plan.turn.value]);
                overflow = Some(Overflow::new(ctx, kept.collect(), plan.input_width, level)?);
            }
        }
        Ok((turned, overflow))
    }

    /// Takes the values of a batch: for each row the number of its key, or of none, and that of its name.
    fn take<'n>(
        &mut self,
        ctx: &Context,
        plan: &Plan,
        batch: &Batch,
        rows: impl Iterator<Item = (&'n u32, &'n u32)>,
        names: usize,
    ) -> Result<()> {
        if self.firsts.len().checked_mul(names).is_none_or(|cells| cells >= NONE as usize) {
            return Err(Error::expression(
                "The table would have too many cells. Turn fewer names, or fewer rows.",
            ));
        }
        self.grid.grow(self.firsts.len());
        let cells: Vec<u32> = rows.map(|(row, name)| self.grid.cell(*row, *name)).collect();
        self.cells.take(ctx, batch, plan.turn.value, &cells, self.grid.len())
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
        self.held.set(known + firsts + self.grid.held() + self.cells.held());
        level < DEEPEST && self.held.must_spill()
    }

    /// Hands on the rows, with cells of so many names.
    fn hand_on(mut self, ctx: &Context, plan: &Plan, names: usize, ordered: &mut Ordered) -> Result<()> {
        if self.cells.differ_without_values(&plan.turn) {
            self.grid.fill(names);
        }
        // The last cell stands for all that have no values.
        let without = self.grid.len();
        let cells = self.cells.finish(ctx, &plan.turn, without + 1)?;
        for (chunk, firsts) in self.firsts.chunks(ROWS).enumerate() {
            let rows = chunk * ROWS..chunk * ROWS + firsts.len();
            let mut columns: Vec<Arc<Column>> = Vec::with_capacity(plan.keys.len() + names + 1);
            for (at, &key) in plan.keys.iter().enumerate() {
                // The first one is what the rows are sorted by.
                columns.push(Arc::new(match at == 0 || plan.demand.wants(at) {
                    true => gather_column(&self.batches, key, firsts),
                    false => Column::unread(firsts.len()),
                }));
            }
            for name in 0..names {
                columns.push(Arc::new(match plan.demand.wants(plan.keys.len() + name) {
                    true => {
                        let cell = |row| self.grid.known(row, name).unwrap_or(without as u32);
                        cells.take(&rows.clone().map(cell).collect::<Vec<u32>>())
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
