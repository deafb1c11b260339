use std::io::Write;

use postgres::{Client, Statement};
use rustc_hash::FxHashMap;

use super::encode::{encode, key_form};
use super::key_set::{KeyHash, KeySet};
use super::statements::{STAGING, Statements, add, create};
use crate::destinations::{
    DestinationError, Entity, FieldChange, Mode, Outcome, Rejection, RejectionCode, Row, UpsertWriter,
    WriteOptions, duplicate_key, missing_key,
};
use crate::sources::postgres::{Relation, Server, StoredColumn, push_escaped, quote, relation, said};

/// An [`UpsertWriter`] for one table.
pub(super) struct PostgresWriter {
    client: Client,
    server: Server,
    entity: Entity,
    options: WriteOptions,
    table: Option<Table>,
    seen: KeySet,
    is_in_transaction: bool,
}

/// The table as it was found, and the statements for it.
struct Table {
    /// The columns of the entity, in its order.
    columns: Vec<StoredColumn>,
    statements: Statements,
    upsert: Statement,
}

/// A row ready to be sent.
struct Ready {
    /// Its place among the rows of the call.
    at: usize,
    /// Its cells as the server copies them.
    line: Vec<u8>,
    key: KeyHash,
}

/// What is done with rows.
#[derive(Clone, Copy, PartialEq)]
enum Work {
    Upsert,
    Delete,
}

/// Why a batch did not go in.
enum Refused {
    /// One of its rows is at fault.
    Row(Rejection),
    /// Something else is.
    Failed(DestinationError),
}

impl PostgresWriter {
    /// Opens a session. The table is looked at with the first rows.
    pub(super) fn open(
        server: &Server,
        entity: Entity,
        options: WriteOptions,
    ) -> Result<Self, DestinationError> {
        let client = server.connect().map_err(|error| DestinationError::Remote {
            system: server.name().to_owned(),
            message: error.to_string(),
        })?;
        Ok(Self {
            client,
            server: server.clone(),
            entity,
            options,
            table: None,
            seen: KeySet::default(),
            is_in_transaction: false,
        })
    }

    fn failed(&self, message: impl Into<String>) -> DestinationError {
        DestinationError::Remote { system: self.server.name().to_owned(), message: message.into() }
    }

    fn execute(&mut self, sql: &str) -> Result<(), DestinationError> {
        self.client.batch_execute(sql).map_err(|error| self.failed(said(&error)))
    }

    fn begin(&mut self, rows: &[Row]) -> Result<(), DestinationError> {
        if self.is_in_transaction {
            return Ok(());
        }
        // What is checked at the end otherwise is checked with each row, so that it is known which one is at fault.
        self.execute("BEGIN; SET CONSTRAINTS ALL IMMEDIATE")?;
        self.is_in_transaction = true;
        if self.table.is_none() {
            self.table = Some(self.prepare(rows)?);
        }
        self.execute("SAVEPOINT pqm")
    }

    fn end(&mut self) -> Result<(), DestinationError> {
        if self.is_in_transaction {
            self.is_in_transaction = false;
            self.execute(if self.options.mode == Mode::Plan { "ROLLBACK" } else { "COMMIT" })?;
        }
        Ok(())
    }

    fn relation(&mut self) -> Result<Option<Relation>, DestinationError> {
        relation(&mut self.client, self.entity.name()).map_err(|error| self.failed(said(&error)))
    }

