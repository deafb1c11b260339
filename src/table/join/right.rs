//! A right column of a join by the number of its rows' keys.

use std::sync::Arc;

use crate::eval::Context;
use crate::table::numbering::{NONE, Numbering};
use crate::table::{Batch, Column};
use crate::value::Result;

/// For the number of each key a cell.
pub(super) enum ByNumber {
    /// The cells themselves.
    Cells(Column),
    /// Few different ones, and for each number which of them: so little memory that it stays near.
    Few(Column, Vec<u8>),
}

impl ByNumber {
    /// The cells in the order of the numbers.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn new(ctx: &Context, cells: Column) -> Result<ByNumber> {
        /// Columns with fewer cells are near as they are.
        const MANY: usize = 1 << 12;
        // Texts that are equal are the same: nothing that can be told apart is lost.
        let few = if cells.len() >= MANY && cells.as_text().is_some() { few(ctx, &cells)? } else { None };
        Ok(match few {
            Some((different, which)) => ByNumber::Few(different, which),
            None => ByNumber::Cells(cells),
        })
    }

    /// The cells of these numbers; `null` for [`NONE`].
    pub(super) fn take(&self, numbers: &[u32]) -> Column {
        match self {
            ByNumber::Cells(cells) => cells.take(numbers),
            ByNumber::Few(different, which) => {
                let place = |number: &u32| which.get(*number as usize).map_or(NONE, |at| u32::from(*at));
                different.take(&numbers.iter().map(place).collect::<Vec<u32>>())
            }
        }
    }
}

/// The different texts of a column, and which of them each cell is, if a byte can say so.
fn few(ctx: &Context, cells: &Column) -> Result<Option<(Column, Vec<u8>)>> {
    const PIECE: usize = 1 << 12;
    let (mut numbering, mut firsts, mut numbers) = (Numbering::plain(1), Vec::new(), Vec::new());
    let mut which: Vec<u8> = Vec::with_capacity(cells.len());
    for start in (0..cells.len()).step_by(PIECE) {
        let piece = cells.slice(start, PIECE.min(cells.len() - start));
        let batch = Batch::new(vec![Arc::new(piece)], PIECE.min(cells.len() - start));
        numbers.clear();
        numbering.number(ctx, &batch, &[0], &mut numbers)?;
        for (row, &number) in numbers.iter().enumerate() {
            let Ok(number) = u8::try_from(number) else { return Ok(None) };
            if usize::from(number) == firsts.len() {
                firsts.push((start + row) as u32);
            }
            which.push(number);
        }
    }
    Ok(Some((cells.take(&firsts), which)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::value::{Member, Value};

    #[test]
    fn few_texts_are_the_same_texts() {
        let ctx = Engine::new().compile("test", "0").unwrap().start();
        for (different, is_few) in [(3, true), (256, true), (257, false)] {
            let text = |at: usize| match at % different {
                1 => Value::Null,
                number if number % 2 == 0 => Value::from(format!("{number}")),
                number => Value::from(format!("{number}, a text that no view holds")),
            };
            let cells: Column = (0..5000).map(|at| Member::Ready(text(at))).collect();
            let by_number = ByNumber::new(&ctx, cells.clone()).unwrap();
            assert_eq!(matches!(by_number, ByNumber::Few(..)), is_few, "{different}");
            let numbers: Vec<u32> =
                (0..9000).map(|at| if at % 7 == 0 { NONE } else { at * 37 % 5000 }).collect();
            let (taken, expected) = (by_number.take(&numbers), cells.take(&numbers));
            for row in 0..numbers.len() {
                let (taken, expected) = (taken.get(row), expected.get(row));
                assert_eq!(format!("{taken:?}"), format!("{expected:?}"), "row {row}");
            }
        }
    }
}
