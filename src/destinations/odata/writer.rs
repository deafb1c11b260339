//! Rows on their way to a service: compared with what is there, sent in batches, the bad ones found out.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Dialect;
use super::body;
use super::encoder::{Encoded, Encoder};
use super::known::{Known, Values, Wanted};
use super::multipart::{Operation, Part};
use super::sender::{LARGEST_BATCH, Sender};
use crate::destinations::{
    Cell, DestinationError, Entity, FieldChange, Mode, Outcome, Rejection, RejectionCode, Row, RowPolicy,
    UpsertWriter, WriteOptions, duplicate_key, key_unknown, missing_key,
};
use crate::host::http::HttpRequest;
use crate::sources::escape::unescaped;

/// Rows in one request at most: what Dataverse advises for standard tables, and the most a batch may hold.
const LARGEST: usize = LARGEST_BATCH;
/// A failed batch of no more rows than this is not halved again: each row gets an operation of its own.
const SMALL: usize = 64;
/// Requests' worth of rows that are taken at a time, so that several requests are on their way.
const REQUESTS: usize = 16;
/// How often a row is sent that others change at the same time.
const ROUNDS: usize = 4;

/// Writes the rows of one entity set.
pub(super) struct ODataWriter {
    sender: Sender,
    entity: Entity,
    encoder: Encoder,
    /// The full name of the type.
    ty: String,
    /// Whether the key is the entity's own, and not an alternate one.
    is_primary: bool,
    options: WriteOptions,
    known: Known,
    /// The keys of this run.
    written: HashSet<Box<str>>,
    /// Rows in a request just now: halved when the service can't take so many, doubled when all goes well.
    size: AtomicUsize,
}

/// A row that has to be sent.
struct Sent {
    /// Its place among the outcomes.
    at: usize,
    key: Box<str>,
    row: Encoded,
    is_new: bool,
    /// The mark of the row that is there.
    etag: Option<Box<str>>,
    outcome: Outcome,
}

impl ODataWriter {
    pub(super) fn new(
        sender: Sender,
        entity: Entity,
        encoder: Encoder,
        ty: String,
        is_primary: bool,
        options: WriteOptions,
    ) -> ODataWriter {
        // Bulk requests carry no conditions, and single ones of Dataverse need none to be upserts.
        let keeps_etags = sender.dialect == Dialect::Standard;
        let known = Known::new(entity.name(), &encoder.fields, &encoder.key, keeps_etags);
        ODataWriter {
            sender,
            entity,
            encoder,
            ty,
            is_primary,
            options,
            known,
            written: HashSet::new(),
            size: AtomicUsize::new(LARGEST),
        }
    }

    /// What differs from what is there; none where nothing does.
    fn changes(&self, before: &Values, after: &Values) -> Vec<FieldChange> {
        let fields = self.encoder.fields.iter().zip(before.iter().zip(after));
        fields
            .filter(|(_, (from, to))| from != to)
            .map(|(field, (from, to))| FieldChange {
                column: field.name.clone(),
                from: from.as_deref().map(str::to_owned),
                to: to.as_deref().map(str::to_owned),
            })
            .collect()
    }

