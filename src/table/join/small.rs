//! Joins of a left table that is much smaller than the right one: the left rows are held, and the right ones are looked
//! up among them as they are read. What matches is brought into the order of the left rows, which pays where that is
//! the smaller part of the right rows.

use std::sync::Arc;

use arrow_array::Int64Array;

use super::{JoinKind, Plan};
use crate::criteria::Rule;
use crate::eval::{Context, RowsHeld};
use crate::table::gather::{ROWS, gather_column};
use crate::table::parallel::{self, Morsel, Morsels, Pipeline, Staged};
use crate::table::row_index::RowIndexer;
use crate::table::sort::InOrder;
use crate::table::{Batch, Batches, Column, Place, RowIndex, Whole};
use crate::value::{Error, Member, Result, Value};

/// About how many left rows are read at most to find out whether there are few.
const MOST: usize = if cfg!(test) { 64 } else { 1 << 16 };
/// How many right rows there must be at least,
const LEAST: usize = if cfg!(test) { 8 } else { 1 << 14 };
/// and how many for each left one.
const TIMES: usize = 4;

/// Which side a join holds, as far as that is known before anything is read; `None` if the left one only where it turns
/// out to be much smaller.
pub(super) fn holds_left(plan: &Plan) -> Option<bool> {
    let kinds = [JoinKind::Inner, JoinKind::LeftOuter, JoinKind::LeftAnti, JoinKind::LeftSemi];
    // A function that compares keys cannot be looked up, and is given the left one first.
    let compares = plan.left.key.rules.iter().any(|rule| matches!(rule, Rule::Function(_)));
    if !kinds.contains(&plan.kind) || compares || plan.demand.limit.is_some() {
        return Some(false);
    }
    let known = |side: &super::JoinSide| side.table.operator().known_rows();
    match (known(&plan.left), known(&plan.right)) {
        (Some(left), _) if left > MOST => Some(false),
        (_, Some(right)) if right <= LEAST => Some(false),
        (Some(left), Some(right)) => Some(right > enough(left)),
        _ => None,
    }
}

/// With more right rows than this the left ones are held.
fn enough(left: usize) -> usize {
    LEAST.max(left.saturating_mul(TIMES))
}

/// What became of the two sides.
pub(super) enum Tried {
    /// The rows of the join in their order, and the error that follows them.
    Joined(Box<dyn Batches>, Option<Error>),
    /// The left table is not the smaller one. Nothing is lost of either.
    Neither(Pipeline, Box<dyn Batches>),
}

/// Joins so if the left table turns out to be much smaller.
///
/// # Errors
/// What reading the right rows and their keys raises; stops.
pub(super) fn join(
    ctx: &Context,
    plan: &Arc<Plan>,
    left: Pipeline,
    right: Box<dyn Batches>,
) -> Result<Tried> {
    if holds_left(plan) == Some(false) {
        return Ok(Tried::Neither(left, right));
    }
    let left = Ahead::read(ctx, Box::new(left.into_morsels()))?;
    let mut held = ctx.rows_held();
    held.set(left.bytes());
    if left.rest.is_some() || held.must_spill() {
        return Ok(Tried::Neither(left.pipeline(ctx, plan), right));
    }
    let mut right = Right { ahead: Vec::new().into_iter(), failed: None, rest: right };
    if !right.has_more_than(ctx, enough(left.rows))? {
        return Ok(Tried::Neither(left.pipeline(ctx, plan), Box::new(right)));
    }
    let (index, failed) = index(ctx, plan, &left.made)?;
    if plan.kind.gives_pairs() && right.mostly_matches(ctx, plan, &index)? {
        return Ok(Tried::Neither(left.pipeline(ctx, plan), Box::new(right)));
    }
    let places: Vec<Place> = index.places().collect();
    let joined = Held { plan: Arc::clone(plan), index, places, _held: held };
    Ok(Tried::Joined(joined.with(ctx, &mut right)?, failed))
}

/// Left rows that were read ahead.
struct Ahead {
    made: Vec<Staged>,
    rows: usize,
    /// What follows them, if something does.
    rest: Option<Box<dyn Morsels>>,
}

impl Ahead {
    /// Reads all rows if they are few, else the first ones.
    ///
    /// # Errors
    /// Only a stop: other errors are what follows the rows.
    fn read(ctx: &Context, mut pieces: Box<dyn Morsels>) -> Result<Ahead> {
        let (mut made, mut rows): (Vec<Staged>, usize) = (Vec::new(), 0);
        while rows <= MOST {
            let staged = match pieces.next(ctx) {
                Ok(None) => return Ok(Ahead { made, rows, rest: None }),
                Ok(Some(piece)) => piece.batch(ctx),
                Err(error) => Err(error),
            };
            let staged = match staged {
                Ok(staged) => staged,
                Err(error) => Staged { batch: Batch::new(Vec::new(), 0), failed: Some(error) },
            };
            if staged.failed.as_ref().is_some_and(Error::is_stop) {
                return staged.failed.map_or_else(|| Ok(Ahead { made, rows, rest: None }), Err);
            }
            let is_last = staged.failed.is_some();
            rows += staged.batch.len();
            made.push(staged);
            if is_last {
                return Ok(Ahead { made, rows, rest: None });
            }
        }
        Ok(Ahead { made, rows, rest: Some(pieces) })
    }

