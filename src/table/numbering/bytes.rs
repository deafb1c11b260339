//! Byte strings numbered by first appearance: an open hash table over one run of memory.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Different byte strings, numbered from 0 in order of their first appearance.
#[derive(Default)]
pub(super) struct ByteNumbers {
    /// For each place of the table the upper half of the hash and the number plus one; 0 where it is free. Its
    /// length is a power of two, and never more than three quarters are taken.
    slots: Vec<u64>,
    hashes: Vec<u64>,
    /// Where each string ends in `bytes`.
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

/// The most strings there can be.
const MOST: usize = u32::MAX as usize - 1;

impl ByteNumbers {
    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.slots.capacity() * 8
            + self.hashes.capacity() * 8
            + self.ends.capacity() * 8
            + self.bytes.capacity()
    }

    /// How many strings there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The string of a number.
    pub(super) fn get(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The number of a string, if it is known.
    pub(super) fn find(&self, string: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.probe(hash(string), string).ok()
    }

    /// The number of a string, which is a new one if it was not known. `None` if there is none left.
    pub(super) fn insert(&mut self, string: &[u8]) -> Option<u32> {
        if self.len() * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let hash = hash(string);
        let free = match self.probe(hash, string) {
            Ok(number) => return Some(number),
            Err(free) => free,
        };
        let number = self.len();
        if number >= MOST {
            return None;
        }
        if let Some(slot) = self.slots.get_mut(free) {
            *slot = entry(hash, number);
        }
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len());
        self.hashes.push(hash);
        Some(number as u32)
    }

    /// The number of a string, or the free place where it would stand.
    #[inline]
    fn probe(&self, hash: u64, string: &[u8]) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return Err(at);
            }
            let number = (slot as u32) - 1;
            if slot >> 32 == hash >> 32 && self.get(number as usize) == string {
                return Ok(number);
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let mut slots = vec![0; size];
        for (number, &hash) in self.hashes.iter().enumerate() {
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

pub(super) fn hash(string: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(string);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_strings_in_order_of_appearance() {
        let mut numbers = ByteNumbers::default();
        let strings: Vec<String> = (0..2000).map(|at| format!("{}", at % 700)).collect();
        for (at, string) in strings.iter().enumerate() {
            assert_eq!(numbers.insert(string.as_bytes()), Some(at as u32 % 700));
        }
        assert_eq!(numbers.len(), 700);
        assert_eq!(numbers.find(b"699"), Some(699));
        assert_eq!(numbers.find(b"700"), None);
        assert_eq!(numbers.get(7), b"7");
        assert_eq!(ByteNumbers::default().find(b""), None);
    }

    #[test]
    fn the_empty_string_is_a_string() {
        let mut numbers = ByteNumbers::default();
        assert_eq!(
            (numbers.insert(b""), numbers.insert(b"a"), numbers.insert(b"")),
            (Some(0), Some(1), Some(0))
        );
    }
}