    /// Sends rows in as many requests at a time as the service allows; gives the outcomes that are other than was
    /// thought, by their place.
    fn send(&self, rows: &[Sent]) -> Result<Vec<(usize, Outcome)>, DestinationError> {
        let next = AtomicUsize::new(0);
        let others = Mutex::new(Vec::new());
        let failed: Mutex<Option<DestinationError>> = Mutex::new(None);
        let size = self.size.load(Ordering::Relaxed).clamp(1, LARGEST);
        let chunks: Vec<&[Sent]> = rows.chunks(size).collect();
        let workers = self.sender.connection.concurrent().min(chunks.len());
        let work = || {
            while lock(&failed).is_none() {
                let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                match self.deliver(chunk) {
                    Ok(mut these) => lock(&others).append(&mut these),
                    Err(error) => *lock(&failed) = Some(error),
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..workers {
                scope.spawn(work);
            }
            work();
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(others.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Delivers rows that may go in one request.
    fn deliver(&self, rows: &[Sent]) -> Result<Vec<(usize, Outcome)>, DestinationError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        if self.sender.dialect == Dialect::Standard || self.options.rows != RowPolicy::Upsert {
            return self.one_by_one(rows);
        }
        let answer = self.sender.connection.send(&self.upsert_multiple(rows))?;
        if answer.is_good() {
            let size = self.size.load(Ordering::Relaxed);
            if rows.len() == size && size < LARGEST {
                self.size.store((size * 2).min(LARGEST), Ordering::Relaxed);
            }
            return Ok(Vec::new());
        }
        if matches!(answer.status, 401 | 403) {
            let message = format!("it refuses to be written to: {}", answer.error().1);
            return Err(self.sender.connection.failed(message));
        }
        if matches!(answer.status, 408 | 413 | 504) {
            // Too much at once: it is halved below, and less is sent from now on.
            self.size.store((rows.len() / 2).max(1), Ordering::Relaxed);
        }
        // One bad row took all of them back.
        if rows.len() <= SMALL {
            return self.one_by_one(rows);
        }
        let (left, right) = rows.split_at(rows.len() / 2);
        let mut others = self.deliver(left)?;
        others.append(&mut self.deliver(right)?);
        Ok(others)
    }

    fn upsert_multiple(&self, rows: &[Sent]) -> HttpRequest {
        let set = self.entity.name();
        let ty = body::string(&self.ty);
        let mut out = String::from("{\"Targets\":[");
        for (at, Sent { row, .. }) in rows.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(&format!("{{\"@odata.type\":{ty}"));
            if self.is_primary {
                out.push_str(&format!(",{}", row.key_fields));
            } else {
                // Inside of JSON an address is written as it is.
                let address = body::string(&format!("{set}{}", unescaped(&row.address)));
                out.push_str(&format!(",\"@odata.id\":{address}"));
            }
            if !row.fields.is_empty() {
                out.push(',');
                out.push_str(&row.fields);
            }
            out.push('}');
        }
        out.push_str("]}");
        let path = format!("{set}/Microsoft.Dynamics.CRM.UpsertMultiple");
        self.sender.post(&path, "application/json; charset=utf-8", "application/json", out)
    }

    /// Each row as an operation of its own, many in one request.
    fn one_by_one(&self, rows: &[Sent]) -> Result<Vec<(usize, Outcome)>, DestinationError> {
        let mut others = Vec::new();
        let mut open: Vec<(&Sent, Operation)> =
            rows.iter().map(|row| (row, self.operation(&row.row, row.is_new, row.etag.as_deref()))).collect();
        for round in 1..=ROUNDS {
            if open.is_empty() {
                break;
            }
            let operations: Vec<Operation> = open.iter().map(|(_, operation)| operation.clone()).collect();
            let parts = self.sender.batch(&operations)?;
            let failed: Vec<(&Sent, Operation, Part)> = open
                .into_iter()
                .zip(parts)
                .filter(|(_, part)| part.status >= 400)
                .map(|((row, operation), part)| (row, operation, part))
                .collect();
            let (unclear, bad): (Vec<_>, Vec<_>) =
                failed.into_iter().partition(|(_, _, part)| round < ROUNDS && self.is_unclear(part.status));
            others.extend(bad.into_iter().map(|(row, _, part)| (row.at, refusal(part))));
            open = self.look_again(unclear, &mut others)?;
        }
        Ok(others)
    }

    /// Whether a failure may mean that the service holds something else than was thought: a row that is there or not
    /// there, because others changed it or an acknowledgement got lost. Services without alternate keys answer in
    /// many ways.
    fn is_unclear(&self, status: u16) -> bool {
        match self.sender.dialect {
            Dialect::Dataverse => matches!(status, 404 | 409 | 412),
            Dialect::Standard => status != 403,
        }
    }

    /// Looks at what the service holds of rows that failed, and says what to send now.
    fn look_again<'s>(
        &self,
        unclear: Vec<(&'s Sent, Operation, Part)>,
        others: &mut Vec<(usize, Outcome)>,
    ) -> Result<Vec<(&'s Sent, Operation)>, DestinationError> {
        if unclear.is_empty() {
            return Ok(Vec::new());
        }
        let mut now = Known::new(self.entity.name(), &self.encoder.fields, &self.encoder.key, true);
        let wanted: Vec<Wanted<'_>> =
            unclear.iter().map(|(row, ..)| Wanted { key: &row.key, address: &row.row.address }).collect();
        now.ask(&self.sender, &wanted.iter().collect::<Vec<_>>())?;
        let mut open = Vec::new();
        for (row, tried, part) in unclear {
            let held = now.get(&row.key);
            match (held, self.options.rows) {
                // It was carried out, though its acknowledgement got lost.
                (Some(held), _) if held.values == row.row.values => {}
                (Some(_), RowPolicy::CreateOnly) => others.push((row.at, Outcome::Unchanged)),
                (None, RowPolicy::UpdateOnly) => {
                    others.push((row.at, Outcome::Rejected(key_unknown(&self.entity))));
                }
                (held, _) => {
                    let etag = held.and_then(|held| held.etag.as_deref());
                    let operation = self.operation(&row.row, held.is_none(), etag);
                    // What would fail in the same way again is refused.
                    if operation == tried && part.status != 412 {
                        others.push((row.at, refusal(part)));
                    } else {
                        open.push((row, operation));
                    }
                }
            }
        }
        Ok(open)
    }

    fn operation(&self, row: &Encoded, creates: bool, etag: Option<&str>) -> Operation {
        let set = self.entity.name();
        if self.sender.dialect == Dialect::Standard && creates {
            let comma = if row.fields.is_empty() || row.key_fields.is_empty() { "" } else { "," };
            let body = format!("{{{}{comma}{}}}", row.key_fields, row.fields);
            return Operation::new("POST", self.sender.path(set), body);
        }
        let path = self.sender.path(&format!("{set}{}", row.address));
        let operation = Operation::new("PATCH", path, format!("{{{}}}", row.fields));
        // webapi/perform-conditional-operations-using-web-api
        match (self.options.rows, etag) {
            (RowPolicy::CreateOnly, _) => operation.when("If-None-Match", "*"),
            (_, Some(etag)) => operation.when("If-Match", etag),
            (RowPolicy::UpdateOnly, None) => operation.when("If-Match", "*"),
            (RowPolicy::Upsert, None) if self.sender.dialect == Dialect::Standard => {
                operation.when("If-Match", "*")
            }
            (RowPolicy::Upsert, None) => operation,
        }
    }

    /// A row that has to be sent; none where the service holds it already.
    fn judge(&self, at: usize, row: Encoded, key: Box<str>) -> Result<Result<Sent, Outcome>, Rejection> {
        let mut sent = Sent { at, key, row, is_new: false, etag: None, outcome: Outcome::Inserted };
        match (self.known.get(&sent.key), self.options.rows) {
            (None, RowPolicy::UpdateOnly) => return Err(key_unknown(&self.entity)),
            (None, _) => sent.is_new = true,
            (Some(_), RowPolicy::CreateOnly) => return Ok(Err(Outcome::Unchanged)),
            (Some(before), _) => {
                let changes = self.changes(&before.values, &sent.row.values);
                if changes.is_empty() {
                    return Ok(Err(Outcome::Unchanged));
                }
                sent.etag.clone_from(&before.etag);
                sent.outcome = Outcome::Updated(changes);
            }
        }
        Ok(Ok(sent))
    }

    /// Rows with what is wrong with them, as far as that can be told without the service.
    fn encode(&mut self, rows: &[Row]) -> Vec<Result<(Encoded, Box<str>), Rejection>> {
        rows.iter()
            .map(|row| {
                if let Some(rejection) = missing_key(&self.entity, &row.cells) {
                    return Err(rejection);
                }
                let encoded = self.encoder.row(&row.cells)?;
                let key = self.known.key_of(&encoded.values);
                if !self.written.insert(key.clone()) {
                    return Err(duplicate_key(&self.entity, &row.cells));
                }
                Ok((encoded, key))
            })
            .collect()
    }
}

fn refusal(part: Part) -> Outcome {
    Outcome::Rejected(Rejection { column: None, code: RejectionCode::Constraint, reason: part.message })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl UpsertWriter for ODataWriter {
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        let encoded = self.encode(rows);
        let wanted: Vec<Wanted<'_>> =
            encoded.iter().flatten().map(|(row, key)| Wanted { key, address: &row.address }).collect();
        self.known.learn(&self.sender, &wanted)?;
        drop(wanted);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(rows.len());
        let mut sent: Vec<Sent> = Vec::new();
        for (at, encoded) in encoded.into_iter().enumerate() {
            let judged = encoded.and_then(|(row, key)| self.judge(at, row, key));
            outcomes.push(match judged {
                Ok(Ok(row)) => {
                    let outcome = row.outcome.clone();
                    sent.push(row);
                    outcome
                }
                Ok(Err(outcome)) => outcome,
                Err(rejection) => Outcome::Rejected(rejection),
            });
        }
        if self.options.mode == Mode::Plan {
            return Ok(outcomes);
        }
        for (at, outcome) in self.send(&sent)? {
            if let Some(known) = outcomes.get_mut(at) {
                *known = outcome;
            }
        }
        for Sent { at, key, row, .. } in sent {
            if matches!(outcomes.get(at), Some(Outcome::Inserted | Outcome::Updated(_))) {
                self.known.put(key, row.values);
            }
        }
        Ok(outcomes)
    }

    fn delete(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        let mut judged: Vec<Result<(Encoded, Box<str>), Rejection>> = Vec::with_capacity(rows.len());
        for row in rows {
            // Only the key counts; what else the row holds need not be storable.
            let cells: Vec<Cell> = row
                .cells
                .iter()
                .enumerate()
                .map(
                    |(column, cell)| {
                        if self.encoder.key.contains(&column) { cell.clone() } else { Cell::Null }
                    },
                )
                .collect();
            judged.push(match missing_key(&self.entity, &cells) {
                Some(rejection) => Err(rejection),
                None => self.encoder.row(&cells).map(|row| {
                    let key = self.known.key_of(&row.values);
                    (row, key)
                }),
            });
        }
        let wanted: Vec<Wanted<'_>> =
            judged.iter().flatten().map(|(row, key)| Wanted { key, address: &row.address }).collect();
        self.known.learn(&self.sender, &wanted)?;
        drop(wanted);
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut operations: Vec<(usize, Box<str>, Operation)> = Vec::new();
        for (at, judged) in judged.into_iter().enumerate() {
            outcomes.push(match judged {
                Err(rejection) => Outcome::Rejected(rejection),
                Ok((_, key)) if self.known.get(&key).is_none() => Outcome::Unchanged,
                Ok((row, key)) => {
                    let path = self.sender.path(&format!("{}{}", self.entity.name(), row.address));
                    let operation = Operation::new("DELETE", path, String::new()).when("If-Match", "*");
                    operations.push((at, key, operation));
                    Outcome::Deleted
                }
            });
        }
        if self.options.mode == Mode::Plan {
            return Ok(outcomes);
        }
        for chunk in operations.chunks(LARGEST) {
            let these: Vec<Operation> = chunk.iter().map(|(_, _, operation)| operation.clone()).collect();
            for ((at, key, _), part) in chunk.iter().zip(self.sender.batch(&these)?) {
                // What is gone already is gone: the acknowledgement of an earlier try may have got lost.
                if part.status < 400 || matches!(part.status, 404 | 410 | 412) {
                    self.known.remove(key);
                } else if let Some(outcome) = outcomes.get_mut(*at) {
                    *outcome = refusal(part);
                }
            }
        }
        Ok(outcomes)
    }

    fn rows_at_once(&self) -> usize {
        LARGEST * REQUESTS
    }

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        // What was answered is durable.
        Ok(true)
    }

    fn finish(self: Box<Self>) -> Result<(), DestinationError> {
        Ok(())
    }
}
