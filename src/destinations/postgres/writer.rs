use postgres::error::SqlState;
use postgres::{Client, Statement};
use rustc_hash::{FxHashMap, FxHashSet};

use super::key_set::{KeyHash, KeySet};
use super::lines::{Lines, Ready, Work, copy};
use super::statements::{STAGED, STAGING, Statements, add, create};
use crate::destinations::transaction::Transactional;
use crate::destinations::{
    DestinationError, Entity, FieldChange, Mode, Outcome, Rejection, RejectionCode, Row, RowPolicy,
    WriteOptions, duplicate_key, ignored, key_unknown,
};
use crate::sources::postgres::{Relation, Server, StoredColumn, quote, relation, said};

/// How many rows go to the server at a time: what is done once for each batch is then a hundredth of the work.
const BATCH: usize = 16_000;

/// An [`UpsertWriter`](crate::destinations::UpsertWriter) for one table.
pub(super) struct PostgresWriter {
    client: Client,
    server: Server,
    entity: Entity,
    options: WriteOptions,
    table: Option<Table>,
    seen: KeySet,
    is_in_transaction: bool,
    /// Whether all rows of the last batch were new: then the next likely are, too, and looking for them first is in vain.
    expects_new: bool,
    /// Whether rows can be copied straight to where they belong, and nothing but new rows is wanted for that.
    copies: bool,
    /// Kept for its room.
    lines: Lines,
}

/// The table as it was found, and the statements for it.
struct Table {
    /// Its name without the schema.
    name: String,
    /// The columns of the entity, in its order, each with whether it is part of the key.
    columns: Vec<(StoredColumn, bool)>,
    statements: Statements,
    copy: Statement,
    copy_new: Statement,
}

