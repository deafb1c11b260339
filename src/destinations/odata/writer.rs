//! Rows on their way to a service: compared with what is there, sent in batches, the bad ones found out.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Dialect;
use super::body;
use super::connection::Connection;
use super::known::{Field, Known, Values, key_text};
use super::multipart::{self, BOUNDARY, Operation, Part};
use crate::destinations::{
    Cell, DestinationError, Entity, FieldChange, Mode, Outcome, Rejection, RejectionCode, Row, UpsertWriter,
    WriteOptions, duplicate_key, missing_key,
};
use crate::host::http::HttpRequest;
use crate::sources::odata::Edm;

/// Rows in one request at most: what Dataverse advises for standard tables, and the most a batch may hold.
const LARGEST: usize = 1000;
/// A failed batch of no more rows than this is not halved again: each row gets an operation of its own.
const SMALL: usize = 64;

/// Writes the rows of one entity set.
pub(super) struct ODataWriter {
    connection: Arc<Connection>,
    dialect: Dialect,
    entity: Entity,
    /// One for each column of the entity.
    fields: Vec<Field>,
    lengths: Vec<Option<u32>>,
    key: Vec<usize>,
    /// The full name of the type.
    ty: String,
    /// Whether the key is the entity's own, and not an alternate one.
    is_primary: bool,
    mode: Mode,
    known: Option<Known>,
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
    values: Values,
    /// `(key)` as an address has it.
    address: String,
    /// The fields outside the key, as JSON without braces.
    fields: String,
    /// The fields of the key, likewise.
    key_fields: String,
    is_new: bool,
    outcome: Outcome,
}

