//! The cells of a table that hold errors, and why.

use crate::Evaluated;
use crate::eval::Context;
use crate::table::{Batch, Demand, Table};
use crate::value::{Error, Member, Result, literal_text};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// How many rows were read.
    pub rows: u64,
    /// How many cells hold errors.
    pub errors: u64,
    /// How many rows have such cells.
    pub failing_rows: u64,
    /// The first of those cells.
    pub cells: Vec<Failing>,
}

/// A cell that holds an error.
#[derive(Debug)]
pub struct Failing {
    /// The row, from 1.
    pub row: u64,
    /// The column.
    pub column: String,
    /// Why.
    pub error: Error,
    /// All cells of the row, in the order of the columns.
    pub cells: Vec<Member>,
}

/// Reads all rows of a table and keeps the first `most` cells that hold errors.
///
/// # Errors
/// What enumerating the rows raises.
pub fn failing_cells(value: &Evaluated, table: &Table, most: usize) -> Result<Found> {
    let mut found = Found::default();
    let mut last = 0;
    found.rows = visit(value, table, |row, at, error, batch| {
        found.errors += 1;
        found.failing_rows += u64::from(last != row.number);
        last = row.number;
        if found.cells.len() < most
            && let Some(column) = table.names().get(at)
        {
            let cells = (0..table.width()).filter_map(|at| batch.column(at).map(|column| column.get(row.at)));
            let cells = cells.collect();
            found.cells.push(Failing { row: row.number, column: column.as_str().to_owned(), error, cells });
        }
        true
    })?;
    Ok(found)
}

/// Which of some errors a table holds, too: in the same column, or in any where there is none of that name. The rows of
/// two steps cannot be laid beside each other, so errors of one column that say the same are one.
///
/// # Errors
/// What enumerating the rows raises.
pub(super) fn holds(value: &Evaluated, table: &Table, wanted: &[(&str, &str)]) -> Result<Vec<bool>> {
    let ctx = value.context();
    let places: Vec<Option<usize>> = wanted.iter().map(|(column, _)| table.position(column)).collect();
    let mut held = vec![false; wanted.len()];
    visit(value, table, |_, at, error, _| {
        let said = said(&ctx, &error);
        for (((_, text), place), held) in wanted.iter().zip(&places).zip(&mut held) {
            *held |= place.is_none_or(|place| place == at) && *text == said;
        }
        held.contains(&false)
    })?;
    Ok(held)
}

/// All that an error says.
pub(super) fn said(ctx: &Context, error: &Error) -> String {
    // A detail that cannot be read says nothing.
    let detail = literal_text(ctx, &error.detail()).unwrap_or_default();
    format!("{error}\n{detail}")
}

/// A row of a table, and where it is in its batch.
struct Row {
    number: u64,
    at: usize,
}

/// Shows each cell that holds an error, until `seen` says that it is enough; gives the number of rows that were read.
fn visit(
    value: &Evaluated,
    table: &Table,
    mut seen: impl FnMut(&Row, usize, Error, &Batch) -> bool,
) -> Result<u64> {
    let ctx = value.context();
    let mut rows = 0;
    let mut batches = table.operator().open(&ctx, &Demand::all())?;
    while let Some(batch) = batches.next(&ctx)? {
        for at in 0..batch.len() {
            rows += 1;
            ctx.step()?;
            for column in 0..table.width() {
                let Some(cells) = batch.column(column) else { continue };
                match cells.get(at).force(&ctx) {
                    Ok(_) => {}
                    Err(error) if error.is_stop() => return Err(error),
                    Err(error) => {
                        if !seen(&Row { number: rows, at }, column, error, &batch) {
                            return Ok(rows);
                        }
                    }
                }
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_errors_are_found_with_their_rows() {
        let text = "Table.TransformColumnTypes(#table({\"K\", \"N\"}, {{\"a\", \"1\"}, {\"b\", \"x\"}, {\"c\", \"y\"}}), {{\"N\", type number}})";
        let query = crate::Engine::new().compile("test", text).unwrap();
        let value = query.run().evaluate().unwrap();
        let found = failing_cells(&value, value.table().unwrap(), 1).unwrap();
        assert_eq!((found.rows, found.errors, found.failing_rows, found.cells.len()), (3, 2, 2, 1));
        let cell = &found.cells[0];
        assert_eq!((cell.row, cell.column.as_str()), (2, "N"));
        assert_eq!(value.read(&cell.cells[0]).unwrap().as_text(), Some("b"));
    }
}