/// Why a batch did not go in.
enum Refused {
    /// One of its rows is at fault: which one, where the server says so.
    Row(Rejection, Option<usize>),
    /// Not all of its rows are new, as they were expected to be.
    NotNew,
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
            expects_new: false,
            copies: false,
            lines: Lines::default(),
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
        // What is checked at the end otherwise is checked with each row, so that it is known which one is at fault. A
        // batch is never worth reading a whole table for, nor compiling a statement.
        self.execute(
            "BEGIN; SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL enable_seqscan = off; SET LOCAL jit = off",
        )?;
        self.is_in_transaction = true;
        if self.table.is_none() {
            self.table = Some(self.prepare(rows)?);
        }
        self.execute("SAVEPOINT pqm")
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
        let statements = Statements::new(&self.entity, &found.sql, &columns, self.options.rows);
        let is_key = |i: usize| self.entity.key_columns().any(|key| key == i);
        let columns =
            columns.into_iter().enumerate().map(|(i, column)| (column.clone(), is_key(i))).collect();
        self.execute(&statements.stage)?;
        let failed =
            |error| DestinationError::Remote { system: self.server.name().to_owned(), message: said(&error) };
        let copy = self.client.prepare(&statements.copy).map_err(failed)?;
        let copy_new = self.client.prepare(&statements.copy_new).map_err(failed)?;
        if self.options.mode == Mode::Write && self.options.rows != RowPolicy::UpdateOnly {
            let (copies, is_empty) = copies(&mut self.client, &found).map_err(failed)?;
            self.copies = copies;
            self.expects_new = copies && is_empty;
        }
        Ok(Table { name: found.name, columns, statements, copy, copy_new })
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
        let mut lines = std::mem::take(&mut self.lines);
        lines.text.clear();
        for (at, row) in rows.iter().enumerate() {
            outcomes.push(match lines.push(&self.entity, &table.columns, row, at, work) {
                Ok((line, fields)) => {
                    left.push(Ready { at, line, fields, key: self.seen.hash(&lines.key) });
                    None
                }
                Err(outcome) => Some(outcome),
            });
        }
        let done = self.rounds(&table, rows, &lines.text, left, work, &mut outcomes);
        self.table = Some(table);
        self.lines = lines;
        done?;
        // Each row has an outcome by now.
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Unchanged)).collect())
    }

    /// Sends rows so that no key is twice in a batch. Of several rows with one key the first that the server takes is
    /// kept.
    fn rounds(
        &mut self,
        table: &Table,
        rows: &[Row],
        lines: &[u8],
        mut left: Vec<Ready>,
        work: Work,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), DestinationError> {
        while !left.is_empty() {
            let mut batch: Vec<Ready> = Vec::with_capacity(left.len());
            // The keys of the batch, once one of them is there a second time.
            let mut keys: Option<FxHashSet<KeyHash>> = None;
            let mut later = Vec::new();
            for ready in left {
                if work == Work::Delete || self.seen.insert(ready.key) {
                    if let Some(keys) = &mut keys {
                        keys.insert(ready.key);
                    }
                    batch.push(ready);
                } else if keys
                    .get_or_insert_with(|| batch.iter().map(|r| r.key).collect())
                    .contains(&ready.key)
                {
                    later.push(ready);
                } else if let Some(row) = rows.get(ready.at) {
                    set(outcomes, ready.at, Outcome::Rejected(duplicate_key(&self.entity, &row.cells)));
                }
            }
            self.send(table, lines, &batch, work, outcomes)?;
            if work == Work::Upsert {
                let is_refused = |at: usize| matches!(outcomes.get(at), Some(Some(Outcome::Rejected(_))));
                batch
                    .iter()
                    .filter(|ready| is_refused(ready.at))
                    .for_each(|ready| self.seen.remove(&ready.key));
            }
            left = later;
        }
        Ok(())
    }

    /// Sends a batch; if the server refuses one of its rows, what is before and after it, or halves where it does not
    /// say which one it is.
    fn send(
        &mut self,
        table: &Table,
        lines: &[u8],
        batch: &[Ready],
        work: Work,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), DestinationError> {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            let (rejection, place) = match self.attempt(table, lines, part, work, outcomes) {
                Ok(are_new) => {
                    self.expects_new = are_new && part.len() == batch.len() && self.copies;
                    self.execute(&format!("RELEASE SAVEPOINT pqm; TRUNCATE {STAGING}; SAVEPOINT pqm"))?;
                    continue;
                }
                Err(Refused::Failed(error)) => return Err(error),
                Err(Refused::NotNew) => {
                    self.execute("ROLLBACK TO SAVEPOINT pqm")?;
                    self.expects_new = false;
                    parts.push(part);
                    continue;
                }
                Err(Refused::Row(rejection, place)) => (rejection, place),
            };
            self.execute("ROLLBACK TO SAVEPOINT pqm")?;
            match place.or((part.len() == 1).then_some(0)).and_then(|at| Some((at, part.get(at)?))) {
                Some((at, ready)) => {
                    set(outcomes, ready.at, Outcome::Rejected(rejection));
                    parts
                        .extend([part.get(at + 1..).unwrap_or_default(), part.get(..at).unwrap_or_default()]);
                }
                None => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            }
        }
        Ok(())
    }

    /// Sends a batch and notes what became of its rows. Answers whether all of them were new.
    fn attempt(
        &mut self,
        table: &Table,
        lines: &[u8],
        batch: &[Ready],
        work: Work,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<bool, Refused> {
        let statements = &table.statements;
        if work == Work::Upsert && self.expects_new {
            return match copy(&mut self.client, &table.copy_new, lines, batch, Ready::fields) {
                Ok(copied) if copied == batch.len() as u64 => {
                    set_all(outcomes, batch, &Outcome::Inserted);
                    Ok(true)
                }
                // A trigger left some out.
                Ok(_) => Err(Refused::NotNew),
                Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Err(Refused::NotNew),
                Err(error) => Err(self.refused(&error, &table.name)),
            };
        }
        let copied = match work {
            Work::Upsert => copy(&mut self.client, &table.copy, lines, batch, Ready::numbered),
            Work::Delete => {
                copy(&mut self.client, statements.copy_keys.as_str(), lines, batch, Ready::numbered)
            }
        };
        copied.map_err(|error| self.refused(&error, STAGED))?;
        if work == Work::Delete {
            let found = self.client.query(statements.delete.as_str(), &[]);
            let found = found.map_err(|error| self.refused(&error, STAGED))?;
            set_all(outcomes, batch, &Outcome::Unchanged);
            for row in &found {
                let number: i32 = row.try_get(0).map_err(|error| self.refused(&error, STAGED))?;
                set(outcomes, place(number), Outcome::Deleted);
            }
            return Ok(false);
        }
        let mut changes = self.all_changes(statements)?;
        // Not prepared: how it is done best depends on how large the table is by now.
        let found = self.client.query_one(statements.upsert.as_str(), &[]);
        let found =
            found.and_then(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)));
        let (new, inserted, differing, updated): (Vec<i32>, i64, Vec<i32>, Vec<i32>) =
            found.map_err(|error| self.refused(&error, STAGED))?;
        let only_updates = self.options.rows == RowPolicy::UpdateOnly;
        if !only_updates && new.len() as i64 != inserted {
            // Somebody else inserted one meanwhile, or a trigger left one out.
            return Err(Refused::Row(ignored(), None));
        }
        set_all(outcomes, batch, &Outcome::Unchanged);
        for number in &new {
            let outcome = match only_updates {
                true => Outcome::Rejected(key_unknown(&self.entity)),
                false => Outcome::Inserted,
            };
            set(outcomes, place(*number), outcome);
        }
        for number in differing {
            set(outcomes, place(number), Outcome::Rejected(ignored()));
        }
        for number in updated {
            let changes = changes.remove(&number).unwrap_or_default();
            set(outcomes, place(number), Outcome::Updated(changes));
        }
        Ok(new.len() == batch.len())
    }

    /// The fields that would change, by the numbers of the rows, where that is asked.
    fn all_changes(&mut self, statements: &Statements) -> Result<FxHashMap<i32, Vec<FieldChange>>, Refused> {
        let (Mode::Plan, Some(compare)) = (self.options.mode, &statements.compare) else {
            return Ok(FxHashMap::default());
        };
        let found = self.client.query(compare.as_str(), &[]);
        let changes = found
            .and_then(|found| found.iter().map(|row| Ok((row.try_get(0)?, self.changes(row)?))).collect());
        changes.map_err(|error| self.refused(&error, STAGED))
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

    /// Whether an error is one row's, or everybody's. Rows were copied into the table of this name.
    fn refused(&self, error: &postgres::Error, into: &str) -> Refused {
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
        let (line, column) = database.where_().map(|context| copied_at(context, into)).unwrap_or_default();
        let column = database.column().or(column).map(str::to_owned);
        let rejection = Rejection { column, code: kind, reason: said(error) };
        Refused::Row(rejection, line.and_then(|line| line.checked_sub(1)))
    }
}

