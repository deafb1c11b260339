//! Lists of the items that a test keeps, where the test looks at nothing but the item and those before it.

use std::sync::Arc;

use crate::eval::Context;
use crate::value::{Chunk, Enumerate, Items, Iterate, List, Member, Part, Result, Value};

struct Kept<S> {
    list: Arc<List>,
    start: S,
    calls: bool,
}

/// The items of `list` that a test keeps, which `start` makes anew for each reading. Where it `calls` functions, no
/// item is tested before it is asked for.
pub(super) fn kept<S, K>(list: Arc<List>, calls: bool, start: S) -> Value
where
    S: Fn() -> K + Send + Sync + 'static,
    K: FnMut(&Context, &Value) -> Result<bool> + Send + 'static,
{
    Value::List(Arc::new(List::Lazy(Box::new(Kept { list, start, calls }))))
}

impl<S, K> Enumerate for Kept<S>
where
    S: Fn() -> K + Send + Sync,
    K: FnMut(&Context, &Value) -> Result<bool> + Send + 'static,
{
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Keeping { items: self.list.items(), keep: (self.start)(), ahead: None })
    }

    fn has_chunks(&self) -> bool {
        !self.calls && self.list.has_chunks()
    }
}

struct Keeping<K> {
    items: Items,
    keep: K,
    /// Items that were read ahead, and how many of them were looked at.
    ahead: Option<(Chunk, usize)>,
}

impl<K> Keeping<K> {
    fn next_item(&mut self, ctx: &Context) -> Result<Option<Member>> {
        if let Some((chunk, at)) = &mut self.ahead
            && *at < chunk.len()
        {
            *at += 1;
            return Ok(Some(chunk.member(*at - 1)));
        }
        self.items.next(ctx)
    }
}

/// Whether a test of the value surely evaluates nothing.
fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Record(_) | Value::Table(_) | Value::Meta(_))
}

impl<K: FnMut(&Context, &Value) -> Result<bool> + Send> Iterate for Keeping<K> {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        while let Some(item) = self.next_item(ctx)? {
            let keep = match item.ready() {
                Some(value) => (self.keep)(ctx, value)?,
                None => (self.keep)(ctx, &item.force_with_metadata(ctx)?)?,
            };
            if keep {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        loop {
            let (chunk, from) = match self.ahead.take() {
                Some((chunk, at)) if at < chunk.len() => (chunk, at),
                _ => match self.items.next_chunk(ctx, most)? {
                    Some(chunk) => (chunk, 0),
                    None => return Ok(None),
                },
            };
            let (len, mut places) = (chunk.len(), Vec::new());
            let keep = &mut self.keep;
            let mut at = from;
            // Whether the item at `at` was looked at.
            let mut look = |item: &Member| -> Result<bool> {
                let kept = match item.ready() {
                    Some(value) if at == from || is_scalar(value) => keep(ctx, value),
                    None if at == from => item.force_with_metadata(ctx).and_then(|value| keep(ctx, &value)),
                    // Looking at it may evaluate something: only when it is asked for.
                    _ => return Ok(false),
                };
                match kept {
                    Ok(true) => places.push(at as u32),
                    Ok(false) => {}
                    Err(error) if at == from || error.is_stop() => return Err(error),
                    // It is raised when the item is asked for.
                    Err(_) => return Ok(false),
                }
                at += 1;
                Ok(true)
            };
            match chunk.part() {
                Part::Members(items) => {
                    for item in items.get(from..).unwrap_or_default() {
                        if !look(item)? {
                            break;
                        }
                    }
                }
                Part::Column(column) => {
                    for row in from..len {
                        if !look(&column.get(row))? {
                            break;
                        }
                    }
                }
            }
            if places.len() == len {
                return Ok(Some(chunk));
            }
            let kept = (!places.is_empty()).then(|| chunk.take(&places));
            self.ahead = Some((chunk, at));
            if kept.is_some() {
                return Ok(kept);
            }
        }
    }
}