impl ODataWriter {
    pub(super) fn open(
        connection: Arc<Connection>,
        dialect: Dialect,
        entity: Entity,
        keys: &[Vec<String>],
        options: WriteOptions,
    ) -> Result<ODataWriter, DestinationError> {
        let model = connection.model()?;
        let container = model.container(entity.name());
        let Some((container, ty)) = container.and_then(|one| Some((one, model.ty(&one.ty)?))) else {
            return Err(connection.failed(format!("it has no entity set {}", entity.name())));
        };
        let (mut fields, mut lengths, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for column in entity.columns() {
            if let Some(navigation) = column.name.strip_suffix("@odata.bind") {
                let read = format!("_{navigation}_value");
                let read = ty.properties.iter().any(|property| property.name == read).then_some(read);
                fields.push(Field { name: column.name.clone(), read, ty: Edm::Primitive("Guid".to_owned()) });
                lengths.push(None);
                continue;
            }
            match ty.properties.iter().find(|property| property.name == column.name) {
                Some(property) => {
                    let name = column.name.clone();
                    fields.push(Field { read: Some(name.clone()), name, ty: property.ty.clone() });
                    lengths.push(property.max_length);
                }
                None => missing.push(column.name.clone()),
            }
        }
        if !missing.is_empty() {
            return Err(connection.failed(format!(
                "{} has no column {}: add it there, or drop its mapping",
                entity.name(),
                missing.join(", ")
            )));
        }
        let key: Vec<usize> = entity.key_columns().collect();
        let names: Vec<&str> = key.iter().map(|at| entity.column_name(*at)).collect();
        let same = |known: &&Vec<String>| {
            known.len() == names.len() && known.iter().all(|name| names.contains(&name.as_str()))
        };
        let Some(at) = keys.iter().position(|known| same(&known)) else {
            let shown: Vec<String> = keys.iter().map(|key| format!("({})", key.join(", "))).collect();
            return Err(connection.failed(format!(
                "the key ({}) of {} is none of its keys, which are {}: name one of them, or define an alternate key",
                names.join(", "),
                entity.name(),
                shown.join(", ")
            )));
        };
        Ok(ODataWriter {
            ty: container.ty.clone(),
            is_primary: at == 0,
            connection: Arc::clone(&connection),
            dialect,
            entity,
            fields,
            lengths,
            key,
            mode: options.mode,
            known: None,
            written: HashSet::new(),
            size: AtomicUsize::new(LARGEST),
        })
    }

    fn known(&mut self) -> Result<&mut Known, DestinationError> {
        if self.known.is_none() {
            let set = self.entity.name().to_owned();
            self.known = Some(Known::read(&self.connection, &set, &self.fields, &self.key)?);
        }
        self.known.as_mut().ok_or_else(|| self.connection.failed("its rows are not known".to_owned()))
    }

    /// The cells as JSON, or why one can't be stored.
    fn encode(&self, cells: &[Cell]) -> Result<Vec<String>, Rejection> {
        let refuse = |name: &str, reason: String| Rejection {
            column: Some(name.to_owned()),
            code: RejectionCode::NotStorable,
            reason,
        };
        let mut encoded = Vec::with_capacity(cells.len());
        for ((field, length), cell) in self.fields.iter().zip(&self.lengths).zip(cells) {
            let text = body::json(&field.ty, cell).map_err(|reason| refuse(&field.name, reason))?;
            if let (Some(most), Cell::Text(text)) = (length, cell) {
                let count = text.chars().count();
                if count > *most as usize {
                    let reason = format!("the text has {count} characters, and {} takes {most}", field.name);
                    return Err(refuse(&field.name, reason));
                }
            }
            encoded.push(text);
        }
        Ok(encoded)
    }

    /// The values by which a row is compared, from its JSON.
    fn values(&self, encoded: &[String]) -> Values {
        let value = |(field, json): (&Field, &String)| {
            let json: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
            if field.name.ends_with("@odata.bind") {
                // `accounts(1111...)`, as it is read: the identifier alone.
                let path = json.as_str()?;
                let inside = path.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
                return Some(inside.unwrap_or(path).to_ascii_lowercase().into());
            }
            body::canonical(&field.ty, &json).map(Box::from)
        };
        self.fields.iter().zip(encoded).map(value).collect()
    }

    fn sent(
        &self,
        at: usize,
        encoded: &[String],
        cells: &[Cell],
        values: Values,
        key: Box<str>,
    ) -> Result<Sent, Rejection> {
        let mut parts = Vec::with_capacity(self.key.len());
        for column in &self.key {
            let (Some(field), Some(cell)) = (self.fields.get(*column), cells.get(*column)) else { continue };
            let text = body::key(&field.ty, cell).map_err(|reason| Rejection {
                column: Some(field.name.clone()),
                code: RejectionCode::NotStorable,
                reason,
            })?;
            parts.push((field.name.as_str(), text));
        }
        let address = match parts.as_slice() {
            [(_, only)] if self.is_primary => format!("({only})"),
            many => {
                let named: Vec<String> = many.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("({})", named.join(","))
            }
        };
        let pairs = |is_key: bool| {
            let chosen = self.fields.iter().zip(encoded).enumerate();
            let chosen = chosen.filter(|(at, _)| self.key.contains(at) == is_key);
            let pairs: Vec<String> =
                chosen.map(|(_, (field, json))| format!("{}:{json}", body::string(&field.name))).collect();
            pairs.join(",")
        };
        Ok(Sent {
            at,
            key,
            values,
            address,
            fields: pairs(false),
            key_fields: pairs(true),
            is_new: false,
            outcome: Outcome::Inserted,
        })
    }

    /// What differs from what is there; none where nothing does.
    fn changes(&self, before: &Values, after: &Values) -> Vec<FieldChange> {
        let fields = self.fields.iter().zip(before.iter().zip(after));
        fields
            .filter(|(_, (from, to))| from != to)
            .map(|(field, (from, to))| FieldChange {
                column: field.name.clone(),
                from: from.as_deref().map(str::to_owned),
                to: to.as_deref().map(str::to_owned),
            })
            .collect()
    }

    /// Sends rows in as many requests at a time as the service allows; gives why rows were refused, by their place.
    fn send(&self, rows: &[Sent]) -> Result<Vec<(usize, Rejection)>, DestinationError> {
        let next = AtomicUsize::new(0);
        let refused = Mutex::new(Vec::new());
        let failed: Mutex<Option<DestinationError>> = Mutex::new(None);
        let size = self.size.load(Ordering::Relaxed).clamp(1, LARGEST);
        let chunks: Vec<&[Sent]> = rows.chunks(size).collect();
        let workers = self.connection.gate.concurrent().min(chunks.len());
        let work = || {
            while lock(&failed).is_none() {
                let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                match self.deliver(chunk) {
                    Ok(mut these) => lock(&refused).append(&mut these),
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
            None => Ok(refused.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Delivers rows that may go in one request.
    fn deliver(&self, rows: &[Sent]) -> Result<Vec<(usize, Rejection)>, DestinationError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        if self.dialect == Dialect::Standard {
            return self.one_by_one(rows);
        }
        let answer = self.connection.send(&self.upsert_multiple(rows))?;
        if answer.is_good() {
            let size = self.size.load(Ordering::Relaxed);
            if rows.len() == size && size < LARGEST {
                self.size.store((size * 2).min(LARGEST), Ordering::Relaxed);
            }
            return Ok(Vec::new());
        }
        if matches!(answer.status, 401 | 403) {
            return Err(self.connection.failed(format!("it refuses to be written to: {}", answer.error().1)));
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
        let mut refused = self.deliver(left)?;
        refused.append(&mut self.deliver(right)?);
        Ok(refused)
    }

    fn upsert_multiple(&self, rows: &[Sent]) -> HttpRequest {
        let set = self.entity.name();
        let ty = body::string(&self.ty);
        let mut out = String::from("{\"Targets\":[");
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(&format!("{{\"@odata.type\":{ty}"));
            if self.is_primary {
                out.push_str(&format!(",{}", row.key_fields));
            } else {
                out.push_str(&format!(
                    ",\"@odata.id\":{}",
                    body::string(&format!("{set}{}", unescaped(&row.address)))
                ));
            }
            if !row.fields.is_empty() {
                out.push(',');
                out.push_str(&row.fields);
            }
            out.push('}');
        }
        out.push_str("]}");
        self.post(
            &format!("{set}/Microsoft.Dynamics.CRM.UpsertMultiple"),
            "application/json; charset=utf-8",
            out,
        )
    }

    fn post(&self, path: &str, content_type: &str, body: String) -> HttpRequest {
        HttpRequest::new("POST", format!("{}{path}", self.connection.root))
            .with_header("Content-Type", content_type)
            .with_header("Accept", "application/json")
            .with_header("OData-MaxVersion", "4.0")
            .with_header("OData-Version", "4.0")
            .with_body(body.into_bytes())
    }

    /// Each row as an operation of its own, many in one request.
    fn one_by_one(&self, rows: &[Sent]) -> Result<Vec<(usize, Rejection)>, DestinationError> {
        let first =
            self.batch(&rows.iter().map(|row| self.operation(row, row.is_new)).collect::<Vec<_>>())?;
        let bad: Vec<(&Sent, Part)> = rows.iter().zip(first).filter(|(_, part)| part.status >= 400).collect();
        if bad.is_empty() || self.dialect == Dialect::Dataverse {
            return Ok(bad.into_iter().map(|(row, part)| refusal(row, part)).collect());
        }
        // A row thought new may be there (the acknowledgement of its creation got lost), and the other way round.
        let others: Vec<Operation> = bad.iter().map(|(row, _)| self.operation(row, !row.is_new)).collect();
        let second = self.batch(&others)?;
        let refused = bad.into_iter().zip(second).filter(|(_, part)| part.status >= 400);
        Ok(refused.map(|((row, part), _)| refusal(row, part)).collect())
    }

    fn operation(&self, row: &Sent, creates: bool) -> Operation {
        let set = self.entity.name();
        match (self.dialect, creates) {
            (Dialect::Standard, true) => {
                let comma = if row.fields.is_empty() { "" } else { "," };
                let body = format!("{{{}{comma}{}}}", row.key_fields, row.fields);
                Operation { method: "POST", path: self.path(set), body }
            }
            _ => {
                let path = self.path(&format!("{set}{}", row.address));
                Operation { method: "PATCH", path, body: format!("{{{}}}", row.fields) }
            }
        }
    }

    /// An address inside a batch: Dataverse takes those from the server's root, as its pages show them; others take
    /// those from the service's root, as the standard says.
    fn path(&self, path: &str) -> String {
        match self.dialect {
            Dialect::Standard => path.to_owned(),
            Dialect::Dataverse => {
                let after = self.connection.root.find("://").map_or(0, |at| at + 3);
                let rest = self.connection.root.get(after..).unwrap_or_default();
                let root = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
                format!("{root}{path}")
            }
        }
    }

    /// Sends operations until each has an answer.
    fn batch(&self, operations: &[Operation]) -> Result<Vec<Part>, DestinationError> {
        let mut parts: Vec<Part> = Vec::with_capacity(operations.len());
        let mut empty = 0;
        while let Some(rest) = operations.get(parts.len()..).filter(|rest| !rest.is_empty()) {
            let content_type = format!("multipart/mixed; boundary={BOUNDARY}");
            let request = self
                .post("$batch", &content_type, multipart::write(rest))
                .with_header("Prefer", "odata.continue-on-error, continue-on-error");
            let answer = self.connection.send(&request)?;
            if !answer.is_good() {
                return Err(self.connection.failed(format!("it refuses a batch: {}", answer.error().1)));
            }
            let text = String::from_utf8_lossy(&answer.body);
            let mut read = multipart::read(&answer.content_type, &text).unwrap_or_default();
            read.truncate(rest.len());
            empty = if read.is_empty() { empty + 1 } else { 0 };
            if empty > 3 {
                return Err(self.connection.failed("its answers to batches can't be read".to_owned()));
            }
            // A service that stops at the first failure gets the rest again.
            parts.append(&mut read);
        }
        Ok(parts)
    }
}

fn refusal(row: &Sent, part: Part) -> (usize, Rejection) {
    (row.at, Rejection { column: None, code: RejectionCode::Constraint, reason: part.message })
}

/// Inside of JSON an address is written as it is.
fn unescaped(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl UpsertWriter for ODataWriter {
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.known()?;
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(rows.len());
        let mut sent: Vec<Sent> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let judged = (|| -> Result<Option<Sent>, Rejection> {
                if let Some(rejection) = missing_key(&self.entity, &row.cells) {
                    return Err(rejection);
                }
                let encoded = self.encode(&row.cells)?;
                let values = self.values(&encoded);
                let key =
                    key_text(self.key.iter().map(|at| values.get(*at).and_then(|value| value.as_deref())));
                if self.written.contains(&key) {
                    return Err(duplicate_key(&self.entity, &row.cells));
                }
                let mut sent = self.sent(at, &encoded, &row.cells, values, key.clone())?;
                self.written.insert(key);
                let before = self.known.as_ref().and_then(|known| known.get(&sent.key));
                match before {
                    None => sent.is_new = true,
                    Some(before) => {
                        let changes = self.changes(before, &sent.values);
                        if changes.is_empty() {
                            return Ok(None);
                        }
                        sent.outcome = Outcome::Updated(changes);
                    }
                }
                Ok(Some(sent))
            })();
            outcomes.push(match judged {
                Ok(None) => Outcome::Unchanged,
                Ok(Some(row)) => {
                    let outcome = row.outcome.clone();
                    sent.push(row);
                    outcome
                }
                Err(rejection) => Outcome::Rejected(rejection),
            });
        }
        if self.mode == Mode::Plan {
            return Ok(outcomes);
        }
        for (at, rejection) in self.send(&sent)? {
            if let Some(outcome) = outcomes.get_mut(at) {
                *outcome = Outcome::Rejected(rejection);
            }
        }
        let key = self.key.clone();
        let known = self.known()?;
        for row in sent {
            if !matches!(outcomes.get(row.at), Some(Outcome::Rejected(_))) {
                known.put(&key, row.values);
            }
        }
        Ok(outcomes)
    }

    fn delete(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        self.known()?;
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut operations: Vec<(usize, Box<str>, Operation)> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if let Some(rejection) = missing_key(&self.entity, &row.cells) {
                outcomes.push(Outcome::Rejected(rejection));
                continue;
            }
            // Only the key counts; what else the row holds need not be storable.
            let mut cells = row.cells.clone();
            for (column, cell) in cells.iter_mut().enumerate() {
                if !self.key.contains(&column) {
                    *cell = Cell::Null;
                }
            }
            let encoded = match self.encode(&cells) {
                Ok(encoded) => encoded,
                Err(rejection) => {
                    outcomes.push(Outcome::Rejected(rejection));
                    continue;
                }
            };
            let values = self.values(&encoded);
            let key = key_text(self.key.iter().map(|at| values.get(*at).and_then(|value| value.as_deref())));
            if self.known.as_ref().and_then(|known| known.get(&key)).is_none() {
                outcomes.push(Outcome::Unchanged);
                continue;
            }
            match self.sent(at, &encoded, &cells, values, key.clone()) {
                Ok(sent) => {
                    let path = self.path(&format!("{}{}", self.entity.name(), sent.address));
                    operations.push((at, key, Operation { method: "DELETE", path, body: String::new() }));
                    outcomes.push(Outcome::Deleted);
                }
                Err(rejection) => outcomes.push(Outcome::Rejected(rejection)),
            }
        }
        if self.mode == Mode::Plan {
            return Ok(outcomes);
        }
        for chunk in operations.chunks(LARGEST) {
            let parts =
                self.batch(&chunk.iter().map(|(_, _, operation)| operation.clone()).collect::<Vec<_>>())?;
            for ((at, key, _), part) in chunk.iter().zip(parts) {
                // What is gone already is gone: the acknowledgement of an earlier try may have got lost.
                if part.status < 400 || part.status == 404 {
                    self.known()?.remove(key);
                } else if let Some(outcome) = outcomes.get_mut(*at) {
                    let rejection =
                        Rejection { column: None, code: RejectionCode::Constraint, reason: part.message };
                    *outcome = Outcome::Rejected(rejection);
                }
            }
        }
        Ok(outcomes)
    }

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        // What was answered is durable.
        Ok(true)
    }

    fn finish(self: Box<Self>) -> Result<(), DestinationError> {
        Ok(())
    }
}
