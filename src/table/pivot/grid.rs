//! The cells of the result that have values, numbered as they appear: how many names there will be is not known then,
//! and most keys may have few of them.

use crate::table::numbering::NONE;

/// For each row and name the number of their cell.
#[derive(Default)]
pub(super) struct Grid {
    rows: Vec<Vec<u32>>,
    cells: u32,
    /// How much room the rows take.
    room: usize,
}

impl Grid {
    /// Makes sure that there are so many rows.
    pub(super) fn grow(&mut self, rows: usize) {
        if rows > self.rows.len() {
            self.rows.resize_with(rows, Vec::new);
        }
    }

    /// The number of a cell, which is a new one if it was not known. That of no row or no name is of no cell.
    #[inline]
    pub(super) fn cell(&mut self, row: u32, name: u32) -> u32 {
        let Some(cells) = self.rows.get_mut(row as usize).filter(|_| name != NONE) else { return NONE };
        let name = name as usize;
        if name >= cells.len() {
            self.room -= cells.capacity();
            cells.resize(name + 1, NONE);
            self.room += cells.capacity();
        }
        let Some(cell) = cells.get_mut(name) else { return NONE };
        if *cell == NONE {
            *cell = self.cells;
            self.cells += 1;
        }
        *cell
    }

    /// The number of a cell, if it has values.
    pub(super) fn known(&self, row: usize, name: usize) -> Option<u32> {
        self.rows.get(row)?.get(name).copied().filter(|cell| *cell != NONE)
    }

    /// Numbers all cells of so many names, those without values after the others.
    pub(super) fn fill(&mut self, names: usize) {
        for row in 0..self.rows.len() as u32 {
            (0..names as u32).for_each(|name| {
                self.cell(row, name);
            });
        }
    }

    /// How many cells have numbers.
    pub(super) fn len(&self) -> usize {
        self.cells as usize
    }

    /// The memory that is taken, in bytes.
    pub(super) fn held(&self) -> usize {
        self.rows.capacity() * size_of::<Vec<u32>>() + self.room * size_of::<u32>()
    }
}
