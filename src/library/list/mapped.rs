//! What a function gives for the items of a list. A function that only computes (see [`Program`]) is run for many items
//! in one go; whatever it raises is raised by the item that is read, and not before.

use std::sync::{Arc, OnceLock};

use super::stream::holds;
use crate::eval::Context;
use crate::table::{Fate, Program, Vector};
use crate::value::{Chunk, Function, Items, List, Member, Result, Value};

/// So many items are called for one by one: most lists are short, and of long ones often the first items are all that
/// is read.
const ALONE: usize = 24;
/// How many items are computed in one go for a reader that reads one by one: at first, and later.
const FIRST: usize = 32;
const MOST: usize = 1024;

/// A list and a function of its items.
pub(super) struct Mapping {
    pub(super) list: Arc<List>,
    pub(super) function: Arc<Function>,
    program: OnceLock<Option<Program>>,
}

impl Mapping {
    pub(super) fn new(list: Arc<List>, function: Arc<Function>) -> Mapping {
        Mapping { list, function, program: OnceLock::new() }
    }

    /// Starts reading from the first item.
    pub(super) fn items(self: &Arc<Self>) -> Mapped {
        Mapped { items: self.list.items(), at: 0, size: FIRST, ahead: None, mapping: Arc::clone(self) }
    }

    fn program(&self) -> Option<&Program> {
        self.program.get_or_init(|| Program::of_cell(&self.function)).as_ref()
    }

    /// Whether results can be had many at a time.
    pub(super) fn has_chunks(&self) -> bool {
        self.list.has_chunks() && self.program().is_some()
    }
}

/// One reading of a [`Mapping`].
pub(super) struct Mapped {
    mapping: Arc<Mapping>,
    items: Items,
    /// How many items were read.
    at: usize,
    size: usize,
    ahead: Option<Ahead>,
}

/// Items whose results were computed ahead.
struct Ahead {
    items: Chunk,
    results: Vector,
    at: usize,
}

/// The next of the items.
enum Next {
    /// Whose result is still to be computed.
    Alone(Member),
    /// Whose result is known: what place it has among those computed ahead.
    Known(usize),
}

/// What is read of the list next.
enum More {
    /// An item whose result is still to be computed.
    Alone(Member),
    /// Items, looked at together.
    Ahead(Ahead),
}

/// What the function gives for an item, or the item where that is still to be computed.
pub(super) enum Given {
    Result(Value),
    Item(Member),
}

impl Mapped {
    /// The function.
    pub(super) fn function(&self) -> &Arc<Function> {
        &self.mapping.function
    }

    fn advance(&mut self, ctx: &Context) -> Result<Option<Next>> {
        loop {
            if let Some(ahead) = &mut self.ahead {
                if let Some(next) = ahead.next() {
                    return Ok(Some(next));
                }
                self.ahead = None;
            }
            match self.more(ctx)? {
                Some(More::Alone(item)) => return Ok(Some(Next::Alone(item))),
                Some(More::Ahead(ahead)) => self.ahead = Some(ahead),
                None => return Ok(None),
            }
        }
    }

    /// What follows the items computed ahead.
    fn more(&mut self, ctx: &Context) -> Result<Option<More>> {
        self.at += 1;
        if self.at <= ALONE || ctx.limits().row_wise || !self.mapping.has_chunks() {
            return Ok(self.items.next(ctx)?.map(More::Alone));
        }
        let size = self.size;
        self.size = (size * 4).min(MOST);
        Ok(self.look_ahead(ctx, size)?.map(More::Ahead))
    }

    /// The next items with their results.
    #[inline(never)]
    fn look_ahead(&mut self, ctx: &Context, most: usize) -> Result<Option<Ahead>> {
        let Some(items) = self.items.next_chunk(ctx, most)? else { return Ok(None) };
        let results = match self.mapping.program() {
            Some(program) if !ctx.limits().row_wise => program.run_cells(ctx, &items.to_column())?,
            _ => Vector::fated(Fate::Unknown, items.len()),
        };
        Ok(Some(Ahead { items, results, at: 0 }))
    }

    /// The next item's result or, where it is still to be computed, the item; `None` past the last.
    pub(super) fn next_given(&mut self, ctx: &Context) -> Result<Option<Given>> {
        Ok(match (self.advance(ctx)?, &self.ahead) {
            (Some(Next::Known(at)), Some(ahead)) => Some(Given::Result(ahead.results.value(at))),
            (Some(Next::Alone(item)), _) => Some(Given::Item(item)),
            _ => None,
        })
    }

