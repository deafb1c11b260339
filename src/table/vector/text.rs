//! Vectors made of texts.

use arrow_array::{Array, BooleanArray, Int64Array, StringViewArray};
use arrow_buffer::BooleanBuffer;

use super::result::Vector;
use crate::table::text_views::{Pieces, Written};
use crate::table::{Column, TextCells, Whole};

/// What a kernel makes of a text.
pub enum Made<'t> {
    /// A part of the text itself, which is not copied.
    Part(&'t str),
    /// What was written into the text that the kernel was lent, which is empty before.
    Written,
    /// Nothing, since the function raises an error: then the kernel has no answer.
    Nothing,
}

/// Longer texts are left to the functions, which look at the limits while they work on them.
const LONG: u32 = 1 << 16;

impl Vector {
    /// The texts, if the vector holds nothing else but nulls, and none of them is long.
    fn short_texts(&self) -> Option<&StringViewArray> {
        // A view starts with the length.
        self.column().as_text().filter(|texts| texts.views().iter().all(|view| *view as u32 <= LONG))
    }

    /// The texts that `write` writes for each of `len` rows, into a text that is empty before; nothing if it writes
    /// none for one of them.
    pub fn written(len: usize, write: impl Fn(usize, &mut String) -> Option<()>) -> Option<Vector> {
        let (mut texts, mut text) = (Written::new(len), String::new());
        for row in 0..len {
            text.clear();
            write(row, &mut text)?;
            texts.push(&text);
        }
        Some(Vector::of(Column::text(texts.finish())))
    }

    /// What `make` makes of each text; `None` if the vector holds others values than texts and nulls, which stay, or
    /// long texts.
    pub fn map_texts(
        &self,
        mut make: impl for<'t> FnMut(&'t str, &mut String) -> Made<'t>,
    ) -> Option<Vector> {
        let texts = self.short_texts()?;
        let (mut pieces, mut written) = (Pieces::new(texts), String::new());
        for row in 0..texts.len() {
            if texts.is_null(row) {
                pieces.push_null();
                continue;
            }
            written.clear();
            match make(texts.value(row), &mut written) {
                Made::Part(part) => pieces.push_part(row, part),
                Made::Written => pieces.push_text(&written),
                Made::Nothing => return None,
            }
        }
        Some(Vector::of(Column::text(pieces.finish())))
    }

    /// A whole number for each text; `null` stays. As [`Vector::map_texts`], and `None` if `make` has none for a text.
    pub fn map_texts_to_wholes(&self, make: impl Fn(&str) -> Option<i64>) -> Option<Vector> {
        let texts = self.short_texts()?;
        let mut numbers = Vec::with_capacity(texts.len());
        for row in 0..texts.len() {
            numbers.push(if texts.is_valid(row) { make(texts.value(row))? } else { 0 });
        }
        let numbers = Int64Array::new(numbers.into(), texts.nulls().cloned());
        Some(Vector::of(Column::whole(Whole::Number, numbers)))
    }

    /// The lengths of the texts, which `length` tells; `null` stays. A text of ASCII is as long as its bytes are many,
    /// and often need not be looked at. As [`Vector::map_texts`].
    pub fn text_lengths(&self, length: impl Fn(&str) -> usize) -> Option<Vector> {
        let TextCells::Spans(texts) = self.column().text_cells()? else {
            return self.map_texts_to_wholes(|text| Some(length(text) as i64));
        };
        if texts.longest() > LONG {
            return None;
        }
        let lengths = Int64Array::new(texts.lengths(length).into(), self.column().nulls().cloned());
        Some(Vector::of(Column::whole(Whole::Number, lengths)))
    }

    /// A logical value for each text; `null` stays. As [`Vector::map_texts`].
    pub fn map_texts_to_logicals(&self, mut make: impl FnMut(&str) -> bool) -> Option<Vector> {
        let texts = self.short_texts()?;
        let bits =
            BooleanBuffer::collect_bool(texts.len(), |row| texts.is_valid(row) && make(texts.value(row)));
        Some(Vector::of(Column::logical(BooleanArray::new(bits, texts.nulls().cloned()))))
    }
}
