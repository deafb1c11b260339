use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::drop::{Nested, drop_nested};
use super::{Chunk, Member, Part, Result, Type, Value};
use crate::eval::Context;
use crate::table::{Column, Table};

/// Lists with fewer items are read one by one: to read many at a time pays off later.
const FEW: usize = 32;
/// How many items are read at a time: at first, and later.
const FIRST: usize = 64;
const MOST: usize = 4096;

/// A list: items at hand, a range of whole numbers, or a computation that yields its items one by one.
pub enum List {
    /// Items at hand; each may still be unevaluated.
    Items(Vec<Member>),
    /// The whole numbers from the first on.
    Range {
        /// The first number.
        from: i64,
        /// How many there are.
        count: u64,
    },
    /// Items that are computed while the list is read, anew at each reading.
    Lazy(Box<dyn Enumerate>),
}

/// A list that yields its items on demand; it may have no end.
pub trait Enumerate: Send + Sync {
    /// Starts reading from the first item.
    fn iterate(&self) -> Box<dyn Iterate>;

    /// The number of items if it is known without reading them.
    fn count(&self) -> Option<usize> {
        None
    }

    /// The list type the list was given, if it was.
    fn claimed_type(&self) -> Option<&Arc<Type>> {
        None
    }

    /// The table and the column whose cells the items are, if they are.
    fn column(&self) -> Option<(&Arc<Table>, usize)> {
        None
    }

    /// The table and the column whose cells the items are, but for those that equal one before them, if they are.
    fn distinct_column(&self) -> Option<(&Arc<Table>, usize)> {
        None
    }

    /// Whether items can be read many at a time ([`Iterate::next_chunk`]).
    fn has_chunks(&self) -> bool {
        false
    }

    /// The list that has the items at hand, and where, if this is a part of such a list.
    fn lent(&self) -> Option<(&Arc<List>, Range<usize>)> {
        None
    }

    /// The item at `index` from 0 (`None` past the end), if it can be had without those before it.
    fn item(&self, _index: usize) -> Option<Option<Member>> {
        None
    }
}

/// One reading of a list.
pub trait Iterate: Send {
    /// The next item, not evaluated further than needed; `None` past the last.
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>>;

    /// The next item evaluated, with its metadata: for readers that keep no unevaluated items, which spares lists
    /// that compute theirs the cells to keep them in.
    fn next_evaluated(&mut self, ctx: &Context) -> Result<Option<Value>> {
        self.next(ctx)?.map(|member| member.into_value(ctx)).transpose()
    }

    /// The next items, up to `most` and at least one; `None` past the last. Reading those after the first of them
    /// before they are asked for cannot be told from reading them then: they are at hand, or computed from such by a
    /// function that only computes. What may raise an error, or run for long, is the first item or none of them.
    fn next_chunk(&mut self, ctx: &Context, _most: usize) -> Result<Option<Chunk>> {
        Ok(self.next(ctx)?.map(|member| Chunk::Members(vec![member])))
    }
}

/// Reads any list; see [`List::items`].
pub struct Items {
    list: Arc<List>,
    at: usize,
    lazy: Option<Box<dyn Iterate>>,
}

impl List {
    /// A list of values at hand.
    pub fn from_values(values: impl IntoIterator<Item = Value>) -> List {
        List::Items(values.into_iter().map(Member::Ready).collect())
    }

    /// A list that `iterate` starts reading, each time it is read.
    pub fn lazy<F, I>(iterate: F) -> List
    where
        F: Fn() -> I + Send + Sync + 'static,
        I: Iterate + 'static,
    {
        struct Starter<F>(F);
        impl<F, I> Enumerate for Starter<F>
        where
            F: Fn() -> I + Send + Sync,
            I: Iterate + 'static,
        {
            fn iterate(&self) -> Box<dyn Iterate> {
                Box::new((self.0)())
            }
        }
        List::Lazy(Box::new(Starter(iterate)))
    }

