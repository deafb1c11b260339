//! Keys of some codes each, numbered by first appearance: an open hash table over one run of memory.

use super::code::Code;

/// Different keys of as many codes each, numbered from 0 in order of their first appearance.
#[derive(Default)]
pub(super) struct CodeNumbers {
    /// For each place of the table the upper half of the hash and the number plus one; 0 where it is free. Its
    /// length is a power of two, and never more than two thirds are taken.
    slots: Vec<u64>,
    keys: Vec<Code>,
    count: usize,
}

/// The most keys there can be.
const MOST: usize = u32::MAX as usize - 1;

impl CodeNumbers {
    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.slots.capacity() * 8 + self.keys.capacity() * size_of::<Code>()
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The codes of a key of so many `parts`.
    pub(super) fn get(&self, number: usize, parts: usize) -> &[Code] {
        self.keys.get(number * parts..(number + 1) * parts).unwrap_or_default()
    }

    /// The number of a key, if it is known.
    #[inline(always)]
    pub(super) fn find(&self, key: &[Code]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.probe(hash(key), key).ok()
    }

    /// The number of a key, which is a new one if it was not known. `None` if there is none left.
    #[inline(always)]
    pub(super) fn insert(&mut self, key: &[Code]) -> Option<u32> {
        if self.count * 3 >= self.slots.len() * 2 {
            self.grow(key.len());
        }
        let hash = hash(key);
        match self.probe(hash, key) {
            Ok(number) => Some(number),
            Err(free) => self.add(free, hash, key),
        }
    }

    #[inline(never)]
    fn add(&mut self, free: usize, hash: u64, key: &[Code]) -> Option<u32> {
        let number = self.count;
        if number >= MOST {
            return None;
        }
        if let Some(slot) = self.slots.get_mut(free) {
            *slot = entry(hash, number);
        }
        self.keys.extend_from_slice(key);
        self.count += 1;
        Some(number as u32)
    }

    /// The number of a key, or the free place where it would stand.
    #[inline(always)]
    fn probe(&self, hash: u64, key: &[Code]) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return Err(at);
            }
            let number = (slot as u32) - 1;
            if slot >> 32 == hash >> 32 && self.get(number as usize, key.len()) == key {
                return Ok(number);
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, parts: usize) {
        let size = (self.slots.len() * 2).max(64);
        let mut slots = vec![0; size];
        for number in 0..self.count {
            let hash = hash(self.get(number, parts));
            let mut at = hash as usize & (size - 1);
            while slots.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = entry(hash, number);
            }
        }
        self.slots = slots;
    }
}

fn entry(hash: u64, number: usize) -> u64 {
    hash & !u64::from(u32::MAX) | (number as u64 + 1)
}

#[inline(always)]
pub(super) fn hash(key: &[Code]) -> u64 {
    const LOW: u64 = 0x9E37_79B9_7F4A_7C15;
    const HIGH: u64 = 0xD1B5_4A32_D192_ED03;
    let mut hash = 0;
    for code in key {
        let product = u128::from(*code as u64 ^ LOW ^ hash) * u128::from((*code >> 64) as u64 ^ HIGH);
        hash = product as u64 ^ (product >> 64) as u64;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keys_in_order_of_appearance() {
        let mut numbers = CodeNumbers::default();
        assert_eq!(numbers.find(&[1, 2]), None);
        for at in 0..2000_u128 {
            assert_eq!(numbers.insert(&[at % 70, (at % 700) << 64]), Some(at as u32 % 700));
        }
        assert_eq!(numbers.len(), 700);
        assert_eq!(numbers.find(&[69, 699 << 64]), Some(699));
        assert_eq!(numbers.find(&[69, 700 << 64]), None);
        assert_eq!(numbers.get(7, 2), &[7, 7 << 64]);
    }

    #[test]
    fn there_is_one_key_without_parts() {
        let mut numbers = CodeNumbers::default();
        assert_eq!(
            (numbers.insert(&[]), numbers.insert(&[]), numbers.find(&[])),
            (Some(0), Some(0), Some(0))
        );
    }
}
