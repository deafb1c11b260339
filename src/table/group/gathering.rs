//! One reading of a grouped table.

use std::sync::Arc;

use super::finder::Finder;
use super::{Aggregate, Input, Plan, Prepared};
use crate::eval::{Context, RowsHeld};
use crate::table::aggregate::Aggregator;
use crate::table::gather::{Picked, Place, ROWS, gather_column};
use crate::table::numbering::NONE;
use crate::table::overflow::{DEEPEST, Overflow, numbered, without_numbers};
use crate::table::{Batch, Batches, Column, ColumnBuilder, Demand, Table};
use crate::value::{Member, Result, Value};

/// Reads all rows of the input, or all of some runs, then yields their groups.
pub(super) struct Gathering {
    input: Input,
    table: Arc<Table>,
    plan: Arc<Plan>,
    demand: Demand,
    finder: Finder,
    /// The aggregates that keep no rows, as the plan lists them.
    streams: Vec<Aggregator>,
    /// The rows that the groups refer to: all, if an aggregate needs them, else the first of each group.
    batches: Vec<Batch>,
    /// The first row of each group.
    firsts: Vec<Place>,
    /// The rows of each group, if an aggregate needs them.
    groups: Vec<Vec<Place>>,
    /// How many groups were handed on: runs that had ended.
    gone: usize,
    numbers: Vec<u32>,
    ended: bool,
    yielding: Option<Finished>,
    spilling: Spilling,
}

/// How rows of groups that memory has no room for are put off.
struct Spilling {
    /// In how many parts of parts the input is. The rows of a part, and of groups made of it, have their numbers in a
    /// last column.
    level: u32,
    /// How many rows were read.
    rows: u64,
    held: RowsHeld,
    /// The rows of groups that are not among those in memory.
    overflow: Option<Overflow>,
    /// The groups they come to.
    rest: Option<Box<dyn Batches>>,
}

/// Finished groups that are being yielded, with the batches they lie in.
struct Finished {
    batches: Arc<[Batch]>,
    firsts: Vec<Place>,
    groups: std::vec::IntoIter<Vec<Place>>,
    /// What the aggregates that keep no rows came to.
    streamed: Vec<Column>,
    at: usize,
}

impl Gathering {
    pub(super) fn new(
        ctx: &Context,
        input: Input,
        table: Arc<Table>,
        plan: Arc<Plan>,
        demand: Demand,
        level: u32,
    ) -> Gathering {
        let finder = plan.finder();
        let streams = plan.streams.iter().map(|stream| {
            let call = super::call(&table, Arc::clone(&stream.function), stream.what.column);
            Aggregator::new(stream.what.clone(), call)
        });
        let streams = streams.collect();
        Gathering {
            input,
            table,
            plan,
            demand,
            finder,
            streams,
            batches: Vec::new(),
            firsts: Vec::new(),
            groups: Vec::new(),
            gone: 0,
            numbers: Vec::new(),
            ended: false,
            yielding: None,
            spilling: Spilling { level, rows: 0, held: ctx.rows_held(), overflow: None, rest: None },
        }
    }

    /// The column of the rows' numbers, if the input has one.
    fn numbers_at(&self) -> Option<usize> {
        (self.spilling.level > 0).then(|| self.table.width())
    }

    /// Reads one more batch of input; `false` past the last.
    fn read(&mut self, ctx: &Context) -> Result<bool> {
        let Some(Prepared { batch, mapped }) = self.input.next(ctx)? else { return Ok(false) };
        self.numbers.clear();
        if !self.put_off(ctx, &batch)? {
            self.finder.number(ctx, &batch, &mut self.numbers)?;
        }
        self.spilling.rows += batch.len() as u64;
        let gone = self.gone as u32;
        self.numbers.iter_mut().for_each(|number| *number -= gone);
        let known = self.firsts.len();
        let groups = self.finder.groups() - self.gone;
        for (at, (aggregator, stream)) in self.streams.iter_mut().zip(&self.plan.streams).enumerate() {
            aggregator.grow(groups);
            match stream.what.column.and_then(|column| batch.column(column)) {
                Some(column) => {
                    let mapped = mapped.get(at).and_then(|mapped| mapped.as_deref());
                    aggregator.take(ctx, column, mapped, &self.numbers)?;
                }
                None => aggregator.count(&self.numbers),
            }
        }
        let number = self.batches.len() as u32;
        let mut new_rows: Vec<u32> = Vec::with_capacity(groups - known);
        if groups > known {
            for (row, &group) in self.numbers.iter().enumerate() {
                if group as usize == known + new_rows.len() {
                    new_rows.push(row as u32);
                }
            }
        }
        if self.plan.keeps_rows {
            self.firsts.extend(new_rows.iter().map(|&row| Place { batch: number, row }));
            self.groups.resize_with(groups, Vec::new);
            for (row, &group) in self.numbers.iter().enumerate() {
                if let Some(rows) = self.groups.get_mut(group as usize) {
                    rows.push(Place { batch: number, row: row as u32 });
                }
            }
            self.batches.push(batch);
        } else if !new_rows.is_empty() {
            self.firsts.extend((0..new_rows.len() as u32).map(|row| Place { batch: number, row }));
            let keys = self.plan.grouping.columns.iter().enumerate();
            let wanted = keys.filter(|(at, _)| self.demand.wants(*at)).map(|(_, column)| *column);
            let wanted: Vec<usize> = wanted.chain(self.numbers_at()).collect();
            self.batches.push(batch.keep(&wanted, &new_rows));
        }
        self.look_at_memory(ctx)?;
        Ok(true)
    }

