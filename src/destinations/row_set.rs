//! A set of row numbers of a database, small where they lie close together: a tenth of a byte to two bytes each.

use rustc_hash::FxHashMap;

/// Numbers of one page.
const PAGE: u64 = 1 << 16;
/// Up to so many numbers a page is a list; a bitmap is no larger from there on.
const SPARSE: usize = 4096;

/// A set of `i64`.
#[derive(Default)]
pub(super) struct RowSet {
    pages: FxHashMap<u64, Page>,
}

enum Page {
    /// Sorted.
    Sparse(Vec<u16>),
    /// One bit a number.
    Dense(Box<[u64]>),
}

impl RowSet {
    pub(super) fn contains(&self, number: i64) -> bool {
        let (page, at) = place(number);
        match self.pages.get(&page) {
            None => false,
            Some(Page::Sparse(list)) => list.binary_search(&at).is_ok(),
            Some(Page::Dense(bits)) => {
                bits.get(usize::from(at / 64)).is_some_and(|word| word >> (at % 64) & 1 == 1)
            }
        }
    }

    /// Adds a number and answers whether it was new.
    pub(super) fn insert(&mut self, number: i64) -> bool {
        let (page, at) = place(number);
        let page = self.pages.entry(page).or_insert_with(|| Page::Sparse(Vec::new()));
        match page {
            Page::Sparse(list) => match list.binary_search(&at) {
                Ok(_) => false,
                Err(place) => {
                    list.insert(place, at);
                    if list.len() > SPARSE {
                        *page = dense(list);
                    }
                    true
                }
            },
            Page::Dense(bits) => set(bits, at),
        }
    }
}

fn place(number: i64) -> (u64, u16) {
    let number = number.cast_unsigned();
    (number / PAGE, (number % PAGE) as u16)
}

fn dense(list: &[u16]) -> Page {
    let mut bits = vec![0; (PAGE / 64) as usize].into_boxed_slice();
    for at in list {
        set(&mut bits, *at);
    }
    Page::Dense(bits)
}

fn set(bits: &mut [u64], at: u16) -> bool {
    let Some(word) = bits.get_mut(usize::from(at / 64)) else { return false };
    let new = *word >> (at % 64) & 1 == 0;
    *word |= 1 << (at % 64);
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_a_set(numbers in prop::collection::vec(prop_oneof![-70000i64..70000, any::<i64>()], 0..300)) {
            let mut set = RowSet::default();
            let mut model = std::collections::BTreeSet::new();
            for number in numbers {
                prop_assert_eq!(set.contains(number), model.contains(&number));
                prop_assert_eq!(set.insert(number), model.insert(number));
                prop_assert!(set.contains(number) && !set.insert(number));
            }
        }
    }

    #[test]
    fn a_full_page_is_a_bitmap() {
        let mut set = RowSet::default();
        assert!((0..20_000).all(|n| set.insert(n)));
        assert!((0..20_000).all(|n| set.contains(n) && !set.insert(n)));
        assert!(!set.contains(20_000) && !set.contains(-1));
        assert!(matches!(set.pages[&0], Page::Dense(_)));
    }
}