    /// The next item for which the function, a condition, holds; `None` past the last.
    pub(super) fn next_holding(&mut self, ctx: &Context) -> Result<Option<Member>> {
        while let Some(next) = self.advance(ctx)? {
            match (next, &self.ahead) {
                (Next::Known(at), Some(ahead)) => {
                    if ahead.holds(ctx, self.function(), at)? {
                        return Ok(Some(ahead.items.member(at)));
                    }
                }
                (Next::Known(_), None) => {}
                (Next::Alone(item), _) => {
                    if holds(ctx, self.function(), item.force_with_metadata(ctx)?)? {
                        return Ok(Some(item));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether the function, a condition, comes out as `wanted` for an item of a reading that begins; reads no further
    /// than the first of those.
    pub(super) fn any_holds(mut self, ctx: &Context, wanted: bool) -> Result<bool> {
        while let Some(more) = self.more(ctx)? {
            let found = match more {
                More::Alone(item) => holds(ctx, self.function(), item.into_value(ctx)?)? == wanted,
                More::Ahead(ahead) => ahead.any_holds(ctx, self.function(), wanted)?,
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next results, up to `most`; those still to be computed are when they are read.
    pub(super) fn next_results(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        let ahead = match self.ahead.take() {
            Some(ahead) if ahead.at < ahead.items.len() => Some(ahead),
            _ => self.look_ahead(ctx, most)?,
        };
        let Some(Ahead { items, results, at }) = ahead else { return Ok(None) };
        self.at += items.len() - at;
        let to = items.len();
        let results = results.into_column(|row| Ok(self.later(items.member(row))))?;
        Ok(Some(Chunk::Column(results).slice(at, to)))
    }

    /// The result for an item, computed when it is read.
    pub(super) fn later(&self, item: Member) -> Member {
        let function = Arc::clone(self.function());
        Member::lazy(move |ctx| ctx.call1(&function, item.force_with_metadata(ctx)?))
    }

    /// The next items for which the function, a condition, holds. Where only calling it tells, that is the first item
    /// of those that are looked at, so that nothing is called ahead of time.
    pub(super) fn next_chunk_holding(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        loop {
            let ahead = match self.ahead.take() {
                Some(ahead) if ahead.at < ahead.items.len() => ahead,
                _ => match self.look_ahead(ctx, most)? {
                    Some(ahead) => ahead,
                    None => return Ok(None),
                },
            };
            let (from, len) = (ahead.at, ahead.items.len());
            match ahead.results.as_same() {
                Some(Value::Logical(true)) => return Ok(Some(ahead.items.slice(from, len))),
                Some(Value::Logical(false)) => continue,
                _ => {}
            }
            if let Some(holding) = ahead.results.all_logical().filter(|_| from == 0) {
                let places: Vec<u32> = holding.set_indices_u32().collect();
                if !places.is_empty() {
                    let all = places.len() == len;
                    return Ok(Some(if all { ahead.items } else { ahead.items.take(&places) }));
                }
                continue;
            }
            let mut places = Vec::new();
            let mut at = from;
            while at < len
                && let Some(holds) = ahead.result(at)
            {
                if holds {
                    places.push(at as u32);
                }
                at += 1;
            }
            if at == from {
                let holds = ahead.holds(ctx, self.function(), at)?;
                let item = holds.then(|| ahead.items.member(at));
                self.ahead = Some(Ahead { at: at + 1, ..ahead });
                match item {
                    Some(item) => return Ok(Some(Chunk::Members(vec![item]))),
                    None => continue,
                }
            }
            let chosen = ahead.items.take(&places);
            self.ahead = Some(Ahead { at, ..ahead });
            if !places.is_empty() {
                return Ok(Some(chosen));
            }
        }
    }
}

impl Ahead {
    fn next(&mut self) -> Option<Next> {
        let at = self.at;
        if at >= self.items.len() {
            return None;
        }
        self.at += 1;
        Some(match self.results.fate(at) {
            Fate::Value => Next::Known(at),
            _ => Next::Alone(self.items.member(at)),
        })
    }

    /// Whether a condition comes out as `wanted` for one of the items.
    fn any_holds(&self, ctx: &Context, condition: &Function, wanted: bool) -> Result<bool> {
        if let Some(holding) = self.results.all_logical() {
            let holding = holding.count_set_bits();
            return Ok(if wanted { holding > 0 } else { holding < self.items.len() });
        }
        for at in 0..self.items.len() {
            if self.holds(ctx, condition, at)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a condition says of an item, if that is known.
    fn result(&self, at: usize) -> Option<bool> {
        match (self.results.fate(at), self.results.value(at)) {
            (Fate::Value, Value::Logical(holds)) => Some(holds),
            _ => None,
        }
    }

    fn holds(&self, ctx: &Context, condition: &Function, at: usize) -> Result<bool> {
        match self.result(at) {
            Some(holds) => Ok(holds),
            None => holds(ctx, condition, self.items.member(at).into_value(ctx)?),
        }
    }
}
