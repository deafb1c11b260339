use std::hash::{BuildHasher, RandomState};

/// The keys that rows of this run have had, by hashes: about a dozen bytes each, whatever they hold.
///
/// Eighty bits of a keyed hash are kept. That two of ten million keys are taken for one has a chance of less than one in
/// ten thousand million.
pub(super) struct KeySet {
    hashers: [RandomState; 2],
    /// By the first eight bits.
    shards: Vec<Shard>,
}

/// What stands for a key: the shard it belongs to, and what is kept there.
pub(super) type KeyHash = (u8, Kept);

type Kept = [u8; 9];

/// A slot that holds nothing.
const FREE: Kept = [0; 9];
/// Of five slots one is free, so that few are looked at.
const FULL: (usize, usize) = (4, 5);

/// Open addressing: a hash stands in the first slot from its own on that was free.
#[derive(Clone, Default)]
struct Shard {
    slots: Vec<Kept>,
    taken: usize,
}

impl Default for KeySet {
    fn default() -> Self {
        Self { hashers: [RandomState::new(), RandomState::new()], shards: vec![Shard::default(); 256] }
    }
}

impl KeySet {
    /// What stands for a key.
    pub(super) fn hash(&self, key: &[u8]) -> KeyHash {
        let [first, second] = &self.hashers;
        let [shard, last, ..] = second.hash_one(key).to_le_bytes();
        let [a, b, c, d, e, f, g, h] = first.hash_one(key).to_le_bytes();
        let kept = [a, b, c, d, e, f, g, h, last];
        (shard, if kept == FREE { [1; 9] } else { kept })
    }

    /// Puts a key in, and answers whether it was new.
    pub(super) fn insert(&mut self, (shard, kept): KeyHash) -> bool {
        self.shards.get_mut(usize::from(shard)).is_none_or(|shard| shard.insert(kept))
    }

    /// Takes a key out.
    pub(super) fn remove(&mut self, (shard, kept): &KeyHash) {
        if let Some(shard) = self.shards.get_mut(usize::from(*shard)) {
            shard.remove(kept);
        }
    }
}

impl Shard {
    fn insert(&mut self, kept: Kept) -> bool {
        if self.taken * FULL.1 >= self.slots.len() * FULL.0 {
            self.grow();
        }
        let at = self.find(&kept);
        match self.slots.get_mut(at) {
            Some(slot) if *slot == FREE => {
                *slot = kept;
                self.taken += 1;
                true
            }
            _ => false,
        }
    }

    fn remove(&mut self, kept: &Kept) {
        let mut hole = self.find(kept);
        if self.slots.get(hole).is_none_or(|slot| *slot == FREE) {
            return;
        }
        self.taken -= 1;
        // What stands behind it moves up, as far as that does not bring it before its own slot.
        let count = self.slots.len();
        let distance = |from: usize, to: usize| (to + count - from) % count;
        let mut next = (hole + 1) % count;
        while let Some(&other) = self.slots.get(next).filter(|slot| **slot != FREE) {
            if distance(self.own(&other), next) >= distance(hole, next) {
                self.put(hole, other);
                hole = next;
            }
            next = (next + 1) % count;
        }
        self.put(hole, FREE);
    }

    /// The slot where a hash stands, or would.
    fn find(&self, kept: &Kept) -> usize {
        let mut at = self.own(kept);
        while self.slots.get(at).is_some_and(|slot| slot != kept && *slot != FREE) {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        at
    }

    /// A hash's own slot.
    fn own(&self, [a, b, c, d, ..]: &Kept) -> usize {
        ((u64::from(u32::from_le_bytes([*a, *b, *c, *d])) * self.slots.len() as u64) >> 32) as usize
    }

    fn put(&mut self, at: usize, kept: Kept) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = kept;
        }
    }

    fn grow(&mut self) {
        // Doubling would take twice the memory in the end.
        let count = (self.slots.len() + self.slots.len() * 2 / 5).max(16);
        let old = std::mem::replace(&mut self.slots, vec![FREE; count]);
        for kept in old.into_iter().filter(|kept| *kept != FREE) {
            let at = self.find(&kept);
            self.put(at, kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let mut set = KeySet::default();
        let hash = |set: &KeySet, i: u32| set.hash(&i.to_le_bytes());
        assert!((0..50_000).all(|i| set.insert(hash(&set, i))));
        assert!((0..50_000).all(|i| !set.insert(hash(&set, i))));
        (0..50_000).step_by(3).for_each(|i| set.remove(&hash(&set, i)));
        assert!((0..50_000).all(|i| set.insert(hash(&set, i)) == (i % 3 == 0)));
    }

    proptest! {
        /// Few different hashes, so that they stand in each other's slots.
        #[test]
        fn a_shard_is_a_set(steps in prop::collection::vec((any::<bool>(), 1u8..40, 0u8..3), 1..200)) {
            let mut shard = Shard::default();
            let mut model = std::collections::BTreeSet::new();
            for (puts_in, low, high) in steps {
                let kept = [low, 0, 0, high.wrapping_mul(127), 1, 2, 3, 4, 5];
                if puts_in {
                    prop_assert_eq!(shard.insert(kept), model.insert(kept));
                } else {
                    shard.remove(&kept);
                    model.remove(&kept);
                }
                prop_assert_eq!(shard.taken, model.len());
            }
        }
    }
}