    fn bytes(&self) -> usize {
        self.made.iter().map(|staged| staged.batch.held()).sum()
    }

    /// The rows as if none had been read.
    fn pipeline(self, ctx: &Context, plan: &Plan) -> Pipeline {
        let pieces = Pieces { made: self.made.into_iter(), rest: self.rest };
        Pipeline::of_morsels(ctx, Box::new(pieces), &plan.left_demand())
    }
}

struct Pieces {
    made: std::vec::IntoIter<Staged>,
    rest: Option<Box<dyn Morsels>>,
}

impl Morsels for Pieces {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        match (self.made.next(), &mut self.rest) {
            (Some(staged), _) => Ok(Some(Box::new(staged))),
            (None, Some(rest)) => rest.next(ctx),
            (None, None) => Ok(None),
        }
    }
}

/// Right rows, the first of which were read ahead.
struct Right {
    ahead: std::vec::IntoIter<Batch>,
    /// What came after those instead of more rows: a key before it may fail first.
    failed: Option<Error>,
    rest: Box<dyn Batches>,
}

impl Right {
    /// Reads until there are more rows than these.
    ///
    /// # Errors
    /// Only a stop.
    fn has_more_than(&mut self, ctx: &Context, rows: usize) -> Result<bool> {
        let (mut ahead, mut count) = (Vec::new(), 0);
        while count <= rows {
            match self.rest.next(ctx) {
                Ok(Some(batch)) => {
                    count += batch.len();
                    ahead.push(batch);
                }
                Ok(None) => break,
                Err(error) if error.is_stop() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        self.ahead = ahead.into_iter();
        Ok(count > rows)
    }

    /// Whether more than half of the rows that were read have a left one: then bringing them into order costs more than
    /// holding all of them.
    ///
    /// # Errors
    /// Only a stop.
    fn mostly_matches(&self, ctx: &Context, plan: &Plan, index: &RowIndex) -> Result<bool> {
        let (mut rows, mut pairs) = (0, 0);
        for batch in self.ahead.as_slice() {
            let batch = parallel::settle(ctx, batch.clone(), &plan.right.key.columns)?;
            let (matches, failed) = index.look_up(ctx, &plan.right.key, &batch);
            rows += matches.rows();
            pairs += (0..matches.rows()).map(|row| index.matches(&matches, row).len()).sum::<usize>();
            match failed {
                Some(error) if error.is_stop() => return Err(error),
                Some(_) => break,
                None => {}
            }
        }
        Ok(pairs > rows / 2)
    }
}

impl Batches for Right {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        match (self.ahead.next(), self.failed.take()) {
            (Some(batch), failed) => {
                self.failed = failed;
                Ok(Some(batch))
            }
            (None, Some(error)) => Err(error),
            (None, None) => self.rest.next(ctx),
        }
    }
}

/// The index of the left rows before the first that fails, and its error.
fn index(ctx: &Context, plan: &Plan, made: &[Staged]) -> Result<(RowIndex, Option<Error>)> {
    let key = &plan.left.key;
    let wanted = (0..plan.left_width()).filter(|at| plan.demand.wants(*at)).collect();
    let mut indexer = RowIndexer::new(key, wanted);
    // Looking up evaluates keys one by one, and says how many did not fail.
    let nothing = RowIndexer::new(key, Vec::new()).finish();
    for Staged { batch, failed } in made {
        let batch = parallel::settle(ctx, batch.clone(), &key.columns)?;
        let (found, of_key) = nothing.look_up(ctx, key, &batch);
        if of_key.as_ref().is_some_and(Error::is_stop) {
            return of_key.map_or_else(|| Ok((indexer.finish(), None)), Err);
        }
        if found.rows() > 0 {
            indexer.push(ctx, &batch.slice(0, found.rows()))?;
        }
        if let Some(failed) = of_key.or_else(|| failed.clone()) {
            return Ok((indexer.finish(), Some(failed)));
        }
    }
    Ok((indexer.finish(), None))
}

/// The left rows.
struct Held {
    plan: Arc<Plan>,
    index: RowIndex,
    /// Where each is.
    places: Vec<Place>,
    _held: RowsHeld,
}

impl Held {
    /// The rows of the join with these right ones.
    ///
    /// # Errors
    /// What reading them and their keys raises; those of temporary files.
    fn with(self, ctx: &Context, right: &mut Right) -> Result<Box<dyn Batches>> {
        let plan = &self.plan;
        let kept = self.kept();
        let mut pairs = plan.kind.gives_pairs().then(|| InOrder::new(ctx, kept.len() + 1));
        let mut matched = vec![false; self.places.len()];
        let mut starts = Vec::with_capacity(self.index.batches().len());
        let mut start = 0;
        for batch in self.index.batches().iter() {
            starts.push(start);
            start += batch.len();
        }
        while let Some(batch) = right.next(ctx)? {
            let batch = parallel::settle(ctx, batch, &plan.right.key.columns)?;
            let (matches, failed) = self.index.look_up(ctx, &plan.right.key, &batch);
            if let Some(error) = failed {
                return Err(error);
            }
            let (mut rows, mut numbers) = (Vec::new(), Vec::new());
            for row in 0..matches.rows() {
                let found = self.index.matches(&matches, row);
                ctx.steps(1 + found.len())?;
                for place in found {
                    let number =
                        starts.get(place.batch as usize).map_or(0, |start| start + place.row as usize);
                    if let Some(matched) = matched.get_mut(number) {
                        *matched = true;
                    }
                    rows.push(row as u32);
                    numbers.push(number as i64);
                }
            }
            if let Some(pairs) = pairs.as_mut().filter(|_| !rows.is_empty()) {
                let cells = kept.iter().filter_map(|(_, column)| batch.column(*column));
                let cells = cells.map(|column| Arc::new(column.take(&rows))).collect();
                pairs.push(ctx, with_numbers(cells, numbers))?;
            }
        }
        let Some(mut pairs) = pairs else {
            let given = plan.kind == JoinKind::LeftSemi;
            let numbers = matched.into_iter().enumerate().filter(|(_, matched)| *matched == given);
            let numbers: Vec<i64> = numbers.map(|(number, _)| number as i64).collect();
            return Ok(Box::new(Alone { held: self, numbers: numbers.into_iter() }));
        };
        if plan.kind.gives_unmatched_left() {
            let alone = matched.into_iter().enumerate().filter(|(_, matched)| !matched);
            let alone: Vec<i64> = alone.map(|(number, _)| number as i64).collect();
            for numbers in alone.chunks(ROWS) {
                let cells = kept.iter().map(|_| Arc::new(nulls(numbers.len()))).collect();
                pairs.push(ctx, with_numbers(cells, numbers.to_vec()))?;
            }
        }
        Ok(Box::new(Pairs { rows: pairs.finish(ctx)?, kept, held: self }))
    }

