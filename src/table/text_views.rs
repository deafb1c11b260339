//! Text columns as views into blocks of text that they share.
//!
//! A view is made without looking at the text again: the block was found to be UTF-8 as a whole, and a piece of it
//! between two characters is text too. Arrow's own checked constructor would decode every text of every column.

// Arrow's constructor that trusts its caller is marked unsafe; each use says why it may.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::{Arc, OnceLock};

use arrow_array::{Array, StringViewArray};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, ScalarBuffer};

use super::{Spare, at_best};

/// Texts up to this many bytes stand in the view itself.
const INLINE: usize = 12;

/// A piece of text that many columns share. No longer than 4 GiB.
#[derive(Clone, Debug)]
pub struct TextBlock {
    bytes: Buffer,
    /// Where it is not ASCII, once somebody asked.
    wide: Arc<OnceLock<Wide>>,
}

/// For each 64 bytes of a block a bit that says whether one of them is no character by itself.
#[derive(Debug, Default)]
pub(super) struct Wide(Vec<u64>);

/// How many bytes a bit stands for.
const WIDE: usize = 64;

impl Wide {
    fn of(bytes: &[u8]) -> Wide {
        if bytes.is_ascii() {
            return Wide::default();
        }
        let words = bytes.chunks(WIDE * 64).map(|word| {
            let bits = word.chunks(WIDE).enumerate().map(|(bit, piece)| u64::from(!piece.is_ascii()) << bit);
            bits.fold(0, |word, bit| word | bit)
        });
        Wide(words.collect())
    }

    /// Whether there may be such bytes from `start` to `end`.
    #[inline]
    pub(super) fn any(&self, start: u32, end: u32) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let is = |at: usize| self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
        let (first, last) = (start as usize / WIDE, (end.saturating_sub(1)) as usize / WIDE);
        is(first) || (last > first && (last - first > 1 || is(last)))
    }
}

impl From<String> for TextBlock {
    fn from(text: String) -> TextBlock {
        debug_assert!(u32::try_from(text.len()).is_ok());
        TextBlock { bytes: Buffer::from_vec(text.into_bytes()), wide: Arc::default() }
    }
}

impl TextBlock {
    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        // SAFETY: the buffer holds the bytes of a `String`, is private to this type, and nothing changes it.
        unsafe { std::str::from_utf8_unchecked(self.bytes.as_slice()) }
    }

    /// Where there are bytes that are no characters by themselves.
    pub(super) fn wide(&self) -> &Wide {
        self.wide.get_or_init(|| Wide::of(self.bytes.as_slice()))
    }

    /// The bytes as a text, if they are UTF-8, else as they were.
    ///
    /// # Errors
    /// The bytes.
    pub fn check(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
        match simdutf8::basic::from_utf8(&bytes) {
            // SAFETY: they were just found to be UTF-8.
            Ok(_) => Ok(unsafe { String::from_utf8_unchecked(bytes) }),
            Err(_) => Err(bytes),
        }
    }

    /// A block whose memory goes to `spare` once nothing refers to it any more, with the text still in it.
    pub fn lent(text: String, spare: &Spare<Vec<u8>>) -> TextBlock {
        debug_assert!(u32::try_from(text.len()).is_ok());
        let lent = Arc::new(Lent { bytes: text.into_bytes(), spare: spare.clone() });
        let start = NonNull::from(lent.bytes.as_slice()).cast::<u8>();
        let len = lent.bytes.len();
        // SAFETY: the memory is that of `lent`, which the buffer keeps alive and nothing changes before it is dropped.
        let bytes = unsafe { Buffer::from_custom_allocation(start, len, lent) };
        TextBlock { bytes, wide: Arc::default() }
    }
}

/// The memory of a block that is to be used again.
struct Lent {
    bytes: Vec<u8>,
    spare: Spare<Vec<u8>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.spare.give(std::mem::take(&mut self.bytes));
    }
}

/// Collects pieces of one block into a column.
pub struct TextViews {
    block: TextBlock,
    views: Vec<u128>,
    nulls: NullBufferBuilder,
}

impl TextViews {
    /// A column of pieces of `block`, with room for `capacity`.
    pub fn new(block: &TextBlock, capacity: usize) -> TextViews {
        TextViews {
            block: block.clone(),
            views: Vec::with_capacity(capacity),
            nulls: NullBufferBuilder::new(capacity),
        }
    }

