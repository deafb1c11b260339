use std::hash::{BuildHasher, RandomState};

/// The keys that rows of this run have had, by hashes: 10 to 20 bytes each, whatever they hold.
///
/// Eighty bits of a keyed hash are kept. That two of ten million keys are taken for one has a chance of less than one in
/// ten thousand million. The hashes lie in blocks of one size, which are split when they are full, so that growing leaves
/// no holes behind.
pub(super) struct KeySet {
    hashers: [RandomState; 2],
    /// How many bits of a hash say which block it belongs to.
    depth: u32,
    /// The block for each value of these bits.
    directory: Vec<u32>,
    blocks: Vec<Block>,
}

/// What stands for a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct KeyHash {
    /// The bits that say which block it belongs to: eight that are kept nowhere else, and the fifth and sixth byte of
    /// what is kept.
    prefix: u32,
    kept: Kept,
}

type Kept = [u8; 9];

/// How many bits a prefix has, and how many blocks there are at first.
const DEEPEST: u32 = 24;
const FIRST: u32 = 8;
/// A slot that holds nothing.
const FREE: Kept = [0; 9];
/// The slots of a block, and how many of them are taken before it is split.
const SLOTS: usize = 384;
const FULL: usize = SLOTS * 9 / 10;

/// How many entries of the directory there may be for a block.
const MOST_ENTRIES: usize = 16;

/// Open addressing: a hash stands in the first slot from its own on that was free.
#[derive(Clone, Default)]
struct Block {
    /// How many bits of their prefixes the hashes have in common.
    depth: u32,
    /// None before the first is taken.
    slots: Vec<Kept>,
    taken: usize,
}

impl Default for KeySet {
    fn default() -> Self {
        Self {
            hashers: [RandomState::new(), RandomState::new()],
            depth: FIRST,
            directory: (0..1 << FIRST).collect(),
            blocks: vec![Block { depth: FIRST, ..Block::default() }; 1 << FIRST],
        }
    }
}

impl KeySet {
    /// What stands for a key.
    pub(super) fn hash(&self, key: &[u8]) -> KeyHash {
        let [first, second] = &self.hashers;
        let [block, last, ..] = second.hash_one(key).to_le_bytes();
        let [a, b, c, d, e, f, g, h] = first.hash_one(key).to_le_bytes();
        let kept = [a, b, c, d, e, f, g, h, last];
        let kept = if kept == FREE { [1; 9] } else { kept };
        KeyHash { prefix: u32::from(block) << 16 | u32::from(bits(&kept)), kept }
    }

    /// Puts a key in, and answers whether it was new.
    pub(super) fn insert(&mut self, key: KeyHash) -> bool {
        loop {
            let at = self.block(key);
            let blocks = self.blocks.len();
            let Some(block) = self.blocks.get_mut(at) else { return true };
            // Hashes of a key nobody knows spread evenly. Should they not, blocks grow rather than the directory.
            let splits = block.depth < self.depth
                || self.depth < DEEPEST && self.directory.len() < MOST_ENTRIES * blocks;
            if block.taken < FULL || !splits {
                return block.insert(key.kept);
            }
            self.split(at, key.prefix);
        }
    }

    /// Takes a key out.
    pub(super) fn remove(&mut self, key: &KeyHash) {
        let at = self.block(*key);
        if let Some(block) = self.blocks.get_mut(at) {
            block.remove(&key.kept);
        }
    }

    fn block(&self, key: KeyHash) -> usize {
        let at = (key.prefix >> (DEEPEST - self.depth)) as usize;
        self.directory.get(at).map_or(usize::MAX, |block| *block as usize)
    }

    /// Brings the hashes of a block whose next bit is set to a new one. One of its hashes has this prefix.
    fn split(&mut self, at: usize, prefix: u32) {
        let new = self.blocks.len() as u32;
        let Some(block) = self.blocks.get_mut(at) else { return };
        let before = block.depth;
        let split = block.split();
        self.blocks.push(split);
        if before == self.depth {
            self.directory = self.directory.iter().flat_map(|block| [*block; 2]).collect();
            self.depth += 1;
        }
        // The half of the block's entries with that bit.
        let half = 1 << (self.depth - before - 1);
        let entries = ((prefix >> (DEEPEST - before)) as usize) << (self.depth - before);
        if let Some(entries) = self.directory.get_mut(entries + half..entries + 2 * half) {
            entries.fill(new);
        }
    }
}

/// The bits of a prefix that are kept with the hash.
fn bits([_, _, _, _, e, f, ..]: &Kept) -> u16 {
    u16::from_be_bytes([*e, *f])
}

impl Block {
    fn insert(&mut self, kept: Kept) -> bool {
        if self.taken * 10 >= self.slots.len() * 9 {
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

    /// Takes out the hashes whose next bit is set.
    fn split(&mut self) -> Block {
        let bit = 1 << (DEEPEST - self.depth - 1);
        self.depth += 1;
        let mut others = Block { depth: self.depth, slots: vec![FREE; SLOTS], taken: 0 };
        let old = std::mem::replace(&mut self.slots, vec![FREE; SLOTS]);
        self.taken = 0;
        for kept in old.into_iter().filter(|kept| *kept != FREE) {
            match bits(&kept) & bit {
                0 => self.insert(kept),
                _ => others.insert(kept),
            };
        }
        others
    }

    /// Makes the first slots; and more of them where a block cannot be split.
    fn grow(&mut self) {
        let count = (self.slots.len() + self.slots.len() / 2).max(SLOTS);
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

    #[test]
    fn blocks_are_split_as_keys_come_and_say_what_they_hold() {
        let mut set = KeySet::default();
        let hash = |set: &KeySet, i: u32| set.hash(&i.to_le_bytes());
        assert!((0..300_000).all(|i| set.insert(hash(&set, i))));
        assert!(set.depth > FIRST && set.blocks.len() > 600, "{} blocks", set.blocks.len());
        assert!((0..300_000).all(|i| !set.insert(hash(&set, i))));
        let slots: usize = set.blocks.iter().map(|block| block.slots.len()).sum();
        assert!(slots < 2 * 300_000 && slots == set.blocks.len() * SLOTS);
        // Hashes that only the bits behind their prefix tell apart make a block larger.
        let same = |i: u32| {
            let [a, b, c, d] = i.to_le_bytes();
            KeyHash { prefix: 7 << 16 | 0x0102, kept: [a, b, c, d, 1, 2, 0, 0, 9] }
        };
        assert!((0..2_000).all(|i| set.insert(same(i))));
        assert!((0..2_000).all(|i| !set.insert(same(i))));
    }

    proptest! {
        /// Few different hashes, so that they stand in each other's slots.
        #[test]
        fn a_block_is_a_set(steps in prop::collection::vec((any::<bool>(), 1u8..40, 0u8..3), 1..200)) {
            let mut block = Block::default();
            let mut model = std::collections::BTreeSet::new();
            for (puts_in, low, high) in steps {
                let kept = [low, 0, 0, high.wrapping_mul(127), 1, 2, 3, 4, 5];
                if puts_in {
                    prop_assert_eq!(block.insert(kept), model.insert(kept));
                } else {
                    block.remove(&kept);
                    model.remove(&kept);
                }
                prop_assert_eq!(block.taken, model.len());
            }
        }
    }
}
