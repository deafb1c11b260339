//! Text columns as places in a block of text.
//!
//! A place is half as large as a view and is made without looking at the text. That is all somebody needs who goes
//! through the texts once: a conversion, a length, a writer. For everybody else views are made, when they first ask.

use std::sync::OnceLock;

use arrow_array::{Array, StringViewArray};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer};

use super::text_views::{TextBlock, TextViews};

/// Texts and nulls of a column, all of them pieces of one block.
#[derive(Clone, Debug)]
pub struct TextSpans {
    block: TextBlock,
    spans: Vec<Span>,
    /// The rows that are `null`.
    nulls: Vec<u32>,
    valid: OnceLock<NullBuffer>,
    views: OnceLock<StringViewArray>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The place that no block has.
    const NULL: Span = Span { start: 1, end: 0 };

    fn is_null(self) -> bool {
        self.start > self.end
    }
}

impl TextSpans {
    /// No pieces of `block` yet; there is room for `capacity`.
    pub fn new(block: &TextBlock, capacity: usize) -> TextSpans {
        TextSpans {
            block: block.clone(),
            spans: Vec::with_capacity(capacity),
            nulls: Vec::new(),
            valid: OnceLock::new(),
            views: OnceLock::new(),
        }
    }

    /// Pieces of `block`, each given by its start and its end, which lie between two characters of it.
    pub fn of(block: &TextBlock, pieces: impl ExactSizeIterator<Item = Option<(u32, u32)>>) -> TextSpans {
        let mut spans = TextSpans::new(block, 0);
        let mut any_null = false;
        let span = |piece| match piece {
            Some((start, end)) => Span { start, end },
            None => {
                any_null = true;
                Span::NULL
            }
        };
        spans.spans = pieces.map(span).collect();
        spans.note_nulls(any_null);
        debug_assert!((0..spans.len()).all(|row| spans.text(row).is_some() != spans.spans[row].is_null()));
        spans
    }

    /// Adds the piece from `start` to `end`, which lies between two characters of the block.
    #[inline]
    pub fn push(&mut self, start: usize, end: usize) {
        debug_assert!(self.block.as_str().get(start..end).is_some());
        self.spans.push(Span { start: start as u32, end: end as u32 });
    }

    /// No pieces of the same block yet; there is room for as many as there are of it here.
    pub(super) fn none(&self) -> TextSpans {
        TextSpans::new(&self.block, self.len())
    }

    /// Adds the part from `from` to `to` of a text of another column of the same block; `null` if that is no part of
    /// it.
    #[inline]
    pub(super) fn push_part(&mut self, source: &TextSpans, row: usize, from: usize, to: usize) {
        match source.spans.get(row).zip(source.text(row).and_then(|text| text.get(from..to))) {
            Some((span, _)) => self.push(span.start as usize + from, span.start as usize + to),
            None => self.push_null(),
        }
    }

    /// Adds `null`.
    pub fn push_null(&mut self) {
        self.nulls.push(self.spans.len() as u32);
        self.spans.push(Span::NULL);
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Which cells are not `null`, if any are.
    pub(super) fn valid(&self) -> Option<&NullBuffer> {
        if self.nulls.is_empty() {
            return None;
        }
        Some(self.valid.get_or_init(|| {
            let mut valid = BooleanBufferBuilder::new(self.spans.len());
            valid.append_n(self.spans.len(), true);
            self.nulls.iter().for_each(|row| valid.set_bit(*row as usize, false));
            NullBuffer::new(valid.finish())
        }))
    }

    /// The text in a row; `None` for `null`.
    #[inline]
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        let span = self.spans.get(row)?;
        self.block.as_str().get(span.start as usize..span.end as usize)
    }

    /// The bytes of the texts.
    #[inline(always)]
    pub(super) fn bytes(&self) -> impl ExactSizeIterator<Item = Option<&[u8]>> {
        let block = self.block.as_str().as_bytes();
        self.spans.iter().map(|span| block.get(span.start as usize..span.end as usize))
    }

    /// Which of the texts are this one.
    pub(super) fn equal(&self, text: &str) -> BooleanBuffer {
        let (block, text) = (self.block.as_str().as_bytes(), text.as_bytes());
        BooleanBuffer::collect_bool(self.spans.len(), |row| {
            let Span { start, end } = self.spans[row];
            end.wrapping_sub(start) as usize == text.len()
                && block.get(start as usize..end as usize) == Some(text)
        })
    }

    /// The length of the longest text, in bytes.
    pub(super) fn longest(&self) -> u32 {
        self.spans.iter().map(|span| span.end.saturating_sub(span.start)).max().unwrap_or(0)
    }

    /// A number for each text, 0 for `null`: for texts all of whose bytes are characters how many they are, for others
    /// what `other` says. Looks at few of the texts.
    pub(super) fn lengths(&self, mut other: impl FnMut(&str) -> usize) -> Vec<i64> {
        let wide = self.block.wide();
        let length = |span: &Span| {
            let bytes = span.end.saturating_sub(span.start);
            if wide.any(span.start, span.end) {
                let text = self.block.as_str().get(span.start as usize..span.end as usize);
                return text.map_or(0, &mut other) as i64;
            }
            i64::from(bytes)
        };
        self.spans.iter().map(length).collect()
    }