    /// The same items under a list type. It is a claim: nothing checks the items against it.
    pub fn with_type(self: &Arc<Self>, ty: Arc<Type>) -> List {
        List::Lazy(Box::new(Typed { list: Arc::clone(self), ty }))
    }

    /// The list type the list was given, if it was.
    pub fn claimed_type(&self) -> Option<&Arc<Type>> {
        match self {
            List::Lazy(list) => list.claimed_type(),
            _ => None,
        }
    }

    /// The number of items if it is known without reading them.
    pub fn known_count(&self) -> Option<usize> {
        match self {
            List::Items(items) => Some(items.len()),
            List::Range { count, .. } => usize::try_from(*count).ok(),
            List::Lazy(list) => list.count(),
        }
    }

    /// Whether items can be read many at a time.
    pub fn has_chunks(&self) -> bool {
        match self {
            List::Items(_) | List::Range { .. } => true,
            List::Lazy(list) => list.has_chunks(),
        }
    }

    /// The table and the column whose cells the items are, if they are.
    pub fn as_column(&self) -> Option<(&Arc<Table>, usize)> {
        match self {
            List::Lazy(list) => list.column(),
            _ => None,
        }
    }

    /// The table and the column whose cells the items are, but for those that equal one before them, if they are.
    pub fn as_distinct_column(&self) -> Option<(&Arc<Table>, usize)> {
        match self {
            List::Lazy(list) => list.distinct_column(),
            _ => None,
        }
    }

    /// The items at hand, if they are.
    pub fn as_items(&self) -> Option<&[Member]> {
        match self {
            List::Items(items) => Some(items),
            List::Range { .. } => None,
            List::Lazy(list) => {
                let (list, range) = list.lent()?;
                list.as_items()?.get(range)
            }
        }
    }

    /// Starts reading from the first item.
    pub fn items(self: &Arc<Self>) -> Items {
        let lazy = match &**self {
            List::Lazy(list) => Some(list.iterate()),
            _ => None,
        };
        Items { list: Arc::clone(self), at: 0, lazy }
    }

    /// The item at `index` from 0, or `None` past the end; reads no further than that.
    pub fn get(self: &Arc<Self>, index: usize, ctx: &Context) -> Result<Option<Member>> {
        match &**self {
            List::Items(items) => Ok(items.get(index).cloned()),
            List::Range { from, count } => Ok(range_item(*from, *count, index)),
            List::Lazy(list) => {
                if let Some(items) = self.as_items() {
                    return Ok(items.get(index).cloned());
                }
                if let Some(item) = list.item(index) {
                    return Ok(item);
                }
                let mut items = self.items();
                for _ in 0..index {
                    if items.next(ctx)?.is_none() {
                        return Ok(None);
                    }
                }
                items.next(ctx)
            }
        }
    }