    /// Creates the table if it is not there, and checks that it can take the entity.
    fn prepare(&mut self, rows: &[Row]) -> Result<Table, DestinationError> {
        let name = self.entity.name().to_owned();
        let mut found = match self.relation()? {
            Some(found) => found,
            None => {
                let sql_name = match name.split_once('.') {
                    Some((schema, table)) => format!("{}.{}", quote(schema), quote(table)),
                    None => quote(&name),
                };
                self.execute(&create(&self.entity, &sql_name, rows))?;
                let found = self.relation()?;
                found.ok_or_else(|| {
                    self.failed(format!("{name} was created and cannot be seen: check search_path"))
                })?
            }
        };
        if !found.is_table {
            return Err(self.failed(format!("{name} is a view or foreign table: choose an ordinary table")));
        }
        let lacks =
            |found: &Relation, i: usize| !found.columns.iter().any(|c| c.name == self.entity.column_name(i));
        let missing: Vec<usize> = (0..self.entity.columns().len()).filter(|i| lacks(&found, *i)).collect();
        if !missing.is_empty() {
            if !self.options.add_columns {
                let names: Vec<&str> = missing.iter().map(|i| self.entity.column_name(*i)).collect();
                return Err(self.failed(format!(
                    "{name} has no column {}: add it there, or drop its mapping (columns are never added silently)",
                    names.join(", ")
                )));
            }
            for column in missing {
                self.execute(&add(&self.entity, &found.sql, column, rows))?;
            }
            found = self.relation()?.unwrap_or(found);
        }
        self.check_key(&found)?;
        let column = |i: usize| found.columns.iter().find(|c| c.name == self.entity.column_name(i));
        let columns: Vec<&StoredColumn> = (0..self.entity.columns().len()).filter_map(column).collect();
        let statements = Statements::new(&self.entity, &found.sql, &columns);
        let columns = columns.into_iter().cloned().collect();
        self.execute(&statements.stage)?;
        let upsert = self.client.prepare(&statements.upsert).map_err(|error| self.failed(said(&error)))?;
        Ok(Table { columns, statements, upsert })
    }

    /// Checks that the key is unique in the table.
    fn check_key(&self, found: &Relation) -> Result<(), DestinationError> {
        let mut key: Vec<&str> = self.entity.key_columns().map(|i| self.entity.column_name(i)).collect();
        key.sort_unstable();
        let is_unique = found.keys.iter().any(|unique| {
            let mut unique: Vec<&str> = unique.columns.iter().map(String::as_str).collect();
            unique.sort_unstable();
            unique == key
        });
        if is_unique {
            return Ok(());
        }
        let quoted: Vec<String> = key.iter().map(|column| quote(column)).collect();
        Err(self.failed(format!(
            "the key ({}) of {} is neither its primary key nor a unique index: remove duplicates and run CREATE UNIQUE \
             INDEX ON {} ({})",
            key.join(", "),
            self.entity.name(),
            found.sql,
            quoted.join(", ")
        )))
    }