    /// Once memory is full, finds the known groups of rows, and puts the others off.
    fn put_off(&mut self, ctx: &Context, batch: &Batch) -> Result<bool> {
        let (Some(overflow), Some(known)) = (&mut self.spilling.overflow, self.finder.numbering()) else {
            return Ok(false);
        };
        let keys = &self.plan.grouping.columns;
        known.find(ctx, batch, keys, &mut self.numbers)?;
        let mut unknown = Vec::new();
        for (row, _) in self.numbers.iter().enumerate().filter(|(_, number)| **number == NONE) {
            unknown.push((row as u32, known.hash(ctx, batch, row, keys)?));
        }
        if unknown.is_empty() {
            return Ok(true);
        }
        match self.spilling.level {
            0 => overflow.push(ctx, &numbered(batch, self.spilling.rows), unknown)?,
            _ => overflow.push(ctx, batch, unknown)?,
        }
        Ok(true)
    }

    /// Takes no more groups if the steps hold more than they may. Groups that keep their rows are not put off.
    fn look_at_memory(&mut self, ctx: &Context) -> Result<()> {
        let known = self.finder.numbering().and_then(|numbering| numbering.held());
        let Some(known) = known.filter(|_| !self.plan.keeps_rows) else { return Ok(()) };
        /// A key's cell, about.
        const CELL: usize = 24;
        let keys = self.plan.grouping.columns.len();
        let firsts = self.firsts.len() * (size_of::<Place>() + keys * CELL);
        let states: usize = self.streams.iter().map(Aggregator::held).sum();
        self.spilling.held.set(known + firsts + states);
        let level = self.spilling.level;
        if self.spilling.overflow.is_none() && level < DEEPEST && self.spilling.held.must_spill() {
            let streamed = self.plan.streams.iter().filter_map(|stream| stream.what.column);
            let mut columns: Vec<usize> = self.plan.grouping.columns.clone();
            columns.extend(streamed);
            columns.sort_unstable();
            columns.dedup();
            self.spilling.overflow = Some(Overflow::new(ctx, columns, self.table.width(), level)?);
        }
        Ok(())
    }

    /// The groups of the rows that were put off.
    fn rest(&mut self, ctx: &Context, overflow: Overflow) -> Result<Box<dyn Batches>> {
        self.finder = self.plan.finder();
        self.batches = Vec::new();
        self.spilling.held.set(0);
        let level = self.spilling.level + 1;
        let width = self.plan.grouping.columns.len() + self.plan.aggregates.len() + 1;
        overflow.finish(ctx, width, |rows| {
            let (table, plan) = (Arc::clone(&self.table), Arc::clone(&self.plan));
            Ok(Box::new(Gathering::new(ctx, Input::Part(rows), table, plan, self.demand.clone(), level)))
        })
    }

    /// Makes ready the groups that are finished.
    fn finish(&mut self, ctx: &Context) -> Result<Finished> {
        while !self.ended {
            self.ended = !self.read(ctx)?;
            // Of runs, all but the last one are known to be whole.
            if self.plan.grouping.local && !self.ended && self.firsts.len() > 1 {
                return self.finish_runs(ctx);
            }
        }
        let groups = self.firsts.len();
        Ok(Finished {
            batches: std::mem::take(&mut self.batches).into(),
            firsts: std::mem::take(&mut self.firsts),
            groups: std::mem::take(&mut self.groups).into_iter(),
            streamed: self.streamed(ctx, groups)?,
            at: 0,
        })
    }