    /// The number of items, reading to the end if it is not known. Evaluates no item.
    pub fn count(self: &Arc<Self>, ctx: &Context) -> Result<usize> {
        if let Some(count) = self.known_count() {
            return Ok(count);
        }
        let mut items = self.items();
        let mut count = 0;
        if self.has_chunks() {
            let mut most = FIRST;
            while let Some(chunk) = items.next_chunk(ctx, most)? {
                most = (most * 4).min(MOST);
                count += chunk.len();
            }
            return Ok(count);
        }
        while items.next(ctx)?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    /// Hands the items from the first on to `each`, many at a time where that is possible, until it breaks. What is
    /// read one by one is evaluated; of many at a time, some may not be.
    ///
    /// # Errors
    /// Those of the list, of `each`, and stops.
    pub fn each_part(
        self: &Arc<Self>,
        ctx: &Context,
        mut each: impl FnMut(Part<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        if let Some(items) = self.as_items() {
            for items in items.chunks(MOST) {
                ctx.steps(items.len())?;
                if each(Part::Members(items))?.is_break() {
                    return Ok(());
                }
            }
            return Ok(());
        }
        let mut items = self.items();
        if self.has_chunks() && self.known_count().is_none_or(|count| count >= FEW) {
            let mut most = FIRST;
            while let Some(chunk) = items.next_chunk(ctx, most)? {
                most = (most * 4).min(MOST);
                if each(chunk.part())?.is_break() {
                    return Ok(());
                }
            }
            return Ok(());
        }
        while let Some(value) = items.next_evaluated(ctx)? {
            if each(Part::Members(&[Member::Ready(value)]))?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Hands the items from the first on to `each`, evaluated and without metadata, until one of them breaks. Items at
    /// hand are lent, not copied. The first error ends it.
    ///
    /// # Errors
    /// Those of items, of `each`, and stops.
    pub fn each_value(
        self: &Arc<Self>,
        ctx: &Context,
        mut each: impl FnMut(&Value) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.each_part(ctx, |part| part.each(ctx, |value| each(value.as_plain())))
    }

    /// [`List::each_value`] to the end.
    ///
    /// # Errors
    /// Those of items, of `each`, and stops.
    pub fn all_values(
        self: &Arc<Self>,
        ctx: &Context,
        mut each: impl FnMut(&Value) -> Result<()>,
    ) -> Result<()> {
        self.each_value(ctx, |value| each(value).map(ControlFlow::Continue))
    }

    /// Gives the items from the first to the last to `take`, evaluated and with metadata. The first error ends it.
    ///
    /// # Errors
    /// Those of items, of `take`, and stops.
    pub fn take_values(
        self: &Arc<Self>,
        ctx: &Context,
        mut take: impl FnMut(Value) -> Result<()>,
    ) -> Result<()> {
        self.each_part(ctx, |part| part.take_each(ctx, &mut take).map(ControlFlow::Continue))
    }

    /// Room for the items, if their number is known and is not out of reason.
    fn room<T>(&self, ctx: &Context) -> Result<Vec<T>> {
        let count = self.known_count().unwrap_or(0);
        ctx.reserve(count.saturating_mul(size_of::<T>()))?;
        Ok(Vec::with_capacity(count.min(1 << 20)))
    }

    /// All items, unevaluated ones left so.
    pub fn members(self: &Arc<Self>, ctx: &Context) -> Result<Vec<Member>> {
        if let Some(items) = self.as_items() {
            ctx.reserve(size_of_val(items))?;
            return Ok(items.to_vec());
        }
        let mut items = self.items();
        let mut all = self.room(ctx)?;
        if self.has_chunks() {
            let mut most = FIRST;
            while let Some(chunk) = items.next_chunk(ctx, most)? {
                most = (most * 4).min(MOST);
                if all.len() + chunk.len() > all.capacity() {
                    ctx.reserve(all.len().saturating_mul(2 * size_of::<Member>()))?;
                }
                match chunk {
                    Chunk::Members(members) => all.extend(members),
                    chunk => chunk.part().members(|member| all.push(member)),
                }
            }
            return Ok(all);
        }
        while let Some(member) = items.next(ctx)? {
            if all.len() == all.capacity() {
                ctx.reserve(all.len().saturating_mul(2 * size_of_val(&member)))?;
            }
            all.push(member);
        }
        Ok(all)
    }

    /// All items evaluated, without metadata; the first error ends it.
    pub fn values(self: &Arc<Self>, ctx: &Context) -> Result<Vec<Value>> {
        let mut all = self.room(ctx)?;
        self.take_values(ctx, |value| {
            if all.len() == all.capacity() {
                ctx.reserve(all.len().saturating_mul(2 * size_of_val(&value)))?;
            }
            all.push(value.plain());
            Ok(())
        })?;
        Ok(all)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let List::Items(items) = self
            && !items.iter().all(Member::is_flat)
        {
            drop_nested(Nested::Members(std::mem::take(items)));
        }
    }
}

/// A list under a type of its own.
struct Typed {
    list: Arc<List>,
    ty: Arc<Type>,
}

impl Enumerate for Typed {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(self.list.items())
    }

    fn count(&self) -> Option<usize> {
        self.list.known_count()
    }

    fn claimed_type(&self) -> Option<&Arc<Type>> {
        Some(&self.ty)
    }

    fn has_chunks(&self) -> bool {
        self.list.has_chunks()
    }

    fn lent(&self) -> Option<(&Arc<List>, Range<usize>)> {
        match &*self.list {
            List::Items(items) => Some((&self.list, 0..items.len())),
            List::Range { .. } => None,
            List::Lazy(list) => list.lent(),
        }
    }
}

fn range_item(from: i64, count: u64, index: usize) -> Option<Member> {
    let offset = i64::try_from(index).ok()?;
    ((index as u64) < count).then(|| Member::Ready(Value::Int64(from.saturating_add(offset))))
}

impl Items {
    /// The next item, or `None` past the last. Counts as a step of the evaluation, so a host's limits hold.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        ctx.step()?;
        if let Some(lazy) = &mut self.lazy {
            return lazy.next(ctx);
        }
        let item = match &*self.list {
            List::Items(items) => items.get(self.at).cloned(),
            List::Range { from, count } => range_item(*from, *count, self.at),
            List::Lazy(_) => None,
        };
        self.at += 1;
        Ok(item)
    }

    /// The next items, up to `most`: see [`Iterate::next_chunk`].
    pub fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        let chunk = match (&mut self.lazy, &*self.list) {
            (Some(lazy), _) => lazy.next_chunk(ctx, most)?,
            (None, List::Items(items)) => {
                let (from, to) = (self.at, items.len().min(self.at.saturating_add(most)));
                self.at = to.max(from);
                (from < to).then(|| Chunk::Lent(Arc::clone(&self.list), from, to))
            }
            (None, List::Range { from, count }) => {
                let left = count.saturating_sub(self.at as u64).min(most as u64) as i64;
                let first = from.saturating_add_unsigned(self.at as u64);
                self.at += left as usize;
                (left > 0).then(|| Chunk::Column(Column::wholes(first..first.saturating_add(left))))
            }
            (None, List::Lazy(_)) => None,
        };
        ctx.steps(chunk.as_ref().map_or(1, Chunk::len))?;
        Ok(chunk)
    }

    /// The next items, as many as there are up to `count`.
    pub fn next_many(&mut self, ctx: &Context, count: usize) -> Result<Vec<Member>> {
        if let (None, List::Items(items)) = (&self.lazy, &*self.list) {
            let rest = items.get(self.at..).unwrap_or_default();
            let taken = rest.get(..count).unwrap_or(rest);
            ctx.steps(taken.len())?;
            self.at += taken.len();
            return Ok(taken.to_vec());
        }
        let mut taken = Vec::with_capacity(count.min(64));
        while taken.len() < count {
            match self.next(ctx)? {
                Some(item) => taken.push(item),
                None => break,
            }
        }
        Ok(taken)
    }

    /// The next item evaluated, with its metadata. An error of the item is raised.
    pub fn next_evaluated(&mut self, ctx: &Context) -> Result<Option<Value>> {
        match &mut self.lazy {
            Some(lazy) => {
                ctx.step()?;
                lazy.next_evaluated(ctx)
            }
            None => match (&*self.list, self.at) {
                (List::Range { from, count }, at) if (at as u64) < *count => {
                    ctx.step()?;
                    self.at += 1;
                    Ok(Some(Value::Int64(from.saturating_add(at as i64))))
                }
                (List::Items(items), at) => {
                    ctx.step()?;
                    self.at += 1;
                    items.get(at).map(|member| member.force_with_metadata(ctx)).transpose()
                }
                _ => self.next(ctx)?.map(|member| member.into_value(ctx)).transpose(),
            },
        }
    }

    /// The next item evaluated, without metadata. An error of the item is raised.
    pub fn next_value(&mut self, ctx: &Context) -> Result<Option<Value>> {
        Ok(self.next_evaluated(ctx)?.map(Value::plain))
    }
}

impl Iterate for Items {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        Items::next(self, ctx)
    }
    fn next_evaluated(&mut self, ctx: &Context) -> Result<Option<Value>> {
        Items::next_evaluated(self, ctx)
    }
    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        Items::next_chunk(self, ctx, most)
    }
}