    /// Does something with rows, and answers one outcome for each.
    fn work(&mut self, rows: &[Row], work: Work) -> Result<Vec<Outcome>, DestinationError> {
        self.begin(rows)?;
        let Some(table) = self.table.take() else { return Ok(Vec::new()) };
        let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(rows.len());
        let mut left: Vec<Ready> = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            match self.ready(&table, row, at, work) {
                Ok(ready) => {
                    left.push(ready);
                    outcomes.push(None);
                }
                Err(outcome) => outcomes.push(Some(outcome)),
            }
        }
        let done = self.rounds(&table, rows, left, work, &mut outcomes);
        self.table = Some(table);
        done?;
        // Each row has an outcome by now.
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Unchanged)).collect())
    }

    /// A row as it is sent, or the outcome that it has without asking the server.
    fn ready(&self, table: &Table, row: &Row, at: usize, work: Work) -> Result<Ready, Outcome> {
        if let Some(rejection) = missing_key(&self.entity, &row.cells) {
            return Err(Outcome::Rejected(rejection));
        }
        let mut line = Vec::with_capacity(16 * table.columns.len());
        let mut key = Vec::with_capacity(16);
        let mut text = String::new();
        let mut is_first = true;
        for (i, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate() {
            let is_key = self.entity.key_columns().any(|key| key == i);
            if work == Work::Delete && !is_key {
                continue;
            }
            let is_null = match encode(cell, column, &mut text) {
                Ok(is_null) => is_null,
                // A value that cannot stand there does not.
                Err(_) if work == Work::Delete => return Err(Outcome::Unchanged),
                Err(reason) => {
                    let column = Some(column.name.clone());
                    return Err(Outcome::Rejected(Rejection {
                        column,
                        code: RejectionCode::NotStorable,
                        reason,
                    }));
                }
            };
            if !std::mem::take(&mut is_first) {
                line.push(b'\t');
            }
            if is_null {
                line.extend_from_slice(b"\\N");
            } else {
                push_escaped(&mut line, &text);
            }
            if is_key {
                key.extend_from_slice(key_form(&text, column.kind, &column.declared).as_bytes());
                key.push(0);
            }
        }
        line.push(b'\n');
        Ok(Ready { at, line, key: self.seen.hash(&key) })
    }

    /// Sends rows so that no key is twice in a batch. Of several rows with one key the first that the server takes is
    /// kept.
    fn rounds(
        &mut self,
        table: &Table,
        rows: &[Row],
        mut left: Vec<Ready>,
        work: Work,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), DestinationError> {
        while !left.is_empty() {
            let mut batch: Vec<Ready> = Vec::with_capacity(left.len());
            let mut keys = std::collections::HashSet::with_capacity(left.len());
            let mut later = Vec::new();
            for ready in left {
                if work == Work::Upsert && self.seen.contains(&ready.key) {
                    if let (Some(outcome), Some(row)) = (outcomes.get_mut(ready.at), rows.get(ready.at)) {
                        *outcome = Some(Outcome::Rejected(duplicate_key(&self.entity, &row.cells)));
                    }
                } else if keys.insert(ready.key) {
                    batch.push(ready);
                } else {
                    later.push(ready);
                }
            }
            self.send(table, &batch, work, outcomes)?;
            let is_kept = |at: usize| !matches!(outcomes.get(at), Some(Some(Outcome::Rejected(_))));
            if work == Work::Upsert {
                batch.iter().filter(|ready| is_kept(ready.at)).for_each(|ready| self.seen.insert(ready.key));
            }
            left = later;
        }
        Ok(())
    }

    /// Sends a batch; if the server refuses one of its rows, halves of it.
    fn send(
        &mut self,
        table: &Table,
        batch: &[Ready],
        work: Work,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), DestinationError> {
        if batch.is_empty() {
            return Ok(());
        }
        match self.attempt(table, batch, work) {
            Ok(found) => {
                let mut set = |ready: &Ready, outcome| {
                    if let Some(to) = outcomes.get_mut(ready.at) {
                        *to = Some(outcome);
                    }
                };
                batch.iter().for_each(|ready| set(ready, Outcome::Unchanged));
                for (number, outcome) in found {
                    batch.get(number).into_iter().for_each(|ready| set(ready, outcome.clone()));
                }
                self.execute(&format!("RELEASE SAVEPOINT pqm; TRUNCATE {STAGING}; SAVEPOINT pqm"))
            }
            Err(Refused::Failed(error)) => Err(error),
            Err(Refused::Row(rejection)) => {
                self.execute("ROLLBACK TO SAVEPOINT pqm")?;
                if let [ready] = batch {
                    if let Some(to) = outcomes.get_mut(ready.at) {
                        *to = Some(Outcome::Rejected(rejection));
                    }
                    return Ok(());
                }
                let (first, second) = batch.split_at(batch.len() / 2);
                self.send(table, first, work, outcomes)?;
                self.send(table, second, work, outcomes)
            }
        }
    }

    /// Sends a batch. Answers what became of its rows by their places in it; rows that are left out are unchanged.
    fn attempt(
        &mut self,
        table: &Table,
        batch: &[Ready],
        work: Work,
    ) -> Result<Vec<(usize, Outcome)>, Refused> {
        let statements = &table.statements;
        let mut text = Vec::with_capacity(batch.iter().map(|ready| ready.line.len() + 5).sum());
        for (number, ready) in batch.iter().enumerate() {
            // Writing to memory cannot fail.
            let _ = write!(text, "{number}\t");
            text.extend_from_slice(&ready.line);
        }
        let copy = if work == Work::Upsert { &statements.copy } else { &statements.copy_keys };
        let copied = self.client.copy_in(copy.as_str()).and_then(|mut writer| {
            // What goes wrong in between is said at the end.
            let _ = writer.write_all(&text);
            writer.finish()
        });
        copied.map_err(|error| self.refused(&error))?;
        let number =
            |row: &postgres::Row| row.try_get::<_, i32>(0).map(|number| usize::try_from(number).unwrap_or(0));
        let mut changes: FxHashMap<usize, Vec<FieldChange>> = FxHashMap::default();
        if let (Mode::Plan, Work::Upsert, Some(compare)) = (self.options.mode, work, &statements.compare) {
            let found = self.client.query(compare.as_str(), &[]).map_err(|error| self.refused(&error))?;
            for row in &found {
                let at = number(row).map_err(|error| self.refused(&error))?;
                changes.insert(at, self.changes(row).map_err(|error| self.refused(&error))?);
            }
        }
        let found = match work {
            Work::Upsert => self.client.query(&table.upsert, &[]),
            Work::Delete => self.client.query(statements.delete.as_str(), &[]),
        };
        let found = found.map_err(|error| self.refused(&error))?;
        let mut outcomes = Vec::with_capacity(found.len());
        for row in &found {
            let at = number(row).map_err(|error| self.refused(&error))?;
            let outcome = match work {
                Work::Delete => Outcome::Deleted,
                Work::Upsert if row.try_get(1).map_err(|error| self.refused(&error))? => Outcome::Inserted,
                Work::Upsert => Outcome::Updated(changes.remove(&at).unwrap_or_default()),
            };
            outcomes.push((at, outcome));
        }
        Ok(outcomes)
    }

    /// The fields that an update changes: of each column outside the key, what is stored, what comes, and whether they
    /// differ.
    fn changes(&self, row: &postgres::Row) -> Result<Vec<FieldChange>, postgres::Error> {
        let mut changes = Vec::new();
        for (place, i) in self.entity.value_columns().enumerate() {
            let at = 1 + 3 * place;
            if row.try_get(at + 2)? {
                let (from, to) = (row.try_get(at)?, row.try_get(at + 1)?);
                changes.push(FieldChange { column: self.entity.column_name(i).to_owned(), from, to });
            }
        }
        Ok(changes)
    }

    /// Whether an error is one row's, or everybody's.
    fn refused(&self, error: &postgres::Error) -> Refused {
        let Some(database) = error.as_db_error() else { return Refused::Failed(self.failed(said(error))) };
        let code = database.code().code();
        let kind = match code.get(..2) {
            // A value that the type of its column does not take.
            Some("22") => RejectionCode::NotStorable,
            // A constraint, a rule of a view, a trigger's own error, a row that is too large, a key that comes twice.
            Some("23" | "44" | "54" | "21") => RejectionCode::Constraint,
            _ if code == "P0001" => RejectionCode::Constraint,
            _ => return Refused::Failed(self.failed(said(error))),
        };
        // Of errors in copying, only the context says the column: `COPY pqm_staging, line 1, column born: "x"`.
        let copied = || {
            let (_, rest) = database.where_()?.split_once(", column ")?;
            Some(rest.split_once(':').map_or(rest, |(column, _)| column).to_owned())
        };
        let column = database.column().map(str::to_owned).or_else(copied);
        Refused::Row(Rejection { column, code: kind, reason: said(error) })
    }
}

impl UpsertWriter for PostgresWriter {
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.work(rows, Work::Upsert)
    }

    fn delete(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.work(rows, Work::Delete)
    }

    fn rows_at_once(&self) -> usize {
        // Each batch asks the server four times.
        4000
    }

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        if self.options.mode == Mode::Plan {
            return Ok(false);
        }
        self.end()?;
        Ok(true)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DestinationError> {
        if self.table.is_none() {
            // Without rows the table is still created, so that whoever reads it finds it empty.
            self.begin(&[])?;
        }
        self.end()
    }
}