/// The line and the column that an error in copying is about. Its context names them:
/// `COPY pqm_staging, line 1, column born: "x"`.
fn copied_at<'c>(context: &'c str, into: &str) -> (Option<usize>, Option<&'c str>) {
    let begins = format!("COPY {into}, line ");
    let Some((_, rest)) = context.split_once(&begins) else { return (None, None) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (line, rest) = rest.split_at(digits);
    let column = rest.strip_prefix(", column ").and_then(|rest| rest.split(':').next());
    (line.parse().ok(), column)
}

/// Whether rows can be copied into a table as if they were inserted, and whether it is empty. Copying passes by rules,
/// cannot ask what rows a session may see, and writes numbers that only the server is to give.
fn copies(client: &mut Client, table: &Relation) -> Result<(bool, bool), postgres::Error> {
    let found = client.query_one(
        &format!(
            "SELECT NOT relhasrules AND NOT row_security_active(oid) AND NOT EXISTS \
             (SELECT FROM pg_attribute WHERE attrelid = oid AND attidentity = 'a'), NOT EXISTS (SELECT FROM {}) \
             FROM pg_class WHERE oid = $1::text::regclass",
            table.sql
        ),
        &[&table.sql],
    )?;
    Ok((found.try_get(0)?, found.try_get(1)?))
}

/// The place of a row in its call, by the number that the server knows it by.
fn place(number: i32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn set(outcomes: &mut [Option<Outcome>], at: usize, outcome: Outcome) {
    if let Some(to) = outcomes.get_mut(at) {
        *to = Some(outcome);
    }
}

fn set_all(outcomes: &mut [Option<Outcome>], batch: &[Ready], outcome: &Outcome) {
    batch.iter().for_each(|ready| set(outcomes, ready.at, outcome.clone()));
}

impl Transactional for PostgresWriter {
    fn mode(&self) -> Mode {
        self.options.mode
    }

    fn is_prepared(&self) -> bool {
        self.table.is_some()
    }

    fn write_rows(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.work(rows, Work::Upsert)
    }

    fn delete_rows(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.work(rows, Work::Delete)
    }

    fn batch_rows(&self) -> usize {
        BATCH
    }

    fn end(&mut self, statement: &'static str) -> Result<(), DestinationError> {
        if std::mem::take(&mut self.is_in_transaction) {
            self.execute(statement)?;
        }
        Ok(())
    }
}
