//! A stable sort whose comparison may fail or contradict itself.

use std::cmp::Ordering;

use crate::value::Result;

/// Runs shorter than this are sorted by insertion.
const SHORT: usize = 8;

/// Sorts `items` by `compare`, equal ones staying in order. The first error ends it.
///
/// The standard library's sort takes no fallible comparison, and may panic where a comparison is no order at all,
/// as one written in M can be.
pub fn sort<T>(items: Vec<T>, compare: impl FnMut(&T, &T) -> Result<Ordering>) -> Result<Vec<T>> {
    let order = order(&items, |_| 0, compare)?;
    Ok(arranged(items, &order))
}

/// The items in the order of these positions.
pub fn arranged<T>(items: Vec<T>, order: &[usize]) -> Vec<T> {
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.iter().filter_map(|at| items.get_mut(*at).and_then(Option::take)).collect()
}

/// The positions of `items` in the order of `compare`, which is only asked where the prefixes of two items are equal:
/// items with a lower prefix must come first.
pub(super) fn order<T>(
    items: &[T],
    prefix: impl Fn(&T) -> u64,
    mut compare: impl FnMut(&T, &T) -> Result<Ordering>,
) -> Result<Vec<usize>> {
    let mut order: Vec<Entry> =
        items.iter().enumerate().map(|(at, item)| Entry { prefix: prefix(item), at }).collect();
    if order.is_sorted_by(|left, right| left.prefix < right.prefix) {
        return Ok((0..items.len()).collect());
    }
    let mut spare = order.clone();
    let mut before = |left: Entry, right: Entry| match left.prefix.cmp(&right.prefix) {
        Ordering::Equal => match (items.get(left.at), items.get(right.at)) {
            (Some(left), Some(right)) => compare(left, right),
            _ => Ok(Ordering::Equal),
        },
        order => Ok(order),
    };
    for run in order.chunks_mut(SHORT) {
        insertion(run, &mut before)?;
    }
    let mut width = SHORT;
    while width < order.len() {
        for (from, into) in order.chunks(width * 2).zip(spare.chunks_mut(width * 2)) {
            let (left, right) = from.split_at(width.min(from.len()));
            merge(left, right, into, &mut before)?;
        }
        std::mem::swap(&mut order, &mut spare);
        width *= 2;
    }
    drop(spare);
    Ok(order.into_iter().map(|entry| entry.at).collect())
}

/// An item by its position, with what most comparisons need of it.
#[derive(Clone, Copy)]
struct Entry {
    prefix: u64,
    at: usize,
}

fn insertion(run: &mut [Entry], before: &mut impl FnMut(Entry, Entry) -> Result<Ordering>) -> Result<()> {
    for end in 1..run.len() {
        let mut at = end;
        while at > 0 && before(run[at - 1], run[at])? == Ordering::Greater {
            run.swap(at - 1, at);
            at -= 1;
        }
    }
    Ok(())
}

fn merge<'a>(
    mut left: &'a [Entry],
    mut right: &'a [Entry],
    into: &mut [Entry],
    before: &mut impl FnMut(Entry, Entry) -> Result<Ordering>,
) -> Result<()> {
    // Halves that are in order already, as in input that is sorted, cost one comparison.
    if let ([.., last], [first, ..]) = (left, right)
        && before(*last, *first)? != Ordering::Greater
    {
        into[..left.len()].copy_from_slice(left);
        into[left.len()..].copy_from_slice(right);
        return Ok(());
    }
    for place in into {
        let from_right = match (left, right) {
            ([], _) => true,
            (_, []) => false,
            ([l, ..], [r, ..]) => before(*l, *r)? == Ordering::Greater,
        };
        let side = if from_right { &mut right } else { &mut left };
        if let [first, rest @ ..] = *side {
            (*place, *side) = (*first, rest);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Error;

    #[test]
    fn sorts_and_keeps_equal_items_in_order() {
        for count in [0usize, 1, 7, 8, 9, 16, 17, 100, 1000] {
            let items: Vec<(usize, usize)> = (0..count).map(|at| (at * 7919 % 13, at)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let sorted = sort(items, |a, b| Ok(a.0.cmp(&b.0))).unwrap();
            assert_eq!(sorted, expected);
        }
    }

    #[test]
    fn a_comparison_that_is_no_order_loses_nothing() {
        let mut turn = 0;
        let sorted = sort((0..500).collect(), |_, _| {
            turn += 1;
            Ok([Ordering::Greater, Ordering::Less, Ordering::Equal][turn % 3])
        });
        let mut sorted: Vec<i32> = sorted.unwrap();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_it() {
        assert!(sort(vec![1, 2, 3], |_, _| Err(Error::expression("no"))).is_err());
    }
}
