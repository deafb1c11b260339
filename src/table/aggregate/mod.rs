//! Aggregates of groups that keep no rows: one state for each group, fed batch by batch.
//!
//! The values are those that the library's function gives for the whole list. A cell that fails, or that nothing
//! has evaluated yet, is not looked at before the aggregate is read: from the first of them on the group's cells
//! are kept, and the aggregate's cell goes on from there.

mod at_once;
mod fold;
mod recognise;

use std::sync::Arc;

use arrow_array::Array;
use rustc_hash::FxHashMap;

use super::column::CellView;
use super::{Column, ColumnBuilder, Whole};
use crate::eval::{Context, apply};
use crate::value::{Error, Member, Result, Value};

pub use fold::{Arithmetic, Fold};
pub(super) use recognise::{Recognised, of_items, of_rows};

/// Calls the aggregate's own function with these items: for an error as the function raises it.
pub(super) type Call = dyn Fn(&Context, Vec<Member>) -> Result<Value> + Send + Sync;

/// One aggregate of each group.
pub(super) struct Aggregator {
    what: Recognised,
    call: Arc<Call>,
    states: Vec<Fold>,
    /// Of the groups that have such: the cells from the first one on that cannot be looked at now.
    pending: FxHashMap<u32, Vec<Member>>,
}

impl Aggregator {
    /// An aggregate without groups.
    pub(super) fn new(what: Recognised, call: Arc<Call>) -> Aggregator {
        Aggregator { what, call, states: Vec::new(), pending: FxHashMap::default() }
    }

    /// The memory that is taken, in bytes, without that of cells that are kept.
    pub(super) fn held(&self) -> usize {
        self.states.capacity() * size_of::<Fold>()
    }

    /// Makes sure that there are at least so many groups.
    pub(super) fn grow(&mut self, groups: usize) {
        if groups > self.states.len() {
            self.states.resize(groups, self.what.start.clone());
        }
    }

    /// Counts rows: for each row the number of its group.
    pub(super) fn count(&mut self, groups: &[u32]) {
        for &group in groups {
            if let Some(Fold::Count(count)) = self.states.get_mut(group as usize) {
                *count += 1;
            }
        }
    }