    /// Adds many pieces.
    pub(super) fn push_all(&mut self, pieces: impl Iterator<Item = (usize, usize)>) {
        at_best(
            #[inline(always)]
            || {
                for (start, end) in pieces {
                    self.push(start, end);
                }
            },
        );
    }

    /// Adds the piece from `start` to `end`; `null` if that is no piece of the block's text.
    #[inline(always)]
    pub fn push(&mut self, start: usize, end: usize) {
        let text = self.block.as_str();
        let Some(piece) = text.get(start..end) else {
            self.push_null();
            return;
        };
        let window = text.as_bytes().get(start..).and_then(|rest| rest.first_chunk::<16>());
        let ahead = match window {
            Some(bytes) => u128::from_le_bytes(*bytes),
            None => ahead_of(piece.as_bytes()),
        };
        self.views.push(view(ahead, start, piece.len()));
        self.nulls.append_non_null();
    }

    /// Adds `null`.
    pub fn push_null(&mut self) {
        self.views.push(0);
        self.nulls.append_null();
    }

    /// The column.
    pub fn finish(mut self) -> StringViewArray {
        // SAFETY: `push` makes a view only of what `str::get` gave, so each is in bounds and UTF-8; those of up to 12
        // bytes hold them, padded with zeros, longer ones their first four bytes, buffer 0 and their start.
        unsafe {
            StringViewArray::new_unchecked(
                ScalarBuffer::from(self.views),
                [self.block.bytes],
                self.nulls.finish(),
            )
        }
    }
}

/// A block of written texts has no more bytes than this, unless it is of a single text: a view holds a place in 32 bits.
const BLOCK: usize = 1 << 30;

/// Collects texts into a column that has their memory to itself, but for blocks it was told of.
pub(super) struct Written {
    /// How many blocks of others come before its own.
    before: usize,
    /// The blocks that are full.
    full: Vec<Buffer>,
    own: Vec<u8>,
    views: Vec<u128>,
    nulls: NullBufferBuilder,
}

impl Written {
    /// A column with room for `capacity` texts.
    pub(super) fn new(capacity: usize) -> Written {
        Written::behind(0, capacity)
    }

    fn behind(before: usize, capacity: usize) -> Written {
        Written {
            before,
            full: Vec::new(),
            own: Vec::new(),
            views: Vec::with_capacity(capacity),
            nulls: NullBufferBuilder::new(capacity),
        }
    }

    /// Adds a copy of a text.
    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        let ahead = ahead_of(text.as_bytes());
        if text.len() > INLINE {
            if self.own.len() + text.len() > BLOCK && !self.own.is_empty() {
                self.full.push(Buffer::from_vec(std::mem::take(&mut self.own)));
            }
            let block = (self.before + self.full.len()) as u128;
            self.views.push(view(ahead, self.own.len(), text.len()) | block << 64);
            self.own.extend_from_slice(text.as_bytes());
        } else {
            self.views.push(view(ahead, 0, text.len()));
        }
        self.nulls.append_non_null();
    }

    /// Adds `null`.
    pub(super) fn push_null(&mut self) {
        self.views.push(0);
        self.nulls.append_null();
    }

    /// The column.
    pub(super) fn finish(self) -> StringViewArray {
        debug_assert_eq!(self.before, 0);
        self.finish_behind(Vec::new())
    }

    fn finish_behind(mut self, mut buffers: Vec<Buffer>) -> StringViewArray {
        buffers.append(&mut self.full);
        if !self.own.is_empty() {
            buffers.push(Buffer::from_vec(self.own));
        }
        // SAFETY: each view is of a whole `str`, copied behind the `before` buffers that are given, or one that
        // `Pieces::push_part` made, which knows the buffers.
        unsafe {
            StringViewArray::new_unchecked(ScalarBuffer::from(self.views), buffers, self.nulls.finish())
        }
    }
}

/// Collects parts of the texts of a column, and texts of its own, into another column.
pub(super) struct Pieces<'s> {
    source: &'s StringViewArray,
    written: Written,
}

