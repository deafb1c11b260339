//! Dropping values nested however deep: past some depth what is to be dropped waits in a queue instead of recurring.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::{Member, Members, Thunk, Value};

/// What may hold further values.
#[allow(dead_code)] // What is inside is only ever dropped.
pub(super) enum Nested {
    /// Items.
    Members(Vec<Member>),
    /// Fields.
    Fields(Members),
    /// What a closure or cell captured.
    Captures(Arc<[Member]>),
    /// The value of a cell.
    Value(Value),
    /// What a cell would have evaluated.
    Thunk(Thunk),
}

/// How deep drops may recur before the rest waits.
const DEPTH: u32 = 100;

thread_local! {
    static DEEP: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Nested>> = const { RefCell::new(Vec::new()) };
}

/// Drops `nested` now, or later if this thread is deep inside of other drops.
pub(super) fn drop_nested(nested: Nested) {
    // While the thread ends its own data may be gone already: then there is nothing to count with.
    let depth = DEEP.try_with(Cell::get).unwrap_or(0);
    if depth >= DEPTH {
        let mut nested = Some(nested);
        let _ = WAITING.try_with(|waiting| waiting.borrow_mut().extend(nested.take()));
        return;
    }
    let _ = DEEP.try_with(|deep| deep.set(depth + 1));
    drop(nested);
    if depth == 0 {
        while let Some(next) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()).ok().flatten() {
            drop(next);
        }
    }
    let _ = DEEP.try_with(|deep| deep.set(depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{List, Record};

    #[test]
    fn a_million_lists_inside_each_other_drop() {
        let mut value = Value::Null;
        for _ in 0..1_000_000 {
            value = Value::List(Arc::new(List::Items(vec![Member::Ready(value)])));
        }
        drop(value);
    }

    #[test]
    fn a_million_records_and_metadata_inside_each_other_drop() {
        let mut value = Value::Null;
        for _ in 0..500_000 {
            let record = Record::from_fields([("next", value)]);
            value = Value::Null.with_metadata(Arc::new(record));
        }
        drop(value);
    }
}