    /// Takes the cells of a column: for each row the number of its group. A number past the last group is of no
    /// group. `mapped` is what [`Recognised::mapped`] gave for the column, if somebody asked already.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn take(
        &mut self,
        ctx: &Context,
        column: &Column,
        mapped: Option<&Column>,
        groups: &[u32],
    ) -> Result<()> {
        if matches!(self.what.start, Fold::Count(_)) {
            self.count(groups);
            return Ok(());
        }
        let column = column.settle(ctx)?;
        let taken = match (&self.what.map, mapped) {
            _ if !self.pending.is_empty() => 0,
            (None, _) => self.take_numbers(ctx, column, groups)?,
            (Some(_), Some(items)) => self.take_numbers(ctx, items, groups)?,
            (Some(_), None) => match self.what.mapped(ctx, column)? {
                Some(items) => self.take_numbers(ctx, &items, groups)?,
                None => 0,
            },
        };
        for (row, &group) in groups.iter().enumerate().skip(taken) {
            ctx.step()?;
            if (group as usize) < self.states.len() {
                self.take_cell(ctx, column, row, group)?;
            }
        }
        Ok(())
    }

    /// Takes the cells of a column of dates, doubles or whole numbers: up to which row, since one may not fit the rest
    /// of its group.
    fn take_numbers(&mut self, ctx: &Context, column: &Column, groups: &[u32]) -> Result<usize> {
        if let [only] = self.states.as_mut_slice()
            && groups.iter().all(|group| *group == 0)
            && only.push_column(column)
        {
            ctx.steps(groups.len())?;
            return Ok(groups.len());
        }
        let rows = groups.iter().enumerate();
        if let Some(days) = column.as_date() {
            for ((row, &group), &day) in rows.zip(days.values()) {
                if days.is_valid(row)
                    && let Some(state) = self.states.get_mut(group as usize)
                    && state.push_date(ctx, day).is_err()
                {
                    return Ok(row);
                }
            }
        } else if let Some(doubles) = column.as_double() {
            for ((row, &group), &double) in rows.zip(doubles.values()) {
                if doubles.is_valid(row)
                    && let Some(state) = self.states.get_mut(group as usize)
                    && state.push_double(ctx, double).is_err()
                {
                    return Ok(row);
                }
            }
        } else if let Some((kind, wholes)) = column.as_whole() {
            for ((row, &group), &whole) in rows.zip(wholes.values()) {
                if wholes.is_valid(row)
                    && let Some(state) = self.states.get_mut(group as usize)
                    && state.push_whole(ctx, kind, whole).is_err()
                {
                    return Ok(row);
                }
            }
        } else if let Some((doubles, whole)) = column.as_number() {
            for ((row, &group), &double) in rows.zip(doubles.values()) {
                if !doubles.is_valid(row) {
                    continue;
                }
                let Some(state) = self.states.get_mut(group as usize) else { continue };
                let taken = match whole.value(row) {
                    true => state.push_whole(ctx, Whole::Number, double as i64),
                    false => state.push_double(ctx, double),
                };
                if taken.is_err() {
                    return Ok(row);
                }
            }
        } else {
            return Ok(0);
        }
        ctx.steps(groups.len())?;
        Ok(groups.len())
    }

    fn take_cell(&mut self, ctx: &Context, column: &Column, row: usize, group: u32) -> Result<()> {
        if !self.pending.is_empty()
            && let Some(pending) = self.pending.get_mut(&group)
        {
            pending.push(column.get(row));
            return Ok(());
        }
        let Some(state) = self.states.get_mut(group as usize) else { return Ok(()) };
        let view = column.view(row);
        let taken = match (&self.what.map, view) {
            (Some(_), CellView::Member(member)) if member.ready().is_none() => None,
            (None, CellView::Member(member)) => {
                member.ready().map(|value| state.push(ctx, value.clone(), apply))
            }
            (Some(map), _) => {
                let item = column.get(row).force_with_metadata(ctx)?;
                Some(ctx.call1(map, item).and_then(|item| state.push(ctx, item, apply)))
            }
            (None, CellView::Null) => Some(state.push(ctx, Value::Null, apply)),
            (None, CellView::Text(text)) => Some(state.push_text(ctx, text)),
            (None, CellView::Double(double)) => Some(state.push_double(ctx, double)),
            (None, CellView::Date(days)) => Some(state.push_date(ctx, days)),
            (None, CellView::Whole(kind, whole)) => Some(state.push_whole(ctx, kind, whole)),
            (None, CellView::Logical(logical)) => Some(state.push(ctx, Value::Logical(logical), apply)),
        };
        match taken {
            Some(Ok(())) => {}
            Some(Err(error)) if error.is_stop() => return Err(error),
            Some(Err(_)) | None => {
                self.pending.insert(group, vec![column.get(row)]);
            }
        }
        Ok(())
    }

    /// The aggregates of the first `groups` groups, which are then gone: the next one is the first.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn finish(&mut self, ctx: &Context, groups: usize) -> Result<Column> {
        let mut cells = ColumnBuilder::with_capacity(groups);
        let left = self.states.split_off(groups.min(self.states.len()));
        let mut pending = std::mem::take(&mut self.pending);
        for (group, state) in std::mem::replace(&mut self.states, left).into_iter().enumerate() {
            ctx.step()?;
            cells.push(match pending.remove(&(group as u32)) {
                Some(members) => self.rest(state, members),
                None => Member::settled(state.finish(ctx, apply))?,
            });
        }
        self.pending = pending.into_iter().map(|(group, rest)| (group - groups as u32, rest)).collect();
        Ok(cells.finish())
    }

    /// An aggregate's cell that goes on from a state.
    fn rest(&self, state: Fold, members: Vec<Member>) -> Member {
        let (map, call) = (self.what.map.clone(), Arc::clone(&self.call));
        // The function's own way to an error, so that it says the same about its way.
        let raise = move |ctx: &Context, error: Error, items: Vec<Member>| match error.is_stop() {
            true => Err(error),
            false => call(ctx, items).and(Err(error)),
        };
        Member::lazy(move |ctx| {
            let mut state = state.clone();
            for member in &members {
                ctx.step()?;
                let item = member.force_with_metadata(ctx);
                let item = match &map {
                    Some(map) => item.and_then(|item| ctx.call1(map, item)),
                    None => item,
                };
                let item = match item {
                    Ok(item) => item,
                    Err(error) => return raise(ctx, error, vec![member.clone()]),
                };
                if let Err(error) = state.push(ctx, item, apply) {
                    let before = if map.is_none() { state.so_far() } else { None };
                    let Some(before) = before else { return Err(error) };
                    let items = before.map(Member::Ready).into_iter().chain([member.clone()]);
                    return raise(ctx, error, items.collect());
                }
            }
            state.finish(ctx, apply)
        })
    }
}

#[cfg(test)]
mod tests;
