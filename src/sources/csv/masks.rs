//! Which bytes of a piece of text are delimiters, line breaks and quotes, as bits: 64 bytes at a time.

// Functions for one kind of processor may only be called where it is at hand, which the compiler cannot see.
#![allow(unsafe_code)]

/// How many bytes one word of bits stands for.
pub const WORD: usize = 64;
/// How many words are made at a time: few enough to stay in the first cache.
pub const WORDS: usize = 16;

/// For each of 64 bytes a bit, the first byte's the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    /// Delimiters.
    pub delimiters: u64,
    /// Line feeds.
    pub feeds: u64,
    /// Carriage returns.
    pub returns: u64,
    /// Quotes.
    pub quotes: u64,
}

/// The masks of the text, word by word, as many as there is room for; gives how many. Bits behind the text are 0.
pub fn masks(text: &[u8], delimiter: u8, into: &mut [Masks; WORDS]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { wide::masks(text, delimiter, into) };
    }
    each_word(text, into, |bytes| portable(bytes, delimiter))
}

/// Fills `into` with what `word` makes of 64 bytes each, the last ones padded with zeros and cut.
#[inline(always)]
fn each_word(text: &[u8], into: &mut [Masks; WORDS], word: impl Fn(&[u8; WORD]) -> Masks) -> usize {
    let (words, rest) = text.as_chunks::<WORD>();
    let mut count = 0;
    for (masks, bytes) in into.iter_mut().zip(words) {
        *masks = word(bytes);
        count += 1;
    }
    if let Some(masks) = into.get_mut(count).filter(|_| count == words.len() && !rest.is_empty()) {
        let mut bytes = [0; WORD];
        for (to, from) in bytes.iter_mut().zip(rest) {
            *to = *from;
        }
        let there = (1 << rest.len()) - 1;
        let Masks { delimiters, feeds, returns, quotes } = word(&bytes);
        *masks = Masks {
            delimiters: delimiters & there,
            feeds: feeds & there,
            returns: returns & there,
            quotes: quotes & there,
        };
        count += 1;
    }
    count
}

/// The masks by arithmetic on eight bytes at a time, for any processor.
fn portable(bytes: &[u8; WORD], delimiter: u8) -> Masks {
    let find = |wanted: u8| {
        let (eights, _) = bytes.as_chunks::<8>();
        let bits = eights
            .iter()
            .enumerate()
            .map(|(at, eight)| equal(u64::from_le_bytes(*eight), wanted) << (at * 8));
        bits.fold(0, |all, bits| all | bits)
    };
    Masks { delimiters: find(delimiter), feeds: find(b'\n'), returns: find(b'\r'), quotes: find(b'"') }
}

/// For each of eight bytes a bit that says whether it is `wanted`.
fn equal(bytes: u64, wanted: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    let other = bytes ^ u64::from_ne_bytes([wanted; 8]);
    let zero = !(((other & LOW) + LOW) | other | LOW);
    // Brings the highest bits of the bytes together.
    (zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
        _mm256_setzero_si256,
    };

    use super::{Masks, WORD, WORDS, each_word};

    #[target_feature(enable = "avx2")]
    pub fn masks(text: &[u8], delimiter: u8, into: &mut [Masks; WORDS]) -> usize {
        each_word(
            text,
            into,
            #[inline(always)]
            |bytes| word(bytes, delimiter),
        )
    }

    // No closures and iterators here: without optimisation of the whole program they are called, for each word.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn word(bytes: &[u8; WORD], delimiter: u8) -> Masks {
        let (low, high) = match bytes.as_chunks::<32>().0 {
            [low, high] => (load(low), load(high)),
            _ => (_mm256_setzero_si256(), _mm256_setzero_si256()),
        };
        Masks {
            delimiters: find(low, high, delimiter),
            feeds: find(low, high, b'\n'),
            returns: find(low, high, b'\r'),
            quotes: find(low, high, b'"'),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn find(low: __m256i, high: __m256i, wanted: u8) -> u64 {
        let wanted = _mm256_set1_epi8(wanted as i8);
        let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) as u32;
        let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) as u32;
        u64::from(low) | u64::from(high) << 32
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: 32 bytes are there; they need not be aligned.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_byte_has_its_bit(text in prop::collection::vec(
            prop::sample::select(b",;\"\r\na\xACb\x00\xFF".to_vec()), 0..5000), delimiter in any::<u8>())
        {
            let mut found = [Masks::default(); WORDS];
            let count = masks(&text, delimiter, &mut found);
            prop_assert_eq!(count, text.len().div_ceil(WORD).min(WORDS));
            for (masks, bytes) in found.iter().take(count).zip(text.chunks(WORD)) {
                let bits = |wanted: u8| bytes.iter().enumerate().fold(0u64, |bits, (at, byte)| {
                    bits | u64::from(*byte == wanted) << at
                });
                let expected = Masks {
                    delimiters: bits(delimiter), feeds: bits(b'\n'), returns: bits(b'\r'), quotes: bits(b'"'),
                };
                prop_assert_eq!(*masks, expected);
                if let Ok(word) = bytes.try_into() {
                    prop_assert_eq!(portable(word, delimiter), expected);
                }
            }
        }
    }
}