    /// The columns that are kept of the right rows: where each is in the result, and where in their table.
    fn kept(&self) -> Vec<(usize, usize)> {
        let columns = (self.plan.left_width()..).zip(&self.plan.right_columns);
        let columns = columns.filter(|(at, _)| self.plan.demand.wants(*at));
        columns.filter_map(|(at, column)| Some((at, (*column)?))).collect()
    }

    /// The left columns of rows by their numbers, and as many right ones of nobody's and of nulls.
    fn rows(&self, numbers: &[i64]) -> Vec<Arc<Column>> {
        let places: Vec<Place> = numbers
            .iter()
            .map(|number| self.places.get(*number as usize).copied().unwrap_or(Place::NOWHERE))
            .collect();
        let width = self.plan.left_width();
        let column = |at: usize| match self.plan.demand.wants(at) {
            false => Column::unread(places.len()),
            true if at < width => gather_column(self.index.batches(), at, &places),
            true => nulls(places.len()),
        };
        (0..width + self.plan.right_columns.len()).map(|at| Arc::new(column(at))).collect()
    }
}

fn nulls(len: usize) -> Column {
    Column::same(Member::Ready(Value::Null), len)
}

fn with_numbers(mut columns: Vec<Arc<Column>>, numbers: Vec<i64>) -> Batch {
    let len = numbers.len();
    columns.push(Arc::new(Column::whole(Whole::Number, Int64Array::from(numbers))));
    Batch::new(columns, len)
}

/// Left rows by themselves.
struct Alone {
    held: Held,
    numbers: std::vec::IntoIter<i64>,
}

impl Batches for Alone {
    fn next(&mut self, _ctx: &Context) -> Result<Option<Batch>> {
        let numbers: Vec<i64> = self.numbers.by_ref().take(ROWS).collect();
        Ok((!numbers.is_empty()).then(|| Batch::new(self.held.rows(&numbers), numbers.len())))
    }
}

/// Right rows with the numbers of their left ones, in the order of these.
struct Pairs<B> {
    rows: B,
    kept: Vec<(usize, usize)>,
    held: Held,
}

impl<B: Batches> Batches for Pairs<B> {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.rows.next(ctx)? else { return Ok(None) };
        let numbers = batch.column(self.kept.len()).and_then(|column| column.as_whole());
        let mut columns = self.held.rows(numbers.map_or(&[][..], |(_, numbers)| numbers.values()));
        for ((at, _), cells) in self.kept.iter().zip(batch.columns()) {
            if let Some(column) = columns.get_mut(*at) {
                *column = Arc::clone(cells);
            }
        }
        Ok(Some(Batch::new(columns, batch.len())))
    }
}
