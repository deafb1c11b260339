//! Keys of some codes each, numbered by first appearance: an open hash table over one run of memory.

use super::code::Code;
use super::places::{MOST, Places};

/// Different keys of as many codes each, numbered from 0 in order of their first appearance.
#[derive(Default)]
pub(super) struct CodeNumbers {
    places: Places,
    keys: Vec<Code>,
    count: usize,
}

impl CodeNumbers {
    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.places.held() + self.keys.capacity() * size_of::<Code>()
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The codes of a key of so many `parts`.
    pub(super) fn get(&self, number: usize, parts: usize) -> &[Code] {
        key_at(&self.keys, number, parts)
    }

    /// The number of a key, if it is known.
    #[inline(always)]
    pub(super) fn find(&self, key: &[Code]) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        self.places.probe(hash(key), |number| is_same(self.get(number, key.len()), key)).ok()
    }

    /// Looks at the places of keys of one code each, and at the keys that stand there. Nothing waits for that, so it
    /// happens for many at a time; looking up one key after the other, each of which may not stand in its first place,
    /// waits for memory again and again once the keys do not fit into the nearest cache.
    pub(super) fn approach(&self, keys: &[Code]) {
        const NEAR: usize = 1 << 14;
        if self.places.len() < NEAR {
            return;
        }
        let mut seen = 0;
        let mut numbers = [0; 64];
        for (number, key) in numbers.iter_mut().zip(keys) {
            *number = self.places.first(hash(&[*key]));
        }
        for number in numbers.iter().take(keys.len()) {
            seen ^= self.keys.get(*number).map_or(0, |key| *key as u64);
        }
        std::hint::black_box(seen);
    }

    /// The number of a key, which is a new one if it was not known. `None` if there is none left.
    #[inline(always)]
    pub(super) fn insert(&mut self, key: &[Code]) -> Option<u32> {
        if self.count * 3 >= self.places.len() * 2 {
            let hashes = (0..self.count).map(|number| hash(key_at(&self.keys, number, key.len())));
            self.places.grow(hashes);
        }
        let hash = hash(key);
        match self.places.probe(hash, |number| is_same(self.get(number, key.len()), key)) {
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
        self.places.put(free, hash, number);
        self.keys.extend_from_slice(key);
        self.count += 1;
        Some(number as u32)
    }
}

/// Whether two keys of as many parts are the same. Comparing slices would be a call.
#[inline(always)]
fn is_same(one: &[Code], other: &[Code]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}

/// The codes of the key with this number, of so many `parts`.
#[inline(always)]
fn key_at(keys: &[Code], number: usize, parts: usize) -> &[Code] {
    keys.get(number * parts..(number + 1) * parts).unwrap_or_default()
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