    fn finish_runs(&mut self, ctx: &Context) -> Result<Finished> {
        let runs = self.firsts.len() - 1;
        let streamed = self.streamed(ctx, runs)?;
        let batches: Arc<[Batch]> = Arc::from(self.batches.as_slice());
        // What stays begins with the batch in which the open run does.
        let open = self.firsts.split_off(runs);
        let passed = open.first().map_or(0, |place| place.batch);
        self.batches.drain(..(passed as usize).min(self.batches.len()));
        let moved = |place: Place| Place { batch: place.batch - passed, ..place };
        let firsts = std::mem::replace(&mut self.firsts, open.into_iter().map(moved).collect());
        let mut groups = std::mem::take(&mut self.groups);
        if self.plan.keeps_rows {
            let open = groups.split_off(runs.min(groups.len()));
            self.groups = open.into_iter().map(|rows| rows.into_iter().map(moved).collect()).collect();
        }
        self.gone += runs;
        Ok(Finished { batches, firsts, groups: groups.into_iter(), streamed, at: 0 })
    }

    fn streamed(&mut self, ctx: &Context, groups: usize) -> Result<Vec<Column>> {
        self.streams.iter_mut().map(|stream| stream.finish(ctx, groups)).collect()
    }

    /// The next groups of `finished`, if there are more.
    fn batch(&self, finished: &mut Finished) -> Option<Batch> {
        let start = finished.at;
        let firsts = finished.firsts.get(start..)?;
        let firsts = firsts.get(..ROWS).unwrap_or(firsts);
        let len = firsts.len();
        if len == 0 {
            return None;
        }
        let keys = &self.plan.grouping.columns;
        let mut columns: Vec<Arc<Column>> = Vec::with_capacity(keys.len() + self.plan.aggregates.len());
        for (at, &key) in keys.iter().enumerate() {
            columns.push(Arc::new(match self.demand.wants(at) {
                true => gather_column(&finished.batches, key, firsts),
                false => Column::unread(len),
            }));
        }
        finished.at += len;
        let groups = finished.groups.by_ref().take(len);
        let tables: Vec<Arc<Table>> = groups.map(|rows| self.table_of(&finished.batches, rows)).collect();
        for (at, aggregate) in self.plan.aggregates.iter().enumerate() {
            let stream = self.plan.streams.iter().position(|stream| stream.aggregate == at);
            columns.push(Arc::new(match stream.and_then(|stream| finished.streamed.get(stream)) {
                Some(column) => column.slice(start, len),
                None if self.demand.wants(keys.len() + at) => aggregated(aggregate, &tables),
                None => Column::unread(len),
            }));
        }
        if let Some(numbers) = self.numbers_at() {
            columns.push(Arc::new(gather_column(&finished.batches, numbers, firsts)));
        }
        Some(Batch::new(columns, len))
    }

    fn table_of(&self, batches: &Arc<[Batch]>, places: Vec<Place>) -> Arc<Table> {
        let operator =
            Picked { batches: Arc::clone(batches), width: self.table.width(), places: places.into() };
        Arc::new(self.table.with_operator(Arc::new(operator)))
    }
}

/// The aggregates of groups, each computed when its cell is read.
fn aggregated(aggregate: &Aggregate, tables: &[Arc<Table>]) -> Column {
    let mut cells = ColumnBuilder::with_capacity(tables.len());
    for table in tables {
        let (table, function) = (Arc::clone(table), Arc::clone(&aggregate.function));
        cells.push(Member::lazy(move |ctx| ctx.call1(&function, Value::Table(Arc::clone(&table)))));
    }
    cells.finish()
}

impl Batches for Gathering {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            if let Some(mut finished) = self.yielding.take()
                && let Some(batch) = self.batch(&mut finished)
            {
                self.yielding = Some(finished);
                return Ok(Some(batch));
            }
            if let Some(rest) = &mut self.spilling.rest {
                let batch = rest.next(ctx)?;
                return Ok(batch.map(|batch| match self.spilling.level {
                    0 => without_numbers(&batch),
                    _ => batch,
                }));
            }
            if self.ended {
                let Some(overflow) = self.spilling.overflow.take() else { return Ok(None) };
                self.spilling.rest = Some(self.rest(ctx, overflow)?);
                continue;
            }
            self.yielding = Some(self.finish(ctx)?);
        }
    }
}
