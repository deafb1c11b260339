//! What a function gives for the items of a list. A function that only computes (see [`Program`]) is run for many items
//! in one go, if the items are at hand; whatever it raises is raised by the item that is read, and not before.

use std::sync::{Arc, OnceLock};

use crate::eval::Context;
use crate::table::{Column, ColumnBuilder, Fate, Program, Vector, Whole};
use crate::value::{Function, Items, List, Member, Result, Value};

/// So many items are called for one by one: most lists are short, and of long ones often the first items are all that
/// is read.
const ALONE: usize = 24;
/// How many items are computed in one go: at first, and later.
const FIRST: usize = 32;
const MOST: usize = 256;

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

    /// Whether reading results ahead of time cannot be told from reading them one by one.
    pub(super) fn may_read_ahead(&self) -> bool {
        self.list.may_read_ahead() && self.program().is_some()
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

/// Results that were computed ahead.
struct Ahead {
    items: Vec<Member>,
    results: Vector,
    at: usize,
}

/// An item, and what the function gives for it if that is known.
pub(super) struct Pair {
    pub(super) item: Member,
    pub(super) result: Option<Value>,
}

impl Pair {
    /// What the function gives.
    pub(super) fn result(self, ctx: &Context, function: &Function) -> Result<Value> {
        match self.result {
            Some(result) => Ok(result),
            None => ctx.call1(function, self.item.into_value(ctx)?),
        }
    }
}

impl Mapped {
    /// The function.
    pub(super) fn function(&self) -> &Arc<Function> {
        &self.mapping.function
    }

    /// The next item; `None` past the last.
    pub(super) fn next(&mut self, ctx: &Context) -> Result<Option<Pair>> {
        if let Some(ahead) = &mut self.ahead {
            if let Some(pair) = ahead.next() {
                return Ok(Some(pair));
            }
            self.ahead = None;
        }
        self.at += 1;
        if self.at > ALONE && !ctx.limits().row_wise && self.mapping.may_read_ahead() {
            return self.look_ahead(ctx);
        }
        Ok(self.items.next(ctx)?.map(|item| Pair { item, result: None }))
    }

    #[inline(never)]
    fn look_ahead(&mut self, ctx: &Context) -> Result<Option<Pair>> {
        let Some(program) = self.mapping.program() else { return Ok(None) };
        let items = self.items.next_many(ctx, self.size)?;
        self.size = (self.size * 4).min(MOST);
        if items.is_empty() {
            return Ok(None);
        }
        let results = program.run_cells(ctx, &column(&items))?;
        let ahead = self.ahead.insert(Ahead { items, results, at: 0 });
        Ok(ahead.next())
    }
}

impl Ahead {
    fn next(&mut self) -> Option<Pair> {
        let item = std::mem::replace(self.items.get_mut(self.at)?, Member::Ready(Value::Null));
        let result = (self.results.fate(self.at) == Fate::Value).then(|| self.results.value(self.at));
        self.at += 1;
        Some(Pair { item, result })
    }
}

/// The items as a column: those that are evaluated; the others stay for later.
fn column(items: &[Member]) -> Column {
    let mut cells = ColumnBuilder::with_capacity(items.len());
    for item in items {
        match item {
            Member::Ready(Value::Double(double)) => cells.push_double(*double),
            Member::Ready(Value::Int64(whole)) => cells.push_whole(Whole::Number, *whole),
            Member::Ready(Value::Text(text)) => cells.push_text(text),
            item => match item.ready() {
                Some(value) => cells.push(Member::Ready(value.clone())),
                None => cells.push(item.clone()),
            },
        }
    }
    cells.finish()
}
