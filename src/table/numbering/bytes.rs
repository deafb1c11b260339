//! Byte strings numbered by first appearance: an open hash table over one run of memory.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::places::{MOST, Places};

/// Different byte strings, numbered from 0 in order of their first appearance.
#[derive(Default)]
pub(super) struct ByteNumbers {
    places: Places,
    hashes: Vec<u64>,
    /// Where each string ends in `bytes`.
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl ByteNumbers {
    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.places.held() + self.hashes.capacity() * 8 + self.ends.capacity() * 8 + self.bytes.capacity()
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
        if self.places.is_empty() {
            return None;
        }
        self.places.probe(hash(string), |number| self.get(number) == string).ok()
    }

    /// The number of a string, which is a new one if it was not known. `None` if there is none left.
    pub(super) fn insert(&mut self, string: &[u8]) -> Option<u32> {
        if self.len() * 4 >= self.places.len() * 3 {
            self.places.grow(self.hashes.iter().copied());
        }
        let hash = hash(string);
        let free = match self.places.probe(hash, |number| self.get(number) == string) {
            Ok(number) => return Some(number),
            Err(free) => free,
        };
        let number = self.len();
        if number >= MOST {
            return None;
        }
        self.places.put(free, hash, number);
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len());
        self.hashes.push(hash);
        Some(number as u32)
    }
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