    /// The texts as views.
    pub(super) fn views(&self) -> &StringViewArray {
        self.views.get_or_init(|| {
            let mut views = TextViews::new(&self.block, self.spans.len());
            views.push_all(self.spans.iter().map(|span| (span.start as usize, span.end as usize)));
            views.finish()
        })
    }

    /// The texts at `rows`, in that order; `null` for rows there are not.
    pub(super) fn take(&self, rows: &[u32]) -> TextSpans {
        let mut taken = TextSpans::new(&self.block, rows.len());
        let span = |row: &u32| self.spans.get(*row as usize).copied().unwrap_or(Span::NULL);
        taken.spans.extend(rows.iter().map(span));
        taken.note_nulls(!self.nulls.is_empty() || rows.iter().any(|row| *row as usize >= self.len()));
        taken
    }

    /// `len` texts from `start` on.
    pub(super) fn slice(&self, start: usize, len: usize) -> TextSpans {
        let mut taken = TextSpans::new(&self.block, len);
        taken.spans.extend(self.spans.iter().skip(start).take(len));
        taken.note_nulls(!self.nulls.is_empty());
        taken
    }

    fn note_nulls(&mut self, any: bool) {
        if any {
            let null = self.spans.iter().enumerate().filter(|(_, span)| span.is_null());
            self.nulls = null.map(|(row, _)| row as u32).collect();
        }
    }
}

/// The texts of a column, to be gone through once.
#[derive(Clone, Copy)]
pub enum TextCells<'c> {
    /// As views.
    Views(&'c StringViewArray),
    /// As places.
    Spans(&'c TextSpans),
}

impl<'c> TextCells<'c> {
    /// How many there are, nulls among them.
    pub fn len(self) -> usize {
        match self {
            TextCells::Views(texts) => texts.len(),
            TextCells::Spans(texts) => texts.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The text in a row; `None` for `null`.
    #[inline]
    pub fn text(self, row: usize) -> Option<&'c str> {
        match self {
            TextCells::Views(texts) => (row < texts.len() && texts.is_valid(row)).then(|| texts.value(row)),
            TextCells::Spans(texts) => texts.text(row),
        }
    }

    /// Hands each text, as bytes, to `each`, until that gives `None`; whether it did not. `None` stands for `null`.
    #[inline(always)]
    pub fn try_each(self, mut each: impl FnMut(usize, Option<&[u8]>) -> Option<()>) -> Option<()> {
        match self {
            TextCells::Views(texts) => {
                let bytes = texts.iter().map(|text| text.map(str::as_bytes));
                bytes.enumerate().try_for_each(|(row, bytes)| each(row, bytes))
            }
            TextCells::Spans(texts) => {
                // A loop and no closure, which would have to be inlined.
                for (row, bytes) in texts.bytes().enumerate() {
                    each(row, bytes)?;
                }
                Some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn places_say_what_views_say(
            texts in prop::collection::vec(prop::option::weighted(0.9, "([a-zé😀 ]{0,20}|[a-z ]{0,90})"), 0..30),
            rows in prop::collection::vec(0u32..34, 0..40),
            (from, len) in (0usize..30, 0usize..30),
        ) {
            let block = TextBlock::from(texts.iter().flatten().map(String::as_str).collect::<String>());
            let mut spans = TextSpans::new(&block, 0);
            let mut end = 0;
            for text in &texts {
                match text {
                    Some(text) => {
                        spans.push(end, end + text.len());
                        end += text.len();
                    }
                    None => spans.push_null(),
                }
            }
            let expected: StringViewArray = texts.iter().map(|text| text.as_deref()).collect();
            let (from, len) = (from.min(texts.len()), len.min(texts.len() - from.min(texts.len())));
            let of_rows = Column::text(expected.clone()).take(&rows);
            for (spans, expected) in [
                (spans.clone(), expected.clone()),
                (spans.take(&rows), of_rows.as_text().unwrap().clone()),
                (spans.slice(from, len), expected.slice(from, len)),
            ] {
                prop_assert_eq!(spans.views(), &expected);
                prop_assert_eq!(spans.valid().map_or(0, NullBuffer::null_count), expected.null_count());
                let column = Column::spans(spans.clone());
                for row in 0..expected.len() {
                    let text = expected.is_valid(row).then(|| expected.value(row));
                    prop_assert_eq!(spans.text(row), text);
                    let cell = column.get(row);
                    prop_assert_eq!(cell.ready().unwrap().as_text(), text);
                }
                let length = |text: Option<&str>| text.map_or(0, |text| text.encode_utf16().count()) as i64;
                let units = |text: &str| text.encode_utf16().count();
                prop_assert_eq!(spans.lengths(units), expected.iter().map(length).collect::<Vec<_>>());
                let compact = column.compact();
                prop_assert_eq!(compact.as_text(), Some(&expected));
            }
        }
    }
}
