//! Vectors made of texts and of dates.

use arrow_array::{Array, BooleanArray, Int64Array};
use arrow_buffer::BooleanBuffer;

use super::result::Vector;
use crate::table::text_views::Pieces;
use crate::table::{Column, Whole};
use crate::value::temporal::{Date, DateTime};

/// What a kernel makes of a text.
pub enum Made<'t> {
    /// A part of the text itself, which is not copied.
    Part(&'t str),
    /// Another text.
    Text(String),
}

impl Vector {
    /// What `make` makes of each text; `None` if the vector holds others values than texts and nulls, which stay.
    pub fn map_texts(&self, mut make: impl for<'t> FnMut(&'t str) -> Made<'t>) -> Option<Vector> {
        let texts = self.column().as_text()?;
        let mut pieces = Pieces::new(texts);
        for row in 0..texts.len() {
            if texts.is_null(row) {
                pieces.push_null();
                continue;
            }
            let text = texts.value(row);
            match make(text) {
                Made::Part(part) => pieces.push_part(row, part),
                Made::Text(made) => pieces.push_text(&made),
            }
        }
        Some(Vector::of(Column::text(pieces.finish())))
    }

    /// A whole number for each text; `null` stays. As [`Vector::map_texts`].
    pub fn map_texts_to_wholes(&self, mut make: impl FnMut(&str) -> i64) -> Option<Vector> {
        let texts = self.column().as_text()?;
        let number = |row| if texts.is_valid(row) { make(texts.value(row)) } else { 0 };
        let numbers: Vec<i64> = (0..texts.len()).map(number).collect();
        let numbers = Int64Array::new(numbers.into(), texts.nulls().cloned());
        Some(Vector::of(Column::whole(Whole::Number, numbers)))
    }

    /// A logical value for each text; `null` stays. As [`Vector::map_texts`].
    pub fn map_texts_to_logicals(&self, mut make: impl FnMut(&str) -> bool) -> Option<Vector> {
        let texts = self.column().as_text()?;
        let bits =
            BooleanBuffer::collect_bool(texts.len(), |row| texts.is_valid(row) && make(texts.value(row)));
        Some(Vector::of(Column::logical(BooleanArray::new(bits, texts.nulls().cloned()))))
    }

    /// A whole number for the date of each date, or date with time; `null` stays. As [`Vector::map_texts`].
    pub fn map_dates_to_wholes(&self, make: impl Fn(Date) -> i64) -> Option<Vector> {
        let (dates, nulls): (Vec<Date>, _) = match (self.column().as_date(), self.column().as_whole()) {
            (Some(days), _) => (days.values().iter().map(|day| Date(*day)).collect(), days.nulls()),
            (_, Some((Whole::DateTime, ticks))) => {
                (ticks.values().iter().map(|ticks| DateTime(*ticks).date()).collect(), ticks.nulls())
            }
            _ => return None,
        };
        // What stands in the place of a null may be no date.
        let there = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
        let number = |(row, date): (usize, &Date)| if there(row) { make(*date) } else { 0 };
        let numbers: Vec<i64> = dates.iter().enumerate().map(number).collect();
        let numbers = Int64Array::new(numbers.into(), nulls.cloned());
        Some(Vector::of(Column::whole(Whole::Number, numbers)))
    }
}
