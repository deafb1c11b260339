use std::hash::{BuildHasher, RandomState};

/// The keys that rows of this run have had, by hashes: a dozen bytes each, whatever they hold.
///
/// Eighty bits of a keyed hash are kept and sixteen more say where. That two of ten million keys are taken for one has
/// a chance of less than one in a thousand million million.
pub(super) struct KeySet {
    hashers: [RandomState; 2],
    /// Sorted hashes, by the first sixteen bits.
    places: Vec<Vec<[u8; 10]>>,
}

impl Default for KeySet {
    fn default() -> Self {
        Self { hashers: [RandomState::new(), RandomState::new()], places: vec![Vec::new(); 1 << 16] }
    }
}

/// What stands for a key.
pub(super) type KeyHash = (u16, [u8; 10]);

impl KeySet {
    /// What stands for a key.
    pub(super) fn hash(&self, key: &[u8]) -> KeyHash {
        let [first, second] = &self.hashers;
        let mut rest = [0; 10];
        let (low, high) = (first.hash_one(key).to_le_bytes(), second.hash_one(key));
        for (to, from) in rest.iter_mut().zip(low.into_iter().chain((high as u16).to_le_bytes())) {
            *to = from;
        }
        ((high >> 48) as u16, rest)
    }

    pub(super) fn contains(&self, (place, rest): &KeyHash) -> bool {
        self.places.get(usize::from(*place)).is_some_and(|sorted| sorted.binary_search(rest).is_ok())
    }

    pub(super) fn insert(&mut self, (place, rest): KeyHash) {
        let Some(sorted) = self.places.get_mut(usize::from(place)) else { return };
        if let Err(at) = sorted.binary_search(&rest) {
            if sorted.len() == sorted.capacity() {
                // Doubling would take twice the memory in the end.
                sorted.reserve_exact(sorted.len() / 4 + 4);
            }
            sorted.insert(at, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let mut set = KeySet::default();
        for i in 0..50_000_u32 {
            let hash = set.hash(&i.to_le_bytes());
            assert!(!set.contains(&hash));
            set.insert(hash);
        }
        assert!((0..50_000_u32).all(|i| set.contains(&set.hash(&i.to_le_bytes()))));
        assert!((50_000..100_000_u32).all(|i| !set.contains(&set.hash(&i.to_le_bytes()))));
    }
}
