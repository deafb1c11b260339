//! Rows as the lines that the server copies.

use std::io::Write;
use std::ops::Range;

use postgres::{Client, ToStatement};

use super::encode::{encode, key_form};
use super::key_set::KeyHash;
use crate::destinations::{Entity, Outcome, Rejection, RejectionCode, Row, missing_key};
use crate::sources::postgres::{StoredColumn, push_escaped};

/// What is done with rows.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Work {
    Upsert,
    /// Only the keys count.
    Delete,
}

/// A row ready to be sent.
pub(super) struct Ready {
    /// Its place among the rows of the call, which is its number on the server, too.
    pub(super) at: usize,
    /// Where its line stands, its number first.
    pub(super) line: Range<usize>,
    /// Where its fields begin.
    pub(super) fields: usize,
    pub(super) key: KeyHash,
}

impl Ready {
    /// The line, with its number.
    pub(super) fn numbered(&self) -> Range<usize> {
        self.line.clone()
    }

    /// The line without its number.
    pub(super) fn fields(&self) -> Range<usize> {
        self.fields..self.line.end
    }
}

/// The lines of the rows of a call.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) text: Vec<u8>,
    /// What makes the key of the last row equal to another one's.
    pub(super) key: Vec<u8>,
    cell: String,
    number: itoa::Buffer,
}

impl Lines {
    /// Writes the line of the row at a place of the call, or answers the outcome that it has without asking the server.
    /// The columns are those of the entity, each with whether it is part of the key. The key is left in `key`.
    pub(super) fn push(
        &mut self,
        entity: &Entity,
        columns: &[(StoredColumn, bool)],
        row: &Row,
        at: usize,
        work: Work,
    ) -> Result<(Range<usize>, usize), Outcome> {
        let start = self.text.len();
        let fields = self.write(entity, columns, row, at, work);
        let fields = fields.inspect_err(|_| self.text.truncate(start))?;
        Ok((start..self.text.len(), fields))
    }

    fn write(
        &mut self,
        entity: &Entity,
        columns: &[(StoredColumn, bool)],
        row: &Row,
        at: usize,
        work: Work,
    ) -> Result<usize, Outcome> {
        if let Some(rejection) = missing_key(entity, &row.cells) {
            return Err(Outcome::Rejected(rejection));
        }
        let Self { text, key, cell: written, number } = self;
        key.clear();
        text.extend_from_slice(number.format(at).as_bytes());
        let fields = text.len() + 1;
        for (cell, (column, is_key)) in row.cells.iter().zip(columns) {
            if work == Work::Delete && !is_key {
                continue;
            }
            let is_null = match encode(cell, column, written) {
                Ok(is_null) => is_null,
                // A value that cannot stand there does not.
                Err(_) if work == Work::Delete => return Err(Outcome::Unchanged),
                Err(reason) => {
                    let column = Some(column.name.clone());
                    let code = RejectionCode::NotStorable;
                    return Err(Outcome::Rejected(Rejection { column, code, reason }));
                }
            };
            text.push(b'\t');
            if is_null {
                text.extend_from_slice(b"\\N");
            } else {
                push_escaped(text, written);
            }
            if *is_key {
                key.extend_from_slice(key_form(written, column.kind, &column.declared).as_bytes());
                key.push(0);
            }
        }
        text.push(b'\n');
        Ok(fields)
    }
}

/// Copies of each row of a batch the part of its line that `part` says.
pub(super) fn copy(
    client: &mut Client,
    statement: &(impl ToStatement + ?Sized),
    lines: &[u8],
    batch: &[Ready],
    part: fn(&Ready) -> Range<usize>,
) -> Result<u64, postgres::Error> {
    let mut writer = client.copy_in(statement)?;
    // Parts that follow each other go at once.
    for piece in batch.chunk_by(|one, next| part(one).end == part(next).start) {
        if let (Some(first), Some(last)) = (piece.first(), piece.last()) {
            // What goes wrong in between is said at the end.
            let _ = writer.write_all(lines.get(part(first).start..part(last).end).unwrap_or_default());
        }
    }
    writer.finish()
}
