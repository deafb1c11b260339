//! What is looked for in a piece of a document: where its cells are, or only how many rows there are.

use super::dialect::Dialect;
use super::split::{Counted, Split, count_from, split_behind, split_from};

/// A stretch of text and where to look in it.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'t> {
    pub text: &'t [u8],
    /// Where a row starts: what comes before is not looked at.
    pub start: usize,
    /// Whether the text ends the document, so that its last row is complete without a line break.
    pub last: bool,
}

/// What is found in the complete rows of a stretch.
pub(super) trait Found: Default {
    /// Finds the rows from the start on, at most `most`.
    fn find(&mut self, dialect: &Dialect, stretch: Stretch<'_>, most: usize);

    /// Finds the rows from the start on, behind one that will be added, which should have `width` cells.
    fn find_behind(&mut self, dialect: &Dialect, stretch: Stretch<'_>, width: usize);

    /// Adds that row, of which `first` consists; whether it could be.
    fn add_first(&mut self, first: &Split) -> bool;

    /// How many rows there are.
    fn rows(&self) -> usize;

    /// Where the text behind them starts.
    fn rest(&self) -> usize;

    /// How many line breaks there are in them.
    fn lines(&self) -> u64;
}

impl Found for Split {
    fn find(&mut self, dialect: &Dialect, stretch: Stretch<'_>, most: usize) {
        split_from(dialect, stretch, most, self);
    }

    fn find_behind(&mut self, dialect: &Dialect, stretch: Stretch<'_>, width: usize) {
        split_behind(dialect, stretch, width, self);
    }

    fn add_first(&mut self, first: &Split) -> bool {
        self.fill_first(first)
    }

    fn rows(&self) -> usize {
        self.len()
    }

    fn rest(&self) -> usize {
        self.rest
    }

    fn lines(&self) -> u64 {
        self.lines
    }
}

impl Found for Counted {
    fn find(&mut self, dialect: &Dialect, stretch: Stretch<'_>, _most: usize) {
        *self = count_from(dialect, stretch);
    }

    fn find_behind(&mut self, dialect: &Dialect, stretch: Stretch<'_>, _width: usize) {
        *self = count_from(dialect, stretch);
    }

    fn add_first(&mut self, first: &Split) -> bool {
        self.rows += 1;
        self.lines += first.lines;
        true
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn rest(&self) -> usize {
        self.rest
    }

    fn lines(&self) -> u64 {
        self.lines
    }
}
