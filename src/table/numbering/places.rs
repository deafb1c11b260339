//! The open hash table under both kinds of numbered keys; who uses it holds the keys.

/// For each place of the table the upper half of the hash and the number plus one; 0 where it is free. Its length is a
/// power of two, and its users keep some places free.
#[derive(Default)]
pub(super) struct Places(Vec<u64>);

/// The most keys there can be.
pub(super) const MOST: usize = u32::MAX as usize - 1;

impl Places {
    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.0.capacity() * 8
    }

    /// Whether there is no place yet.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many places there are.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of the key that `is` says is the one looked for, or the free place where it would stand. There must
    /// be places.
    #[inline(always)]
    pub(super) fn probe(&self, hash: u64, is: impl Fn(usize) -> bool) -> Result<u32, usize> {
        let mask = self.0.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.0.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return Err(at);
            }
            let number = (slot as u32) - 1;
            if slot >> 32 == hash >> 32 && is(number as usize) {
                return Ok(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// The number in the first place where a key with this hash may stand; some number that is none where it is free.
    #[inline(always)]
    pub(super) fn first(&self, hash: u64) -> usize {
        let slot = self.0.get(hash as usize & (self.0.len().wrapping_sub(1))).copied().unwrap_or(0);
        (slot as u32).wrapping_sub(1) as usize
    }

    /// Puts a number in a free place.
    #[inline(always)]
    pub(super) fn put(&mut self, at: usize, hash: u64, number: usize) {
        if let Some(slot) = self.0.get_mut(at) {
            *slot = hash & !u64::from(u32::MAX) | (number as u64 + 1);
        }
    }

    /// Doubles the places, and puts the numbers in them again, whose hashes these are.
    #[cold]
    #[inline(never)]
    pub(super) fn grow(&mut self, hashes: impl Iterator<Item = u64>) {
        let size = (self.0.len() * 2).max(64);
        self.0 = vec![0; size];
        for (number, hash) in hashes.enumerate() {
            // No two keys are the same, so what is found is a free place.
            if let Err(free) = self.probe(hash, |_| false) {
                self.put(free, hash, number);
            }
        }
    }
}
