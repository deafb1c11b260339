//! Writers into databases, whose checkpoint is the end of a transaction.

use super::{DestinationError, Mode, Outcome, Row, UpsertWriter};

/// What such a writer does itself; when its transactions end, and how, is the same for all.
pub trait Transactional: Send {
    /// Whether rows are kept.
    fn mode(&self) -> Mode;

    /// Whether the entity was looked at, or created.
    fn is_prepared(&self) -> bool;

    /// Writes rows in the open transaction, or in a new one.
    fn write_rows(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError>;

    /// Deletes rows by their keys, likewise.
    fn delete_rows(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError>;

    /// How many rows a batch has at best.
    fn batch_rows(&self) -> usize {
        1000
    }

    /// Ends the transaction, if one is open, with this statement.
    fn end(&mut self, statement: &'static str) -> Result<(), DestinationError>;
}

impl<T: Transactional> UpsertWriter for T {
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.write_rows(rows)
    }

    fn delete(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.delete_rows(rows)
    }

    fn rows_at_once(&self) -> usize {
        self.batch_rows()
    }

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        let keeps = self.mode() == Mode::Write;
        if keeps {
            self.end("COMMIT")?;
        }
        Ok(keeps)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DestinationError> {
        if !self.is_prepared() {
            // Without rows the table is still created, so that whoever reads it finds it empty.
            self.write_rows(&[])?;
        }
        self.end(match self.mode() {
            Mode::Write => "COMMIT",
            Mode::Plan => "ROLLBACK",
        })
    }
}
