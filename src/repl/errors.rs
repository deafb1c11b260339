//! The cells of a table that hold errors, and why.

use crate::Evaluated;
use crate::table::{Demand, Table};
use crate::value::{Error, Member, Result};

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
    let ctx = value.context();
    let mut found = Found::default();
    let mut batches = table.operator().open(&ctx, &Demand::all())?;
    while let Some(batch) = batches.next(&ctx)? {
        for row in 0..batch.len() {
            found.rows += 1;
            ctx.step()?;
            let before = found.errors;
            for (at, name) in table.names().iter().enumerate() {
                let Some(column) = batch.column(at) else { continue };
                match column.get(row).force(&ctx) {
                    Ok(_) => {}
                    Err(error) if error.is_stop() => return Err(error),
                    Err(error) => {
                        found.errors += 1;
                        if found.cells.len() < most {
                            let cells = (0..table.width())
                                .filter_map(|at| batch.column(at).map(|column| column.get(row)))
                                .collect();
                            let column = name.as_str().to_owned();
                            found.cells.push(Failing { row: found.rows, column, error, cells });
                        }
                    }
                }
            }
            found.failing_rows += u64::from(found.errors > before);
        }
    }
    Ok(found)
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
