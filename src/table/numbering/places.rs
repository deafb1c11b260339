//! The open hash table under both kinds of numbered keys; who uses it holds the keys.

/// For each place of the table the number of a key plus one, and above that as many bits of its hash as there is room
/// for; 0 where it is free. There are a power of two of them, and their users keep some places free: so a number has
/// no more bits than the places have, and the table stays as small as the caches want it.
#[derive(Default)]
pub(super) struct Places(Vec<u32>);

/// The most keys there can be: the places for more have more bits than a number.
pub(super) const MOST: usize = 1 << 30;

impl Places {
    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.0.capacity() * 4
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

    /// The bits of a place that hold a number.
    #[inline(always)]
    fn mask(&self) -> usize {
        self.0.len().wrapping_sub(1)
    }

    /// The bits of a hash that stand above a number. The lowest ones say which place it is.
    #[inline(always)]
    fn mark(&self, hash: u64) -> u32 {
        (hash >> 32) as u32 & !(self.mask() as u32)
    }

    /// The number of the key that `is` says is the one looked for, or the free place where it would stand. There must
    /// be places.
    #[inline(always)]
    pub(super) fn probe(&self, hash: u64, is: impl Fn(usize) -> bool) -> Result<u32, usize> {
        let (mask, mark) = (self.mask(), self.mark(hash));
        let mut at = hash as usize & mask;
        loop {
            let slot = self.0.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return Err(at);
            }
            let number = (slot & mask as u32) - 1;
            if slot & !(mask as u32) == mark && is(number as usize) {
                return Ok(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// The number in the first place where a key with this hash may stand; some number that is none where it is free.
    #[inline(always)]
    pub(super) fn first(&self, hash: u64) -> usize {
        let slot = self.0.get(hash as usize & self.mask()).copied().unwrap_or(0);
        (slot & self.mask() as u32).wrapping_sub(1) as usize
    }

    /// Puts a number in a free place.
    #[inline(always)]
    pub(super) fn put(&mut self, at: usize, hash: u64, number: usize) {
        let mark = self.mark(hash);
        if let Some(slot) = self.0.get_mut(at) {
            *slot = mark | (number as u32 + 1);
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