impl<'s> Pieces<'s> {
    /// A column made of parts of the texts of `source`.
    pub(super) fn new(source: &'s StringViewArray) -> Pieces<'s> {
        Pieces { source, written: Written::behind(source.data_buffers().len(), source.len()) }
    }

    /// Adds a part of the text in a row of the source: by its place there if it is one, else copied.
    #[inline]
    pub(super) fn push_part(&mut self, row: usize, part: &str) {
        if part.len() <= INLINE {
            return self.push_text(part);
        }
        let whole = self.source.value(row);
        let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        // A part whose bytes lie within those of the text is a part of it: both are there, at the same place.
        let is_inside = start.checked_add(part.len()).is_some_and(|end| whole.get(start..end).is_some());
        if !is_inside {
            return self.push_text(part);
        }
        let view = self.source.views()[row];
        let (buffer, offset) = ((view >> 64) as u32, (view >> 96) as u32 + start as u32);
        self.written.views.push(
            (u128::from(offset) << 96)
                | (u128::from(buffer) << 64)
                | (ahead_of(part.as_bytes()) & 0xFFFF_FFFF) << 32
                | part.len() as u128,
        );
        self.written.nulls.append_non_null();
    }

    /// Adds a copy of a text.
    #[inline]
    pub(super) fn push_text(&mut self, text: &str) {
        self.written.push(text);
    }

    /// Adds `null`.
    pub(super) fn push_null(&mut self) {
        self.written.push_null();
    }

    /// The column.
    pub(super) fn finish(self) -> StringViewArray {
        self.written.finish_behind(self.source.data_buffers().to_vec())
    }
}

/// A column of these texts, copied; `None` if one of them is none.
pub(super) fn all_of<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> Option<StringViewArray> {
    let mut written = Written::new(texts.size_hint().0);
    for text in texts {
        written.push(text?);
    }
    Some(written.finish())
}

/// The first 16 bytes of a text, zeros where it is shorter: read in two pieces that overlap.
#[inline]
pub fn ahead_of(piece: &[u8]) -> u128 {
    let both = |first: u64, last: u64, width: usize| {
        u128::from(first) | u128::from(last) << ((piece.len() - width) * 8)
    };
    if let Some(bytes) = piece.first_chunk::<16>() {
        return u128::from_le_bytes(*bytes);
    }
    if let (Some(first), Some(last)) = (piece.first_chunk(), piece.last_chunk()) {
        return both(u64::from_le_bytes(*first), u64::from_le_bytes(*last), 8);
    }
    if let (Some(first), Some(last)) = (piece.first_chunk(), piece.last_chunk()) {
        return both(u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into(), 4);
    }
    piece.iter().rev().fold(0, |ahead, byte| ahead << 8 | u128::from(*byte))
}

/// The view of a text of `len` bytes at `start` of buffer 0, whose bytes (and any that follow) are in `ahead`. Both
/// forms are made: which one it is nobody foresees.
#[inline(always)]
fn view(ahead: u128, start: usize, len: usize) -> u128 {
    /// The bytes of a text of each length.
    const OWN: [u128; INLINE + 1] = {
        let (mut masks, mut len) = ([0; INLINE + 1], 1);
        while len <= INLINE {
            masks[len] = masks[len - 1] << 8 | 0xFF;
            len += 1;
        }
        masks
    };
    let own = (ahead & OWN[len.min(INLINE)]) << 32;
    let elsewhere = (start as u128) << 96 | u128::from(ahead as u32) << 32;
    (if len <= INLINE { own } else { elsewhere }) | len as u128
}

/// The texts at `rows`, in that order; `null` for rows there are not. Copies views only.
pub(super) fn take(texts: &StringViewArray, rows: &[u32]) -> StringViewArray {
    let views = texts.views();
    let beyond = rows.iter().any(|row| *row as usize >= views.len());
    let taken: Vec<u128> = match beyond {
        false => rows.iter().map(|row| views[*row as usize]).collect(),
        true => rows.iter().map(|row| views.get(*row as usize).copied().unwrap_or(0)).collect(),
    };
    let nulls = (beyond || texts.null_count() > 0).then(|| {
        let there = rows.iter().map(|row| (*row as usize) < texts.len() && texts.is_valid(*row as usize));
        NullBuffer::from_iter(there)
    });
    // SAFETY: the views are those of a valid array with the same buffers; 0 is the view of the empty text.
    unsafe {
        StringViewArray::new_unchecked(ScalarBuffer::from(taken), Arc::from(texts.data_buffers()), nulls)
    }
}

/// Texts of several columns at `places` (which column, which row), in that order; `null` where there is none.
/// Copies views only, and refers to no block without a text among them.
pub(super) fn gather(
    columns: &[&StringViewArray],
    places: impl ExactSizeIterator<Item = (usize, usize)>,
) -> StringViewArray {
    let mut firsts = Vec::with_capacity(columns.len());
    let mut count = 0;
    for column in columns {
        firsts.push(count);
        count += column.data_buffers().len();
    }
    const UNUSED: u32 = u32::MAX;
    let mut numbers = vec![UNUSED; count];
    let mut buffers: Vec<Buffer> = Vec::new();
    let mut views = Vec::with_capacity(places.len());
    let mut nulls = NullBufferBuilder::new(places.len());
    for (column, row) in places {
        let found = columns.get(column).filter(|column| row < column.len() && column.is_valid(row));
        let Some(texts) = found else {
            views.push(0);
            nulls.append_null();
            continue;
        };
        nulls.append_non_null();
        let mut view = texts.views()[row];
        if view as u32 as usize > INLINE {
            let old = ((view >> 64) as u32) as usize;
            let number = &mut numbers[firsts[column] + old];
            if *number == UNUSED {
                *number = buffers.len() as u32;
                buffers.push(texts.data_buffers()[old].clone());
            }
            view = (view & !(u128::from(u32::MAX) << 64)) | (u128::from(*number) << 64);
        }
        views.push(view);
    }
    // SAFETY: each view is one of a valid array, its buffer's number exchanged for where `buffers` holds that buffer.
    unsafe { StringViewArray::new_unchecked(ScalarBuffer::from(views), buffers, nulls.finish()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What Arrow itself makes of the array's parts; fails where a view is wrong.
    fn checked(texts: &StringViewArray) -> Vec<Option<String>> {
        let (views, buffers, nulls) = texts.clone().into_parts();
        let checked = StringViewArray::try_new(views, buffers, nulls).unwrap();
        checked.iter().map(|text| text.map(str::to_owned)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn views_are_valid_and_say_what_the_block_says(
            text in "[a-zé😀 ]{0,60}",
            cuts in prop::collection::vec((0usize..90, 0usize..90), 0..30),
            picks in prop::collection::vec((0usize..3, 0u32..40), 0..40),
        ) {
            let block = TextBlock::from(text.clone());
            let mut views = TextViews::new(&block, 0);
            cuts.iter().for_each(|(start, end)| views.push(*start, *end));
            let texts = views.finish();
            let expected: Vec<Option<String>> =
                cuts.iter().map(|(start, end)| text.get(*start..*end).map(str::to_owned)).collect();
            prop_assert_eq!(checked(&texts), expected.clone());

            let mut pieces = Pieces::new(&texts);
            let mut parts = Vec::new();
            for (row, text) in expected.iter().enumerate() {
                let Some(text) = text else {
                    pieces.push_null();
                    parts.push(None);
                    continue;
                };
                let from = text.char_indices().nth(row % 3).map_or(text.len(), |(at, _)| at);
                pieces.push_part(row, texts.value(row).get(from..).unwrap());
                pieces.push_text(&text.repeat(2));
                parts.push(text.get(from..).map(str::to_owned));
                parts.push(Some(text.repeat(2)));
            }
            prop_assert_eq!(checked(&pieces.finish()), parts);
            let there: Vec<&str> = expected.iter().flatten().map(String::as_str).collect();
            let copied = all_of(there.iter().map(|text| Some(*text))).unwrap();
            prop_assert_eq!(checked(&copied), there.iter().map(|text| Some(text.to_string())).collect::<Vec<_>>());

            let rows: Vec<u32> = picks.iter().map(|(_, row)| *row).collect();
            let at = |row: u32| expected.get(row as usize).cloned().flatten();
            prop_assert_eq!(checked(&take(&texts, &rows)), rows.iter().map(|row| at(*row)).collect::<Vec<_>>());

            let others = StringViewArray::from(vec![Some("a text of the other column"), None, Some("b")]);
            let places = picks.iter().map(|(column, row)| (*column, *row as usize));
            let gathered = gather(&[&others, &texts], places);
            let other = |row: u32| (row < 3 && row != 1).then(|| others.value(row as usize).to_owned());
            let expected: Vec<_> = picks.iter().map(|(column, row)| match column {
                0 => other(*row),
                1 => at(*row),
                _ => None,
            }).collect();
            prop_assert_eq!(checked(&gathered), expected);
        }
    }

    #[test]
    fn the_memory_of_a_block_is_used_again_when_its_columns_are_gone() {
        let spare = Spare::default();
        let block = TextBlock::lent("a piece of text".to_owned(), &spare);
        let mut views = TextViews::new(&block, 1);
        views.push(2, 15);
        let texts = views.finish();
        drop(block);
        assert_eq!(spare.take().capacity(), 0);
        assert_eq!(texts.slice(0, 1).value(0), "piece of text");
        drop(texts);
        let again = spare.take();
        assert!(again.capacity() >= 15);
    }
}
