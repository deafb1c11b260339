//! Parts of lists that have their items at hand, and such lists the other way round: neither copies items.

use std::ops::Range;
use std::sync::Arc;

use crate::eval::Context;
use crate::table::Column;
use crate::value::{Chunk, Enumerate, Iterate, List, Member, Result, Value};

/// A part of a list is copied if it is that much shorter, since one that is lent keeps all of the list alive.
const SHARE: usize = 8;

/// The list that has the items of this one at hand, and where.
fn lender(list: &Arc<List>) -> Option<(&Arc<List>, Range<usize>)> {
    match &**list {
        List::Items(items) => Some((list, 0..items.len())),
        List::Range { .. } => None,
        List::Lazy(lazy) => lazy.lent(),
    }
}

/// The items of a list from `from` on, at most `most` of them, if the list has them at hand.
pub(super) fn part(ctx: &Context, list: &Arc<List>, from: usize, most: usize) -> Result<Option<Value>> {
    if let List::Range { from: first, count } = &**list {
        let skipped = (*count).min(from as u64);
        let range = List::Range {
            from: first.saturating_add_unsigned(skipped),
            count: (count - skipped).min(most as u64),
        };
        return Ok(Some(Value::List(Arc::new(range))));
    }
    let Some((lender, range)) = lender(list) else { return Ok(None) };
    let from = (range.start.saturating_add(from)).min(range.end);
    let to = from.saturating_add(most).min(range.end);
    let all = lender.as_items().unwrap_or_default();
    if let (List::Items(items), 0) = (&**lender, from)
        && items.len() == to
    {
        return Ok(Some(Value::List(Arc::clone(lender))));
    }
    if (to - from).saturating_mul(SHARE) < all.len() {
        let copied = all.get(from..to).unwrap_or_default();
        ctx.steps(copied.len())?;
        ctx.reserve(size_of_val(copied))?;
        return Ok(Some(Value::List(Arc::new(List::Items(copied.to_vec())))));
    }
    Ok(Some(lazy(Lent { list: Arc::clone(lender), range: from..to })))
}

/// The items of a list from the last to the first, if the list has them at hand.
pub(super) fn reversed(list: &Arc<List>) -> Option<Value> {
    let (lender, range) = lender(list)?;
    Some(lazy(Reversed { list: Arc::clone(lender), range }))
}

fn lazy(list: impl Enumerate + 'static) -> Value {
    Value::List(Arc::new(List::Lazy(Box::new(list))))
}

/// Some of the items of a list that has them at hand.
#[derive(Clone)]
struct Lent {
    list: Arc<List>,
    range: Range<usize>,
}

impl Enumerate for Lent {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(self.clone())
    }

    fn count(&self) -> Option<usize> {
        Some(self.range.len())
    }

    fn has_chunks(&self) -> bool {
        true
    }

    fn lent(&self) -> Option<(&Arc<List>, Range<usize>)> {
        Some((&self.list, self.range.clone()))
    }
}

/// What is left to be read.
impl Iterate for Lent {
    fn next(&mut self, _: &Context) -> Result<Option<Member>> {
        Ok(self.range.next().and_then(|at| self.list.as_items()?.get(at).cloned()))
    }

    fn next_chunk(&mut self, _: &Context, most: usize) -> Result<Option<Chunk>> {
        let Range { start, end } = self.range;
        self.range.start = start.saturating_add(most).min(end);
        Ok((start < end).then(|| Chunk::Lent(Arc::clone(&self.list), start, self.range.start)))
    }
}

/// Some of the items of a list that has them at hand, the last first.
#[derive(Clone)]
struct Reversed {
    list: Arc<List>,
    range: Range<usize>,
}

impl Enumerate for Reversed {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(self.clone())
    }

    fn count(&self) -> Option<usize> {
        Some(self.range.len())
    }

    fn has_chunks(&self) -> bool {
        true
    }

    fn item(&self, index: usize) -> Option<Option<Member>> {
        let at = self.range.len().checked_sub(index.saturating_add(1)).map(|at| self.range.start + at);
        Some(at.and_then(|at| self.list.as_items()?.get(at).cloned()))
    }
}

/// What is left to be read.
impl Iterate for Reversed {
    fn next(&mut self, _: &Context) -> Result<Option<Member>> {
        Ok(self.range.next_back().and_then(|at| self.list.as_items()?.get(at).cloned()))
    }

    fn next_chunk(&mut self, _: &Context, most: usize) -> Result<Option<Chunk>> {
        let Range { start, end } = self.range;
        self.range.end = end.saturating_sub(most).max(start);
        let items = self.list.as_items().and_then(|items| items.get(self.range.end..end)).unwrap_or_default();
        let chunk = || match Column::of_numbers(items.iter().rev()) {
            Some(column) => Chunk::Column(column),
            None => Chunk::Members(items.iter().rev().cloned().collect()),
        };
        Ok((!items.is_empty()).then(chunk))
    }
}

#[cfg(test)]
mod tests {
    use crate::Engine;

    fn shown(text: &str) -> String {
        Engine::new().shown(text)
    }

    #[test]
    fn parts_of_parts_are_parts_of_the_list() {
        let list = "let l = List.Buffer({1..100}) in ";
        for (expression, expected) in [
            ("List.FirstN(List.Skip(List.Skip(l, 10), 20), 3)", "{31, 32, 33}"),
            ("List.Skip(List.FirstN(l, 50), 48)", "{49, 50}"),
            ("List.Skip(List.FirstN(List.Skip(l, 1), 98), 95)", "{97, 98, 99}"),
            ("List.Skip(l, 100)", "{}"),
            ("List.Skip(l, 101)", "{}"),
            ("List.FirstN(List.Skip(l, 1), 0)", "{}"),
            ("List.Range(List.Skip(l, 1), 97, 5)", "{99, 100}"),
            ("List.Skip(l, 5){94}", "100"),
            ("List.Skip(l, 5){95}?", "null"),
            ("List.Reverse(List.Skip(l, 5)){0}", "100"),
            ("List.Reverse(List.Skip(l, 5)){94}", "6"),
            ("List.Reverse(List.Skip(l, 5)){95}?", "null"),
            ("List.FirstN(List.Reverse(List.FirstN(l, 60)), 2)", "{60, 59}"),
            ("List.Last(List.Reverse(l))", "1"),
            ("List.Sum(List.Skip(l, 1)) + List.Sum(List.Reverse(l))", "10099"),
            ("List.Count(List.Split(l, 30)) + List.Count(List.Split(l, 30){3})", "14"),
            ("List.LastN(l, 2)", "{99, 100}"),
            ("List.Count(List.RemoveLastN(l, 3))", "97"),
            ("List.RemoveLastN(List.LastN(l, 3), 2)", "{98}"),
            ("List.FirstN({1..10}, 2)", "{1, 2}"),
            ("List.Skip({1..10}, 8)", "{9, 10}"),
            ("List.Skip({1..10}, 11)", "{}"),
        ] {
            assert_eq!(shown(&format!("{list}{expression}")), expected, "{expression}");
        }
    }

    #[test]
    fn a_list_that_gets_shorter_step_by_step_nests_nothing() {
        let code = "let sum = (l, s) => if List.IsEmpty(l) then s else @sum(List.Skip(l), s + List.First(l)) in \
                    sum(List.Buffer({1..5000}), 0)";
        assert_eq!(shown(code), "12502500");
    }
}
